using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Endpoints.Elsa;
using MonOPCO.Host.Workflows.Trials;

namespace MonOPCO.Host.Workflows.Procedures;

/// <summary>
/// Which version of a procedure is in force, and from when: at once, at a time, or once a second person agrees. Every change is one transaction with its row
/// in the history and in the audit. Running instances keep their version. Test cases run against the version each time; one that fails stops it unless a person says why not.
/// </summary>
public sealed class Publications(DefinitionStore store, DefinitionProblems problems, ConsumerUpdates consumers, TrialBook trials, MonOpcoDbContext database)
{
    private DbSet<WorkflowPublicationRow> Rows => database.Set<WorkflowPublicationRow>();

    /// <summary>
    /// Publishes the latest version, at <paramref name="at"/> when that is to come, and asks for the second person's agreement where one is needed. What is asked
    /// for is frozen: whoever goes on editing makes the next version.
    /// </summary>
    public Task<PublishOutcome> RequestAsync(string definitionId, string note, DateTimeOffset? at, ChangeContext change, CancellationToken cancel) => RequestAsync(definitionId, note, at, null, change, cancel);

    /// <param name="definitionId">Which procedure.</param>
    /// <param name="note">What changes.</param>
    /// <param name="at">From when.</param>
    /// <param name="despite">Why it is published although test cases fail; null: it is not.</param>
    /// <param name="change">Who.</param>
    /// <param name="cancel">Gives up before the commit.</param>
    public async Task<PublishOutcome> RequestAsync(string definitionId, string note, DateTimeOffset? at, string? despite, ChangeContext change, CancellationToken cancel)
    {
        if (await store.FindLatestAsync(definitionId, cancel) is not { } latest)
        {
            return new PublishOutcome(null, false, [], 0);
        }

        if (latest.IsPublished)
        {
            return new PublishOutcome(latest, true, [], 0);
        }

        var found = await problems.OfAsync(latest, cancel);
        if (found.Any(problem => problem.IsError))
        {
            return new PublishOutcome(latest, false, found, 0);
        }

        var failing = Failing(await trials.RunCasesAsync(latest, cancel));
        if (failing.Count > 0 && string.IsNullOrWhiteSpace(despite))
        {
            return new PublishOutcome(latest, false, [.. found, .. failing.Select(ProblemOf)], 0) { Failing = failing };
        }

        var row = New(latest, note, change);
        Override(row, failing, despite);
        row.EffectiveAt = at?.ToUniversalTime() is { } time && time > change.Now ? time : null;
        if (await NeedsApprovalAsync(definitionId, cancel))
        {
            row.State = PublicationState.AwaitingApproval;
        }
        else if (row.EffectiveAt is not null)
        {
            row.State = PublicationState.Scheduled;
        }
        else
        {
            var (published, followers) = await PublishAsync(latest, row, change, cancel);
            return new PublishOutcome(published, false, found, followers);
        }

        await store.FreezeAsync(definitionId, latest.Id, async (services, version) =>
        {
            var db = services.GetRequiredService<MonOpcoDbContext>();
            if (await Pending(db, definitionId).AnyAsync(x => x.VersionId == latest.Id, cancel))
            {
                throw new RuleBrokenException("publication", $"La publication de la version {version.Version} est déjà demandée.");
            }

            db.Add(row);
            db.Note(change, definitionId, row.State == PublicationState.Scheduled ? "PublicationScheduled" : "ApprovalRequested", Values(row), row.Note);
            await db.SaveChangesAsync(cancel);
        }, cancel);
        return new PublishOutcome(latest, false, found, 0) { Pending = row };
    }

    /// <summary>A second person agrees: the version is published, or waits for its time.</summary>
    /// <exception cref="RuleBrokenException">The same person asked, or it is settled already.</exception>
    public async Task<PublishOutcome> ApproveAsync(Guid id, string? despite, ChangeContext change, CancellationToken cancel)
    {
        var row = await FindAsync(id, cancel);
        if (row.RequestedById is { } asked ? asked == change.UserId : row.RequestedBy == change.ActorName)
        {
            throw new RuleBrokenException("publication", "Vous avez demandé cette publication : une autre personne doit l’approuver.");
        }

        var version = await store.FindAsync(row.VersionId, cancel) ?? throw new DefinitionNotFoundException(row.DefinitionId);
        var found = await problems.OfAsync(version, cancel);
        if (found.Any(problem => problem.IsError))
        {
            return new PublishOutcome(version, false, found, 0);
        }

        var failing = Failing(await trials.RunCasesAsync(version, cancel));
        if (failing.Count > 0 && row.TestOverride is null && string.IsNullOrWhiteSpace(despite))
        {
            return new PublishOutcome(version, false, [.. found, .. failing.Select(ProblemOf)], 0) { Failing = failing };
        }

        Override(row, failing, despite);
        (row.DecidedBy, row.DecidedById, row.DecidedAt) = (change.ActorName, change.UserId, change.Now);
        if (row.EffectiveAt is { } at && at > change.Now)
        {
            await SettleAsync(row, PublicationState.AwaitingApproval, "PublicationApproved", change, settled => (settled.State, settled.Note, settled.TestOverride) = (PublicationState.Scheduled, row.Note, row.TestOverride), cancel);
            row.State = PublicationState.Scheduled;
            return new PublishOutcome(version, false, found, 0) { Pending = row };
        }

        var (published, followers) = await PublishAsync(version, row, change, cancel);
        return new PublishOutcome(published, false, found, followers);
    }

    /// <summary>The second person does not agree; the version stays unpublished and says why.</summary>
    public async Task RefuseAsync(Guid id, ChangeContext change, CancellationToken cancel)
    {
        var row = await FindAsync(id, cancel);
        await SettleAsync(row, PublicationState.AwaitingApproval, "PublicationRefused", change, settled => settled.State = PublicationState.Refused, cancel);
    }

    /// <summary>Takes back a publication that is planned or awaits approval.</summary>
    public async Task WithdrawAsync(Guid id, ChangeContext change, CancellationToken cancel)
    {
        var row = await FindAsync(id, cancel);
        await SettleAsync(row, row.State, "PublicationWithdrawn", change, settled => settled.State = PublicationState.Withdrawn, cancel);
    }

    /// <summary>A publication that was held at its time because test cases failed then: a person publishes it all the same, and says why.</summary>
    public async Task<PublishOutcome> ReleaseAsync(Guid id, string despite, ChangeContext change, CancellationToken cancel)
    {
        var row = await FindAsync(id, cancel);
        var version = row.State == PublicationState.Held ? await store.FindAsync(row.VersionId, cancel) : throw Settled();
        if (await ObstacleAsync(row, version, cancel) is { } obstacle)
        {
            throw new RuleBrokenException("publication", obstacle);
        }

        Override(row, Failing(await trials.RunCasesAsync(version!, cancel)), despite);
        var (published, followers) = await PublishAsync(version!, row, change, cancel);
        return new PublishOutcome(published, false, [], followers);
    }

    /// <summary>Completes the note of a publication made from the designer, or corrects it.</summary>
    public async Task SetNoteAsync(Guid id, string note, ChangeContext change, CancellationToken cancel)
    {
        var row = await Rows.SingleOrDefaultAsync(x => x.Id == id, cancel) ?? throw new RuleBrokenException("publication", "Cette publication n’existe pas.");
        if (row.Note == note.Trim())
        {
            return;
        }

        database.Note(change, row.DefinitionId, "PublicationNoteChanged", new JsonObject { ["version"] = row.Version, ["note"] = note.Trim() }, null, new JsonObject { ["note"] = row.Note });
        row.Note = note.Trim();
        await database.SaveChangesAsync(cancel);
    }

    /// <summary>No new instance starts from now on; running ones go on.</summary>
    public Task RetractAsync(string definitionId, ChangeContext change, CancellationToken cancel) => store.RetractAsync(definitionId, change.ActorName, async (services, _) =>
    {
        var db = services.GetRequiredService<MonOpcoDbContext>();
        db.Note(change, definitionId, "Retracted", null, change.Reason);
        await db.SaveChangesAsync(cancel);
    }, cancel);

    /// <summary>A former version comes into force again, as version n + 1; where a second person must agree it becomes a draft and the agreement is asked for.</summary>
    public async Task<PublishOutcome> RollBackAsync(string definitionId, int version, string note, ChangeContext change, CancellationToken cancel)
    {
        if ((await store.ListAsync(definitionId, cancel)).FirstOrDefault(v => v.Version == version) is not { } old)
        {
            return new PublishOutcome(null, false, [], 0);
        }

        var found = await problems.OfAsync(old, cancel);
        if (found.Any(problem => problem.IsError))
        {
            return new PublishOutcome(old, false, found, 0);
        }

        if (await NeedsApprovalAsync(definitionId, cancel))
        {
            await store.RevertAsync(definitionId, version, change.ActorName, cancel);
            await database.MakeEditorsStaleAsync(definitionId, cancel);
            return await RequestAsync(definitionId, note, null, change, cancel);
        }

        // Going back must be quick: cases that fail do not stop it, its reason is given already, and the audit names them.
        var failing = Failing(await trials.RunCasesAsync(old, cancel));
        var published = await store.RollBackAsync(definitionId, version, change.ActorName, async (services, again) =>
        {
            var db = services.GetRequiredService<MonOpcoDbContext>();
            var row = Done(again, note, change);
            db.Add(row);
            var values = Values(row);
            values["formerVersion"] = version;
            if (failing.Count > 0)
            {
                values["failedCases"] = new JsonArray([.. failing.Select(x => (JsonNode)x.Name)]);
            }

            db.Note(change, definitionId, "RolledBack", values, note);
            await db.MakeEditorsStaleAsync(definitionId, cancel);
            await db.SaveChangesAsync(cancel);
        }, cancel);
        return new PublishOutcome(published, false, found, await FollowAsync(published, change, [definitionId], cancel));
    }

    /// <summary>
    /// Publishes what is due. Each is validated again, and its test cases run again; one that cannot be published stays unpublished with its reason, and one whose cases fail now is held
    /// for a person to decide. Whatever the Hosts that look at the same
    /// time, each is done once: under the definition's lock its row is still <see cref="PublicationState.Scheduled"/> for one of them only.
    /// </summary>
    /// <returns>How many were published.</returns>
    public async Task<int> PublishDueAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var due = await Rows.AsNoTracking().Where(x => x.State == PublicationState.Scheduled && x.EffectiveAt <= now.ToUniversalTime()).OrderBy(x => x.EffectiveAt).ThenBy(x => x.Version).ToListAsync(cancel);
        var count = 0;
        var failures = new List<Exception>();
        foreach (var row in due)
        {
            var change = ChangeContext.System("publication programmée", now, row.Note);
            try
            {
                var version = await store.FindAsync(row.VersionId, cancel);
                var reason = await ObstacleAsync(row, version, cancel);
                var failing = reason is null && row.TestOverride is null ? Failing(await trials.RunCasesAsync(version!, cancel)) : [];
                if (failing.Count > 0)
                {
                    await HoldAsync(row, version!, failing, change, cancel);
                }
                else if (reason is null)
                {
                    await PublishAsync(version!, row, change, cancel);
                    count++;
                }
                else
                {
                    await SettleAsync(row, PublicationState.Scheduled, "PublicationFailed", change with { Reason = reason }, settled => settled.State = PublicationState.Failed, cancel);
                }
            }
            catch (RuleBrokenException)
            {
                // Another Host has done it, or a person has withdrawn it meanwhile.
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The others must not wait for it; it is tried again at the next look.
                failures.Add(exception);
            }
        }

        return failures.Count == 0 ? count : throw new AggregateException(failures);
    }

    public async Task<bool> NeedsApprovalAsync(string definitionId, CancellationToken cancel)
    {
        var settings = await database.Set<WorkflowProcedureRow>().AsNoTracking().Where(x => x.DefinitionId == definitionId || x.DefinitionId == WorkflowProcedureRow.Everywhere).ToListAsync(cancel);
        return settings.OrderBy(x => x.DefinitionId == WorkflowProcedureRow.Everywhere).Select(x => x.NeedsApproval).FirstOrDefault(x => x is not null) ?? false;
    }

    private async Task<string?> ObstacleAsync(WorkflowPublicationRow row, DefinitionVersion? version, CancellationToken cancel)
    {
        if (version is null)
        {
            return "Cette version n’existe plus.";
        }

        if (await store.FindPublishedAsync(row.DefinitionId, cancel) is { } published && published.Version > row.Version)
        {
            return $"La version {published.Version}, plus récente, a été publiée entre-temps.";
        }

        var errors = (await problems.OfAsync(version, cancel)).Where(problem => problem.IsError).Select(problem => problem.Sentence).Distinct().ToList();
        return errors.Count == 0 ? null : string.Join(" ", errors);
    }

    private async Task<(DefinitionVersion Version, int Followers)> PublishAsync(DefinitionVersion version, WorkflowPublicationRow row, ChangeContext change, CancellationToken cancel)
    {
        var wasPending = row.IsPending && row.RequestedAt != default && await Rows.AsNoTracking().AnyAsync(x => x.Id == row.Id, cancel);
        var actor = row.DecidedBy ?? row.RequestedBy;
        var published = await store.PublishAsync(version.DefinitionId, actor, version.Id, async (services, _) =>
        {
            var db = services.GetRequiredService<MonOpcoDbContext>();
            var pending = await Pending(db, row.DefinitionId).Where(x => x.VersionId == version.Id).ToListAsync(cancel);
            var done = pending.Find(x => x.Id == row.Id);
            if (done is null)
            {
                done = wasPending ? throw Settled() : row;
                db.Add(done);
            }

            // The same version was also planned or awaited agreement: it is in force now.
            foreach (var other in pending.Where(x => x != done))
            {
                (other.State, other.EndedAt, other.Reason) = (PublicationState.Withdrawn, change.Now, "Publiée avant.");
            }

            (done.State, done.EndedAt) = (PublicationState.Published, change.Now);
            (done.Note, done.TestOverride) = (row.Note, row.TestOverride);
            await DropNoticeAsync(services, done, change, cancel);
            (done.DecidedBy, done.DecidedById, done.DecidedAt) = (row.DecidedBy, row.DecidedById, row.DecidedAt);
            db.Note(change, row.DefinitionId, "Published", Values(done), done.Note);
            await db.SaveChangesAsync(cancel);
        }, cancel) with
        { IsLatest = version.IsLatest };
        return (published, await FollowAsync(published, change, [published.DefinitionId], cancel));
    }

    /// <summary>Those who use it and want to follow it are re-pointed, and published again when they were. One that cannot be stays as it was, beside its corrected draft.</summary>
    private async Task<int> FollowAsync(DefinitionVersion published, ChangeContext change, HashSet<string> seen, CancellationToken cancel)
    {
        var count = 0;
        foreach (var (draft, wasPublished) in await consumers.UpdateAsync(published, change.ActorName, cancel))
        {
            count++;
            if (wasPublished && seen.Add(draft.DefinitionId) && !(await problems.OfAsync(draft, cancel)).Any(problem => problem.IsError) && !await NeedsApprovalAsync(draft.DefinitionId, cancel)
                && Failing(await trials.RunCasesAsync(draft, cancel)).Count == 0)
            {
                var follower = await store.PublishAsync(draft.DefinitionId, change.ActorName, draft.Id, async (services, version) =>
                {
                    var db = services.GetRequiredService<MonOpcoDbContext>();
                    var row = Done(version, $"Suit la version {published.Version} de « {published.Name} ».", change);
                    db.Add(row);
                    db.Note(change, version.DefinitionId, "Published", Values(row), row.Note);
                    await db.SaveChangesAsync(cancel);
                }, cancel);
                count += await FollowAsync(follower, change, seen, cancel);
            }
        }

        return count;
    }

    private async Task<WorkflowPublicationRow> FindAsync(Guid id, CancellationToken cancel) =>
        await Rows.AsNoTracking().SingleOrDefaultAsync(x => x.Id == id, cancel) is { IsPending: true } row ? row : throw Settled();

    /// <summary>Under the lock of the definition: of two who settle the same, one does.</summary>
    private Task SettleAsync(WorkflowPublicationRow row, PublicationState from, string action, ChangeContext change, Action<WorkflowPublicationRow> settle, CancellationToken cancel) =>
        store.FreezeAsync(row.DefinitionId, row.VersionId, async (services, _) =>
        {
            var db = services.GetRequiredService<MonOpcoDbContext>();
            var current = await db.Set<WorkflowPublicationRow>().SingleOrDefaultAsync(x => x.Id == row.Id, cancel);
            if (current is null || current.State != from)
            {
                throw Settled();
            }

            (current.DecidedBy, current.DecidedById, current.DecidedAt) = (row.DecidedBy, row.DecidedById, row.DecidedAt);
            settle(current);
            if (!current.IsPending)
            {
                (current.EndedAt, current.Reason) = (change.Now, change.Reason);
                await DropNoticeAsync(services, current, change, cancel);
            }

            if (current.State == PublicationState.Refused)
            {
                (current.DecidedBy, current.DecidedById, current.DecidedAt) = (change.ActorName, change.UserId, change.Now);
            }

            db.Note(change, row.DefinitionId, action, Values(current), change.Reason);
            await db.SaveChangesAsync(cancel);
        }, cancel);

    /// <summary>Not published, and not silently: the owners of procedures find it among their tasks.</summary>
    private Task HoldAsync(WorkflowPublicationRow row, DefinitionVersion version, IReadOnlyList<CaseRun> failing, ChangeContext change, CancellationToken cancel) =>
        store.FreezeAsync(row.DefinitionId, row.VersionId, async (services, _) =>
        {
            var db = services.GetRequiredService<MonOpcoDbContext>();
            var current = await db.Set<WorkflowPublicationRow>().SingleOrDefaultAsync(x => x.Id == row.Id, cancel);
            if (current is not { State: PublicationState.Scheduled })
            {
                throw Settled();
            }

            (current.State, current.Reason) = (PublicationState.Held, $"Cas de test en échec à l’heure de la publication : {Names(failing)}.");
            var values = Values(current);
            values["failedCases"] = new JsonArray([.. failing.Select(x => (JsonNode)x.Name)]);
            db.Note(change, row.DefinitionId, "PublicationHeld", values, current.Reason);
            await services.GetRequiredService<TaskService>().CreateAsync(
                new NewTask("publication-retenue", $"Publication retenue : {version.Name}, version {row.Version}", [new TaskOutcome("Vu", "J’ai vu", "primary")])
                {
                    Id = row.Id,
                    CandidateRole = Roles.ResponsableProcedures,
                    Priority = TaskPriority.High,
                    DueAt = change.Now.AddDays(1),
                    Instruction = $"La version {row.Version} devait être publiée le {Fr.DateTime(row.EffectiveAt!.Value)}. {current.Reason} Rien n’a été publié. Sur la page de la procédure ({version.Name}), publiez-la quand même en disant pourquoi, ou retirez-la.",
                },
                change,
                cancel);
            await db.SaveChangesAsync(cancel);
        }, cancel);

    /// <summary>The notice has done its work when the publication is decided.</summary>
    private static async Task DropNoticeAsync(IServiceProvider services, WorkflowPublicationRow row, ChangeContext change, CancellationToken cancel)
    {
        if (await services.GetRequiredService<MonOpcoDbContext>().HumanTasks.AnyAsync(x => x.Id == row.Id && x.Status == HumanTaskStatus.Open, cancel))
        {
            await services.GetRequiredService<TaskService>().CancelAsync(row.Id, change, cancel);
        }
    }

    private static List<CaseRun> Failing(IReadOnlyList<CaseRun> runs) => [.. runs.Where(x => x.Verdict.IsFailure)];

    private static string Names(IReadOnlyList<CaseRun> failing) => string.Join(", ", failing.Select(x => $"« {x.Name} »"));

    private static DefinitionProblem ProblemOf(CaseRun run) => new(
        nameof(Engine.Definitions.ProblemLevel.Error), "test-case", null, null, null, $"Le cas de test « {run.Name} » échoue : {run.Verdict.Problem ?? string.Join(" ", run.Verdict.Differences)} Pour publier quand même, dites pourquoi sur la page de la procédure.");

    /// <summary>Goes into the note that colleagues read, and with the row into the audit.</summary>
    private static void Override(WorkflowPublicationRow row, IReadOnlyList<CaseRun> failing, string? despite)
    {
        if (failing.Count > 0 && !string.IsNullOrWhiteSpace(despite))
        {
            row.TestOverride = despite.Trim();
            row.Note = $"{row.Note} Publiée malgré {(failing.Count == 1 ? "le cas de test" : "les cas de test")} {Names(failing)} en échec : {row.TestOverride}".Trim();
        }
    }

    private static WorkflowPublicationRow New(DefinitionVersion version, string note, ChangeContext change) => new()
    {
        Id = Guid.CreateVersion7(change.Now),
        DefinitionId = version.DefinitionId,
        VersionId = version.Id,
        Version = version.Version,
        Note = note.Trim(),
        RequestedBy = change.ActorName,
        RequestedById = change.UserId,
        RequestedAt = change.Now,
    };

    private static WorkflowPublicationRow Done(DefinitionVersion version, string note, ChangeContext change)
    {
        var row = New(version, note, change);
        (row.State, row.EndedAt) = (PublicationState.Published, change.Now);
        return row;
    }

    private static IQueryable<WorkflowPublicationRow> Pending(MonOpcoDbContext db, string definitionId) =>
        db.Set<WorkflowPublicationRow>().Where(x => x.DefinitionId == definitionId && (x.State == PublicationState.AwaitingApproval || x.State == PublicationState.Scheduled || x.State == PublicationState.Held));

    private static RuleBrokenException Settled() => new("publication", "Cette publication n’est plus en attente : elle a été faite, refusée ou retirée entre-temps.");

    private static JsonObject Values(WorkflowPublicationRow row)
    {
        var values = new JsonObject { ["version"] = row.Version, ["versionId"] = row.VersionId, ["state"] = row.State.ToString() };
        if (row.EffectiveAt is { } at)
        {
            values["effectiveAt"] = at;
        }

        if (row.TestOverride is { } despite)
        {
            values["testOverride"] = despite;
        }

        return values;
    }
}

/// <summary>What publishing came to. Errors among the problems mean that nothing was published.</summary>
public sealed record PublishOutcome(DefinitionVersion? Version, bool Already, IReadOnlyList<DefinitionProblem> Problems, int Consumers)
{
    public bool IsRefused => Problems.Any(problem => problem.IsError);

    /// <summary>Test cases that stopped it; each is among the problems as well.</summary>
    public IReadOnlyList<CaseRun> Failing { get; init; } = [];

    /// <summary>Not published yet: planned, or awaiting a second person.</summary>
    public WorkflowPublicationRow? Pending { get; init; }
}
