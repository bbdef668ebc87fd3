using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Workflows;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>One thing wrong in a definition, as programs read it. <paramref name="Name"/> is what the designer shows on the node.</summary>
public sealed record DefinitionProblem(string Level, string Code, string? NodeId, string? Name, string? Property, string Message)
{
    public bool IsError => Level == nameof(ProblemLevel.Error);

    /// <summary>The message, introduced by the node it is about when it does not name it.</summary>
    public string Sentence => Name is { Length: > 0 } name && !Message.Contains(name, StringComparison.Ordinal) ? $"« {name} » : {Message}" : Message;
}

/// <summary>Everything wrong in definitions, in one pass.</summary>
public sealed class DefinitionProblems(DefinitionStore store, ActivityRegistry registry)
{
    /// <summary>Problems of a stored version.</summary>
    public async Task<IReadOnlyList<DefinitionProblem>> OfAsync(DefinitionVersion version, CancellationToken cancel)
    {
        var json = DefinitionDocument.Parse(version);
        json["id"] = version.Id;
        json["definitionId"] = version.DefinitionId;
        json["version"] = version.Version;
        return Of(json, await store.ListAsync(null, cancel));
    }

    /// <summary>Problems of definitions that come together: they may use each other whatever their order.</summary>
    public async Task<IReadOnlyList<(JsonObject Model, IReadOnlyList<DefinitionProblem> Problems)>> OfAsync(IReadOnlyList<JsonObject> models, CancellationToken cancel)
    {
        List<DefinitionVersion> known = [.. models.Select(Pretended), .. await store.ListAsync(null, cancel)];
        return [.. models.Select(model => (model, Of(model, known)))];
    }

    private List<DefinitionProblem> Of(JsonObject json, IReadOnlyList<DefinitionVersion> known)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        if (json["root"] is JsonObject root)
        {
            DefinitionDocument.Visit(root, node => names.TryAdd(node.Text("id")!, (node["metadata"] as JsonObject)?.Text("displayText") ?? node.Text("name") ?? node.Text("id")!));
        }

        return
        [
            .. DefinitionLoader.Load(json, registry, SubDefinitions.In(known)).Problems.Select(problem =>
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
