using Microsoft.EntityFrameworkCore;
using MonOPCO.Activities.Trials;
using MonOPCO.Domain.Data;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Engine.Trials;
using MonOPCO.Host.Tests.Story;
using MonOPCO.Host.Workflows.Trials;

namespace MonOPCO.Host.Tests.Trials;

internal static class Replayed
{
    /// <summary>Played again with what is recorded of it, the real dossier takes the way that it took, and ends in the state in which it stands.</summary>
    internal static async Task<TrialResult> AssertReplayedAsync(this StoryFixture story, Guid dossierId, bool untilTheEnd = true)
    {
        var dossier = await story.WithAsync((MonOpcoDbContext db) => db.Dossiers.AsNoTracking().SingleAsync(x => x.Id == dossierId));
        var reads = story.Get<IWorkflowReads>();
        if (untilTheEnd)
        {
            await story.UntilAsync("the end of the procedure", async () => await reads.FindInstanceAsync(dossier.WorkflowInstanceId!.Value, CancellationToken.None) is { Status: InstanceStatus.Finished } done ? done : null, dossierId);
        }

        var instance = (await reads.FindInstanceAsync(dossier.WorkflowInstanceId!.Value, CancellationToken.None))!;
        var script = await story.WithAsync((DossierRecord record) => record.ReadAsync(instance, dossierId, CancellationToken.None));
        var result = await story.Get<TrialPlayer>().PlayAsync(new TrialPlay(instance.DefinitionVersionId, dossierId, instance.CreatedAt, script), CancellationToken.None);
        var real = TrialPath.Of(await reads.JournalAsync(instance.Id, CancellationToken.None));
        var differences = TrialPath.Of(result.Journal).DifferencesFrom(real);
        Assert.True(differences.Count == 0, $"{string.Join('\n', differences)}\n{Told(result)}\nunused: {string.Join('\n', result.Unused.Select(x => result.Steps.Count + ": " + script[x]))}");
        Assert.Equal(dossier.State.ToString(), result.Steps[^1].World!["state"]!.ToString());
        Assert.Equal(untilTheEnd ? TrialEnd.Finished : TrialEnd.Waiting, result.End);
        return result;
    }

    internal static string Told(TrialResult result) => string.Join('\n', result.Steps.Select(x =>
        $"{x.Number} {x.At:MM-dd HH:mm:ss} {x.Answer?.Kind} {x.Answer?.Act} {x.Answer?.Activity} {x.Answer?.Outcome} {x.Refused} -> {x.World?["state"]} [{string.Join(", ", x.Journal.Where(j => j.Event is JournalEvent.Completed or JournalEvent.Faulted or JournalEvent.Canceled).Select(j => j.ActivityId + ":" + j.Outcome + j.Message))}]"))
        + "\nporte: " + result.Journal.LastOrDefault(x => x.ActivityId == "porte" && x.Event == JournalEvent.Completed)?.Data
        + "\nneeds: " + string.Join(", ", result.Needs.Select(x => $"{x.Kind} {x.Activity} {x.Incident?.Message}"));
}
