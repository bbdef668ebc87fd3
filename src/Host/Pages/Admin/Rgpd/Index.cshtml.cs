using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Privacy;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Infrastructure.TagHelpers;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Admin.Rgpd;

/// <summary>Personal data, as the controller must see them: requests with their delay, erasures, purges, consents, the schedule and the register.</summary>
[Authorize(Policies.Administration)]
public sealed class IndexModel(MonOpcoDbContext database, PrivacyService privacy, RuleBook rules, TimeProvider clock) : PageModel
{
    [BindProperty]
    public NewRequest Input { get; set; } = new();

    /// <summary>Address whose consents are looked for.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Personne { get; set; }

    public DateOnly Today { get; private set; }

    public IReadOnlyList<PersonRequest> Requests { get; private set; } = [];

    public IReadOnlyList<Erasure> Erasures { get; private set; } = [];

    public IReadOnlyList<PurgePlan> Purges { get; private set; } = [];

    public IReadOnlyList<Consent> Consents { get; private set; } = [];

    public IReadOnlyList<ProcessingRecord> Records { get; private set; } = [];

    public IReadOnlyList<(RetentionClass Class, Rule? Rule)> Schedule { get; private set; } = [];

    public Task OnGetAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    /// <summary>A request that came by letter, mail or telephone.</summary>
    public async Task<IActionResult> OnPostDemandeAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid)
        {
            await LoadAsync(cancellationToken);
            return this.Invalid();
        }

        var request = await privacy.AskAsync(Input.Adresse!, Input.Nom!.Trim(), Input.Droit!.Value, Input.Texte ?? "", User.Change(clock.GetUtcNow(), "Demande reçue hors de l’application"), cancellationToken);
        this.Flash("success", $"La demande est inscrite ; réponse due le {Fr.Date(request.DueOn)}.");
        return Redirect($"/admin/rgpd/demandes/{request.Id}");
    }

    /// <summary>The register as a file, for the supervisory authority.</summary>
    public async Task<IActionResult> OnGetRegistreAsync(CancellationToken cancellationToken) => Csv.File(
        ["Traitement", "Finalité", "Base légale", "Personnes concernées", "Catégories de données", "Destinataires", "Durée de conservation", "Mesures de sécurité", "Transferts", "Mis à jour le"],
        (await database.ProcessingRecords.AsNoTracking().OrderBy(x => x.Position).ToListAsync(cancellationToken))
            .Select(x => new[] { x.Name, x.Purpose, x.LegalBasis, x.People, x.Categories, x.Recipients, x.Retention, x.Security, x.Transfers, x.UpdatedAt is { } at ? Fr.DateTime(at) : "" }),
        "registre-des-traitements.csv");

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        Today = Fr.InParis(clock.GetUtcNow());
        Requests = await database.PersonRequests.AsNoTracking().OrderBy(x => x.Status != PersonRequestStatus.Open).ThenBy(x => x.Status == PersonRequestStatus.Open ? x.DueOn : DateOnly.MaxValue).ThenByDescending(x => x.ReceivedAt).Take(30).ToListAsync(cancellationToken);
        Erasures = await database.Erasures.AsNoTracking().OrderByDescending(x => x.At).Take(20).ToListAsync(cancellationToken);
        Purges = await database.PurgePlans.AsNoTracking().OrderByDescending(x => x.PreparedAt).Take(12).ToListAsync(cancellationToken);
        Records = await database.ProcessingRecords.AsNoTracking().OrderBy(x => x.Position).ToListAsync(cancellationToken);
        var key = SearchText.EmailKey(Personne);
        Consents = key.Length == 0 ? [] : await database.Consents.AsNoTracking().Where(x => x.PersonKey == key).OrderByDescending(x => x.GivenAt).ToListAsync(cancellationToken);
        var schedule = new List<(RetentionClass, Rule?)>();
        foreach (var entry in RetentionClasses.All)
        {
            schedule.Add((entry, await rules.FindAsync(RetentionClasses.Rule(entry.Code), Today, cancellationToken)));
        }

        Schedule = schedule;
    }

    public sealed class NewRequest
    {
        [Display(Name = "Adresse de la personne"), Required(ErrorMessage = "Indiquez l’adresse de la personne."), EmailAddress(ErrorMessage = "Cette adresse n’a pas la bonne forme."), StringLength(254)]
        public string? Adresse { get; set; }

        [Display(Name = "Nom"), Required(ErrorMessage = "Indiquez le nom de la personne."), StringLength(120)]
        public string? Nom { get; set; }

        [Display(Name = "Droit exercé"), Required(ErrorMessage = "Choisissez le droit exercé.")]
        public PersonRequestKind? Droit { get; set; }

        [Display(Name = "Ce qu’elle demande"), StringLength(2000)]
        public string? Texte { get; set; }
    }
}

/// <summary>How requests and purges are shown.</summary>
public static class PrivacyLook
{
    public static StatusLook Of(PersonRequest request, DateOnly today) => request.Status switch
    {
        PersonRequestStatus.Open => StatusLook.Deadline(request.DueOn, today),
        PersonRequestStatus.Done => new("Traitée", "success", "circle-check"),
        PersonRequestStatus.Refused => new("Refusée", "neutral", "circle-x"),
        _ => throw new ArgumentOutOfRangeException(nameof(request)),
    };

    public static StatusLook Of(PurgePlanStatus status) => status switch
    {
        PurgePlanStatus.Prepared => new("À valider", "waiting", "hourglass"),
        PurgePlanStatus.Approved => new("En cours", "info", "progress"),
        PurgePlanStatus.Refused => new("Refusée", "neutral", "circle-x"),
        PurgePlanStatus.Done => new("Faite", "success", "circle-check"),
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}
