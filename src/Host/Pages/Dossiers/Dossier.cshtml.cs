using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Activities.OpcoPortals;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Filings;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Dossiers;

/// <summary>Everything about one dossier: where it is, who has it, what comes next, then its parts and its history.</summary>
[Authorize(Policies.DossiersView)]
public sealed class DossierModel(MonOpcoDbContext database, DossierService dossiers, ComplementService complements, SituationReader situations, WorkflowRuntime runtime, IAuthorizationService authorization, TimeProvider clock) : PageModel
{
    public Dossier Dossier { get; private set; } = null!;

    public Situation Situation { get; private set; } = null!;

    public Opco? Opco { get; private set; }

    public IReadOnlyList<HumanTask> Tasks { get; private set; } = [];

    public IReadOnlyList<SignatureRequest> Signatures { get; private set; } = [];

    public IReadOnlyList<Complement> Complements { get; private set; } = [];

    public IReadOnlyList<Document> Documents { get; private set; } = [];

    public IReadOnlyDictionary<string, string> Types { get; private set; } = new Dictionary<string, string>();

    public Filing? Filing { get; private set; }

    public RefusalReason? Refusal { get; private set; }

    public IReadOnlyList<TimelineItem> Timeline { get; private set; } = [];

    /// <summary>The procedure waits for the OPCO and the robot can look now.</summary>
    public bool CanReread { get; private set; }

    /// <summary>May change things; others of the staff read.</summary>
    public bool CanWork { get; private set; }

    /// <summary>May open the documents; whoever may not is not shown them either.</summary>
    public bool CanReadDocuments { get; private set; }

    /// <summary>May propose another consultant of this bilan.</summary>
    public bool CanAssign { get; private set; }

    /// <summary>The map of its procedure with the way it took.</summary>
    public string? PlanUrl { get; private set; }

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    [BindProperty, Display(Name = "Note interne"), StringLength(2000)]
    public string? Note { get; set; }

    public IReadOnlyList<Document> Screenshots => [.. Documents.Where(x => x.TypeCode == DocumentTypes.CaptureEcran).OrderByDescending(x => x.CreatedAt).ThenBy(x => x.Name, StringComparer.Ordinal)];

    /// <summary>Without the pictures, and without the versions that a later signature replaced.</summary>
    public IReadOnlyList<Document> Papers => [.. Documents.Where(x => x.TypeCode != DocumentTypes.CaptureEcran && Documents.All(later => later.SourceDocumentId != x.Id))];

    /// <summary>What a later signature replaced: kept as evidence, rarely looked for.</summary>
    public IReadOnlyList<Document> Replaced => [.. Documents.Where(x => x.TypeCode != DocumentTypes.CaptureEcran && Documents.Any(later => later.SourceDocumentId == x.Id))];

    public string UrlOf(Guid documentId) => $"/dossiers/{Dossier.Numero}/documents/{documentId}";

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (await database.FindDossierAsync(RouteData.Values["numero"] as string, HttpContext.RequestAborted) is not { } dossier)
        {
            context.Result = NotFound();
            return;
        }

        Dossier = dossier;
        CanWork = (await authorization.AuthorizeAsync(User, Policies.Operators)).Succeeded;
        CanReadDocuments = (await authorization.AuthorizeAsync(User, Policies.DocumentsRead)).Succeeded;
        CanAssign = Dossier.Kind == DossierKind.Bilan && (await authorization.AuthorizeAsync(User, Policies.ConsultantsAssign)).Succeeded;
        if (!CanWork && HttpContext.Request.Method == "POST")
        {
            context.Result = Forbid();
            return;
        }

        await next();
    }

    public Task OnGetAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    public async Task<IActionResult> OnPostNoteAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(Note))
        {
            ModelState.AddModelError(nameof(Note), "Écrivez la note avant de l’enregistrer.");
        }

        if (!ModelState.IsValid)
        {
            await LoadAsync(cancellationToken);
            return this.Invalid();
        }

        await dossiers.AddEventAsync(Dossier.Id, DossierEventKinds.Note, Note!.Trim(), User.Change(Now), cancellationToken, staffOnly: true);
        this.Flash("success", "La note est ajoutée à l’historique. L’entreprise ne la voit pas.");
        return RedirectToPage(null, null, new { Dossier.Numero }, "historique");
    }

    /// <summary>Wakes the procedure that waits for the OPCO: the robot reads the portal at once instead of at the next round.</summary>
    public async Task<IActionResult> OnPostRelireAsync(CancellationToken cancellationToken)
    {
        var outcome = await runtime.ResumeAsync(WaitForOpco.BookmarkKind, Dossier.Id.ToString(), null, User.ShownName(), null, cancellationToken);
        if (outcome is ResumeOutcome.Resumed)
        {
            this.Flash("success", "Le robot relit le portail. Le résultat apparaît dans l’historique dans un instant : actualisez la page.");
        }
        else
        {
            this.Flash("info", "La procédure n’attend pas l’OPCO en ce moment : une lecture est peut-être déjà en cours.");
        }

        return RedirectToPage(new { Dossier.Numero });
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var id = Dossier.Id;
        Opco = Dossier.OpcoSlug is { } slug ? await database.Opcos.FindAsync([slug], cancellationToken) : null;
        Tasks = await database.HumanTasks.AsNoTracking().Where(x => x.DossierId == id && x.Status == HumanTaskStatus.Open).OrderBy(x => x.DueAt).ToListAsync(cancellationToken);
        Signatures = await database.SignatureRequests.AsNoTracking().Include(x => x.Signers.OrderBy(s => s.Order)).Where(x => x.DossierId == id).OrderBy(x => x.CreatedAt).ToListAsync(cancellationToken);
        Complements = await complements.ListAsync(id, cancellationToken);
        Documents = !CanReadDocuments ? [] : await database.Documents.AsNoTracking().Where(x => x.DossierId == id && !x.Confidential && x.DestroyedAt == null).OrderByDescending(x => x.CreatedAt).ThenByDescending(x => x.Id).ToListAsync(cancellationToken);
        Types = await database.DocumentTypes.AsNoTracking().ToDictionaryAsync(x => x.Code, x => x.Label, cancellationToken);
        Filing = await database.Filings.AsNoTracking().Where(x => x.DossierId == id).OrderByDescending(x => x.CreatedAt).FirstOrDefaultAsync(cancellationToken);
        Refusal = Dossier.RefusalCode is { } code ? await database.RefusalReasons.FindAsync([code], cancellationToken) : null;
        Situation = await situations.ReadAsync(Dossier, Tasks, Signatures, Complements, cancellationToken);
        CanReread = CanWork && Filing is { Mode: not FilingMode.Assisted } && Dossier.State is DossierState.Depose or DossierState.EnInstruction;
        PlanUrl = Dossier.WorkflowInstanceId is { } instance && await database.Set<WorkflowInstanceRow>().Where(x => x.Id == instance).Select(x => x.DefinitionId).FirstOrDefaultAsync(cancellationToken) is { } definition ? $"/procedures/{Uri.EscapeDataString(definition)}/plan?instance={instance}" : null;
        var names = Documents.ToDictionary(x => x.Id);
        Timeline = [.. (await dossiers.TimelineAsync(id, includeStaffOnly: true, cancellationToken)).AsEnumerable().Reverse().Select(x => ItemOf(x, names))];
    }

    private TimelineItem ItemOf(DossierEvent happened, Dictionary<Guid, Document> documents)
    {
        var (tone, icon) = happened.Kind switch
        {
            DossierEventKinds.Created => ("info", "plus"),
            DossierEventKinds.StateChanged => ("neutral", "progress"),
            DossierEventKinds.Edited or DossierEventKinds.OpcoChanged => ("neutral", "pencil"),
            DossierEventKinds.ComplementsAsked => ("warning", "message-circle"),
            DossierEventKinds.ComplementAnswered or DossierEventKinds.ComplementAccepted => ("success", "check"),
            DossierEventKinds.Deposited => ("success", "upload"),
            DossierEventKinds.Decided => (Dossier.RefusalCode is null ? "success" : "danger", "scale"),
            DossierEventKinds.RemainderAccepted => ("success", "currency-euro"),
            DossierEventKinds.DocumentAdded => ("neutral", "file-text"),
            DossierEventKinds.Signed => ("success", "writing"),
            DossierEventKinds.MailSent => ("neutral", "mail"),
            DossierEventKinds.Note => ("warning", "pencil"),
            DossierEventKinds.TaskCompleted => ("info", "clipboard-check"),
            DossierEventKinds.PortalRun => ("info", "robot"),
            _ => ("neutral", "circle-dashed"),
        };
        var links = happened.DocumentIds.Where(documents.ContainsKey).Select(x => documents[x]).Select(x =>
            new TimelineLink(x.TypeCode == DocumentTypes.CaptureEcran ? $"Capture : {Path.GetFileNameWithoutExtension(x.Name)}" : x.Name, UrlOf(x.Id), x.TypeCode == DocumentTypes.CaptureEcran ? "eye" : "file-text")).ToList();
        var by = happened.ActorKind == ActorKind.Workflow ? $"Procédure, étape « {happened.Actor} »" : happened.Actor;
        return new TimelineItem(
            happened.At, happened.Kind == DossierEventKinds.Note ? "Note interne" : happened.Text, happened.StaffOnly ? by + " · interne" : by, happened.ActorKind is ActorKind.Bot or ActorKind.Workflow or ActorKind.System, tone, icon,
            happened.Kind == DossierEventKinds.Note ? happened.Text : null, links);
    }
}
