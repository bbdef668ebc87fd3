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
public sealed class MigrationModel(ProcedureReads procedures, DefinitionStore definitions, Migrations migrations, WorkflowRuntime runtime, MonOpcoDbContext database, TimeProvider clock) : PageModel
{
    /// <summary>As many at once; the others stay for the next time.</summary>
    private const int Limit = 5000;

    private const int Shown = 200;

    public ProcedureView Procedure { get; private set; } = null!;

    public VersionRow? From { get; private set; }

    public VersionRow? To { get; private set; }

    public IReadOnlyList<(InstanceMigration Move, string Name)> Possible { get; private set; } = [];

    public IReadOnlyList<(InstanceMigration Move, string Name)> Impossible { get; private set; } = [];

    public int PossibleCount { get; private set; }

    public int ImpossibleCount { get; private set; }

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

        var target = (await definitions.FindAsync(To!.Id, cancellationToken))!;
        var (_, results) = await migrations.MoveAsync(definitionId, await migrations.RunningAsync(From!.Id, Limit, cancellationToken), target, User.Change(clock.GetUtcNow(), Motif.Trim()), cancellationToken);
        var (done, left) = (results.Count(result => result.IsDone), results.Count(result => !result.IsDone));
        this.Flash(left == 0 ? "success" : "warning", $"{Fr.Plural(done, "exécution")} {(done < 2 ? "est passée" : "sont passées")} à la version {To.Version}{(left == 0 ? "." : $", {Fr.Number(left)} gardée(s) dans la version {From.Version}.")}");
        return Redirect($"{ProcedureLook.Url(definitionId)}/migration?de={From.Version}&vers={To.Version}");
    }

    public async Task<IActionResult> OnPostAnnulerAsync(string definitionId, Guid lot, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(definitionId, cancellationToken))
        {
            return NotFound();
        }

        var (undone, reasons) = await migrations.UndoAsync(definitionId, lot, User.Change(clock.GetUtcNow()), cancellationToken);
        var told = reasons.Count == 0 ? "" : $" {Fr.Plural(reasons.Count, "exécution")} {(reasons.Count < 2 ? "garde" : "gardent")} la nouvelle version : {string.Join(" ", reasons.Distinct()).Curly()}";
        this.Flash(reasons.Count == 0 ? "success" : "warning", $"{Fr.Plural(undone, "exécution")} {(undone < 2 ? "est revenue" : "sont revenues")} à la version d’origine.{told}");
        return Redirect($"{ProcedureLook.Url(definitionId)}/migration");
    }

    private async Task<bool> LoadAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (await procedures.FindAsync(definitionId, cancellationToken) is not { } found)
        {
            return false;
        }

        Procedure = found;
        Batches = await migrations.BatchesAsync(definitionId, cancellationToken);
        (From, To) = (found.Versions.FirstOrDefault(version => version.Version == De), found.Versions.FirstOrDefault(version => version.Version == Vers));
        if (From is null || To is null || From.Id == To.Id)
        {
            (From, To) = (null, null);
            return true;
        }

        var instances = await migrations.RunningAsync(From.Id, Limit, cancellationToken);
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
