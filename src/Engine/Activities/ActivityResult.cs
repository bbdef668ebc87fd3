using System.Text.Json.Nodes;

namespace MonOPCO.Engine.Activities;

/// <summary>What an activity answers: a closed set. Only the engine changes state.</summary>
public abstract record ActivityResult<TOutput>
{
    private ActivityResult()
    {
    }

    /// <summary>Finished. <paramref name="Outcome"/> is one of the declared outcomes.</summary>
    public sealed record Done(TOutput Output, string Outcome = "Done") : ActivityResult<TOutput>;

    /// <summary>
    /// Waits for a signal under (<paramref name="Kind"/>, <paramref name="Key"/>), unique among waiting bookmarks of that kind and key within the instance.
    /// At <paramref name="Until"/> (UTC) the activity is resumed once with <see cref="Signal.IsTimeout"/>. Payload is shown to operators, never secret.
    /// </summary>
    public sealed record Wait(string Kind, string Key, DateTimeOffset? Until = null, JsonNode? Payload = null) : ActivityResult<TOutput>;

    /// <summary>The outside is temporarily unable. Counts as an attempt; the engine adds backoff and jitter to <paramref name="After"/>.</summary>
    public sealed record RetryLater(TimeSpan After, string Reason) : ActivityResult<TOutput>;

    /// <summary>Cannot be done as asked: the node becomes an incident with this stable code and French message.</summary>
    public sealed record Failed(string Code, string Message) : ActivityResult<TOutput>;
}

/// <summary>What resumes a waiting activity. <see cref="Payload"/> is null on a timeout.</summary>
public sealed record Signal(JsonNode? Payload, bool IsTimeout = false, string? Actor = null);

/// <summary>For activities that produce nothing.</summary>
public sealed record NoOutput
{
    public static NoOutput Instance { get; } = new();
}

/// <summary>For activities that take nothing but their context.</summary>
public sealed record NoInput;
