using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Activities.Trials;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Storage;
using MonOPCO.Engine.Trials;
using MonOPCO.Host.Plans;
using MonOPCO.Host.Workflows.Procedures;

namespace MonOPCO.Host.Workflows.Trials;

/// <summary>What the last run of a trial or test case came to. <see cref="Passed"/>: null for a trial without expectation, or when it could not be played.</summary>
public sealed record TrialVerdict(DateTimeOffset At, string VersionId, int Version)
{
    public bool? Passed { get; init; }

    public string? End { get; init; }

    public string? State { get; init; }

    /// <summary>Differences from what is expected, in words.</summary>
    public IReadOnlyList<string> Differences { get; init; } = [];

    /// <summary>Why it could not be played.</summary>
    public string? Problem { get; init; }

    public bool IsFailure => Passed == false || Problem is not null;
}

/// <summary>A test case and how it went.</summary>
public sealed record CaseRun(Guid Id, string Name, TrialVerdict Verdict);

/// <summary>A line of the list.</summary>
public sealed record TrialLine(Guid Id, string? Name, string Numero, string CreatedBy, DateTimeOffset CreatedAt, string VersionId, TrialVerdict? Last);

/// <summary>A trial that was just played.</summary>
public sealed record TrialView(WorkflowTrialRow Row, string Numero, DefinitionVersion Version, PlanOfVersion Plan, IReadOnlyList<TrialAnswer> Script)
{
    /// <summary>Null when it could not be played: <see cref="Problem"/>.</summary>
    public TrialResult? Result { get; init; }

    public string? Problem { get; init; }

    public TrialOutcome? Expected => TrialOutcome.Read(Row.Expected);

    public TrialOutcome? Outcome => Result is null ? null : TrialOutcome.Of(Result, Plan.Plan);

    public IReadOnlyList<string> Differences => Outcome is { } outcome && Expected is { } expected ? outcome.DifferencesFrom(expected) : [];
}

/// <summary>Trials of procedures and their test cases. A trial keeps its script and nothing of what it does.</summary>
public sealed class TrialBook(MonOpcoDbContext database, DefinitionStore definitions, IWorkflowReads reads, PlanShelf plans, TrialPlayer player, DossierRecord record, TimeProvider clock)
{
    private const int NameLength = 120;

    private DbSet<WorkflowTrialRow> Rows => database.Set<WorkflowTrialRow>();

    /// <summary>On a dossier that follows the procedure, with what really happened to it or with nothing.</summary>
    /// <exception cref="RuleBrokenException">There is no such dossier, or it does not follow this procedure.</exception>
    public async Task<Guid> CreateAsync(string definitionId, string versionId, string numero, bool withRecord, ChangeContext change, CancellationToken cancellationToken)
    {
        var dossier = await database.Dossiers.AsNoTracking().Where(x => x.Numero == numero.Trim()).Select(x => new { x.Id, x.WorkflowInstanceId, x.CreatedAt }).FirstOrDefaultAsync(cancellationToken)
            ?? throw new RuleBrokenException("trial-dossier", "Aucun dossier ne porte ce numéro.");
        var instance = dossier.WorkflowInstanceId is { } id ? await reads.FindInstanceAsync(id, cancellationToken) : null;
        if (instance?.DefinitionId != definitionId && withRecord)
        {
            throw new RuleBrokenException("trial-dossier", "Ce dossier ne suit pas cette procédure : essayez-le sans reprendre ce qui s’est passé, ou choisissez-en un autre.");
        }

        var script = withRecord ? await record.ReadAsync(instance!, dossier.Id, cancellationToken) : [];
        var row = new WorkflowTrialRow
        {
            Id = Guid.CreateVersion7(change.Now),
            DefinitionId = definitionId,
            VersionId = versionId,
            DossierId = dossier.Id,
            Script = TrialScripts.Write(script),
            Recorded = script.Count,
            StartsAt = instance?.CreatedAt ?? dossier.CreatedAt,
            CreatedBy = change.ActorName,
            CreatedAt = change.Now,
            UpdatedAt = change.Now,
        };
        database.Add(row);
        await database.SaveChangesAsync(cancellationToken);
        return row.Id;
    }

    /// <summary>Test cases first, by name; then trials, newest first.</summary>
    public async Task<IReadOnlyList<TrialLine>> ListAsync(string definitionId, CancellationToken cancellationToken)
    {
        var rows = await Rows.AsNoTracking().Where(x => x.DefinitionId == definitionId).OrderByDescending(x => x.CreatedAt).Take(200)
            .Join(database.Dossiers, x => x.DossierId, x => x.Id, (x, dossier) => new { x.Id, x.Name, dossier.Numero, x.CreatedBy, x.CreatedAt, x.VersionId, x.LastResult }).ToListAsync(cancellationToken);
        return [.. rows.OrderBy(x => x.Name is null).ThenBy(x => x.Name, StringComparer.CurrentCultureIgnoreCase).ThenByDescending(x => x.CreatedAt).Select(x => new TrialLine(x.Id, x.Name, x.Numero, x.CreatedBy, x.CreatedAt, x.VersionId, Verdict(x.LastResult)))];
    }

    /// <summary>Plays it and says what it came to; null when there is none.</summary>
    public async Task<TrialView?> LookAsync(string definitionId, Guid id, CancellationToken cancellationToken)
    {
        if (await Rows.AsNoTracking().SingleOrDefaultAsync(x => x.Id == id && x.DefinitionId == definitionId, cancellationToken) is not { } row)
        {
            return null;
        }

        // The draft it was made on may be gone: then the latest version.
        var version = await definitions.FindAsync(row.VersionId, cancellationToken) ?? await definitions.FindLatestAsync(definitionId, cancellationToken);
        if (version is null || await plans.FindAsync(definitionId, version.Version, cancellationToken) is not var (plan, _))
        {
            return null;
        }

        var numero = await database.Dossiers.Where(x => x.Id == row.DossierId).Select(x => x.Numero).SingleAsync(cancellationToken);
        var view = new TrialView(row, numero, version, plan, TrialScripts.Read(row.Script));
        try
        {
            return view with { Result = await player.PlayAsync(new TrialPlay(version.Id, row.DossierId, row.StartsAt, view.Script), cancellationToken) };
        }
        catch (RuleBrokenException broken)
        {
            return view with { Problem = broken.Message };
        }
    }

    /// <summary>What really happened in this dossier and is not in the script any more or not yet, in order.</summary>
    public async Task<IReadOnlyList<TrialAnswer>> LeftAsync(TrialView view, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(view);
        var instanceId = await database.Dossiers.Where(x => x.Id == view.Row.DossierId).Select(x => x.WorkflowInstanceId).SingleAsync(cancellationToken);
        if (instanceId is not { } id || await reads.FindInstanceAsync(id, cancellationToken) is not { } instance || instance.DefinitionId != view.Row.DefinitionId)
        {
            return [];
        }

        var known = view.Script.Where(x => x.IsRecorded).GroupBy(Key).ToDictionary(x => x.Key, x => x.Count());
        var left = new List<TrialAnswer>();
        foreach (var answer in await record.ReadAsync(instance, view.Row.DossierId, cancellationToken))
        {
            if (known.TryGetValue(Key(answer), out var count) && count > 0)
            {
                known[Key(answer)] = count - 1;
            }
            else
            {
                left.Add(answer);
            }
        }

        return left;

        static (TrialAnswerKind, string?, string?, DateTimeOffset?) Key(TrialAnswer x) => (x.Kind, x.Activity, x.Act, x.At?.ToUniversalTime());
    }

    public Task AddAsync(TrialView view, IEnumerable<TrialAnswer> answers, CancellationToken cancellationToken) => WriteAsync(view, [.. view.Script, .. answers], cancellationToken);

    /// <summary>Forgets this line and all that follow.</summary>
    public Task CutAsync(TrialView view, int line, CancellationToken cancellationToken) => WriteAsync(view, [.. view.Script.Take(Math.Max(0, line))], cancellationToken);

    /// <summary>From now on it is tried on that version.</summary>
    public Task ChooseVersionAsync(TrialView view, string versionId, CancellationToken cancellationToken) =>
        Rows.Where(x => x.Id == view.Row.Id).ExecuteUpdateAsync(x => x.SetProperty(p => p.VersionId, versionId).SetProperty(p => p.UpdatedAt, clock.GetUtcNow()), cancellationToken);

    /// <summary>The trial, as it went just now, is what is expected from now on. A test case may be given another expectation or another name.</summary>
    public async Task SaveCaseAsync(TrialView view, string? name, ChangeContext change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (view.Outcome is not { } outcome)
        {
            throw new RuleBrokenException("trial-case", "Cet essai ne peut pas être joué : il ne peut pas devenir un cas de test.");
        }

        var row = await NamedAsync(view, name, cancellationToken);
        row.Expected = outcome.Write();
        row.LastResult = Write(new TrialVerdict(change.Now, view.Version.Id, view.Version.Version) { Passed = true, End = outcome.End, State = outcome.State });
        database.Note(change, row.DefinitionId, view.Row.Name is null ? "TestCaseSaved" : "TestCaseChanged", new JsonObject { ["name"] = row.Name, ["version"] = view.Version.Version }, null);
        await database.SaveChangesAsync(cancellationToken);
    }

    public async Task RenameAsync(TrialView view, string? name, ChangeContext change, CancellationToken cancellationToken)
    {
        var row = await NamedAsync(view, name, cancellationToken);
        if (row.Name != view.Row.Name)
        {
            database.Note(change, row.DefinitionId, "TestCaseRenamed", new JsonObject { ["name"] = row.Name }, null, new JsonObject { ["name"] = view.Row.Name });
            await database.SaveChangesAsync(cancellationToken);
        }
    }

    public async Task DeleteAsync(TrialView view, ChangeContext change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(view);
        database.Remove(await Rows.SingleAsync(x => x.Id == view.Row.Id, cancellationToken));
        if (view.Row.Name is { } name)
        {
            database.Note(change, view.Row.DefinitionId, "TestCaseDeleted", null, null, new JsonObject { ["name"] = name });
        }

        await database.SaveChangesAsync(cancellationToken);
    }

    /// <summary>What a look came to is kept for the list.</summary>
    public Task KeepAsync(TrialView view, CancellationToken cancellationToken) => KeepAsync(view.Row.Id, VerdictOf(view.Row, view.Version, view.Outcome, view.Problem), cancellationToken);

    /// <summary>All test cases of the procedure, against this version; their last results are kept.</summary>
    public async Task<IReadOnlyList<CaseRun>> RunCasesAsync(DefinitionVersion version, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(version);
        var rows = await Rows.AsNoTracking().Where(x => x.DefinitionId == version.DefinitionId && x.Name != null).OrderBy(x => x.Name).ToListAsync(cancellationToken);
        if (rows.Count == 0 || await plans.FindAsync(version.DefinitionId, version.Version, cancellationToken) is not var (plan, _))
        {
            return [];
        }

        var runs = new List<CaseRun>();
        foreach (var row in rows)
        {
            TrialOutcome? outcome = null;
            string? problem = null;
            try
            {
                outcome = TrialOutcome.Of(await player.PlayAsync(new TrialPlay(version.Id, row.DossierId, row.StartsAt, TrialScripts.Read(row.Script)), cancellationToken), plan.Plan);
            }
            catch (RuleBrokenException broken)
            {
                problem = broken.Message;
            }

            var verdict = VerdictOf(row, version, outcome, problem);
            await KeepAsync(row.Id, verdict, cancellationToken);
            runs.Add(new CaseRun(row.Id, row.Name!, verdict));
        }

        return runs;
    }

    private TrialVerdict VerdictOf(WorkflowTrialRow row, DefinitionVersion version, TrialOutcome? outcome, string? problem)
    {
        var differences = outcome is not null && TrialOutcome.Read(row.Expected) is { } expected ? outcome.DifferencesFrom(expected) : null;
        return new TrialVerdict(clock.GetUtcNow(), version.Id, version.Version)
        {
            Passed = differences is null ? null : differences.Count == 0,
            End = outcome?.End,
            State = outcome?.State,
            Differences = differences ?? [],
            Problem = problem,
        };
    }

    private Task KeepAsync(Guid id, TrialVerdict verdict, CancellationToken cancellationToken) =>
        Rows.Where(x => x.Id == id).ExecuteUpdateAsync(x => x.SetProperty(p => p.LastResult, Write(verdict)), cancellationToken);

    private Task WriteAsync(TrialView view, IReadOnlyList<TrialAnswer> script, CancellationToken cancellationToken) =>
        Rows.Where(x => x.Id == view.Row.Id).ExecuteUpdateAsync(x => x.SetProperty(p => p.Script, TrialScripts.Write(script)).SetProperty(p => p.UpdatedAt, clock.GetUtcNow()), cancellationToken);

    private async Task<WorkflowTrialRow> NamedAsync(TrialView view, string? name, CancellationToken cancellationToken)
    {
        name = name?.Trim() ?? "";
        if (name.Length is 0 or > NameLength)
        {
            throw new RuleBrokenException("trial-name", $"Donnez un nom au cas de test, de {NameLength} caractères au plus.");
        }

        if (await Rows.AnyAsync(x => x.DefinitionId == view.Row.DefinitionId && x.Name == name && x.Id != view.Row.Id, cancellationToken))
        {
            throw new RuleBrokenException("trial-name", "Un autre cas de test de cette procédure porte déjà ce nom.");
        }

        var row = await Rows.SingleAsync(x => x.Id == view.Row.Id, cancellationToken);
        (row.Name, row.UpdatedAt) = (name, clock.GetUtcNow());
        return row;
    }

    private static TrialVerdict? Verdict(string? json) => json is null ? null : JsonSerializer.Deserialize<TrialVerdict>(json, TrialScripts.Json);

    private static string Write(TrialVerdict verdict) => JsonSerializer.Serialize(verdict, TrialScripts.Json);
}
