using System.Text.Json.Nodes;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Activities.BuiltIn;

/// <summary>
/// ExecuteWorkflow and DispatchWorkflow: starts an instance, and waits for its end when asked to. The result holds the instance's outputs by name, as Elsa gives
/// them to a parent that had to wait; for ExecuteWorkflow also workflowInstanceId, status, subStatus and output, as Elsa gives them when the child ended at once.
/// </summary>
internal sealed class StartInstanceNode(bool describes) : NodeBehavior
{
    internal override bool IsAsync => true;

    internal override async Task ExecuteAsync(Run run, Exec exec)
    {
        var definition = await run.RequireDefinitionAsync(LenientJson.ToText(exec.Input(0)));
        var waits = LenientJson.ToBoolean(exec.Input(3));
        var input = Input(exec.Input(2));
        input["ParentInstanceId"] = run.Instance.Id.ToString("D");
        var child = run.StartInstance(exec, definition, input, LenientJson.ToText(exec.Input(1)), waits);
        if (waits)
        {
            run.Wait(exec, "child", child.ToString("D"), null, null);
        }
        else
        {
            if (describes)
            {
                run.SetOutput(exec, "Result", Described(JsonValue.Create(child.ToString("D")), InstanceStatus.Running, InstanceSubStatus.Pending.ToString(), null));
            }

            run.Complete(exec);
        }
    }

    internal override void InstanceEnded(Run run, Exec exec, JsonObject result)
    {
        if (LenientJson.ToText(result["error"]) is { } error)
        {
            throw new FaultException("child-not-started", error);
        }

        run.SetOutput(exec, "Result", describes ? Described(result["childId"], InstanceStatus.Finished, LenientJson.ToText(result["subStatus"]), result["output"] as JsonObject) : result["output"]);
        run.Complete(exec);
    }

    private static JsonObject Described(JsonNode? id, InstanceStatus status, string? subStatus, JsonObject? output)
    {
        var described = output is null ? [] : (JsonObject)output.DeepClone();
        described["workflowInstanceId"] = id?.DeepClone();
        described["status"] = status.ToString();
        described["subStatus"] = subStatus;
        described["output"] = output?.DeepClone() ?? new JsonObject();
        return described;
    }

    internal static JsonObject Input(JsonNode? given) => given switch
    {
        JsonObject known => (JsonObject)known.DeepClone(),
        JsonValue text when LenientJson.ToText(text) is { } json && LenientJson.TryParse(json, out var parsed) && parsed is JsonObject value => value,
        _ => [],
    };
}

/// <summary>An instance per item; ports for each one that ends well or badly.</summary>
internal sealed class BulkNode : NodeBehavior
{
    private static readonly string[] Completed = ["Completed", "Done"];
    private static readonly string[] ChildName = ["ChildInstanceId"];
    private Node? _childCompleted;
    private Node? _childFaulted;

    internal override bool IsAsync => true;

    internal override IEnumerable<string> PossibleOutcomes(Node node) => ["Completed", "Canceled", "Done"];

    internal override void Read(NodeReader reader)
    {
        _childCompleted = reader.Child("childCompleted");
        _childFaulted = reader.Child("childFaulted");
    }

    internal override async Task ExecuteAsync(Run run, Exec exec)
    {
        var items = LenientJson.ToItems(exec.Input(1));
        var definition = items.Count == 0 ? "" : await run.RequireDefinitionAsync(LenientJson.ToText(exec.Input(0)));
        var key = LenientJson.ToText(exec.Input(2)) is { Length: > 0 } given ? given : "Item";
        var waits = exec.Input(5) is not { } wait || LenientJson.ToBoolean(wait);
        foreach (var item in items)
        {
            var input = StartInstanceNode.Input(exec.Input(4));
            if (item is JsonObject values)
            {
                foreach (var (name, value) in values)
                {
                    input[name] = value?.DeepClone();
                }
            }
            else
            {
                input[key] = item?.DeepClone();
            }

            input["ParentInstanceId"] = run.Instance.Id.ToString("D");
            var correlation = exec.Node.Inputs[3] is { } function ? LenientJson.ToText(run.EvaluateWith(function, exec, new LoopVariables([key], [item]))) : null;
            run.StartInstance(exec, definition, input, correlation, waits);
        }

        if (waits && items.Count > 0)
        {
            exec.A = items.Count;
            run.Wait(exec, "child", exec.Id.ToString("D"), null, null);
        }
        else
        {
            run.Complete(exec);
        }
    }

    internal override void InstanceEnded(Run run, Exec exec, JsonObject result)
    {
        var port = LenientJson.ToText(result["subStatus"]) switch
        {
            "Finished" => _childCompleted,
            "Faulted" => _childFaulted,
            _ => null,
        };
        if (port is null)
        {
            ChildCompleted(run, exec, exec, DoneOutcome);
        }
        else
        {
            run.Schedule(port, exec, new LoopVariables(ChildName, [result["childId"]]));
        }
    }

    internal override void ChildCompleted(Run run, Exec exec, Exec child, string[] outcomes)
    {
        if (--exec.A <= 0)
        {
            run.Complete(exec, Completed);
        }
    }
}
