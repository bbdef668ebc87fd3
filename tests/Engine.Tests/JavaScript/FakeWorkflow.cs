using System.Text.Json.Nodes;
using MonOPCO.Engine.Expressions.JavaScript;

namespace MonOPCO.Engine.Tests.JavaScript;

/// <summary>A host as the engine makes one, over plain dictionaries.</summary>
internal sealed class FakeWorkflow
{
    public FakeWorkflow(JsonObject variables, TimeZoneInfo? zone = null)
    {
        Variables = variables;
        var inputs = new JsonObject { ["Item"] = "pomme", ["Outer"] = true, ["Message"] = "Bonjour" };
        var outputs = new JsonObject { ["Sum1.Result"] = 10, ["Read1.Result"] = "lu" };
        Host = new ScriptHost { ResolveFunction = Generated, TimeZone = zone ?? TimeZoneInfo.Utc }
            .Function("getVariable", call => Variables[call.Text(0)!])
            .Action("setVariable", call => Variables[call.Text(0)!] = call.Json(1))
            .Function("getInput", call => inputs[call.Text(0)!])
            .Function("getOutputFrom", call => outputs[call.Text(0) + "." + call.Text(1)])
            .Function("getLastResult", _ => 10)
            .Action("setOutcome", call => Outcomes.Add(call.Text(0)!))
            .Object("variables", new ScriptObject
            {
                Get = name => (Variables.ContainsKey(name), Variables[name]),
                Set = (name, value) => Variables[name] = value,
                Names = () => Variables.Select(pair => pair.Key)
            });
    }

    public JsonObject Variables { get; }

    public List<string> Outcomes { get; } = [];

    public ScriptHost Host { get; }

    private ScriptFunction? Generated(string name)
    {
        if (name.StartsWith("get", StringComparison.Ordinal) && Variables.ContainsKey(name[3..]))
        {
            return _ => Variables[name[3..]];
        }

        return name.StartsWith("set", StringComparison.Ordinal)
            ? call =>
            {
                Variables[name[3..]] = call.Json(0);
                return null;
            }
        : null;
    }
}
