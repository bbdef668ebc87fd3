using System.Text.Json.Nodes;
using MonOPCO.Engine.Definitions;

namespace MonOPCO.Engine.Execution;

internal enum ExecStatus
{
    Running,
    Completed,
    Canceled,
    Faulted,
}

/// <summary>One run of a node in an instance, alive from its start until it has completed or is cancelled. Children form a list without allocation.</summary>
internal sealed class Exec(Node node, Exec? parent, long number)
{
    internal readonly Node Node = node;
    internal readonly Exec? Parent = parent;

    /// <summary>Persisted; the id is derived from it and the instance's.</summary>
    internal readonly long Number = number;

    internal Guid Id;
    internal ExecStatus Status;

    internal Exec? FirstChild;
    internal Exec? LastChild;
    internal Exec? Next;
    internal Exec? Previous;
    internal int RunningChildren;
    internal int FaultedChildren;

    /// <summary>Work items in the queue that this execution owns.</summary>
    internal int Scheduled;

    /// <summary>Ends now: what its children do while they are cancelled must not move it.</summary>
    internal bool IsEnding;

    internal bool IsBreaking;

    /// <summary>Started by a connection that leads back.</summary>
    internal bool IsBackward;

    /// <summary>Values of the node's own variables.</summary>
    internal JsonNode?[]? Variables;

    /// <summary>Variables given by a loop to its body.</summary>
    internal LoopVariables? Loop;

    /// <summary>Evaluated inputs in the order of the descriptor's.</summary>
    internal JsonNode?[]? Inputs;

    /// <summary>Latest outputs of the nodes directly inside.</summary>
    internal Dictionary<Node, JsonObject>? Outputs;

    /// <summary>Outputs of this run so far.</summary>
    internal JsonObject? Produced;

    /// <summary>Results of the definition used as an activity, or of the workflow.</summary>
    internal JsonObject? Results;

    internal long A;
    internal long B;
    internal bool HasA;

    /// <summary>What its behaviour keeps (a flowchart's visits or tokens).</summary>
    internal object? State;

    internal List<PendingBookmark>? Bookmarks;

    /// <summary>Child instances that have been started and are waited for.</summary>
    internal List<Guid>? Instances;

    /// <summary>The effect is due or under way.</summary>
    internal bool HasEffect;

    /// <summary>Rises when an operator retries with changed input.</summary>
    internal int Generation = 1;

    internal int Attempts;

    /// <summary>Incidents met in it and below, as Elsa counts.</summary>
    internal int AggregateFaults;

    internal JsonNode? Input(int index) => Inputs?[index];

    internal void Add(Exec child)
    {
        child.Previous = LastChild;
        if (LastChild is null)
        {
            FirstChild = child;
        }
        else
        {
            LastChild.Next = child;
        }

        LastChild = child;
    }

    internal void Remove(Exec child)
    {
        if (child.Previous is null)
        {
            FirstChild = child.Next;
        }
        else
        {
            child.Previous.Next = child.Next;
        }

        if (child.Next is null)
        {
            LastChild = child.Previous;
        }
        else
        {
            child.Next.Previous = child.Previous;
        }

        child.Next = child.Previous = null;
    }
}

/// <summary>A bookmark as the state keeps it.</summary>
internal sealed record PendingBookmark(long Number, Guid Id, string Kind, string Key, DateTimeOffset? Until);

internal sealed record LoopVariables(string[] Names, JsonNode?[] Values);

internal readonly record struct WorkItem(Node Node, Exec Owner, LoopVariables? Loop, bool IsBackward, Exec? Existing);

/// <summary>An execution that met a problem and waits for an operator.</summary>
internal sealed record Incident(Exec Exec, string Code, string Message, DateTimeOffset At)
{
    /// <summary>What it was being resumed with: a retry resumes it again instead of starting over.</summary>
    internal JsonNode? Signal { get; init; }

    internal bool WasResuming { get; init; }

    internal bool IsTimeout { get; init; }

    internal string? Actor { get; init; }
}

/// <summary>A node's problem with a stable code; the message is shown to operators.</summary>
internal sealed class FaultException(string code, string message) : Exception(message)
{
    internal string Code { get; } = code;
}
