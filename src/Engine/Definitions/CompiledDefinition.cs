using System.Text.Json.Nodes;

namespace MonOPCO.Engine.Definitions;

/// <summary>One version of a definition, ready to run: immutable, shared by all its instances. Callers cache it by <see cref="VersionId"/>.</summary>
public sealed class CompiledDefinition
{
    private readonly Dictionary<string, Node> _byKey;
    private bool? _answersHttp;

    internal CompiledDefinition(Node[] allNodes)
    {
        AllNodes = allNodes;
        _byKey = allNodes.ToDictionary(n => n.Key, StringComparer.Ordinal);
        Nodes = [.. allNodes.Select(n => new NodeInfo(n.Id, n.Key, n.NodeId, n.Title, n.Type, n.Version, n.Parent?.Key))];
    }

    public required string DefinitionId { get; init; }

    /// <summary>Id of the version (Elsa's <c>id</c>).</summary>
    public required string VersionId { get; init; }

    public required int Version { get; init; }

    public required string Name { get; init; }

    /// <summary>All activities, nested ones and those of definitions used as activities included; the first is the workflow itself.</summary>
    public IReadOnlyList<NodeInfo> Nodes { get; }

    /// <summary>Nodes that may start the workflow, with the inputs known without running it.</summary>
    public required IReadOnlyList<TriggerInfo> Triggers { get; init; }

    /// <summary>Every activity type and version in use: a Host claims only work it knows.</summary>
    public IReadOnlyCollection<(string Type, int Version)> ActivityTypes => AllNodes.Select(n => (n.Type, n.Version)).Distinct().ToList();

    /// <summary>True: an incident parks its node and the instance goes on; false (Elsa's default): the instance is Faulted as well.</summary>
    public required bool ContinuesWithIncidents { get; init; }

    /// <summary>
    /// Elsa's FaultStrategy, stated by the definition: once faulted, nothing that arrives makes it go on before an operator has dealt with the incident.
    /// Where nothing is stated, the other branches of a faulted instance live on.
    /// </summary>
    public bool HaltsWhenFaulted { get; init; }

    /// <summary>Whether an instance may start beside running ones.</summary>
    public ActivationStrategy Activation { get; init; }

    /// <summary>True when some activity answers HTTP requests: a request then waits for that answer.</summary>
    public bool AnswersHttp => _answersHttp ??= Array.Exists(AllNodes, n => n.Type == "Elsa.WriteHttpResponse");

    internal Node[] AllNodes { get; }

    internal Node Root => AllNodes[0];

    internal Node? Find(string key) => _byKey.GetValueOrDefault(key);
}

/// <summary>Elsa's activation strategies.</summary>
public enum ActivationStrategy
{
    Always,

    /// <summary>One running instance of the definition.</summary>
    Singleton,

    /// <summary>One running instance of the definition per correlation id.</summary>
    CorrelatedSingleton,

    /// <summary>One running instance per correlation id, whatever the definition.</summary>
    Correlation,
}

/// <summary>An activity of a compiled definition, for pages and journals. <see cref="Key"/> is unique; <see cref="NodeId"/> is Elsa's path.</summary>
public sealed record NodeInfo(string Id, string Key, string NodeId, string Name, string Type, int Version, string? ParentKey);

/// <summary>A node marked <c>canStartWorkflow</c> whose type is a trigger. <see cref="Inputs"/> holds its constant inputs by camel-case name.</summary>
public sealed record TriggerInfo(string ActivityId, string ActivityType, JsonObject Inputs);
