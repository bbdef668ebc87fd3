namespace MonOPCO.Domain.Audit;

/// <summary>Who or what acts, as timelines and the audit show it.</summary>
public enum ActorKind
{
    Human,
    Bot,
    Workflow,
    Company,
    Opco,
    Beneficiary,
    System,
}

/// <summary>Made once at the edge (page, endpoint, activity, job) and passed to every method that changes something.</summary>
public sealed record ChangeContext(ActorKind ActorKind, string ActorName, Guid? UserId, DateTimeOffset Now, string? Reason = null)
{
    /// <summary>PostgreSQL stores instants; the offset of the caller is of no interest.</summary>
    public DateTimeOffset Now { get; init; } = Now.ToUniversalTime();

    /// <summary>Name of the person or organisation for whom this is done (delegation, « au nom de », API key of an account).</summary>
    public string? OnBehalfOf { get; init; }

    /// <summary>The account of <see cref="OnBehalfOf"/>, when it has one.</summary>
    public Guid? OnBehalfOfId { get; init; }

    /// <summary>Only when it is not the current trace's: what is done later for a request of before.</summary>
    public string? RequestId { get; init; }

    public static ChangeContext System(string name, DateTimeOffset now, string? reason = null) => new(ActorKind.System, name, null, now, reason);
}
