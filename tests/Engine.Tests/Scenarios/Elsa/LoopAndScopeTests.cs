using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Tests.Support;
using static MonOPCO.Engine.Tests.Support.Flow;

namespace MonOPCO.Engine.Tests.Scenarios.Elsa;

/// <summary>Loops, breaks and scopes of variables.</summary>
public class LoopAndScopeTests
{
    private readonly Driver _driver = new();

    [Theory]
    [InlineData("null", "items")]
    [InlineData("undefined", "items")]
    [InlineData("[]", null)]
    public void ForEach_Null_IsAnIncident_EmptyIsNot(string items, string? code)
    {
        var instance = _driver.Start(Definition(Node("fe", "Elsa.ForEach").With("items", Js(items)).With("body", Line("x"))));
        Assert.Equal(code is null ? [] : [code], _driver.Incidents(instance).Select(i => i.Code));
        Assert.Empty(_driver.Lines());
    }

    [Fact]
    public void ForEach_LiteralNull_IsAnIncident_NothingGivenIsEmpty()
    {
        Assert.Single(_driver.Incidents(_driver.Start(Definition(Node("fe", "Elsa.ForEach").With("items", Expression("Literal", null, "Object")).With("body", Line("x"))))));
        Assert.Equal(InstanceSubStatus.Finished, _driver.Start(Definition(Node("fe", "Elsa.ForEach").With("body", Line("x")), "none")).SubStatus);
    }

    [Fact]
    public void ForEach_ValuesOfAllKinds_AreGivenOneByOne()
    {
        var instance = _driver.Start(Definition(Node("fe", "Elsa.ForEach").With("items", Js("['a', 2, null, { Bar: 'Baz' }]")).With("body", LineJs("l", "const v = getVariable('CurrentValue'); `${getCurrentIndex()}:${v?.Bar ?? v}`"))));
        Assert.Equal(["0:a", "1:2", "2:null", "3:Baz"], _driver.Lines());
        Assert.Equal(InstanceSubStatus.Finished, instance.SubStatus);
    }

    [Fact]
    public void ForEach_NestedWithBreak_EndsTheInnerOneOnly()
    {
        var inner = Node("in", "Elsa.ForEach").With("items", Js("['x', 'y', 'z']")).With("currentValue", To("Inner"))
            .With("body", Seq("b", Node("if", "Elsa.If").With("condition", Js("getInner() == 'y'")).With("then", Node("stop", "Elsa.Break")), LineJs("li", "getInner()")));
        _driver.Start(Definition(Node("out", "Elsa.ForEach").With("items", Js("['1', '2']")).With("currentValue", To("Outer")).With("body", Seq("o", LineJs("lo", "getOuter()"), inner)), variables: "Inner:String, Outer:String"));
        Assert.Equal("1 x 2 x", string.Join(' ', _driver.Lines()));
    }

    [Fact]
    public void ForEach_BodyFaults_TheLoopStaysWithOneFaultBelow()
    {
        var body = Seq("b", Node("if", "Elsa.If").With("condition", Js("getCurrentValue() == 'c'")).With("then", Node("f", "Elsa.Fault").With("message", Literal("non"))), LineJs("l", "getCurrentValue()"));
        var instance = _driver.Start(Definition(Node("fe", "Elsa.ForEach").With("items", Js("['a', 'b', 'c']")).With("body", body)));
        Assert.Equal("a b", string.Join(' ', _driver.Lines()));
        Assert.Equal("non", Assert.Single(_driver.Incidents(instance)).Message);
        Assert.Equal(InstanceSubStatus.Faulted, instance.SubStatus);
    }

    [Fact]
    public void ParallelForEach_OneFaults_TheOthersRun()
    {
        var body = Seq("b", Node("if", "Elsa.If").With("condition", Js("getCurrentValue() == 'b'")).With("then", Node("f", "Elsa.Fault")), LineJs("l", "getCurrentValue()"));
        _driver.Start(Definition(Node("p", "Elsa.ParallelForEach").With("items", Js("['a', 'b', 'c']")).With("body", body)));
        Assert.Equal("a c", string.Join(' ', _driver.Lines()));
    }

    [Fact]
    public void Parallel_OneFaults_TheOthersRunAndItStaysOpen()
    {
        var instance = _driver.Start(Definition(Seq("s", Node("p", "Elsa.Parallel").With("activities", new JsonArray(Line("Before"), Node("f", "Elsa.Fault").With("message", Literal("test")), Line("After"))), Line("Never"))));
        Assert.Equal("Before After", string.Join(' ', _driver.Lines()));
        Assert.Equal("test", Assert.Single(_driver.Incidents(instance)).Message);
    }

    [Fact]
    public void Parallel_NestedAndEmpty_CompleteWhenAllHave()
    {
        var instance = _driver.Start(Definition(Seq("s", Node("p", "Elsa.Parallel").With("activities", new JsonArray(Line("A"), Node("q", "Elsa.Parallel").With("activities", new JsonArray(Line("B"), Node("r", "Elsa.Parallel"))), Line("C"))), Line("End"))));
        Assert.Equal("A C B End", string.Join(' ', _driver.Lines()));
        Assert.Equal(InstanceSubStatus.Finished, instance.SubStatus);
    }

    [Theory]
    [InlineData("WaitAll", "Branch1 Branch2 R2 R1 End")]
    [InlineData("WaitAny", "Branch1 Branch2 R2 End")]
    public void Fork_BranchesThatWait_JoinByMode(string mode, string expected)
    {
        JsonObject Branch(string n) => Seq("b" + n, Line("Branch" + n), Event("e" + n), Line("R" + n));
        var instance = _driver.Start(Definition(Seq("s", Node("fork", "Elsa.Fork").With("joinMode", mode).With("branches", new JsonArray(Branch("1"), Branch("2"))), Line("End"))));
        _driver.Event("e2");
        _driver.Event("e1");
        Assert.Equal(expected, string.Join(' ', _driver.Lines()));
        Assert.Equal(InstanceSubStatus.Finished, _driver.Instances[instance.Id].SubStatus);
        Assert.Empty(_driver.Bookmarks);
    }

    [Fact]
    public void While_ConditionSeesWhatTheBodyDid_AndAVariableOfTheLoopsContainer()
    {
        _driver.Start(Definition(Seq("s", Node("w", "Elsa.While").With("condition", Js("getN() < 3")).With("body", Set("inc", "N", "getN() + 1")), LineJs("l", "getN()")).With("variables", Variables("N:Int32=0"))));
        Assert.Equal("3", Assert.Single(_driver.Lines()));
    }

    [Fact]
    public void Scopes_SameName_TheNearestIsMeantAndTheOuterOneKeepsItsValue()
    {
        var inner = Seq("inner", Node("set", "Elsa.SetVariable").With("variable", new JsonObject { ["id"] = "inner-foo", ["name"] = "Foo" }).With("value", Literal("dedans", "Object")), LineJs("l1", "getVariable('Foo')"))
            .With("variables", new JsonArray(new JsonObject { ["id"] = "inner-foo", ["name"] = "Foo", ["typeName"] = "String", ["value"] = "avant" }));
        _driver.Start(Definition(Seq("outer", inner, LineJs("l2", "getVariable('Foo')")), variables: "Foo:String=dehors"));
        Assert.Equal("dedans dehors", string.Join(' ', _driver.Lines()));
    }

    [Fact]
    public void Variables_WithoutNames_AreNamedAsElsaDoes()
    {
        JsonObject Unnamed(string id, string? name, int value) => new() { ["id"] = id, ["name"] = name, ["typeName"] = "Int32", ["value"] = value };
        _driver.Start(Definition(Seq("s", LineJs("l", "`${getVariable1()} ${getVariable('Variable2')} ${getNamed()}`")).With("variables", new JsonArray(Unnamed("a", null, 1), Unnamed("b", "Named", 2), Unnamed("c", "", 3)))));
        Assert.Equal("1 3 2", Assert.Single(_driver.Lines()));
    }
}
