using System.Text.Json.Nodes;
using MonOPCO.Domain.Users;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Expressions;
using MonOPCO.Host.Designer.Catalogue;

namespace MonOPCO.Host.Plans;

/// <summary>Reads a definition's JSON into a plan. Lenient, like the engine: a draft that would not run can still be looked at.</summary>
public sealed class PlanReader(ActivityRegistry registry)
{
    private static readonly HashSet<string> Waits = new(StringComparer.Ordinal)
    {
        "Elsa.Delay", "Elsa.Event", "Elsa.StartAt", "Elsa.Timer", "Elsa.Cron", "Elsa.RunTask", "Elsa.HttpEndpoint", "MonOPCO.WaitForSignatures", "MonOPCO.WaitForComplements", "MonOPCO.WaitForOpco",
    };

    private static readonly HashSet<string> Choices = new(StringComparer.Ordinal) { "Elsa.FlowDecision", "Elsa.FlowSwitch", "Elsa.If", "Elsa.Switch" };

    public Plan Read(JsonObject definition)
    {
        var charts = new List<PlanChart>();
        var outcomes = new Dictionary<(string, string), string>();
        var root = definition["root"] as JsonObject ?? [];
        Chart("", "", root, charts, outcomes);
        return new Plan(charts, outcomes);
    }

    /// <summary>A flowchart or a sequence shows its activities; anything else is the one step of its chart.</summary>
    private void Chart(string id, string title, JsonObject container, List<PlanChart> charts, Dictionary<(string, string), string> outcomes)
    {
        var isFlowchart = container["connections"] is JsonArray;
        var activities = container["activities"] is JsonArray list ? [.. list.OfType<JsonObject>()] : new List<JsonObject> { container };
        var edges = isFlowchart ? Connections(container, activities, outcomes) : Chain(activities);
        var nodes = new List<PlanNode>();
        var place = charts.Count;
        foreach (var activity in activities)
        {
            var node = Node(activity, edges);
            nodes.Add(node);
            foreach (var (slot, inner) in ReferenceEquals(activity, container) ? [] : Inside(activity))
            {
                node.Inside.Add($"{node.Id}-{slot}");
            }
        }

        charts.Insert(Math.Min(place, charts.Count), new PlanChart(id, title, nodes, edges));
        foreach (var (activity, node) in activities.Zip(nodes))
        {
            foreach (var (slot, inner) in ReferenceEquals(activity, container) ? [] : Inside(activity))
            {
                Chart($"{node.Id}-{slot}", slot == "activities" ? node.Title : $"{node.Title} : {Slot(node.Type, slot)}", inner, charts, outcomes);
            }
        }
    }

    private PlanNode Node(JsonObject activity, List<PlanEdge> edges)
    {
        var (id, type) = (Text(activity["id"]), Text(activity["type"]));
        var title = Text((activity["metadata"] as JsonObject)?["displayText"]);
        if (title.Length == 0)
        {
            title = Text(activity["name"]) is { Length: > 0 } name ? name : Title(type);
        }

        var position = (activity["metadata"] as JsonObject)?["designer"]?["position"] as JsonObject;
        return new PlanNode(id, title, type, Kind(activity, type, edges.Where(x => x.From == id).Select(x => x.Outcome).Distinct().Count()), Actor(activity, type), Number(position?["x"]), Number(position?["y"]))
        {
            Procedure = Text(activity["workflowDefinitionId"]) is { Length: > 0 } plain ? plain : Literal(activity["workflowDefinitionId"]),
        };
    }

    private PlanKind Kind(JsonObject activity, string type, int outcomes)
    {
        var descriptor = registry.Find(type);
        return type switch
        {
            "Elsa.Start" => PlanKind.Start,
            "Elsa.End" or "Elsa.Finish" or "Elsa.Fault" => PlanKind.End,
            "Elsa.FlowJoin" or "Elsa.FlowFork" => PlanKind.Join,
            "MonOPCO.HumanTask" => PlanKind.HumanTask,
            _ when Waits.Contains(type) => PlanKind.Wait,
            _ when Inside(activity).Any() => PlanKind.Container,
            _ when Choices.Contains(type) => PlanKind.Decision,
            _ when descriptor?.Kind == ActivityKind.Effect => PlanKind.Effect,
            _ when outcomes > 1 => PlanKind.Decision,
            _ => PlanKind.Step,
        };
    }

    private PlanActor Actor(JsonObject activity, string type) => type switch
    {
        "MonOPCO.HumanTask" => Literal(activity["role"]) switch
        {
            Roles.Entreprise => PlanActor.Company,
            Roles.Beneficiaire => PlanActor.Beneficiary,
            Roles.Consultant => PlanActor.Consultant,
            Roles.Comptable => PlanActor.Accountant,
            _ => PlanActor.Operator,
        },
        "MonOPCO.WaitForSignatures" => PlanActor.Signers,
        "MonOPCO.WaitForComplements" => PlanActor.Company,
        "MonOPCO.WaitForOpco" => PlanActor.Opco,
        _ when registry.Find(type)?.Queue == "bot" => PlanActor.Bot,
        _ => PlanActor.Product,
    };

    private List<PlanEdge> Connections(JsonObject container, List<JsonObject> activities, Dictionary<(string, string), string> outcomes)
    {
        var types = activities.GroupBy(x => Text(x["id"])).ToDictionary(x => x.Key, x => Text(x.First()["type"]), StringComparer.Ordinal);
        var edges = new List<PlanEdge>();
        foreach (var connection in ((JsonArray)container["connections"]!).OfType<JsonObject>())
        {
            var (from, port) = End(connection, "source", "sourcePort", "Done");
            var (to, _) = End(connection, "target", "targetPort", "In");
            if (types.TryGetValue(from, out var type) && types.ContainsKey(to))
            {
                edges.Add(new PlanEdge(from, to, port, outcomes[(from, port)] = PortTitle(type, port)));
            }
        }

        // The only way on needs no name.
        var single = edges.GroupBy(x => x.From).Where(x => x.Select(y => y.Outcome).Distinct().Count() == 1 && x.First().Outcome == "Done").Select(x => x.Key).ToHashSet();
        return [.. edges.Select(x => single.Contains(x.From) ? x with { Label = "" } : x)];
    }

    private static List<PlanEdge> Chain(List<JsonObject> activities) => [.. activities.Zip(activities.Skip(1)).Select(x => new PlanEdge(Text(x.First["id"]), Text(x.Second["id"]), "Done", ""))];

    /// <summary>Elsa 3's form, and the older one with the port beside the id.</summary>
    private static (string Activity, string Port) End(JsonObject connection, string name, string port, string usual) => connection[name] is JsonObject end
        ? (Text(end["activity"]), Text(end["port"]) is { Length: > 0 } named ? named : usual)
        : (Text(connection[name]), Text(connection[port]) is { Length: > 0 } old ? old : usual);

    /// <summary>What a step holds: its own activities, or one in a slot (then, else, body, a case).</summary>
    private static IEnumerable<(string Slot, JsonObject Activity)> Inside(JsonObject activity)
    {
        if (activity["activities"] is JsonArray { Count: > 0 })
        {
            yield return ("activities", activity);
        }

        foreach (var (name, value) in activity)
        {
            if (value is JsonObject inner && IsActivity(inner))
            {
                yield return (name, inner);
            }
            else if (value is JsonArray cases && name != "activities")
            {
                foreach (var (entry, number) in cases.OfType<JsonObject>().Select((x, i) => (x, i)).Where(x => x.x["activity"] is JsonObject nested && IsActivity(nested)))
                {
                    yield return (Text(entry["label"]) is { Length: > 0 } label ? label : $"{name}-{number + 1}", (JsonObject)entry["activity"]!);
                }
            }
        }
    }

    private static bool IsActivity(JsonObject json) => json["type"] is JsonValue && json["id"] is JsonValue && json["expression"] is null;

    private string Title(string type) => registry.Find(type) is { IsBuiltIn: false } own ? own.Title : BuiltInTexts.All.GetValueOrDefault(type)?.Title ?? type[(type.LastIndexOf('.') + 1)..];

    private string PortTitle(string type, string port)
    {
        var own = registry.Find(type) is { IsBuiltIn: false } descriptor ? descriptor.Ports.FirstOrDefault(x => x.Name == port)?.Title : BuiltInTexts.All.GetValueOrDefault(type)?.Ports.FirstOrDefault(x => x.Name == port)?.Title;
        return own ?? (port == "Done" ? "Terminé" : port);
    }

    private string Slot(string type, string slot) => PortTitle(type, slot.Length == 0 ? slot : char.ToUpperInvariant(slot[0]) + slot[1..]);

    private static string? Literal(JsonNode? input) => Text(input?["expression"]?["type"]) == "Literal" ? Text(input!["expression"]!["value"]) is { Length: > 0 } value ? value : null : null;

    private static string Text(JsonNode? node) => node is JsonValue ? LenientJson.ToText(node) ?? "" : "";

    private static double? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<double>(out var number) && double.IsFinite(number) ? number : null;
}
