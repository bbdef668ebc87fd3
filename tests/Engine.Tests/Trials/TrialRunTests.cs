using System.Text.Json.Nodes;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Tests.Support;
using MonOPCO.Engine.Trials;

namespace MonOPCO.Engine.Tests.Trials;

/// <summary>A version played on a script: nothing is sent, time is moved by hand, and the same script gives the same way.</summary>
public sealed class TrialRunTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    private readonly Driver _driver = new([typeof(Send), typeof(Stamp)]);

    [Fact]
    public async Task Effect_IsNeverRun_ItsTypedOutputIsKeptAndItsFailureIsAnIncident()
    {
        var flow = Flow.Definition(Flow.Chart("send>after", Flow.Node("send", "Test.Send").With("to", Flow.Literal("a@b.fr")), Flow.LineJs("after", "getOutputFrom('send','Receipt')")));
        var asked = await RunAsync(flow);
        Assert.Equal((TrialEnd.Waiting, "send"), (asked.End, Assert.Single(asked.Needs).Activity));

        var answered = await RunAsync(flow, new TrialAnswer(TrialAnswerKind.Effect) { Activity = "send", Data = new JsonObject { ["receipt"] = "tapé" } });
        Assert.Equal(TrialEnd.Finished, answered.End);
        Assert.Contains(answered.Journal, x => x.ActivityId == "after" && x.Event == JournalEvent.Started && (string?)x.Data?["Text"] == "tapé");

        var failed = await RunAsync(flow, new TrialAnswer(TrialAnswerKind.Effect) { Activity = "send", Code = "smtp-550", Message = "Boîte inconnue." });
        var need = Assert.Single(failed.Needs);
        Assert.Equal((TrialAnswerKind.Retry, "Boîte inconnue."), (need.Kind, need.Incident!.Message));
        var skipped = await RunAsync(flow, new TrialAnswer(TrialAnswerKind.Effect) { Activity = "send", Code = "smtp-550", Message = "Boîte inconnue." }, new TrialAnswer(TrialAnswerKind.Skip) { Activity = "send", Outcome = "Done" });
        Assert.Equal(TrialEnd.Finished, skipped.End);
        Assert.Empty(_driver.Effects);
    }

    [Fact]
    public async Task Clock_MovedByHand_FiresEachTimerAtItsOwnTime()
    {
        var flow = Flow.Definition(Flow.Chart("stamp:Expired>late stamp:Stamped>early", Flow.Node("stamp", "Test.Stamp").With("desk", Flow.Literal("A")).With("days", Flow.Literal("10")), Flow.Line("late"), Flow.Line("early")));
        var waiting = await RunAsync(flow, new TrialAnswer(TrialAnswerKind.Clock) { By = TimeSpan.FromDays(9) });
        Assert.Equal((TrialEnd.Waiting, Start.AddDays(9), Start.AddDays(10)), (waiting.End, waiting.Now, waiting.NextDue));

        var due = await RunAsync(flow, new TrialAnswer(TrialAnswerKind.Clock));
        Assert.Equal((TrialEnd.Finished, Start.AddDays(10)), (due.End, due.Now));
        Assert.Equal([new PathStep("stamp", "Expired"), new PathStep("late", "Done")], TrialPath.Of(due.Journal).Steps);

        var signalled = await RunAsync(flow, new TrialAnswer(TrialAnswerKind.Act) { Activity = "stamp", Data = JsonValue.Create("Anne"), At = Start.AddDays(2) });
        Assert.Contains(new PathStep("early", "Done"), TrialPath.Of(signalled.Journal).Steps);

        // What was recorded later than the deadline comes too late here as well.
        var late = await RunAsync(flow, new TrialAnswer(TrialAnswerKind.Act) { Activity = "stamp", Data = JsonValue.Create("Anne"), At = Start.AddDays(12), IsRecorded = true });
        Assert.Contains(new PathStep("late", "Done"), TrialPath.Of(late.Journal).Steps);
        Assert.Equal([0], late.Unused);
    }

    [Fact]
    public async Task Recorded_OnAChangedVersion_AnswersWhatIsStillAskedAndStopsAtWhatNobodyAnswered()
    {
        TrialAnswer[] script =
        [
            new(TrialAnswerKind.Effect) { Activity = "send", At = Start.AddMinutes(1), IsRecorded = true },
            new(TrialAnswerKind.Act) { Activity = "go", At = Start.AddHours(1), IsRecorded = true },
            new(TrialAnswerKind.Effect) { Activity = "again", At = Start.AddHours(2), IsRecorded = true },
        ];
        JsonObject Sends(string id) => Flow.Node(id, "Test.Send").With("to", Flow.Literal("a"));
        var before = await RunAsync(Flow.Definition(Flow.Chart("send>go go>again", Sends("send"), Flow.Event("go"), Sends("again"))), script);
        Assert.Equal((TrialEnd.Finished, Start.AddHours(2)), (before.End, before.Now));
        Assert.Empty(before.Unused);

        // The event is gone and a new question stands at its place.
        var after = await RunAsync(Flow.Definition(Flow.Chart("send>neuf neuf>again", Sends("send"), Flow.Event("neuf"), Sends("again"))), script);
        Assert.Equal((TrialEnd.Waiting, "neuf"), (after.End, Assert.Single(after.Needs).Activity));
        var differences = TrialPath.Of(after.Journal).DifferencesFrom(TrialPath.Of(before.Journal));
        Assert.Equal(new PathDifference(PathChange.Replaced, "go", "neuf"), differences[0]);
        Assert.Contains(new PathDifference(PathChange.Lost, "again"), differences);
        Assert.Empty(TrialPath.Of(before.Journal).DifferencesFrom(TrialPath.Of((await RunAsync(Flow.Definition(Flow.Chart("send>go go>again", Sends("send"), Flow.Event("go"), Sends("again"))), script)).Journal)));
    }

    [Fact]
    public async Task ChildAndEvent_AreWithheld_AndTheChildsEndIsTyped()
    {
        _driver.Load(Flow.Definition(Flow.Line("enfant"), "child"));
        var flow = Flow.Definition(Flow.Chart(
            "publish>call call>after",
            Flow.Node("publish", "Elsa.PublishEvent").With("eventName", Flow.Literal("parti")),
            Flow.Node("call", "Elsa.ExecuteWorkflow").With("workflowDefinitionId", Flow.Literal("child")).With("waitForCompletion", Flow.Literal("true")),
            Flow.Line("after")));
        var asked = await RunAsync(flow);
        Assert.Equal((TrialAnswerKind.Child, "call"), (Assert.Single(asked.Needs).Kind, asked.Needs[0].Activity));
        Assert.Contains(asked.Steps.SelectMany(x => x.Withheld), x => x.Contains("« parti »", StringComparison.Ordinal));
        var done = await RunAsync(flow, new TrialAnswer(TrialAnswerKind.Child) { Activity = "call", Data = new JsonObject() });
        Assert.Equal(TrialEnd.Finished, done.End);
        Assert.Empty(_driver.Instances);
    }

    [Fact]
    public async Task EndlessLoop_IsStoppedAtTheBound()
    {
        var flow = Flow.Definition(Flow.Chart("wait>wait", Flow.Node("wait", "Elsa.Delay").With("timeSpan", Flow.Literal("00:00:01"))));
        var result = await TrialRun.RunAsync(_driver.Interpreter, _driver.Load(flow).Required, _driver.Scope, new TrialWorld(), new TrialSetup(Guid.NewGuid(), Start, []) { LetsTimePass = true, MaxBursts = 50 }, CancellationToken.None);
        Assert.Equal((TrialEnd.TooLong, 50), (result.End, result.Steps.Count));
    }

    private Task<TrialResult> RunAsync(JsonObject json, params TrialAnswer[] script)
    {
        CompiledDefinition definition = _driver.Load(json).Required;
        return TrialRun.RunAsync(_driver.Interpreter, definition, _driver.Scope, new TrialWorld(), new TrialSetup(Guid.NewGuid(), Start, script), CancellationToken.None);
    }
}
