using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;
using MonOPCO.Host.Endpoints.Elsa;

namespace MonOPCO.Host.Tests.Designer;

public sealed class ActivityRunTests
{
    private static readonly DateTimeOffset Now = new(2026, 2, 3, 8, 0, 0, TimeSpan.Zero);
    private static readonly Guid Parent = Guid.NewGuid();
    private static readonly Guid Child = Guid.NewGuid();
    private long _sequence;

    [Fact]
    public void Fold_StartedAndCompleted_HasInputsOutputsAndOutcome()
    {
        var run = Fold(Line(JournalEvent.Started, Child, data: new JsonObject { ["text"] = "Bonjour" }), Line(JournalEvent.Completed, Child, outcome: "Trouvé")).Single();

        Assert.Equal("Completed", run.Status);
        Assert.Equal("Workflow1:fc:a", run.NodeId);
        Assert.Equal("Trouvé", run.Outcome);
        Assert.Equal("Bonjour", ActivityRun.PascalCased(run.Inputs).Text("Text"));
    }

    [Fact]
    public void Fold_Suspended_IsRunningAndWaits()
    {
        var run = Fold(Line(JournalEvent.Started, Child), Line(JournalEvent.Suspended, Child)).Single();

        Assert.Equal("Running", run.Status);
        Assert.True(run.IsWaiting);
    }

    [Fact]
    public void Fold_FaultBelow_CountsInTheParent()
    {
        var runs = Fold(Line(JournalEvent.Started, Parent), Line(JournalEvent.Started, Child, Parent), Line(JournalEvent.Faulted, Child, Parent));

        Assert.Equal(["Running", "Faulted"], runs.Select(run => run.Status));
        Assert.Equal([1, 1], runs.Select(run => run.AggregateFaultCount));
    }

    [Fact]
    public void Fold_FaultRetried_IsNoLongerAnIncident()
    {
        var run = Fold(Line(JournalEvent.Started, Child), Line(JournalEvent.Faulted, Child), Line(JournalEvent.Retried, Child), Line(JournalEvent.Completed, Child)).Single();

        Assert.Null(run.Fault);
        Assert.Equal(0, run.AggregateFaultCount);
        Assert.Equal("Completed", run.Status);
    }

    private static IReadOnlyList<ActivityRun> Fold(params JournalEntry[] journal) => ActivityRun.Fold(journal, new Dictionary<string, string> { ["a"] = "Workflow1:fc:a" });

    private JournalEntry Line(JournalEvent happened, Guid execution, Guid? parent = null, string? outcome = null, JsonNode? data = null) =>
        new(++_sequence, Now, happened, execution, parent, "a", "Elsa.WriteLine", "WriteLine1") { Outcome = outcome, Data = data };
}
