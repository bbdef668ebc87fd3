using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities.BuiltIn;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Definitions;

/// <summary>What a node's behaviour may read of its JSON while a definition is compiled. Problems are collected, never thrown.</summary>
internal sealed class NodeReader(Compilation compilation, JsonObject json, Node node, string prefix)
{
    private readonly HashSet<string> _read = new(StringComparer.OrdinalIgnoreCase);

    internal JsonObject Json { get; } = json;

    internal Node Node { get; } = node;

    internal static string CamelCase(string name) => name.Length == 0 ? name : char.ToLowerInvariant(name[0]) + name[1..];

    internal bool WasRead(string property) => _read.Contains(property);

    internal Node? Child(string property)
    {
        _read.Add(property);
        return Json[property] is JsonObject child ? compilation.Read(child, Node, prefix) : null;
    }

    internal Node[] Children(string property)
    {
        _read.Add(property);
        return [.. (Json[property] as JsonArray ?? []).OfType<JsonObject>().Select(child => compilation.Read(child, Node, prefix)).OfType<Node>()];
    }

    internal string? PlainText(string property)
    {
        _read.Add(property);
        var value = Json[property];
        return value is JsonObject wrapped && wrapped["expression"] is JsonObject expression ? LenientJson.ToText(expression["value"]) : value is JsonValue ? LenientJson.ToText(value) : null;
    }

    internal JsonNode? CustomProperty(string name) => (Json["customProperties"] as JsonObject)?[name];

    internal SwitchCase[] Cases(bool withActivities)
    {
        _read.Add("cases");
        var cases = new List<SwitchCase>();
        foreach (var item in (Json["cases"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var label = LenientJson.ToText(item["label"]) ?? "";
            var condition = compilation.Expression(item["condition"] as JsonObject, "Boolean", Node, "cases");
            var activity = withActivities && item["activity"] is JsonObject child ? compilation.Read(child, Node, prefix) : null;
            cases.Add(new SwitchCase(label, condition ?? new ConstantValue(null), activity));
        }

        return [.. cases];
    }

    /// <summary>Elsa's <c>[{ statusCode, activity }]</c>.</summary>
    internal List<(long Status, Node? Activity)> StatusCases(string property)
    {
        _read.Add(property);
        return [.. (Json[property] as JsonArray ?? []).OfType<JsonObject>().Select(item =>
            (LenientJson.ToInt64(item["statusCode"]) ?? 0, item["activity"] is JsonObject child ? compilation.Read(child, Node, prefix) : null))];
    }

    internal VariableRef? Variable(string property)
    {
        _read.Add(property);
        var reference = Json[property];
        var id = reference is JsonObject known ? LenientJson.ToText(known["id"]) : LenientJson.ToText(reference);
        var name = LenientJson.ToText((reference as JsonObject)?["name"]);
        var found = Compilation.FindVariable(Node, id, name);
        if (found is null)
        {
            Error("unknown-variable", property, reference is null ? "La variable à affecter n'est pas choisie." : $"La variable « {name ?? id} » n'existe pas à cet endroit.");
        }

        return found;
    }

    internal IExpressionLanguage? Language(string type) => compilation.Registry.FindLanguage(type);

    internal CompiledExpression? Compile(string type, string source, string property) => compilation.Compile(type, source, Node, property);

    internal Connection[] Connections(Node[] activities)
    {
        _read.Add("connections");
        var places = activities.ToDictionary(a => a.Id, a => a.Place, StringComparer.Ordinal);
        var connections = new List<Connection>();
        foreach (var item in (Json["connections"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var (source, port) = End(item, "source", "Done");
            var (target, entry) = End(item, "target", "In");
            if (!places.TryGetValue(source, out var from) || !places.TryGetValue(target, out var to))
            {
                Error("dangling-connection", "connections", $"Une connexion va de « {source} » à « {target} » : l'une des deux activités n'existe pas dans ce diagramme.");
                continue;
            }

            if (activities[from].Behavior.PossibleOutcomes(activities[from]) is { } possible && !possible.Contains(port))
            {
                compilation.Add(new Problem(ProblemLevel.Error, "unknown-outcome", activities[from].Id, null, $"« {activities[from].Title} » n'a pas d'issue « {port} » (ses issues : {string.Join(", ", possible.Distinct())})."));
            }

            if (entry != "In")
            {
                compilation.Add(new Problem(ProblemLevel.Warning, "unknown-port", activities[to].Id, null, $"« {activities[to].Title} » n'a pas d'entrée « {entry} »."));
            }

            var connection = new Connection(from, port, to);
            if (!connections.Contains(connection))
            {
                connections.Add(connection);
            }
        }

        return [.. connections];
    }

    internal void Warn(string code, string nodeId, string message) => compilation.Add(new Problem(ProblemLevel.Warning, code, nodeId, null, message));

    internal void Error(string code, string? property, string message) => compilation.Add(new Problem(ProblemLevel.Error, code, Node.Id, property, message));

    /// <summary>Elsa 3 writes <c>{ activity, port }</c>, earlier versions the id and a port beside it.</summary>
    private static (string Activity, string Port) End(JsonObject connection, string side, string usual)
    {
        var end = connection[side];
        var (activity, port) = end is JsonObject known ? (LenientJson.ToText(known["activity"]), LenientJson.ToText(known["port"])) : (LenientJson.ToText(end), LenientJson.ToText(connection[side + "Port"]));
        return (activity ?? "", string.IsNullOrEmpty(port) ? usual : port);
    }
}
