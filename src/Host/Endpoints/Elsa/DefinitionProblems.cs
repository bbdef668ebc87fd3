using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Endpoints.HttpWorkflows;
using MonOPCO.Host.Workflows;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>One thing wrong in a definition, as programs read it. <paramref name="Name"/> is what the designer shows on the node.</summary>
public sealed record DefinitionProblem(string Level, string Code, string? NodeId, string? Name, string? Property, string Message)
{
    public bool IsError => Level == nameof(ProblemLevel.Error);

    /// <summary>A value that cannot work keeps a definition from being published, not from being a draft: whoever imports it can mend it in the designer.</summary>
    public bool KeepsOut => IsError && Code != "bad-value";

    /// <summary>The message, introduced by the node it is about when it does not name it.</summary>
    public string Sentence => Name is { Length: > 0 } name && !Message.Contains(name, StringComparison.Ordinal) ? $"« {name} » : {Message}" : Message;
}

/// <summary>Everything wrong in definitions, in one pass.</summary>
public sealed class DefinitionProblems(DefinitionStore store, ActivityRegistry registry, IWorkflowReads reads, DefinitionCache definitions)
{
    private const int Candidates = 20;

    /// <summary>Problems of a stored version.</summary>
    public async Task<IReadOnlyList<DefinitionProblem>> OfAsync(DefinitionVersion version, CancellationToken cancel)
    {
        var json = DefinitionDocument.Parse(version);
        json["id"] = version.Id;
        json["definitionId"] = version.DefinitionId;
        json["version"] = version.Version;
        var known = await store.ListAsync(null, cancel);
        var loaded = DefinitionLoader.Load(json, registry, SubDefinitions.In(known));
        return [.. Named(json, loaded.Problems), .. loaded.Definition is { } definition ? Named(json, await TakenAsync(definition, known, cancel)) : []];
    }

    /// <summary>Problems of definitions that come together: they may use each other whatever their order.</summary>
    public async Task<IReadOnlyList<(JsonObject Model, IReadOnlyList<DefinitionProblem> Problems)>> OfAsync(IReadOnlyList<JsonObject> models, CancellationToken cancel)
    {
        List<DefinitionVersion> known = [.. models.Select(Pretended), .. await store.ListAsync(null, cancel)];
        return [.. models.Select(model => (model, Of(model, known)))];
    }

    private IReadOnlyList<DefinitionProblem> Of(JsonObject json, IReadOnlyList<DefinitionVersion> known) => Named(json, DefinitionLoader.Load(json, registry, SubDefinitions.In(known)).Problems);

    /// <summary>Addresses at which another published procedure starts with the same method: a request could not choose between them.</summary>
    private async Task<List<Problem>> TakenAsync(CompiledDefinition definition, IReadOnlyList<DefinitionVersion> known, CancellationToken cancel)
    {
        var found = new List<Problem>();
        foreach (var endpoint in definition.Triggers.Where(trigger => trigger.ActivityType == "Elsa.HttpEndpoint"))
        {
            var route = HttpRoute.Parse(endpoint.Inputs["path"]?.ToString() ?? "");
            var methods = new EndpointRules(endpoint.Inputs).Methods;
            foreach (var other in (await reads.WaitingAsync(route.Kind, route.Text, null, null, Candidates, cancel)).Triggers.Where(trigger => trigger.DefinitionId != definition.DefinitionId))
            {
                var inputs = (await definitions.FindAsync(other.VersionId, () => reads.FindVersionAsync(other.VersionId, cancel)))?.Triggers.FirstOrDefault(trigger => trigger.ActivityId == other.ActivityId)?.Inputs;
                string[] shared = inputs is null ? [] : [.. methods.Intersect(new EndpointRules(inputs).Methods, StringComparer.OrdinalIgnoreCase)];
                if (shared.Length > 0)
                {
                    var owner = known.FirstOrDefault(version => version.DefinitionId == other.DefinitionId)?.Name ?? other.DefinitionId;
                    found.Add(new Problem(ProblemLevel.Error, "address-taken", endpoint.ActivityId, "path", $"L'adresse « {route.Text} » est déjà celle de la procédure « {owner} » ({string.Join(", ", shared)})."));
                }
            }
        }

        return found;
    }

    private static List<DefinitionProblem> Named(JsonObject json, IReadOnlyList<Problem> problems)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        if (json["root"] is JsonObject root)
        {
            DefinitionDocument.Visit(root, node => names.TryAdd(node.Text("id")!, (node["metadata"] as JsonObject)?.Text("displayText") ?? node.Text("name") ?? node.Text("id")!));
        }

        return
        [
            .. problems.Select(problem =>
                new DefinitionProblem(problem.Level.ToString(), problem.Code, problem.NodeId, problem.NodeId is { } id ? names.GetValueOrDefault(id, id) : null, problem.Property, problem.Message)),
        ];
    }

    private static DefinitionVersion Pretended(JsonObject model) => new()
    {
        Id = model.Text("id") ?? "",
        DefinitionId = model.Text("definitionId") ?? "",
        Version = model.Number("version") ?? 1,
        Name = model.Text("name") ?? "",
        Body = model.ToJsonString(),
        CreatedAt = default,
        IsPublished = true,
        IsLatest = true,
    };
}
