using System.Globalization;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Execution;

// State between bursts: short names, only what differs from the usual. n number, k node, p parent (place in the list), f faulted, z backward, v variables,
// l loop variables, i inputs, o outputs of children, u own outputs, r results, a/b counters, d the behaviour's own, m bookmarks, c child instances,
// e effect, g generation, t attempts, w faults below.
internal sealed partial class Run
{
    private void SaveState()
    {
        var state = new JsonObject { ["n"] = _numbers, ["s"] = _sequence };
        if (_root is null)
        {
            Instance.State = state;
            return;
        }

        if (Instance.SubStatus is InstanceSubStatus.Finished or InstanceSubStatus.Cancelled)
        {
            state["v"] = Values(_root.Variables);
            Instance.State = state;
            return;
        }

        if (_continuations > 0)
        {
            state["c"] = _continuations;
        }

        if (_isHalted)
        {
            state["h"] = true;
        }

        if (TriggerActivityId is not null)
        {
            state["tr"] = TriggerActivityId;
            state["tp"] = _triggerPayload?.DeepClone();
        }

        if (_lastResult is not null)
        {
            state["lr"] = _lastResult.DeepClone();
        }

        var places = new Dictionary<Exec, int>();
        var list = new JsonArray();
        Write(_root, places, list);
        state["x"] = list;
        if (_queue.Count > 0)
        {
            var queue = new JsonArray();
            foreach (var item in _queue)
            {
                if (places.TryGetValue(item.Owner, out var owner))
                {
                    queue.Add(new JsonArray(owner, item.Node.Key, item.IsBackward ? 1 : 0, Loop(item.Loop)));
                }
            }

            state["q"] = queue;
        }

        if (_incidents.Count > 0)
        {
            var incidents = new JsonArray();
            foreach (var incident in _incidents)
            {
                var saved = new JsonObject { ["x"] = incident.Exec.Number, ["k"] = incident.Exec.Node.Id, ["c"] = incident.Code, ["m"] = incident.Message, ["at"] = incident.At.ToString("O", CultureInfo.InvariantCulture) };
                if (incident.WasResuming)
                {
                    saved["r"] = new JsonArray(incident.Signal?.DeepClone(), incident.IsTimeout ? 1 : 0, incident.Actor);
                }

                incidents.Add(saved);
            }

            state["y"] = incidents;
        }

        Instance.State = state;
    }

    private static void Write(Exec exec, Dictionary<Exec, int> places, JsonArray list)
    {
        var saved = new JsonObject { ["n"] = exec.Number, ["k"] = exec.Node.Key };
        if (exec.Parent is not null)
        {
            saved["p"] = places[exec.Parent];
        }

        places[exec] = list.Count;
        list.Add((JsonNode)saved);
        Flag(saved, "f", exec.Status == ExecStatus.Faulted);
        Flag(saved, "z", exec.IsBackward);
        Flag(saved, "k!", exec.IsBreaking);
        Flag(saved, "e", exec.HasEffect);
        Flag(saved, "ha", exec.HasA);
        Count(saved, "a", exec.A, 0);
        Count(saved, "b", exec.B, 0);
        Count(saved, "g", exec.Generation, 1);
        Count(saved, "t", exec.Attempts, 0);
        Count(saved, "w", exec.AggregateFaults, 0);
        if (exec.Variables is { Length: > 0 })
        {
            saved["v"] = Values(exec.Variables);
        }

        if (exec.Loop is not null)
        {
            saved["l"] = Loop(exec.Loop);
        }

        if (exec.Inputs is not null && exec.Node.Behavior.KeepsInputs)
        {
            saved["i"] = ReferenceEquals(exec.Inputs, exec.Node.ConstantInputs) ? null : Values(exec.Inputs);
        }

        if (exec.Outputs is { Count: > 0 })
        {
            var outputs = new JsonObject();
            foreach (var (node, values) in exec.Outputs)
            {
                outputs[node.Key] = values.DeepClone();
            }

            saved["o"] = outputs;
        }

        if (exec.Produced is not null)
        {
            saved["u"] = exec.Produced.DeepClone();
        }

        if (exec.Results is not null)
        {
            saved["r"] = exec.Results.DeepClone();
        }

        if (exec.Node.Behavior.Save(exec) is { } own)
        {
            saved["d"] = own;
        }

        if (exec.Bookmarks is { Count: > 0 })
        {
            var bookmarks = new JsonArray();
            foreach (var bookmark in exec.Bookmarks)
            {
                bookmarks.Add(new JsonArray(bookmark.Number, bookmark.Kind, bookmark.Key, bookmark.Until?.ToString("O", CultureInfo.InvariantCulture)));
            }

            saved["m"] = bookmarks;
        }

        if (exec.Instances is { Count: > 0 })
        {
            saved["c"] = new JsonArray([.. exec.Instances.Select(i => (JsonNode)i.ToString("N"))]);
        }

        for (var child = exec.FirstChild; child is not null; child = child.Next)
        {
            Write(child, places, list);
        }
    }

    private void LoadState()
    {
        var state = Instance.State;
        _numbers = Int(state["n"], 0);
        _sequence = Int(state["s"], 0);
        if (state["x"] is not JsonArray list)
        {
            return;
        }

        _continuations = (int)Int(state["c"], 0);
        _isHalted = (bool?)state["h"] ?? false;
        TriggerActivityId = (string?)state["tr"];
        _triggerPayload = state["tp"];
        _lastResult = state["lr"];
        var execs = new Exec[list.Count];
        var byNumber = new Dictionary<long, Exec>();
        for (var i = 0; i < execs.Length; i++)
        {
            var saved = list[i]!.AsObject();
            var exec = execs[i] = Read(saved, saved["p"] is { } parent ? execs[(int)Int(parent, 0)] : null);
            byNumber[exec.Number] = exec;
        }

        _root = execs[0];
        foreach (var item in state["q"] as JsonArray ?? [])
        {
            Schedule(NodeOf((string)item![1]!), execs[(int)Int(item[0], 0)], Loop(item[3] as JsonArray), Int(item[2], 0) != 0);
        }

        foreach (var saved in state["y"] as JsonArray ?? [])
        {
            var signal = saved!["r"] as JsonArray;
            _incidents.Add(new Incident(byNumber[Int(saved["x"], 0)], (string)saved["c"]!, (string)saved["m"]!, Moment((string)saved["at"]!))
            {
                WasResuming = signal is not null,
                Signal = signal?[0]?.DeepClone(),
                IsTimeout = signal is not null && Int(signal[1], 0) != 0,
                Actor = (string?)signal?[2],
            });
        }
    }

    private Exec Read(JsonObject saved, Exec? parent)
    {
        var exec = new Exec(NodeOf((string)saved["k"]!), parent, Int(saved["n"], 0))
        {
            Status = saved.ContainsKey("f") ? ExecStatus.Faulted : ExecStatus.Running,
            IsBackward = saved.ContainsKey("z"),
            IsBreaking = saved.ContainsKey("k!"),
            HasEffect = saved.ContainsKey("e"),
            HasA = saved.ContainsKey("ha"),
            A = Int(saved["a"], 0),
            B = Int(saved["b"], 0),
            Generation = (int)Int(saved["g"], 1),
            Attempts = (int)Int(saved["t"], 0),
            AggregateFaults = (int)Int(saved["w"], 0),
            Loop = Loop(saved["l"] as JsonArray),
            Produced = (JsonObject?)saved["u"]?.DeepClone(),
            Results = (JsonObject?)saved["r"]?.DeepClone(),
        };
        exec.Id = InstanceIds.Derive(Instance.Id, exec.Number);
        if (saved["v"] is JsonArray variables)
        {
            exec.Variables = new JsonNode?[exec.Node.Variables.Length];
            for (var i = 0; i < Math.Min(variables.Count, exec.Variables.Length); i++)
            {
                exec.Variables[i] = variables[i];
            }
        }
        else if (exec.Node.Variables.Length > 0)
        {
            DeclareVariables(exec);
        }

        if (saved.ContainsKey("i"))
        {
            exec.Inputs = saved["i"] is JsonArray inputs ? [.. inputs] : exec.Node.ConstantInputs;
        }

        foreach (var (key, outputs) in saved["o"] as JsonObject ?? [])
        {
            if (_definition.Find(key) is { } node)
            {
                (exec.Outputs ??= [])[node] = (JsonObject)outputs!;
            }
        }

        if (saved["d"] is { } own)
        {
            exec.Node.Behavior.Load(exec, own);
        }

        foreach (var bookmark in saved["m"] as JsonArray ?? [])
        {
            var number = Int(bookmark![0], 0);
            (exec.Bookmarks ??= []).Add(new PendingBookmark(number, InstanceIds.Derive(Instance.Id, number), (string)bookmark[1]!, (string)bookmark[2]!, bookmark[3] is { } until ? Moment((string)until!) : null));
        }

        foreach (var child in saved["c"] as JsonArray ?? [])
        {
            (exec.Instances ??= []).Add(Guid.Parse((string)child!));
        }

        if (parent is not null)
        {
            parent.Add(exec);
            if (exec.Status == ExecStatus.Faulted)
            {
                parent.FaultedChildren++;
            }
            else
            {
                parent.RunningChildren++;
            }
        }

        return exec;
    }

    private Node NodeOf(string key) =>
        _definition.Find(key) ?? throw new InvalidOperationException($"Instance {Instance.Id} is in node {key}, which version {_definition.VersionId} of {_definition.DefinitionId} does not have.");

    /// <summary>A number just written or read back from text: they differ in CLR type.</summary>
    private static long Int(JsonNode? node, long usual) => LenientJson.ToInt64(node) ?? usual;

    private static void Flag(JsonObject saved, string name, bool value)
    {
        if (value)
        {
            saved[name] = 1;
        }
    }

    private static void Count(JsonObject saved, string name, long value, long usual)
    {
        if (value != usual)
        {
            saved[name] = value;
        }
    }

    private static JsonArray? Values(JsonNode?[]? values)
    {
        if (values is null)
        {
            return null;
        }

        var array = new JsonArray();
        foreach (var value in values)
        {
            array.Add(value?.DeepClone());
        }

        return array;
    }

    /// <summary>Names and values alternate.</summary>
    private static JsonArray? Loop(LoopVariables? loop)
    {
        if (loop is null)
        {
            return null;
        }

        var array = new JsonArray();
        for (var i = 0; i < loop.Names.Length; i++)
        {
            array.Add((JsonNode)loop.Names[i]);
            array.Add(loop.Values[i]?.DeepClone());
        }

        return array;
    }

    private static LoopVariables? Loop(JsonArray? saved)
    {
        if (saved is null)
        {
            return null;
        }

        var loop = new LoopVariables(new string[saved.Count / 2], new JsonNode?[saved.Count / 2]);
        for (var i = 0; i < loop.Names.Length; i++)
        {
            loop.Names[i] = (string)saved[2 * i]!;
            loop.Values[i] = saved[2 * i + 1];
        }

        return loop;
    }

    private static DateTimeOffset Moment(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
