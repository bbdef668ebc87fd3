using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;
using MonOPCO.Host.Workflows.Procedures;

namespace MonOPCO.Host.Pages.Procedures;

/// <summary>Running instances to another version: choose, see who would move and who cannot, do it, undo it while nothing has happened since.</summary>
[Authorize(Policies.ProceduresOperate)]
public sealed class MigrationModel(ProcedureReads procedures, Migrations migrations, BulkMigrations bulk, WorkflowRuntime runtime, MonOpcoDbContext database, TimeProvider clock) : PageModel
{
    /// <summary>As many are looked at while the page is made; more are looked at apart, as long as it takes.</summary>
    private const int AtOnce = 500;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private const int Shown = 200;

    public ProcedureView Procedure { get; private set; } = null!;

    public VersionRow? From { get; private set; }

    public VersionRow? To { get; private set; }

    public IReadOnlyList<(InstanceMigration Move, string Name)> Possible { get; private set; } = [];

    public IReadOnlyList<(InstanceMigration Move, string Name)> Impossible { get; private set; } = [];

    public int PossibleCount { get; private set; }

    public int ImpossibleCount { get; private set; }

    /// <summary>Running instances of the version left.</summary>
    public int Running { get; private set; }

    /// <summary>Too many to look at while the page is made.</summary>
    public bool IsLarge => Running > AtOnce;

    /// <summary>What was asked for last: still under way, or a finished look at many.</summary>
    public BulkMigration? Bulk { get; private set; }

    /// <summary>That one is the finished look at what the page asks for.</summary>
    public bool IsLookedAt => IsPreview && Bulk is { IsPreview: true, IsFinished: true } looked && looked.FromVersionId == From!.Id && looked.ToVersionId == To!.Id;

    public IReadOnlyList<MigrationBatch> Batches { get; private set; } = [];

    public bool IsPreview => From is not null && To is not null;

    [BindProperty(SupportsGet = true)]
    public int? De { get; set; }

    [BindProperty(SupportsGet = true)]
    public int? Vers { get; set; }

    [BindProperty]
    public string? Motif { get; set; }

    public async Task<IActionResult> OnGetAsync(string definitionId, CancellationToken cancellationToken) => await LoadAsync(definitionId, cancellationToken) ? Page() : NotFound();

    public async Task<IActionResult> OnPostMigrerAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(definitionId, cancellationToken))
        {
            return NotFound();
        }

        if (!IsPreview)
        {
            ModelState.AddModelError("", "Choisissez deux versions différentes.");
            return this.Invalid();
        }

        if (string.IsNullOrWhiteSpace(Motif))
        {
            ModelState.AddModelError(nameof(Motif), "Dites pourquoi : cela s’écrit dans l’historique.");
            return this.Invalid();
        }

        await DoAsync(await bulk.BeginAsync(definitionId, From!.Id, To!.Id, false, User.Change(clock.GetUtcNow(), Motif.Trim()), cancellationToken), cancellationToken);
        return Redirect($"{ProcedureLook.Url(definitionId)}/migration?de={From.Version}&vers={To.Version}");
    }

    /// <summary>Looks at all instances of the version, however many.</summary>
    public async Task<IActionResult> OnPostExaminerAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(definitionId, cancellationToken))
        {
            return NotFound();
        }

        if (!IsPreview)
        {
            ModelState.AddModelError("", "Choisissez deux versions différentes.");
            return this.Invalid();
        }

        await bulk.WorkAsync(await bulk.BeginAsync(definitionId, From!.Id, To!.Id, true, User.Change(clock.GetUtcNow()), cancellationToken), Patience, cancellationToken);
        return Redirect($"{ProcedureLook.Url(definitionId)}/migration?de={From.Version}&vers={To.Version}");
    }

    public async Task<IActionResult> OnPostAnnulerAsync(string definitionId, Guid lot, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(definitionId, cancellationToken))
        {
            return NotFound();
        }

        if (await bulk.BeginUndoAsync(definitionId, lot, User.Change(clock.GetUtcNow()), cancellationToken) is { } undo)
        {
            await DoAsync(undo, cancellationToken);
        }
        else
        {
            this.Flash("warning", "Aucune exécution de cette migration ne peut plus revenir.");
        }

        return Redirect($"{ProcedureLook.Url(definitionId)}/migration");
    }

    /// <summary>The first seconds here, so that a moderate number is answered at once; workers do the rest.</summary>
    private async Task DoAsync(Guid id, CancellationToken cancellationToken)
    {
        await bulk.WorkAsync(id, Patience, cancellationToken);
        var told = (await bulk.FindAsync(id, cancellationToken))!;
        this.Flash(told is { IsFinished: true, Refused: 0 } ? "success" : "warning", BulkWords.Of(told));
    }

    private async Task<bool> LoadAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (await procedures.FindAsync(definitionId, cancellationToken) is not { } found)
        {
            return false;
        }

        Procedure = found;
        Batches = await migrations.BatchesAsync(definitionId, cancellationToken);
        Bulk = await bulk.LatestAsync(definitionId, cancellationToken);
        (From, To) = (found.Versions.FirstOrDefault(version => version.Version == De), found.Versions.FirstOrDefault(version => version.Version == Vers));
        if (From is null || To is null || From.Id == To.Id)
        {
            (From, To) = (null, null);
            return true;
        }

        Running = await migrations.CountAsync(From.Id, cancellationToken);
        if (IsLarge)
        {
            return true;
        }

        var instances = await migrations.RunningAsync(From.Id, AtOnce, cancellationToken);
        var moves = instances.Count == 0 ? [] : await runtime.PreviewMigrationAsync(instances, To.Id, cancellationToken);
        (PossibleCount, ImpossibleCount) = (moves.Count(move => move.IsPossible), moves.Count(move => !move.IsPossible));
        var shown = moves.Where(move => move.IsPossible).Take(Shown).Concat(moves.Where(move => !move.IsPossible).Take(Shown)).ToList();
        Guid[] ids = [.. shown.Select(move => move.InstanceId)];
        var names = await database.Set<WorkflowInstanceRow>().AsNoTracking().Where(x => ids.Contains(x.Id)).Select(x => new { x.Id, x.Name, x.CorrelationId }).ToDictionaryAsync(x => x.Id, cancellationToken);
        Guid[] dossiers = [.. names.Values.Select(x => Guid.TryParse(x.CorrelationId, out var id) ? id : Guid.Empty)];
        var numbers = await database.Dossiers.AsNoTracking().Where(x => dossiers.Contains(x.Id)).Select(x => new { x.Id, x.Numero }).ToDictionaryAsync(x => x.Id.ToString(), x => x.Numero, cancellationToken);
        var named = shown.Select(move => (Move: move, Name: Name(move.InstanceId))).ToList();
        (Possible, Impossible) = ([.. named.Where(one => one.Move.IsPossible)], [.. named.Where(one => !one.Move.IsPossible)]);
        return true;

        string Name(Guid id) => names.GetValueOrDefault(id) is not { } instance ? id.ToString("N")[..8]
            : instance.CorrelationId is { } correlation && numbers.TryGetValue(correlation, out var number) ? $"Dossier {number}"
            : instance.Name is { Length: > 0 } name ? name : id.ToString("N")[..8];
    }
}
