namespace MonOPCO.Engine.Storage;

public sealed class WorkflowRuntimeOptions
{
    /// <summary>How long a stimulus that found nobody waits for its bookmark, and how long sender ids are remembered.</summary>
    public TimeSpan KeepStimuli { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Length of a lease; the heartbeat extends it at a third.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(60);

    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Queues this process works on, each with its concurrency cap. Empty for the web role.</summary>
    public Dictionary<string, int> Queues { get; set; } = [];

    /// <summary>Claims (or sweeps of a message) without an outcome after which it is a poison.</summary>
    public int PoisonAfter { get; set; } = 5;

    /// <summary>First delay of the exponential backoff.</summary>
    public TimeSpan Backoff { get; set; } = TimeSpan.FromSeconds(5);

    public TimeSpan BackoffLimit { get; set; } = TimeSpan.FromHours(1);

    /// <summary>What differs for one type of activity (<c>Workflows:Retries:MonOPCO.SendMail:Backoff</c>).</summary>
    public Dictionary<string, RetryRule> Retries { get; } = new(StringComparer.Ordinal);

    /// <summary>Messages of one instance drained by one burst.</summary>
    public int MessagesPerBurst { get; set; } = 200;

    /// <summary>Bursts that a call runs for others (children, parents, messages that came meanwhile) before it leaves the rest to workers.</summary>
    public int FollowUps { get; set; } = 50;

    /// <summary>How long a stopping worker lets effects finish before it releases them.</summary>
    public TimeSpan DrainFor { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Told of failures that no caller sees; the exception may be null.</summary>
    public Action<string, Exception?>? Log { get; set; }

    /// <summary>Queues of a role: web none; worker default, mail and pdf; bot bot.</summary>
    public static Dictionary<string, int> QueuesOf(string role) => role switch
    {
        "worker" => new() { ["default"] = 8, ["mail"] = 4, ["pdf"] = 2 },
        "bot" => new() { ["bot"] = 1 },
        _ => [],
    };
}

/// <summary>Retries of one type of activity; what is not said is as for all, or as the activity declares.</summary>
public sealed record RetryRule
{
    public TimeSpan? Backoff { get; init; }

    public TimeSpan? BackoffLimit { get; init; }

    public int? MaxAttempts { get; init; }
}
