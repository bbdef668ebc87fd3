using System.Collections.Concurrent;

namespace MonOPCO.Sandbox.Register;

/// <summary>What the register should do instead of answering: for everyone (set at run time) or for one company (written in its record).</summary>
public sealed class RegisterFaults
{
    private readonly ConcurrentDictionary<string, int> asked = [];

    public string Mode { get; set; } = "ok";

    public int DelayMs { get; set; } = 3000;

    public int RetryAfterSeconds { get; set; } = 2;

    /// <summary>The fault to play for a company now, or null.</summary>
    public string? For(Company company)
    {
        if (company.Comportement is not { } behaviour)
        {
            return null;
        }

        var times = asked.AddOrUpdate(company.Siret, 1, (_, n) => n + 1);
        return behaviour.Fois is { } limit && times > limit ? null : behaviour.Mode;
    }

    public void Reset()
    {
        (Mode, DelayMs, RetryAfterSeconds) = ("ok", 3000, 2);
        asked.Clear();
    }
}
