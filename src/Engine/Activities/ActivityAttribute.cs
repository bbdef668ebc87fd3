namespace MonOPCO.Engine.Activities;

/// <summary>How an activity touches the world. The two kinds are never mixed (architecture §4).</summary>
public enum ActivityKind
{
    /// <summary>Writes our tables only; runs inside the burst's transaction. Must not talk to the outside.</summary>
    InDatabase,

    /// <summary>
    /// Talks to the outside (HTTP, mail, browser, PDF). <c>ExecuteAsync</c> runs as due work outside any transaction, at least once, under a stable
    /// idempotency key; <c>RecordAsync</c> then writes its result inside the transaction that records it.
    /// </summary>
    Effect,
}

/// <summary>Names an activity. <paramref name="type"/> is stored in definitions and outlives the class name, e.g. <c>MonOPCO.LookUpCompany</c>.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ActivityAttribute(string type) : Attribute
{
    public string Type { get; } = type;

    /// <summary>A Host claims only work whose type and version it knows; inputs only grow, otherwise version 2 stands beside version 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>French label in the designer's palette.</summary>
    public required string Title { get; init; }

    /// <summary>French category of the palette.</summary>
    public required string Category { get; init; }

    /// <summary>One French sentence for process owners.</summary>
    public string Description { get; init; } = "";

    public ActivityKind Kind { get; init; } = ActivityKind.InDatabase;

    /// <summary>Queue of an effect; queues have their own concurrency caps. Known: <c>default</c>, <c>mail</c>, <c>pdf</c>, <c>bot</c>.</summary>
    public string Queue { get; init; } = "default";

    /// <summary>Can start a workflow. When it did, <c>ResumeAsync</c> is called with what started it, instead of <c>ExecuteAsync</c>.</summary>
    public bool IsTrigger { get; init; }

    /// <summary>Effects: how often <c>RetryLater</c>, a lost worker or an exception is tried again before the node becomes an incident.</summary>
    public int MaxAttempts { get; init; } = 5;
}

/// <summary>Declares an outcome (port). Without any, an activity has the single outcome <c>Done</c>. Order of declaration is the order shown.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class OutcomeAttribute(string name, string title) : Attribute
{
    /// <summary>Stable name saved in connections.</summary>
    public string Name { get; } = name;

    /// <summary>French label shown in the designer.</summary>
    public string Title { get; } = title;
}

/// <summary>
/// Chooses the designer's editor of an input (studio-api §5.2: singleline, multiline, checkbox, dropdown, checklist, json-editor…). Label, description and
/// order come from <see cref="System.ComponentModel.DataAnnotations.DisplayAttribute"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EditorAttribute(string hint) : Attribute
{
    public string Hint { get; } = hint;

    /// <summary>Fixed choices, each <c>value</c> or <c>value|French label</c>.</summary>
    public string[] Choices { get; init; } = [];

    /// <summary>Name of a list of choices that the Host supplies (roles, opcos, documentTypes, templates, portals…).</summary>
    public string? Source { get; init; }

    /// <summary>Value the designer shows for an untouched input; the <c>Input</c> record's own default is what applies.</summary>
    public string? Default { get; init; }
}
