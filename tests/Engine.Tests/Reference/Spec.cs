using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Tests.Support;
using static MonOPCO.Engine.Tests.Support.Flow;

namespace MonOPCO.Engine.Tests.Reference;

internal enum Kind
{
    Line,
    Set,
    Event,
    Delay,
    Fault,
    Break,
    End,
    Finish,
    Complete,
    Decision,
    FlowSwitch,
    FlowFork,
    Join,
    Chart,
    Sequence,
    If,
    Parallel,
    While,
    For,
    ForEach,
    ParallelForEach,
}

/// <summary>A condition on the one variable N. Each look at it makes N one greater, so a loop whose condition is <c>N &lt; Below</c> comes to its end.</summary>
internal sealed record Test(int Modulo, int Rest, int Below)
{
    internal bool Holds(int n) => Below > 0 ? n < Below : n % Modulo == Rest;

    internal string Script => "setVariable('N', getVariable('N') + 1); getVariable('N') " + (Below > 0 ? $"< {Below}" : $"% {Modulo} == {Rest}");

    public override string ToString() => Below > 0 ? $"N<{Below}" : $"N%{Modulo}={Rest}";
}

internal sealed record Link(string From, string Port, string To)
{
    public override string ToString() => Port == "Done" ? $"{From}>{To}" : $"{From}:{Port}>{To}";
}

/// <summary>A small workflow: what the model runs and what the engine's JSON is made from.</summary>
internal sealed record Spec(string Id, Kind Kind)
{
    /// <summary>What it contains, in order; a flowchart begins with the first.</summary>
    internal Spec[] Inner { get; init; } = [];

    internal Link[] Links { get; init; } = [];

    internal Test[] Tests { get; init; } = [];

    /// <summary>Turns of a loop, branches of a fork.</summary>
    internal int Count { get; init; }

    /// <summary>A join's mode; WaitAny of a Parallel; MatchAny of a switch; OnTokens of a flowchart.</summary>
    internal string Mode { get; init; } = "";

    /// <summary>How it meets several tokens.</summary>
    internal string Merge { get; init; } = "";

    internal bool IsTerminal => Kind is Kind.End or Kind.Finish or Kind.Complete or Kind.Break;

    internal string[] Ports => Kind switch
    {
        Kind.Decision => ["True", "False"],
        Kind.FlowSwitch => [.. Enumerable.Range(0, Tests.Length).Select(i => "c" + i), "Default"],
        Kind.FlowFork => [.. Enumerable.Range(0, Count).Select(i => "b" + i)],
        _ => ["Done"],
    };

    internal IEnumerable<Spec> All() => Inner.SelectMany(i => i.All()).Prepend(this);

    internal JsonObject ToJson()
    {
        var node = Kind switch
        {
            Kind.Line => Line(Id),
            Kind.Set => Set(Id, "N", "getVariable('N') + 1"),
            Kind.Event => Event(Id),
            Kind.Delay => Node(Id, "Elsa.Delay").With("timeSpan", Literal("00:00:10", "TimeSpan")),
            Kind.Fault => Node(Id, "Elsa.Fault").With("message", Literal("!")),
            Kind.Decision => Decision(Id, Tests[0].Script),
            Kind.FlowSwitch => Node(Id, "Elsa.FlowSwitch").With("mode", Literal(Mode)).With("cases", new JsonArray([.. Tests.Select((test, i) => new JsonObject
            {
                ["label"] = "c" + i,
                ["condition"] = new JsonObject { ["type"] = "JavaScript", ["value"] = test.Script },
            })])),
            Kind.FlowFork => Node(Id, "Elsa.FlowFork").With("branches", Literal(new JsonArray([.. Ports.Select(p => (JsonNode)p)]), "String[]")),
            Kind.Join => Join(Id, Mode),
            Kind.Chart => Chart(Id, string.Join(' ', Links.AsEnumerable()), [.. Inner.Select(i => i.ToJson())]).With("start", Inner.Length > 0 ? Inner[0].Id : null),
            Kind.Sequence => Seq(Id, [.. Inner.Select(i => i.ToJson())]),
            Kind.If => Node(Id, "Elsa.If").With("condition", Js(Tests[0].Script)).With("then", Inner[0].ToJson()).With("else", Inner.Length > 1 ? Inner[1].ToJson() : null),
            Kind.Parallel => Node(Id, "Elsa.Fork").With("joinMode", Mode.Length > 0 ? Mode : "WaitAll").With("branches", new JsonArray([.. Inner.Select(i => i.ToJson())])),
            Kind.While => Node(Id, "Elsa.While").With("condition", Js(Tests[0].Script)).With("body", Inner[0].ToJson()),
            Kind.For => Node(Id, "Elsa.For").With("start", Literal(1, "Int32")).With("end", Literal(Count, "Int32")).With("body", Inner[0].ToJson()),
            Kind.ForEach or Kind.ParallelForEach => Node(Id, "Elsa." + Kind).With("items", Literal(new JsonArray([.. Enumerable.Range(0, Count).Select(i => (JsonNode)i)]), "Object[]")).With("body", Inner[0].ToJson()),
            _ => Node(Id, "Elsa." + Kind),
        };
        return node.With("customProperties", new JsonObject { ["executionMode"] = Mode == "OnTokens" ? "TokenBased" : null, ["mergeMode"] = Merge.Length > 0 ? Merge : null });
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text, 0);
        return text.ToString();
    }

    private void Write(StringBuilder text, int depth)
    {
        string[] details = [Mode, Merge, Count > 0 ? Count.ToString(CultureInfo.InvariantCulture) : "", string.Join(' ', Tests.AsEnumerable()), string.Join(' ', Links.AsEnumerable())];
        text.Append(' ', depth * 2).Append(Kind).Append(' ').AppendJoin(' ', details.Prepend(Id).Where(d => d.Length > 0)).Append('\n');
        foreach (var inner in Inner)
        {
            inner.Write(text, depth + 1);
        }
    }
}
