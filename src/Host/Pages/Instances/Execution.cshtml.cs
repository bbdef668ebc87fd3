using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;
using MonOPCO.Host.Workflows;
using MonOPCO.Host.Workflows.Procedures;

namespace MonOPCO.Host.Pages.Instances;

/// <summary>One instance: what it waits for, what stopped it, and what an operator may do about it.</summary>
[Authorize(Policies.ProceduresView)]
public sealed class ExecutionModel(WorkflowRuntime runtime, DefinitionCache cache, DefinitionStore definitions, BulkMigrations migrations, Migrations moves, MonOpcoDbContext database, TimeProvider clock, IAuthorizationService authorization) : PageModel
{
    public WorkflowInstance Instance { get; private set; } = null!;

    /// <summary>Number of the dossier it carries; null for what carries none.</summary>
    public string? Dossier { get; private set; }

    public bool MayOperate { get; private set; }

    public IReadOnlyList<IncidentView> Incidents { get; private set; } = [];

    public IReadOnlyList<Bookmark> Waits { get; private set; } = [];

    public IReadOnlyList<EffectRecord> Effects { get; private set; } = [];

    public IReadOnlyList<DefinitionVersion> Versions { get; private set; } = [];

    /// <summary>What migrating this instance alone would do.</summary>
    public InstanceMigration? Preview { get; private set; }

    /// <summary>The last migration, or preview of one, of all instances of a version of this procedure.</summary>
    public BulkMigration? Bulk { get; private set; }

    /// <summary>That one is a finished preview of what the form asks for.</summary>
    public bool IsBulkPreviewed => Toutes && Bulk is { IsPreview: true, IsFinished: true, Possible: > 0 } bulk && bulk.FromVersionId == Instance.DefinitionVersionId && bulk.ToVersionId == Version;

    public string Variables { get; private set; } = "{}";

    /// <summary>What this person sees of values; the three below are masked accordingly.</summary>
    public ValueSight Sight { get; private set; } = new(false, false);

    public JsonObject Inputs { get; private set; } = [];

    public JsonObject Outputs { get; private set; } = [];

    public JsonObject Values { get; private set; } = [];

    /// <summary>Names of the steps by id.</summary>
    public IReadOnlyDictionary<string, string> Steps { get; private set; } = new Dictionary<string, string>();

    [BindProperty]
    public string? Valeurs { get; set; }

    [BindProperty]
    public string? Issue { get; set; }

    [BindProperty]
    public string? Motif { get; set; }

    [BindProperty]
    public string? Version { get; set; }

    /// <summary>Migrates every running instance of the same version, not this one alone.</summary>
    [BindProperty]
    public bool Toutes { get; set; }

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken) => await LoadAsync(id, cancellationToken) ? Page() : NotFound();

    public Task<IActionResult> OnPostRelancerAsync(Guid id, Guid etape, CancellationToken cancellationToken) =>
        ActAsync(id, "L’étape est relancée.", actor => runtime.RetryIncidentAsync(id, etape, null, actor, cancellationToken));

    public Task<IActionResult> OnPostPasserAsync(Guid id, Guid etape, CancellationToken cancellationToken) =>
        ActAsync(id, "L’étape est passée.", actor => runtime.SkipIncidentAsync(id, etape, string.IsNullOrWhiteSpace(Issue) ? "Done" : Issue.Trim(), null, actor, cancellationToken));

    public Task<IActionResult> OnPostAnnulerAsync(Guid id, CancellationToken cancellationToken) =>
        ActAsync(id, "L’exécution est annulée.", actor => runtime.CancelAsync(id, string.IsNullOrWhiteSpace(Motif) ? "Annulée par un responsable" : Motif.Trim(), actor, cancellationToken));

    public async Task<IActionResult> OnPostVariablesAsync(Guid id, bool reprendre, CancellationToken cancellationToken)
    {
        JsonObject? values = null;
        try
        {
            values = JsonNode.Parse(Valeurs ?? "") as JsonObject;
        }
        catch (JsonException)
        {
            // Said below, beside the field.
        }

        if (values is null)
        {
            ModelState.AddModelError(nameof(Valeurs), "Écrivez un objet JSON : { \"Nom\": valeur }.");
            if (!await LoadAsync(id, cancellationToken))
            {
                return NotFound();
            }

            Variables = Valeurs ?? "";
            return this.Invalid();
        }

        return await ActAsync(id, reprendre ? "Les variables sont enregistrées et l’exécution reprend." : "Les variables sont enregistrées.", async actor =>
            await runtime.SetVariablesAsync(id, ValueSight.Typed(values), actor, cancellationToken) && (!reprendre || await runtime.RetryAllAsync(id, actor, cancellationToken)));
    }

    public async Task<IActionResult> OnPostApercuAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(id, cancellationToken))
        {
            return NotFound();
        }

        if (!MayOperate)
        {
            return Forbid();
        }

        if (Versions.All(v => v.Id != Version))
        {
            ModelState.AddModelError(nameof(Version), "Choisissez une version.");
            return this.Invalid();
        }

        if (Toutes)
        {
            await BulkAsync(true, cancellationToken);
        }
        else
        {
            Preview = (await runtime.PreviewMigrationAsync([Instance.Id], Version!, cancellationToken))[0];
        }

        return Page();
    }

    public async Task<IActionResult> OnPostMigrerAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(id, cancellationToken))
        {
            return NotFound();
        }

        if (!MayOperate)
        {
            return Forbid();
        }

        if (Versions.All(v => v.Id != Version))
        {
            ModelState.AddModelError(nameof(Version), "Choisissez une version.");
            return this.Invalid();
        }

        if (Toutes)
        {
            await BulkAsync(false, cancellationToken);
            this.Flash(Bulk is { IsFinished: true, Refused: 0 } ? "success" : "warning", BulkWords.Of(Bulk!));
        }
        else
        {
            var (_, results) = await moves.MoveAsync(Instance.DefinitionId, [Instance.Id], Versions.First(v => v.Id == Version), User.Change(clock.GetUtcNow()), cancellationToken);
            var moved = results[0];
            this.Flash(moved.IsDone ? "success" : "warning", moved.IsDone ? "L’exécution est migrée." : string.Join(' ', moved.Problems));
        }

        return Redirect($"/instances/{id:D}");
    }

    /// <summary>A value on one line, short enough for a table.</summary>
    public static string Short(JsonNode? value) => value switch
    {
        null => "—",
        JsonValue text when text.TryGetValue<string>(out var plain) => plain.Length > 300 ? plain[..300] + "…" : plain,
        _ => value.ToJsonString(OneLine) is { Length: > 300 } json ? json[..300] + "…" : value.ToJsonString(OneLine),
    };

    private async Task<IActionResult> ActAsync(Guid id, string done, Func<string, Task<bool>> act)
    {
        if (!(await authorization.AuthorizeAsync(User, Policies.ProceduresOperate)).Succeeded)
        {
            return Forbid();
        }

        var told = await act(User.ShownName());
        this.Flash(told ? "success" : "warning", told ? done : "L’exécution n’existe pas ou n’est plus en cours.");
        return Redirect($"/instances/{id:D}");
    }

    /// <summary>The first seconds here, so that a moderate number is answered at once; workers do the rest.</summary>
    private async Task BulkAsync(bool isPreview, CancellationToken cancellationToken)
    {
        var id = await migrations.BeginAsync(Instance.DefinitionId, Instance.DefinitionVersionId, Version!, isPreview, User.Change(clock.GetUtcNow()), cancellationToken);
        await migrations.WorkAsync(id, Patience, cancellationToken);
        Bulk = await migrations.LatestAsync(Instance.DefinitionId, cancellationToken);
    }

    private async Task<bool> LoadAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await runtime.Reads.FindInstanceAsync(id, cancellationToken) is not { } instance)
        {
            return false;
        }

        Instance = instance;
        Dossier = Guid.TryParse(instance.CorrelationId, out var dossier)
            ? await database.Dossiers.Where(x => x.Id == dossier).Select(x => x.Numero).FirstOrDefaultAsync(cancellationToken)
            : null;
        MayOperate = instance.Status == InstanceStatus.Running && (await authorization.AuthorizeAsync(User, Policies.ProceduresOperate)).Succeeded;
        Sight = await ValueSight.OfAsync(authorization, User);
        (Inputs, Outputs) = (Sight.Of(instance.Input), Sight.Of(instance.Output));
        Incidents = InstanceStateView.Incidents(instance);
        Waits = await runtime.Reads.BookmarksAsync(id, cancellationToken);
        Effects = await runtime.Reads.EffectsAsync(id, cancellationToken);
        Versions = [.. (await definitions.ListAsync(instance.DefinitionId, cancellationToken)).Where(v => v.Id != instance.DefinitionVersionId)];
        if (await cache.FindAsync(instance.DefinitionVersionId, () => runtime.Reads.FindVersionAsync(instance.DefinitionVersionId, cancellationToken)) is { } definition)
        {
            Steps = definition.Nodes.GroupBy(n => n.Id).ToDictionary(n => n.Key, n => n.First().Name, StringComparer.Ordinal);
            Values = Sight.Of(InstanceStateView.Variables(instance, definition));
            if (MayOperate)
            {
                Bulk = await migrations.LatestAsync(instance.DefinitionId, cancellationToken);
                Variables = Values.ToJsonString(Readable);
            }
        }

        return true;
    }

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
