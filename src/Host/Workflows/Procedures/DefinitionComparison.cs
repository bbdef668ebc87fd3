using System.Text.Json;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Host.Endpoints.Elsa;

namespace MonOPCO.Host.Workflows.Procedures;

public enum DifferenceGroup
{
    Step,
    Path,
    Variable,
    Setting,

    /// <summary>Where things stand on the diagram: changes nothing of what happens.</summary>
    Layout,
}

public enum DifferenceKind
{
    Added,
    Removed,
    Changed,
}

/// <summary>One difference as a sentence; <paramref name="Before"/> and <paramref name="After"/> are shown beside it when a value changed.</summary>
public sealed record Difference(DifferenceGroup Group, DifferenceKind Kind, string Sentence, string? Before = null, string? After = null);

/// <summary>What a process owner would tell a colleague about two versions: steps, paths, variables, settings. Not a comparison of texts.</summary>
public sealed class DefinitionComparison(ActivityRegistry registry)
{
    private static readonly string[] Structural = ["id", "nodeId", "name", "type", "version", "metadata", "customProperties", "activities", "connections", "variables"];

    private static readonly Dictionary<string, string> Flags = new(StringComparer.Ordinal)
    {
        ["canStartWorkflow"] = "Peut démarrer la procédure",
        ["runAsynchronously"] = "En tâche de fond",
        ["mergeMode"] = "Réunion des chemins",
        ["executionMode"] = "Mode d’exécution",
        ["activationStrategyType"] = "Règle de démarrage",
        ["usableAsActivity"] = "Utilisable dans une autre procédure",
        ["autoUpdateConsumingWorkflows"] = "Les procédures qui l’utilisent suivent ses nouvelles versions",
        ["activityCategory"] = "Catégorie de la palette",
        ["incidentStrategyType"] = "En cas d’incident",
        ["commitStrategyName"] = "Moment de l’enregistrement",
    };

    private readonly ActivityNames _names = new(registry);

    public IReadOnlyList<Difference> Compare(JsonObject before, JsonObject after)
    {
        var found = new List<Difference>();
        var (old, now) = (Steps(before), Steps(after));
        CompareSteps(old, now, found);
        ComparePaths(old, now, found);
        CompareVariables(before, after, old, now, found);
        CompareSettings(before, after, found);
        return [.. found.OrderBy(difference => difference.Group)];
    }

    private void CompareSteps(Dictionary<string, Step> old, Dictionary<string, Step> now, List<Difference> found)
    {
        foreach (var step in now.Values.Where(step => !old.ContainsKey(step.Id)))
        {
            found.Add(new(DifferenceGroup.Step, DifferenceKind.Added, $"{Name(step)} ({_names.Type(step.Type)}) est ajoutée{Inside(step, now)}."));
        }

        foreach (var step in old.Values.Where(step => !now.ContainsKey(step.Id)))
        {
            found.Add(new(DifferenceGroup.Step, DifferenceKind.Removed, $"{Name(step)} ({_names.Type(step.Type)}) est retirée{Inside(step, old)}."));
        }

        var moved = 0;
        foreach (var after in now.Values)
        {
            if (!old.TryGetValue(after.Id, out var before))
            {
                continue;
            }

            if (before.Title != after.Title)
            {
                found.Add(new(DifferenceGroup.Step, DifferenceKind.Changed, $"{Name(before)} s’appelle maintenant {Name(after)}."));
            }

            if (before.Type != after.Type)
            {
                found.Add(new(DifferenceGroup.Step, DifferenceKind.Changed, $"{Name(after)} est maintenant d’un autre type.", _names.Type(before.Type), _names.Type(after.Type)));
            }

            if (before.Parent != after.Parent)
            {
                found.Add(new(DifferenceGroup.Step, DifferenceKind.Changed, $"{Name(after)} est déplacée{Inside(after, now)}."));
            }

            CompareInputs(before, after, found);
            CompareOrder(before, after, now, found);
            moved += JsonNode.DeepEquals(Position(before), Position(after)) ? 0 : 1;
        }

        if (moved > 0)
        {
            found.Add(new(DifferenceGroup.Layout, DifferenceKind.Changed, moved == 1 ? "Une étape est placée ailleurs sur le schéma." : $"{moved} étapes sont placées ailleurs sur le schéma."));
        }
    }

    private void CompareInputs(Step before, Step after, List<Difference> found)
    {
        var names = before.Json.Concat(after.Json).Select(member => member.Key).Where(name => !Structural.Contains(name)).Distinct();
        foreach (var name in names)
        {
            var (former, now) = (Readable(before.Type, name, before.Json[name]), Readable(after.Type, name, after.Json[name]));
            if (former != now)
            {
                // A secret is said to have changed, not from what to what.
                var hidden = _names.IsSensitive(after.Type, name);
                found.Add(new(DifferenceGroup.Step, DifferenceKind.Changed, $"{Name(after)} : « {_names.Input(after.Type, name)} » {(former is null ? "est renseigné" : now is null ? "n’est plus renseigné" : "change")}.", hidden ? null : former, hidden ? null : now));
            }
        }

        foreach (var (name, former, now) in Members(before.Json["customProperties"], after.Json["customProperties"]).Where(member => member.Name != "notFoundConnections"))
        {
            found.Add(new(DifferenceGroup.Step, DifferenceKind.Changed, $"{Name(after)} : « {Flags.GetValueOrDefault(name, name)} » change.", Plain(former), Plain(now)));
        }

        var (described, describes) = ((before.Json["metadata"] as JsonObject)?.Text("description") ?? "", (after.Json["metadata"] as JsonObject)?.Text("description") ?? "");
        if (described != describes)
        {
            found.Add(new(DifferenceGroup.Step, DifferenceKind.Changed, $"{Name(after)} : la description change.", described, describes));
        }
    }

    /// <summary>The order of a sequence is what it does.</summary>
    private static void CompareOrder(Step before, Step after, Dictionary<string, Step> now, List<Difference> found)
    {
        if (after.Type != "Elsa.Sequence" || before.Type != "Elsa.Sequence")
        {
            return;
        }

        var (former, latter) = (Children(before), Children(after));
        if (!former.Where(latter.Contains).SequenceEqual(latter.Where(former.Contains)))
        {
            found.Add(new(DifferenceGroup.Path, DifferenceKind.Changed, $"{Name(after)} : l’ordre des étapes change.", null, string.Join(" → ", latter.Select(id => now.TryGetValue(id, out var step) ? step.Title : id))));
        }

        static List<string> Children(Step step) => [.. (step.Json["activities"] as JsonArray ?? []).OfType<JsonObject>().Select(child => child.Text("id") ?? "")];
    }

    private void ComparePaths(Dictionary<string, Step> old, Dictionary<string, Step> now, List<Difference> found)
    {
        var (before, after) = (Paths(old), Paths(now));
        var removed = before.Where(path => !after.Contains(path)).ToList();
        var added = after.Where(path => !before.Contains(path)).ToList();
        foreach (var path in added.ToList())
        {
            // The same way out leads elsewhere: one sentence instead of two.
            if (removed.FirstOrDefault(candidate => (candidate.From, candidate.Port) == (path.From, path.Port)) is { From: not null } former && added.Count(x => (x.From, x.Port) == (path.From, path.Port)) == 1)
            {
                removed.Remove(former);
                added.Remove(path);
                found.Add(new(DifferenceGroup.Path, DifferenceKind.Changed, $"{Exit(path, now)} mène ailleurs.", Title(former.To, old), Title(path.To, now)));
            }
            else if (removed.FirstOrDefault(candidate => (candidate.From, candidate.To) == (path.From, path.To)) is { From: not null } other)
            {
                removed.Remove(other);
                added.Remove(path);
                found.Add(new(DifferenceGroup.Path, DifferenceKind.Changed, $"De « {Title(path.From, now)} » à « {Title(path.To, now)} », le chemin part d’une autre issue.", PortName(other, old), PortName(path, now)));
            }
        }

        found.AddRange(added.Select(path => new Difference(DifferenceGroup.Path, DifferenceKind.Added, $"{Exit(path, now)} mène à « {Title(path.To, now)} ».")));

        // Where a step went away, its paths went with it: that is said already.
        found.AddRange(removed.Where(path => now.ContainsKey(path.From) && now.ContainsKey(path.To)).Select(path => new Difference(DifferenceGroup.Path, DifferenceKind.Removed, $"{Exit(path, old)} ne mène plus à « {Title(path.To, old)} ».")));
    }

    private static void CompareVariables(JsonObject before, JsonObject after, Dictionary<string, Step> old, Dictionary<string, Step> now, List<Difference> found)
    {
        List(before["variables"], after["variables"], "La variable", "id", "e", "");
        foreach (var step in now.Values.Where(step => old.ContainsKey(step.Id)))
        {
            List(old[step.Id].Json["variables"], step.Json["variables"], "La variable", "id", "e", $" de « {step.Title} »");
        }

        List(before["inputs"], after["inputs"], "L’entrée de la procédure", "name", "e", "");
        List(before["outputs"], after["outputs"], "La sortie de la procédure", "name", "e", "");

        void List(JsonNode? former, JsonNode? latter, string what, string key, string feminine, string where)
        {
            var (was, are) = (Items(former, key), Items(latter, key));
            found.AddRange(are.Where(item => !was.ContainsKey(item.Key)).Select(item => new Difference(DifferenceGroup.Variable, DifferenceKind.Added, $"{what} « {item.Value.Text("name")} »{where} est ajouté{feminine}.", null, Described(item.Value))));
            found.AddRange(was.Where(item => !are.ContainsKey(item.Key)).Select(item => new Difference(DifferenceGroup.Variable, DifferenceKind.Removed, $"{what} « {item.Value.Text("name")} »{where} est retiré{feminine}.")));
            foreach (var (id, item) in are.Where(item => was.ContainsKey(item.Key)))
            {
                if (was[id].Text("name") != item.Text("name"))
                {
                    found.Add(new(DifferenceGroup.Variable, DifferenceKind.Changed, $"{what} « {was[id].Text("name")} »{where} s’appelle maintenant « {item.Text("name")} »."));
                }

                if (Described(was[id]) != Described(item))
                {
                    found.Add(new(DifferenceGroup.Variable, DifferenceKind.Changed, $"{what} « {item.Text("name")} »{where} change.", Described(was[id]), Described(item)));
                }
            }
        }

        static Dictionary<string, JsonObject> Items(JsonNode? list, string key) => (list as JsonArray ?? []).OfType<JsonObject>().GroupBy(item => item.Text(key) ?? item.Text("name") ?? "").ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

        static string Described(JsonObject item) =>
            (item.Text("typeName") ?? item.Text("type") ?? "Object") + (item.Flag("isArray") == true ? ", liste" : "") + (Plain(item["value"]) is { Length: > 0 } value ? $", au départ {value}" : "")
            + (item.Text("storageDriverTypeName") is { Length: > 0 } storage ? $", gardée par {storage.Split(',')[0].Split('.')[^1]}" : "");
    }

    private static void CompareSettings(JsonObject before, JsonObject after, List<Difference> found)
    {
        foreach (var (name, label) in new[] { ("name", "Le nom"), ("description", "La description") })
        {
            if ((before.Text(name) ?? "") != (after.Text(name) ?? ""))
            {
                found.Add(new(DifferenceGroup.Setting, DifferenceKind.Changed, $"{label} de la procédure change.", before.Text(name) ?? "", after.Text(name) ?? ""));
            }
        }

        if (!JsonNode.DeepEquals(before["outcomes"] ?? new JsonArray(), after["outcomes"] ?? new JsonArray()))
        {
            found.Add(new(DifferenceGroup.Setting, DifferenceKind.Changed, "Les issues de la procédure changent.", string.Join(", ", before.Texts("outcomes")), string.Join(", ", after.Texts("outcomes"))));
        }

        foreach (var member in new[] { "options", "customProperties" })
        {
            found.AddRange(Members(before[member], after[member]).Select(change => new Difference(DifferenceGroup.Setting, DifferenceKind.Changed, $"« {Flags.GetValueOrDefault(change.Name, change.Name)} » change.", Plain(change.Before), Plain(change.After))));
        }
    }

    private static IEnumerable<(string Name, JsonNode? Before, JsonNode? After)> Members(JsonNode? before, JsonNode? after)
    {
        var (former, latter) = (before as JsonObject ?? [], after as JsonObject ?? []);
        return former.Concat(latter).Select(member => member.Key).Distinct().Select(name => (Name: name, Before: former[name], After: latter[name])).Where(member => Plain(member.Before) != Plain(member.After));
    }

    private static Dictionary<string, Step> Steps(JsonObject definition)
    {
        var steps = new Dictionary<string, Step>(StringComparer.Ordinal);
        if (definition["root"] is JsonObject root)
        {
            // Node ids tell where a step stands; the file may have none.
            var parents = DefinitionDocument.NodeIds((JsonObject)definition.DeepClone());
            DefinitionDocument.Visit(root, node =>
            {
                var id = node.Text("id")!;
                var path = parents.GetValueOrDefault(id, id).Split(':');
                steps.TryAdd(id, new Step(id, node.Text("type") ?? "", DefinitionUsage.Title(node), path.Length > 2 ? path[^2] : "", node));
            });
        }

        return steps;
    }

    private static HashSet<Path> Paths(Dictionary<string, Step> steps) =>
    [
        .. steps.Values.SelectMany(step => (step.Json["connections"] as JsonArray ?? []).OfType<JsonObject>())
            .Select(connection => (Source: connection["source"] as JsonObject ?? [], Target: connection["target"] as JsonObject ?? []))
            .Select(ends => new Path(ends.Source.Text("activity") ?? "", ends.Source.Text("port") ?? "Done", ends.Target.Text("activity") ?? "")),
    ];

    private string Exit(Path path, Dictionary<string, Step> steps) => path.Port == "Done" ? $"« {Title(path.From, steps)} »" : $"« {Title(path.From, steps)} », issue « {PortName(path, steps)} »,";

    private string PortName(Path path, Dictionary<string, Step> steps) => steps.TryGetValue(path.From, out var step) ? _names.Port(step.Type, path.Port) : path.Port;

    private static string Title(string id, Dictionary<string, Step> steps) => steps.TryGetValue(id, out var step) ? step.Title : id;

    private static string Name(Step step) => $"« {step.Title} »";

    private static string Inside(Step step, Dictionary<string, Step> steps) => steps.TryGetValue(step.Parent, out var parent) && parent.Parent.Length > 0 ? $" dans « {parent.Title} »" : "";

    private static JsonNode? Position(Step step) => ((step.Json["metadata"] as JsonObject)?["designer"] as JsonObject)?["position"];

    /// <summary>A value as one reads it; null when there is none.</summary>
    private string? Readable(string type, string name, JsonNode? value)
    {
        if (value is not JsonObject wrapped)
        {
            return Plain(value) is { Length: > 0 } plain ? plain : null;
        }

        // A nested activity is compared for itself.
        if (wrapped.ContainsKey("type") && wrapped.ContainsKey("id") && !wrapped.ContainsKey("expression"))
        {
            return null;
        }

        if (wrapped["expression"] is JsonObject expression)
        {
            var text = Plain(expression["value"]);
            return expression.Text("type") switch
            {
                null or "Literal" => text.Length == 0 ? null : _names.Choice(type, name, text),
                "Object" => text,
                "Variable" when expression["value"] is JsonObject variable => $"variable {variable.Text("name") ?? variable.Text("id")}",
                var language => $"{language} : {text}",
            };
        }

        return wrapped["memoryReference"] is JsonObject reference ? $"dans la variable {reference.Text("id")}" : wrapped.ContainsKey("memoryReference") ? null : wrapped.Text("name") ?? wrapped.Text("id") ?? Plain(wrapped);
    }

    /// <summary>Booleans as people say them; the designer's « True » is true.</summary>
    private static string Plain(JsonNode? value) => value switch
    {
        null => "",
        JsonValue scalar => scalar.ToString() switch { "true" or "True" => "oui", "false" or "False" => "non", var text => text },
        JsonArray { Count: 0 } => "",
        JsonObject { Count: 0 } => "",
        _ => value.ToJsonString(Compact),
    };

    private static readonly JsonSerializerOptions Compact = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private sealed record Step(string Id, string Type, string Title, string Parent, JsonObject Json);

    private readonly record struct Path(string From, string Port, string To);
}
