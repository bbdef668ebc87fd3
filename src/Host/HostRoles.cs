namespace MonOPCO.Host;

/// <summary>What this process does: <c>--roles web,worker,bot</c> (all three when not said). Several processes may share one database.</summary>
public sealed record HostRoles(bool Web, bool Worker, bool Bot)
{
    /// <summary>« web, worker ».</summary>
    public string ToText() => string.Join(", ", new[] { Web ? "web" : null, Worker ? "worker" : null, Bot ? "bot" : null }.OfType<string>());

    /// <summary>Reads the option; an unknown role stops the start, so that a typing mistake does not leave work undone in silence.</summary>
    public static HostRoles Parse(string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return new(true, true, true);
        }

        var roles = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var unknown = roles.Except(["web", "worker", "bot"]).ToArray();
        return unknown.Length == 0 && roles.Length > 0
            ? new(roles.Contains("web"), roles.Contains("worker"), roles.Contains("bot"))
            : throw new InvalidOperationException($"--roles: '{string.Join(',', unknown)}' is not a role; known: web, worker, bot.");
    }
}
