using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Tests.Support;
using static MonOPCO.Engine.Tests.Support.Flow;

namespace MonOPCO.Engine.Tests.Scenarios;

/// <summary>Host activities, effects, incidents and what operators do about them, late messages, bounds.</summary>
public class DurabilityTests
{
    private const string GoesOn = """{ "options": { "incidentStrategyType": "Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy, Elsa.Workflows.Core" } }""";

    private readonly Driver _driver = new([typeof(Greet), typeof(Stamp), typeof(Send), typeof(Busy)]);

    private WorkflowInstance Start(JsonObject root, string? variables = null, string? more = GoesOn) => _driver.Start(Definition(root, variables: variables, more: more));

    private string Lines => string.Join(' ', _driver.Lines());

    private WorkflowInstance Now(WorkflowInstance instance) => _driver.Instances[instance.Id];

    [Fact]
    public void InDatabase_Done_BindsInputsOutputsAndOutcome()
    {
        var greet = Node("g", "Test.Greet").With("who", Js("getVariable('Name')")).With("times", Literal("1", "Int32")).With("titles", Expression("Object", "[\"Mme\"]", null))
            .With("secret", Literal("x")).With("text", To("T")).With("length", To("L"));
        Start(Chart("g:Greeted>l g:Ignored>n", greet, LineJs("l", "`${getVariable('T')}/${getVariable('L')}`"), Line("n")), "Name:String=Ada, T:String, L:Int32");
        Assert.Equal("Mme Ada/7", Lines);
        Assert.Equal((1, 0), (_driver.Scope.Saves, _driver.Scope.RollBacks));
        var started = _driver.Journal.Single(j => j is { ActivityId: "g", Event: JournalEvent.Started });
        Assert.Equal("""{"Who":"Ada","Times":1,"Titles":["Mme"],"Secret":"***"}""", started.Data!.ToJsonString());
        var completed = _driver.Journal.Single(j => j is { ActivityId: "g", Event: JournalEvent.Completed });
        Assert.Equal(("Greeted", """{"Text":"Mme Ada","Length":7}"""), (completed.Outcome, completed.Data!.ToJsonString()));
    }

    [Theory]
    [InlineData("boom", "InvalidOperationException", "Boum.", 1)]
    [InlineData("refused", "refused", "Refusé pour l'essai.", 1)]
    [InlineData("odd", "outcome", "L'activité a répondu par l'issue « Unknown », qu'elle ne déclare pas.", 0)]
    public void InDatabase_Problem_ParksTheNodeAndTheRestGoesOn(string who, string code, string message, int rollBacks)
    {
        var instance = Start(Chart("S>g S>A A>B g:Greeted>n", Line("S"), Node("g", "Test.Greet").With("who", Literal(who)), Line("A"), Line("B"), Line("n")));
        Assert.Equal("S A B", Lines);
        var incident = Assert.Single(_driver.Incidents(instance));
        Assert.Equal((code, message, "g"), (incident.Code, incident.Message, incident.ActivityId));
        Assert.Equal((InstanceSubStatus.Suspended, 1), (instance.SubStatus, instance.IncidentCount));
        Assert.Equal(rollBacks, _driver.Scope.RollBacks);
    }

    [Fact]
    public void InDatabase_FailureOfTheTransaction_PassesThrough()
    {
        _driver.Scope.Restarts = e => e is InvalidOperationException;
        Assert.Throws<InvalidOperationException>(() => Start(Node("g", "Test.Greet").With("who", Literal("boom"))));
        Assert.Equal(0, _driver.Scope.RollBacks);
    }

    [Fact]
    public void Incident_RetryWithChangedInput_RunsAgainAndGoesOn()
    {
        var instance = Start(Seq("s", Node("g", "Test.Greet").With("who", Literal("boom")).With("times", Literal(1, "Int32")).With("text", To("T")), LineJs("l", "getVariable('T')")), "T:String");
        var incident = Assert.Single(_driver.Incidents(instance));
        _driver.Send(instance.Id, MessageKind.RetryIncident, m => m with { ActivityExecutionId = incident.ExecutionId });
        Assert.Equal(1, Now(instance).IncidentCount);
        _driver.Send(instance.Id, MessageKind.RetryIncident, m => m with { ActivityExecutionId = incident.ExecutionId, Payload = new JsonObject { ["input"] = new JsonObject { ["who"] = "Léa" } } });
        Assert.Equal("Léa", Lines);
        Assert.Equal((InstanceSubStatus.Finished, 0), (Now(instance).SubStatus, Now(instance).IncidentCount));
    }

    [Fact]
    public void Incident_Skip_GoesOnWithTheChosenOutcomeAndOutput()
    {
        var instance = Start(Chart("g:Ignored>l", Node("g", "Test.Greet").With("who", Literal("boom")).With("text", To("T")), LineJs("l", "getVariable('T')")), "T:String", null);
        Assert.Equal((InstanceStatus.Finished, InstanceSubStatus.Faulted), (instance.Status, instance.SubStatus));
        var payload = new JsonObject { ["outcome"] = "Ignored", ["output"] = new JsonObject { ["text"] = "à la main" } };
        _driver.Send(instance.Id, MessageKind.SkipIncident, m => m with { ActivityExecutionId = _driver.Incidents(instance)[0].ExecutionId, Payload = payload });
        Assert.Equal("à la main", Lines);
        Assert.Equal(InstanceSubStatus.Finished, Now(instance).SubStatus);
    }

    [Fact]
    public void Wait_ResumeTwiceThenLate_RunsOnce()
    {
        var instance = Start(Chart("w:Stamped>l w:Expired>x", Node("w", "Test.Stamp").With("desk", Literal("D1")).With("by", To("B")), LineJs("l", "getVariable('B')"), Line("x")), "B:String");
        var first = Assert.Single(_driver.Bookmarks);
        Assert.Equal(("stamp", "D1", _driver.Now.AddDays(3)), (first.Kind, first.Key, first.Until));
        _driver.Resume(first, "again");
        var second = Assert.Single(_driver.Bookmarks);
        Assert.Equal("D1-2", second.Key);
        _driver.Resume(first, "too late");
        Assert.Contains(_driver.Journal, j => j.Outcome == "Late");
        _driver.Resume(second, "Zoé");
        Assert.Equal("Zoé at D1", Lines);
        _driver.Resume(second, "later still");
        Assert.Equal(2, _driver.Journal.Count(j => j.Outcome == "Late"));
        Assert.Equal(InstanceSubStatus.Finished, Now(instance).SubStatus);
    }

    [Fact]
    public void Wait_Timeout_ResumesWithIsTimeout()
    {
        Start(Chart("w:Stamped>l w:Expired>x", Node("w", "Test.Stamp").With("desk", Literal("D1")), Line("l"), Line("x")));
        _driver.Advance(TimeSpan.FromDays(3));
        Assert.Equal("x", Lines);
    }

    [Fact]
    public void Wait_ExceptionInResume_RetryResumesWithTheSameSignal()
    {
        var instance = Start(Node("w", "Test.Stamp").With("desk", Literal("D1")));
        _driver.Resume(_driver.Bookmarks[0], "boom", "Max");
        var incident = Assert.Single(_driver.Incidents(Now(instance)));
        Assert.Equal("Tampon cassé.", incident.Message);
        Assert.Empty(_driver.Bookmarks);
        _driver.Send(instance.Id, MessageKind.RetryIncident, m => m with { ActivityExecutionId = incident.ExecutionId });
        Assert.Equal("Tampon cassé.", Assert.Single(_driver.Incidents(Now(instance))).Message);
    }

    [Theory]
    [InlineData("done", "a@b/True")]
    [InlineData("wait", "a@b:signed")]
    public void Effect_RunsOutsideAndItsResultResumes(string answer, string expected)
    {
        var instance = Start(Seq("s", Node("e", "Test.Send").With("to", Js("'a@' + getVariable('D')")).With("answer", Literal(answer)).With("receipt", To("R")), LineJs("l", "getVariable('R')")), "D:String=b, R:String");
        var effect = Assert.Single(_driver.Effects);
        Assert.Equal(("mail", 3, """{"to":"a@b","answer":"X"}""".Replace("X", answer, StringComparison.Ordinal)), (effect.Queue, effect.MaxAttempts, effect.Input.ToJsonString()));
        _driver.Send(instance.Id, MessageKind.SetVariables, m => m with { Payload = new JsonObject { ["D"] = "changed" } });
        _driver.RunEffect();
        if (answer == "wait")
        {
            _driver.Resume(Assert.Single(_driver.Bookmarks), "signed");
        }

        Assert.Equal(expected, Lines);
    }

    [Fact]
    public void Effect_Failed_IncidentRetriedWithChangedInputHasANewGeneration()
    {
        var instance = Start(Node("e", "Test.Send").With("to", Literal("x")).With("answer", Literal("failed")));
        _driver.RunEffect();
        var incident = Assert.Single(_driver.Incidents(Now(instance)));
        Assert.Equal("smtp-550", incident.Code);
        _driver.Send(instance.Id, MessageKind.RetryIncident, m => m with { ActivityExecutionId = incident.ExecutionId });
        Assert.Equal(1, Assert.Single(_driver.Effects).Generation);
        _driver.RunEffect();
        _driver.Send(instance.Id, MessageKind.RetryIncident, m => m with { ActivityExecutionId = incident.ExecutionId, Payload = new JsonObject { ["input"] = new JsonObject { ["answer"] = "done" } } });
        Assert.Equal((2, incident.ExecutionId, "done"), (_driver.Effects[0].Generation, _driver.Effects[0].ActivityExecutionId, (string?)_driver.Effects[0].Input["answer"]));
        _driver.RunEffect();
        Assert.Equal(InstanceSubStatus.Finished, Now(instance).SubStatus);
    }

    [Fact]
    public void Cancel_GivesUpBookmarksAndEffects_LateResultIsOnlyJournalled()
    {
        var instance = Start(Node("f", "Elsa.Fork").With("branches", new JsonArray(Node("e", "Test.Send").With("to", Literal("x")), Event("ev"))));
        var effect = _driver.Effects[0];
        _driver.Send(instance.Id, MessageKind.Cancel, m => m with { Payload = new JsonObject { ["reason"] = "retiré" }, Actor = "Ève" });
        Assert.Equal((InstanceStatus.Finished, InstanceSubStatus.Cancelled), (Now(instance).Status, Now(instance).SubStatus));
        Assert.Empty(_driver.Effects);
        Assert.Empty(_driver.Bookmarks);
        _driver.Send(instance.Id, MessageKind.Effect, m => m with { ActivityExecutionId = effect.ActivityExecutionId, Payload = new JsonObject { ["form"] = "done" } });
        Assert.Equal("Late", _driver.Journal[^1].Outcome);
        Assert.Contains(_driver.Journal, j => j is { Outcome: "Cancelled", Message: "retiré", Actor: "Ève" });
    }

    [Theory]
    [InlineData(3, InstanceSubStatus.Finished)]
    [InlineData(9, InstanceSubStatus.Suspended)]
    public void RetryLater_InDatabase_TriesAgainThenBecomesAnIncident(int freeAt, InstanceSubStatus expected)
    {
        var instance = Start(Node("b", "Test.Busy").With("freeAtAttempt", Literal(freeAt, "Int32")));
        _driver.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(expected, Now(instance).SubStatus);
        Assert.Equal(expected == InstanceSubStatus.Finished ? [] : ["retries"], _driver.Incidents(Now(instance)).Select(i => i.Code));
    }

    [Fact]
    public void Burst_LongLoop_ContinuesInFurtherBursts()
    {
        var instance = Start(Node("for", "Elsa.For").With("end", Literal(2500, "Int32")).With("body", Set("set", "N", "getVariable('CurrentValue')")), "N:Int32=0");
        Assert.Equal(2, _driver.Bursts.Count(b => b.MustContinue));
        Assert.Equal("2500", _driver.Variable(instance, "N")!.ToJsonString());
        Assert.Equal(InstanceSubStatus.Finished, Now(instance).SubStatus);
    }

    [Fact]
    public void Bounds_AreThoseOfTheRule()
    {
        var options = new InterpreterOptions();
        Assert.Equal((1_000, TimeSpan.FromSeconds(2), 100), (options.MaxSteps, options.MaxDuration, options.MaxContinuations));
    }

    /// <summary>No time at all is allowed, so each look at the clock ends the burst: quick activities every 64 steps, scripts and activities of the Host each time.</summary>
    [Theory]
    [InlineData("Elsa.WriteLine", 200, 3)]
    [InlineData("script", 4, 3)]
    [InlineData("Test.Greet", 4, 3)]
    public void Burst_WhoseTimeIsUp_ContinuesInFurtherBursts(string type, int count, int continuations)
    {
        var driver = new Driver([typeof(Greet)], new InterpreterOptions { MaxSteps = int.MaxValue, MaxDuration = TimeSpan.Zero });
        JsonObject Step(int i) => type switch { "script" => LineJs("s" + i, "'x'"), "Test.Greet" => Node("g" + i, type).With("who", Literal("Ada")), _ => Line("l" + i) };
        var instance = driver.Start(Definition(Seq("s", [.. Enumerable.Range(0, count).Select(Step)])));
        Assert.Equal(InstanceSubStatus.Finished, driver.Instances[instance.Id].SubStatus);
        Assert.Equal(continuations, driver.Bursts.Count(b => b.MustContinue));
        Assert.Equal(count, driver.Journal.Count(j => j.Event == JournalEvent.Completed) - 1);
    }

    [Fact]
    public void Incident_RetriedFlowchart_GivesUpWhatItHadUnderWay()
    {
        // Going back from C to B is not allowed: the flowchart is in incident while its event still waits.
        var instance = Start(Chart("S>ev S>A S>B A>C B>C C>B", Line("S"), Event("ev"), Line("A"), Line("B"), Line("C")));
        var before = Assert.Single(_driver.Bookmarks);
        _driver.Send(instance.Id, MessageKind.RetryIncident, m => m with { ActivityExecutionId = Assert.Single(_driver.Incidents(instance)).ExecutionId });
        Assert.NotEqual(before.Id, Assert.Single(_driver.Bookmarks).Id);
        Assert.Equal("S A B C S A B C", Lines);
    }

    [Fact]
    public void Script_DeeplyNestedValue_IsRefused_AndTheInstanceCanStillBeRead()
    {
        const string Deep = "let a = 1; for (let i = 0; i < {0}; i++) a = {{ a }}; setVariable('V', a)";
        var instance = Start(Chart("ok>no no>end", Node("ok", "Elsa.RunJavaScript").With("script", Literal(string.Format(null, Deep, 48))), Event("no"), Node("end", "Elsa.RunJavaScript").With("script", Literal(string.Format(null, Deep, 49)))), "V:Object");
        _driver.Event("no");
        Assert.Equal("ScriptLimitException", Assert.Single(_driver.Incidents(Now(instance))).Code);
    }

    [Fact]
    public void Burst_EndlessLoop_IsHaltedByAnIncidentAndCanGoOn()
    {
        var driver = new Driver(options: new InterpreterOptions { MaxSteps = 50, MaxContinuations = 4 });
        var instance = driver.Start(Definition(Node("w", "Elsa.While").With("condition", Js("getVariable('N') < 500")).With("body", Set("set", "N", "getVariable('N') + 1")), variables: "N:Int32=0", more: GoesOn));
        var incident = Assert.Single(driver.Incidents(instance));
        Assert.Equal(("runaway", InstanceSubStatus.Suspended), (incident.Code, instance.SubStatus));
        driver.Send(instance.Id, MessageKind.RetryIncident, m => m with { ActivityExecutionId = incident.ExecutionId });
        Assert.Equal("runaway", Assert.Single(driver.Incidents(driver.Instances[instance.Id])).Code);
        driver.Send(instance.Id, MessageKind.RetryIncident, m => m with { ActivityExecutionId = incident.ExecutionId });
        Assert.Equal(InstanceSubStatus.Finished, driver.Instances[instance.Id].SubStatus);
    }

    [Fact]
    public void Run_TwiceFromTheSameStart_IsTheSameToTheLastId()
    {
        string Journal()
        {
            var driver = new Driver([typeof(Stamp)]);
            var root = Chart("S>A S>w A>J w:Stamped>J J>E", Line("S"), Line("A"), Node("w", "Test.Stamp").With("desk", Literal("D")), Join("J", "WaitAll"), Line("E"));
            driver.Start(Definition(root));
            driver.Resume(driver.Bookmarks[0], "x");
            return string.Join('\n', driver.Journal) + string.Join('\n', driver.Instances.Values.Select(i => i.State.ToJsonString()));
        }

        Assert.Equal(Journal(), Journal());
    }

    [Fact]
    public void Journal_Sequence_RisesOverBursts()
    {
        Start(Seq("s", Line("a"), Event("e"), Line("b")));
        _driver.Event("e");
        Assert.Equal(Enumerable.Range(1, _driver.Journal.Count).Select(i => (long)i), _driver.Journal.Select(j => j.Sequence));
    }

    [Fact]
    public void Incident_OneBranchFaults_EventsOfTheOtherStillArrive()
    {
        var instance = Start(Chart("S>A S>f A>e e>B f>C", Line("S"), Line("A"), Node("f", "Elsa.Fault").With("message", Literal("Whoops")), Event("e"), Line("B"), Line("C")), more: null);
        _driver.Event("e");
        Assert.Equal("S A B", Lines);
        Assert.Equal((InstanceSubStatus.Faulted, "Whoops"), (Now(instance).SubStatus, _driver.Incidents(Now(instance))[0].Message));
    }
}
