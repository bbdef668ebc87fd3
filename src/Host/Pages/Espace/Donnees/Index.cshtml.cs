using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Privacy;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.Privacy;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Espace.Donnees;

/// <summary>« Mes données »: see, take along, consent and withdraw, ask. Everything by the session's own verified address.</summary>
public sealed class IndexModel(MonOpcoDbContext database, PrivacyService privacy, PersonalData data, TimeProvider clock) : PageModel
{
    [BindProperty]
    public Ask Input { get; set; } = new();

    public PersonSummary Summary { get; private set; } = null!;

    public IReadOnlyList<Beneficiaire> Lines { get; private set; } = [];

    public IReadOnlyList<Consent> Consents { get; private set; } = [];

    public IReadOnlyList<PersonRequest> Requests { get; private set; } = [];

    /// <summary>What may be consented to and is not.</summary>
    public IEnumerable<KeyValuePair<string, (string Label, string Version, string Wording)>> Offers => ConsentPurposes.All.Where(x => Consents.All(c => c.Purpose != x.Key || c.WithdrawnAt is not null) && (x.Key != ConsentPurposes.KeepSynthesis || Lines.Count > 0));

    private string Key => SearchText.EmailKey(User.Email());

    public Task OnGetAsync(CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    public IActionResult OnGetTelecharger() => new PersonalDataFile(data, Key, true, $"mes-donnees-{Fr.InParis(clock.GetUtcNow()):yyyy-MM-dd}.zip");

    public async Task<IActionResult> OnPostAccorderAsync(string objet, CancellationToken cancellationToken)
    {
        if (!ConsentPurposes.All.ContainsKey(objet ?? ""))
        {
            return NotFound();
        }

        await privacy.GiveAsync(Key, objet!, "par la personne, dans son espace", null, User.Change(clock.GetUtcNow()), cancellationToken);
        this.Flash("success", "Votre accord est enregistré ; vous pouvez le retirer ici à tout moment.");
        return Redirect("/espace/mes-donnees#consentements");
    }

    public async Task<IActionResult> OnPostRetirerAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!await privacy.WithdrawAsync(id, Key, User.Change(clock.GetUtcNow()), cancellationToken))
        {
            return NotFound();
        }

        this.Flash("success", "Votre accord est retiré.");
        return Redirect("/espace/mes-donnees#consentements");
    }

    public async Task<IActionResult> OnPostDemandeAsync(CancellationToken cancellationToken)
    {
        if (ModelState.IsValid && Input.Droit == PersonRequestKind.Rectification && string.IsNullOrWhiteSpace(Input.Texte))
        {
            ModelState.AddModelError("Input.Texte", "Dites ce qui est faux et ce qu’il faut écrire.");
        }

        if (!ModelState.IsValid)
        {
            await LoadAsync(cancellationToken);
            return this.Invalid();
        }

        var request = await privacy.AskAsync(Key, User.ShownName(), Input.Droit!.Value, Input.Texte ?? "", User.Change(clock.GetUtcNow()), cancellationToken);
        this.Flash("success", $"Votre demande est enregistrée ; vous aurez une réponse au plus tard le {Fr.Date(request.DueOn)}.");
        return Redirect("/espace/mes-donnees#demandes");
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var key = Key;
        Summary = await data.SummaryAsync(key, cancellationToken);
        Lines = await database.Beneficiaires.AsNoTracking().Where(x => x.EmailKey == key).OrderByDescending(x => x.Id).ToListAsync(cancellationToken);
        Consents = await database.Consents.AsNoTracking().Where(x => x.PersonKey == key).OrderByDescending(x => x.GivenAt).ToListAsync(cancellationToken);
        Requests = await database.PersonRequests.AsNoTracking().Where(x => x.PersonKey == key).OrderByDescending(x => x.ReceivedAt).ToListAsync(cancellationToken);
    }

    public sealed class Ask
    {
        [Display(Name = "Ce que vous demandez"), Required(ErrorMessage = "Choisissez ce que vous demandez.")]
        public PersonRequestKind? Droit { get; set; }

        [Display(Name = "Précisions"), StringLength(2000, ErrorMessage = "Au plus 2 000 caractères.")]
        public string? Texte { get; set; }
    }
}
