using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Activities.Tasks;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Bilans;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Tasks;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Espace.Dossiers;

/// <summary>One dossier, as its company, its employee or its consultant sees it. Complements and the remainder are answered here.</summary>
[RequestSizeLimit(MaxRequest), RequestFormLimits(MultipartBodyLengthLimit = MaxRequest)]
public sealed class DossierModel(PortalSessions sessions, ComplementAnswers answers, TaskDesk tasks, TimeProvider clock) : SpacePage(sessions)
{
    private const long MaxRequest = 64L * 1024 * 1024;

    [BindProperty(SupportsGet = true)]
    public string Numero { get; set; } = "";

    [BindProperty]
    public List<ComplementAnswer> Answers { get; set; } = [];

    public Dossier Dossier { get; private set; } = null!;

    public string? OpcoName { get; private set; }

    public RefusalReason? Refusal { get; private set; }

    public Standing Standing { get; private set; } = null!;

    public IReadOnlyList<Complement> Open { get; private set; } = [];

    public IReadOnlyDictionary<string, DocumentType> Types { get; private set; } = new Dictionary<string, DocumentType>();

    public HumanTask? RemainderTask { get; private set; }

    public IReadOnlyList<PendingSignature> Signatures { get; private set; } = [];

    public IReadOnlyList<Document> Documents { get; private set; } = [];

    public IReadOnlyList<TimelineItem> Timeline { get; private set; } = [];

    public bool IsCompany => Viewer.StandsForCompany();

    /// <summary>The person looking is the one whom the dossier is about.</summary>
    public bool IsBeneficiary { get; private set; }

    public ConsultantHandover? Handover { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken))
        {
            return NotFound();
        }

        Answers = [.. Open.Select(x => new ComplementAnswer { Id = x.Id, Text = x.AnswerText })];
        return Page();
    }

    public async Task<IActionResult> OnPostComplementsAsync(CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken) || !IsCompany)
        {
            return NotFound();
        }

        // Only what is asked on this dossier can be answered, in the order in which it is shown.
        var typed = Answers.ToLookup(x => x.Id);
        Answers = [.. Open.Select(x => typed[x.Id].FirstOrDefault() ?? new ComplementAnswer { Id = x.Id })];
        var given = await ReadAsync(cancellationToken);
        ModelState.Clear();
        if (given.Count == 0)
        {
            ModelState.AddModelError("", "Répondez à un élément au moins.");
            return this.Invalid();
        }

        var result = await answers.SaveAsync(User, Dossier.Id, Open, given, cancellationToken);
        if (result.Refused.Count > 0)
        {
            // What was good is kept; only the rest is asked again.
            await LoadAsync(cancellationToken);
            var kept = Answers.ToDictionary(x => x.Id);
            Answers = [.. Open.Select(x => kept.GetValueOrDefault(x.Id) ?? new ComplementAnswer { Id = x.Id })];
            foreach (var (id, message) in result.Refused)
            {
                var at = Answers.FindIndex(x => x.Id == id);
                ModelState.AddModelError($"Answers[{at}].{(Open[at].Target == ComplementTarget.Document ? nameof(ComplementAnswer.File) : nameof(ComplementAnswer.Text))}", message);
            }

            return this.Invalid();
        }

        if (result.Repeated)
        {
            this.Flash("info", "Cette réponse était déjà enregistrée : rien n’a été envoyé une seconde fois.");
            return Back();
        }

        this.Flash("success", result.Complete ? "Merci, tout est répondu : nous reprenons votre dossier." : "Réponse enregistrée. Il reste des éléments à fournir.");
        return Back();
    }

    public async Task<IActionResult> OnPostResteAsync(string issue, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken) || !IsCompany)
        {
            return NotFound();
        }

        if (RemainderTask is not { } task)
        {
            this.Flash("info", "Cette réponse est déjà donnée.");
            return Back();
        }

        try
        {
            await tasks.CompleteAsync(task.Id, new CompleteTask(issue), User.Change(clock.GetUtcNow()), null, cancellationToken);
            this.Flash("success", $"Votre réponse est enregistrée : {issue.ToLowerInvariant()}.");
        }
        catch (TaskTakenException taken)
        {
            this.Flash("info", taken.Message);
        }
        catch (RuleBrokenException broken)
        {
            ModelState.AddModelError("", broken.Message);
            return this.Invalid();
        }

        return Back();
    }

    private LocalRedirectResult Back() => LocalRedirect($"~/espace/dossiers/{Dossier.Numero}");

    private async Task<List<GivenAnswer>> ReadAsync(CancellationToken cancellationToken)
    {
        var given = new List<GivenAnswer>();
        foreach (var answer in Answers)
        {
            var complement = Open.Single(x => x.Id == answer.Id);
            if (complement.Target == ComplementTarget.Field && !string.IsNullOrWhiteSpace(answer.Text))
            {
                given.Add(new GivenAnswer(answer.Id, answer.Text.Trim(), null, null));
            }
            else if (complement.Target == ComplementTarget.Document && answer.File is { } file)
            {
                // Read once: the transaction that stores it may be run again.
                using var memory = new MemoryStream();
                await file.CopyToAsync(memory, cancellationToken);
                given.Add(new GivenAnswer(answer.Id, null, file.FileName, memory.ToArray()));
            }
        }

        return given;
    }

    private async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(cancellationToken);
        var db = session.Db;
        if (await db.Dossiers.AsNoTracking().Include(x => x.TrainingBody).Include(x => x.Company).Include(x => x.Beneficiaires.OrderBy(b => b.Position)).FirstOrDefaultAsync(x => x.Numero == Numero, cancellationToken) is not { } dossier)
        {
            return false;
        }

        Dossier = dossier;
        OpcoName = await db.Opcos.Where(x => x.Slug == dossier.OpcoSlug).Select(x => x.Name).FirstOrDefaultAsync(cancellationToken);
        Refusal = await db.RefusalReasons.FirstOrDefaultAsync(x => x.Code == dossier.RefusalCode, cancellationToken);
        Types = await db.DocumentTypes.AsNoTracking().ToDictionaryAsync(x => x.Code, cancellationToken);
        Signatures = await PendingSignature.ListAsync(db, Viewer, dossier.Id, cancellationToken);
        Documents = await VisibleDocuments.OfDossierAsync(Viewer, db, dossier.Id, cancellationToken);
        IsBeneficiary = BeneficiaryOf.Is(Viewer, dossier);
        Handover = IsBeneficiary ? await session.Get<ConsultantHandovers>().PendingAsync(dossier.Id, cancellationToken) : null;
        if (IsCompany)
        {
            Open = await db.Complements.AsNoTracking().Where(x => x.DossierId == dossier.Id && (x.Status == ComplementStatus.Asked || x.Status == ComplementStatus.Rejected)).OrderBy(x => x.AskedAt).ThenBy(x => x.Id).ToListAsync(cancellationToken);
            RemainderTask = await db.HumanTasks.AsNoTracking().Where(x => x.DossierId == dossier.Id && x.Status == HumanTaskStatus.Open && x.Code == "accepter-reste").FirstOrDefaultAsync(cancellationToken);
            var events = await session.Get<DossierService>().TimelineAsync(dossier.Id, includeStaffOnly: false, cancellationToken);
            var visible = Documents.ToDictionary(x => x.Id);
            Timeline = [.. events.AsEnumerable().Reverse().Select(x => Line(x, visible))];
        }

        Standing = Standing.Of(dossier, Open.Count > 0);
        return true;
    }

    private static TimelineItem Line(DossierEvent line, Dictionary<Guid, Document> visible)
    {
        var (tone, icon) = line.Kind switch
        {
            DossierEventKinds.Created => ("info", "folder"),
            DossierEventKinds.ComplementsAsked => ("warning", "message-circle"),
            DossierEventKinds.ComplementAnswered or DossierEventKinds.ComplementAccepted => ("success", "check"),
            DossierEventKinds.Deposited => ("info", "upload"),
            DossierEventKinds.Decided => ("info", "flag"),
            DossierEventKinds.RemainderAccepted => ("success", "circle-check"),
            DossierEventKinds.DocumentAdded => ("neutral", "file-text"),
            DossierEventKinds.Signed => ("info", "writing"),
            DossierEventKinds.MailSent => ("neutral", "mail"),
            DossierEventKinds.StateChanged => ("neutral", "progress"),
            DossierEventKinds.TaskCompleted => ("info", "clipboard-check"),
            _ => ("neutral", "circle-dashed"),
        };
        return new TimelineItem(
            line.At, line.Text, line.ActorKind is ActorKind.Workflow or ActorKind.System ? "MonOPCO" : line.Actor, line.ActorKind is ActorKind.Bot or ActorKind.Workflow or ActorKind.System, tone, icon,
            Links: [.. line.DocumentIds.Where(visible.ContainsKey).Select(id => new TimelineLink(visible[id].Name, $"/espace/documents/{id}", "download"))]);
    }
}
