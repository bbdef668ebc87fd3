using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Activities.BuiltIn;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Definitions;

// Definitions used as activities.
internal sealed partial class Compilation
{
    private JsonObject? UsedDefinition(JsonObject json, string type, int version, string id)
    {
        var definitionId = LenientJson.ToText(json["workflowDefinitionId"]);
        if (subDefinitions is null || (definitionId is null && registry.Find(type) is not null))
        {
            return null;
        }

        var used = subDefinitions(new SubDefinition(type, definitionId, LenientJson.ToText(json["workflowDefinitionVersionId"]), version));
        if (used is not null && (_open.Count >= MaxDepth || _open.Contains(new WorkflowDefinition(used).DefinitionId)))
        {
            Add(new Problem(ProblemLevel.Error, "recursive", id, null, $"La définition « {type} » s'utilise elle-même."));
            return null;
        }

        return used;
    }

    private static ActivityDescriptor Describe(JsonObject used, string type, int version) => new()
    {
        Type = type,
        Version = version,
        Title = new WorkflowDefinition(used).Name,
        Category = LenientJson.ToText((used["options"] as JsonObject)?["activityCategory"]) ?? "Workflows",
        Inputs = [.. Names(used["inputs"]).Select(i => new InputDescriptor(i.Name, i.Type))],
        Outputs = [.. Names(used["outputs"]).Select(o => new OutputDescriptor(o.Name, o.Type))],
    };

    private void ReadUsed(JsonObject used, Node node, ActivityDescriptor descriptor)
    {
        var composite = (CompositeNode)node.Behavior;
        composite.Outcomes = Texts(used["outcomes"]);
        composite.InputNames = [.. descriptor.Inputs.Select(i => i.Name)];
        composite.OutputNames = [.. descriptor.Outputs.Select(o => o.Name)];
        if (used["root"] is JsonObject root)
        {
            _open.Push(new WorkflowDefinition(used).DefinitionId);
            _logs.Push(LogPersistence.IsLogged(used["customProperties"], true));
            composite.Body = Read(root, node, node.Key + ":");
            _logs.Pop();
            _open.Pop();
        }
    }
}
