using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Definitions;

/// <summary>
/// Which inputs and outputs enter the journal: Elsa's log persistence (Include, Exclude, Inherit), stated in the custom properties of a definition, of an activity
/// or for one of its properties, in the older form (<c>logPersistenceMode</c>) or the newer one (<c>logPersistenceConfig</c>). A mode computed by an expression counts as Inherit.
/// </summary>
internal static class LogPersistence
{
    /// <summary>What holds where nothing more precise is stated.</summary>
    internal static bool IsLogged(JsonNode? customProperties, bool inherited) =>
        Stated((customProperties as JsonObject)?["logPersistenceConfig"]?["default"]) ?? Stated(Older(customProperties)?["default"]) ?? inherited;

    /// <summary>Fills <see cref="Node.UnloggedInputs"/> and <see cref="Node.UnloggedOutputs"/>.</summary>
    internal static void Apply(Node node, JsonNode? customProperties, ActivityDescriptor descriptor, bool definitionDefault)
    {
        var usual = IsLogged(customProperties, definitionDefault);
        bool[] inputs = [.. descriptor.Inputs.Select(input => !IsLogged(customProperties, "inputs", input.Name, usual))];
        string[] outputs = [.. descriptor.Outputs.Where(output => !IsLogged(customProperties, "outputs", output.Name, usual)).Select(output => output.Name)];
        node.UnloggedInputs = Array.Exists(inputs, hidden => hidden) ? inputs : null;
        node.UnloggedOutputs = outputs.Length > 0 ? outputs : null;
    }

    private static bool IsLogged(JsonNode? customProperties, string section, string property, bool usual)
    {
        var name = NodeReader.CamelCase(property);
        return Stated(((customProperties as JsonObject)?["logPersistenceConfig"]?[section] as JsonObject)?[name]) ?? Stated((Older(customProperties)?[section] as JsonObject)?[name]) ?? usual;
    }

    private static JsonObject? Older(JsonNode? customProperties) => (customProperties as JsonObject)?["logPersistenceMode"] as JsonObject;

    /// <summary>A mode by name, or <c>{ evaluationMode, strategyType }</c> whose class says it; null = not stated or inherited.</summary>
    private static bool? Stated(JsonNode? mode)
    {
        var name = LenientJson.ToText(mode is JsonObject strategy ? strategy["strategyType"] : mode)?.Split(',')[0];
        return name?[(name.LastIndexOf('.') + 1)..] switch
        {
            "Include" => true,
            "Exclude" => false,
            _ => null,
        };
    }
}
