using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

/// <summary>An instance whose row lock is held, with the messages to drain, in order.</summary>
public sealed record LockedInstance(WorkflowInstance Instance, IReadOnlyList<InstanceMessage> Messages, bool HasMore);

/// <summary>What came of closing a bookmark. Without <see cref="Bookmark"/> it was not waiting (any more).</summary>
public sealed record BookmarkClosing
{
    public Bookmark? Bookmark { get; init; }

    /// <summary>Null when another holder has the instance: post the message, the holder drains it.</summary>
    public LockedInstance? Locked { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    public string? ClosedBy { get; init; }

    /// <summary>The bookmark was removed by its instance (cancelled branch), not resumed.</summary>
    public bool Removed { get; init; }
}

/// <summary>Which bookmark to close: by its id, or the oldest waiting one under kind and key.</summary>
public sealed record BookmarkTarget
{
    public Guid? Id { get; init; }

    public string Kind { get; init; } = "";

    public string Key { get; init; } = "";
}

/// <summary>One burst to store: everything of <see cref="Result"/> plus what follows from it, in the burst's transaction.</summary>
public sealed class BurstWrite
{
    public required BurstResult Result { get; init; }

    /// <summary>The instance has no row yet.</summary>
    public bool IsNew { get; init; }

    /// <summary>1 (urgent) to 9; for new instances.</summary>
    public int Priority { get; init; } = 5;

    /// <summary>Ids of the mailbox rows that the burst consumed.</summary>
    public IReadOnlyList<Guid> Drained { get; init; } = [];

    /// <summary>Rows of children; their first burst is a Start message among <see cref="Messages"/>.</summary>
    public List<WorkflowInstance> Children { get; } = [];

    /// <summary>To this instance and others.</summary>
    public List<InstanceMessage> Messages { get; } = [];
}
