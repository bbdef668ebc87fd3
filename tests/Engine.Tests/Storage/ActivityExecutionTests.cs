using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Engine.Tests.Storage;

public sealed class ActivityExecutionTests
{
    [Fact]
    public void Unfold_JournalOfTwoActivities_GivesTheirRuns()
    {
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        var at = DateTimeOffset.UnixEpoch;
        JournalEntry entry(long sequence, JournalEvent e, Guid id) => new(sequence, at.AddSeconds(sequence), e, id, null, "a", "T", "A");
        var runs = ActivityExecution.Unfold(
        [
            entry(1, JournalEvent.Started, first) with { Data = new JsonObject { ["in"] = 1 } },
            entry(2, JournalEvent.Faulted, first) with { Message = "raison" },
            entry(3, JournalEvent.Started, second),
            entry(-9, JournalEvent.Completed, second),
            entry(4, JournalEvent.Completed, first) with { Outcome = "Done" },
        ]);
        Assert.Equal([first, second], runs.Select(r => r.Id));
        Assert.Equal((JournalEvent.Completed, "Done", "raison", at.AddSeconds(4)), (runs[0].Status, runs[0].Outcome, runs[0].Message, runs[0].EndedAt));
        Assert.Equal((JournalEvent.Started, null), (runs[1].Status, runs[1].EndedAt));
    }
}
