using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Activities.Trials;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Engine.Trials;
using MonOPCO.Host.Plans;
using MonOPCO.Host.Workflows.Procedures;

namespace MonOPCO.Host.Workflows.Trials;

public enum ReplayVerdict
{
    /// <summary>The same way.</summary>
    Same,

    /// <summary>Another way.</summary>
    Differs,

    /// <summary>It cannot be said: <see cref="ReplayLine.Problem"/>.</summary>
    Impossible,
}

/// <summary>What the version would have done with one finished dossier. States: where the dossier ended, and where it would.</summary>
public sealed record ReplayLine(Guid Instance, string Numero, int Version, ReplayVerdict Verdict)
{
    /// <summary>The first one is where the ways part.</summary>
    public IReadOnlyList<string> Differences { get; init; } = [];

    public string? Was { get; init; }

    public string? Becomes { get; init; }

    /// <summary>Where it would stand still for want of an answer that nobody ever gave.</summary>
    public string? Stands { get; init; }

    public string? Problem { get; init; }
}

/// <summary>A replay with what it has found so far.</summary>
public sealed record ReplayView(Guid Id, string VersionId, int Version, string Actor, DateTimeOffset RequestedAt, DateTimeOffset? FinishedAt, int Total, int Done, TimeSpan Elapsed, IReadOnlyList<ReplayLine> Lines)
{
    public bool IsFinished => FinishedAt is not null;

    public int Count(ReplayVerdict verdict) => Lines.Count(x => x.Verdict == verdict);
}

/// <summary>
/// What a version would have done with the last finished dossiers: each is played with what really happened to it. A row says what is to be done and how far it is; whoever asks works
/// on it for a moment, workers do the rest, and after a crash another one goes on with the next dossier.
/// </summary>
public sealed class Replays(MonOpcoDbContext database, DefinitionStore definitions, IWorkflowReads reads, PlanShelf plans, TrialPlayer player, DossierRecord record, TimeProvider clock)
{
    public const int Dossiers = 50;

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private DbSet<WorkflowReplayRow> Rows => database.Set<WorkflowReplayRow>();

    public async Task<Guid> BeginAsync(DefinitionVersion version, ChangeContext change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(version);
        var instances = await database.Set<WorkflowInstanceRow>().AsNoTracking()
            .Where(x => x.DefinitionId == version.DefinitionId && x.Status == nameof(InstanceStatus.Finished) && x.SubStatus == nameof(InstanceSubStatus.Finished))
            .Join(database.Dossiers, x => (Guid?)x.Id, x => x.WorkflowInstanceId, (x, _) => new { x.Id, x.FinishedAt })
            .OrderByDescending(x => x.FinishedAt).Take(Dossiers).Select(x => x.Id).ToArrayAsync(cancellationToken);
        var row = new WorkflowReplayRow
        {
            Id = Guid.CreateVersion7(change.Now),
            DefinitionId = version.DefinitionId,
            VersionId = version.Id,
            Version = version.Version,
            Actor = change.ActorName,
            RequestedAt = change.Now,
            Instances = instances,
            Results = "[]",
            FinishedAt = instances.Length == 0 ? change.Now : null,
        };
        database.Add(row);
        database.Note(change, version.DefinitionId, "Replayed", new System.Text.Json.Nodes.JsonObject { ["version"] = version.Version, ["dossiers"] = instances.Length }, null);
        await database.SaveChangesAsync(cancellationToken);
        return row.Id;
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<ReplayView>> ListAsync(string definitionId, CancellationToken cancellationToken) =>
        [.. (await Rows.AsNoTracking().Where(x => x.DefinitionId == definitionId).OrderByDescending(x => x.RequestedAt).Take(20).ToListAsync(cancellationToken)).Select(View)];

    /// <summary>Plays for about that long on this one, or (null) on the oldest that is not finished. False when there was nothing to do.</summary>
    public async Task<bool> WorkAsync(Guid? id, TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (await ClaimAsync(id, cancellationToken) is not { } row)
        {
            return false;
        }

        var watch = Stopwatch.StartNew();
        try
        {
            var lines = Read(row.Results);
            while (row.Done < row.Instances.Length && watch.Elapsed < atMost)
            {
                var began = Stopwatch.GetTimestamp();
                if (await PlayAsync(row, row.Instances[row.Done], cancellationToken) is { } line)
                {
                    lines.Add(line);
                }

                row.Done++;
                row.Elapsed += (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                row.Results = JsonSerializer.Serialize(lines, TrialScripts.Json);
                if (!await SaveAsync(row, cancellationToken))
                {
                    // Somebody else holds it now.
                    return true;
                }
            }
        }
        finally
        {
            await Rows.Where(x => x.Id == row.Id && x.Attempt == row.Attempt).ExecuteUpdateAsync(x => x.SetProperty(p => p.LeaseUntil, (DateTimeOffset?)null), CancellationToken.None);
        }

        return true;
    }

    private async Task<ReplayLine?> PlayAsync(WorkflowReplayRow row, Guid instanceId, CancellationToken cancellationToken)
    {
        var dossier = await database.Dossiers.AsNoTracking().Where(x => x.WorkflowInstanceId == instanceId).Select(x => new { x.Id, x.Numero }).FirstOrDefaultAsync(cancellationToken);
        if (dossier is null || await reads.FindInstanceAsync(instanceId, cancellationToken) is not { } instance)
        {
            // Erased meanwhile.
            return null;
        }

        var line = new ReplayLine(instanceId, dossier.Numero, instance.Version, ReplayVerdict.Impossible);
        try
        {
            var script = await record.ReadAsync(instance, dossier.Id, cancellationToken);
            var real = TrialPath.Of(await reads.JournalAsync(instanceId, cancellationToken));
            var becomes = await OutcomeAsync(row.DefinitionId, row.VersionId, instance, dossier.Id, script, cancellationToken);
            if (becomes.Way.DifferencesFrom(real).Count == 0)
            {
                return line with { Verdict = ReplayVerdict.Same, Was = becomes.State, Becomes = becomes.State };
            }

            // Is it the version, or what a replay cannot know? Its own version must find its own way again.
            var was = row.VersionId == instance.DefinitionVersionId ? becomes : await OutcomeAsync(row.DefinitionId, instance.DefinitionVersionId, instance, dossier.Id, script, cancellationToken);
            if (was.Way.DifferencesFrom(real).Count > 0)
            {
                var told = was with { Path = [.. TrialOutcome.Told(real, (await PlanAsync(row.DefinitionId, instance.DefinitionVersionId, cancellationToken)).Plan)] };
                return line with { Problem = $"Rejoué avec sa propre version, le dossier ne retrouve pas son chemin : {was.DifferencesFrom(told)[0]}" };
            }

            return line with { Verdict = ReplayVerdict.Differs, Differences = becomes.DifferencesFrom(was), Was = was.State, Becomes = becomes.State, Stands = becomes.End == nameof(TrialEnd.Waiting) ? becomes.Path.LastOrDefault(x => x.Outcome is PathStep.Waits or PathStep.Stopped)?.Title : null };
        }
        catch (RuleBrokenException broken)
        {
            return line with { Problem = broken.Message };
        }
    }

    private async Task<TrialOutcome> OutcomeAsync(string definitionId, string versionId, WorkflowInstance instance, Guid dossierId, IReadOnlyList<TrialAnswer> script, CancellationToken cancellationToken)
    {
        var plan = await PlanAsync(definitionId, versionId, cancellationToken);
        var result = await player.PlayAsync(new TrialPlay(versionId, dossierId, instance.CreatedAt, script) { LetsTimePass = true }, cancellationToken);
        return TrialOutcome.Of(result, plan.Plan);
    }

    private async Task<PlanOfVersion> PlanAsync(string definitionId, string versionId, CancellationToken cancellationToken) =>
        await definitions.FindAsync(versionId, cancellationToken) is { } version && await plans.FindAsync(definitionId, version.Version, cancellationToken) is var (plan, _)
            ? plan
            : throw new RuleBrokenException("trial-version", "Cette version n’existe plus.");

    /// <summary>By the database's clock, like every lease.</summary>
    private async Task<WorkflowReplayRow?> ClaimAsync(Guid? id, CancellationToken cancellationToken) => (await Rows.FromSql(
        $"""
        update workflow_replays set attempt = attempt + 1, lease_until = clock_timestamp() + {Lease} where id = (
            select id from workflow_replays where finished_at is null and (lease_until is null or lease_until < clock_timestamp()) and ({id}::uuid is null or id = {id}) order by requested_at limit 1 for update skip locked)
        returning *
        """).AsNoTracking().ToListAsync(cancellationToken)).FirstOrDefault();

    /// <summary>False when the lease was lost.</summary>
    private async Task<bool> SaveAsync(WorkflowReplayRow row, CancellationToken cancellationToken)
    {
        var finished = row.Done >= row.Instances.Length ? clock.GetUtcNow() : (DateTimeOffset?)null;
        return await database.Database.ExecuteSqlAsync(
            $"update workflow_replays set done = {row.Done}, results = {row.Results}::jsonb, elapsed = {row.Elapsed}, finished_at = {finished}, lease_until = clock_timestamp() + {Lease} where id = {row.Id} and attempt = {row.Attempt}",
            cancellationToken) == 1;
    }

    private static ReplayView View(WorkflowReplayRow row) =>
        new(row.Id, row.VersionId, row.Version, row.Actor, row.RequestedAt, row.FinishedAt, row.Instances.Length, row.Done, TimeSpan.FromMilliseconds(row.Elapsed), Read(row.Results));

    private static List<ReplayLine> Read(string json) => JsonSerializer.Deserialize<List<ReplayLine>>(json, TrialScripts.Json)!;
}

/// <summary>Goes on with replays that took longer than the click that asked for them.</summary>
internal sealed class ReplayWorker(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ReplayWorker> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    bool more;
                    do
                    {
                        await using var scope = scopes.CreateAsyncScope();
                        more = await scope.ServiceProvider.GetRequiredService<Replays>().WorkAsync(null, Pause, stoppingToken);
                    }
                    while (more);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    log.LogWarning(exception, "A replay stopped; it is taken up again with its next dossier.");
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
