using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Mails;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.Permissions;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Entreprises;

/// <summary>What is typed of a contact; bound under the prefix <c>Contact</c>.</summary>
public sealed class ContactForm
{
    public Guid? Id { get; set; }

    [Display(Name = "Prénom"), Required(ErrorMessage = "Indiquez le prénom."), StringLength(100)]
    public string? FirstName { get; set; }

    [Display(Name = "Nom"), Required(ErrorMessage = "Indiquez le nom."), StringLength(100)]
    public string? LastName { get; set; }

    [Display(Name = "Fonction"), StringLength(150)]
    public string? Job { get; set; }

    [Display(Name = "Adresse électronique"), EmailAddress(ErrorMessage = "Indiquez une adresse complète, par exemple nom@exemple.fr."), StringLength(254)]
    public string? Email { get; set; }

    [Display(Name = "Téléphone"), StringLength(40)]
    public string? Phone { get; set; }

    [Display(Name = "Contact principal")]
    public bool IsMain { get; set; }
}

/// <summary>A company's sheet: who it is, whom we talk to, its dossiers and what it obtained, mails, notes.</summary>
[Authorize(Policies.DossiersView)]
public sealed class EntrepriseModel(MonOpcoDbContext database, CompanyDirectory directory, CompanyFile file, IAuthorizationService authorization, TimeProvider clock) : PageModel
{
    private const int Shown = 20;

    public Company Company { get; private set; } = null!;

    public Opco? Opco { get; private set; }

    public string? NafLabel { get; private set; }

    public CompanyGroup? Group { get; private set; }

    public CompanyStatistics Statistics { get; private set; } = CompanyStatistics.None;

    public IReadOnlyList<Dossier> Dossiers { get; private set; } = [];

    public IReadOnlyList<CompanyContact> Contacts { get; private set; } = [];

    public IReadOnlyList<CompanyNote> Notes { get; private set; } = [];

    public IReadOnlyList<SentMail> Mails { get; private set; } = [];

    public IReadOnlyList<PossibleDuplicate> Duplicates { get; private set; } = [];

    public DateTimeOffset? LastInteraction { get; private set; }

    public bool MayAct { get; private set; }

    [BindProperty]
    public ContactForm Contact { get; set; } = new();

    [BindProperty, Display(Name = "Note interne"), StringLength(4000)]
    public string? Note { get; set; }

    [BindProperty, Display(Name = "Groupe"), StringLength(150)]
    public string? GroupName { get; set; }

    public CompanyContact? Main => Contacts.FirstOrDefault(x => x.IsMain);

    public async Task<IActionResult> OnGetAsync(string siret, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(siret, cancellationToken))
        {
            return NotFound();
        }

        if (Company.MergedIntoId is { } into && await database.Companies.Where(x => x.Id == into).Select(x => x.Siret).FirstOrDefaultAsync(cancellationToken) is { } target)
        {
            this.Flash("info", $"La fiche {Company.Name} ({Company.Siret}) a été fusionnée avec celle-ci.");
            return RedirectToPage(new { siret = target });
        }

        return Page();
    }

    [Requires(Policies.Operators)]
    public Task<IActionResult> OnPostContactAsync(string siret, CancellationToken cancellationToken) => ActAsync(siret, nameof(Contact), async change =>
    {
        await file.SaveContactAsync(
            Company.Id, new SaveContact(Contact.LastName!, Contact.FirstName!) { Id = Contact.Id, Job = Contact.Job ?? "", Email = Contact.Email ?? "", Phone = Contact.Phone ?? "", IsMain = Contact.IsMain }, change, cancellationToken);
        return "Le contact est enregistré.";
    }, cancellationToken);

    [Requires(Policies.Operators)]
    public Task<IActionResult> OnPostRetirerAsync(string siret, Guid contact, CancellationToken cancellationToken) => ActAsync(siret, null, async change =>
        await file.RemoveContactAsync(Company.Id, contact, change, cancellationToken) ? "Le contact est retiré." : "Ce contact était déjà retiré.", cancellationToken);

    [Requires(Policies.Operators)]
    public Task<IActionResult> OnPostNoteAsync(string siret, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(Note))
        {
            ModelState.AddModelError(nameof(Note), "Écrivez la note avant de l’enregistrer.");
        }

        return ActAsync(siret, nameof(Note), async change =>
        {
            await file.AddNoteAsync(Company.Id, Note!, change, cancellationToken);
            return "La note est enregistrée.";
        }, cancellationToken);
    }

    [Requires(Policies.Operators)]
    public Task<IActionResult> OnPostGroupeAsync(string siret, CancellationToken cancellationToken) => ActAsync(siret, nameof(GroupName), async change =>
    {
        await file.SetGroupAsync(Company.Id, GroupName, change, cancellationToken);
        return string.IsNullOrWhiteSpace(GroupName) ? "L’entreprise n’est plus dans un groupe." : $"L’entreprise est dans le groupe {GroupName.Trim()}.";
    }, cancellationToken);

    [Requires(Policies.Operators)]
    public Task<IActionResult> OnPostArchiverAsync(string siret, bool archive, CancellationToken cancellationToken) => ActAsync(siret, null, async change =>
    {
        await file.ArchiveAsync(Company.Id, archive, change, cancellationToken);
        return archive ? "L’entreprise est archivée." : "L’entreprise n’est plus archivée.";
    }, cancellationToken);

    // Only the fields of the pressed form count: the page has several.
    private async Task<IActionResult> ActAsync(string siret, string? form, Func<Domain.Audit.ChangeContext, Task<string>> act, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(siret, cancellationToken))
        {
            return NotFound();
        }

        foreach (var key in ModelState.Keys.Where(x => form is null || (x != form && !x.StartsWith(form + ".", StringComparison.Ordinal))).ToList())
        {
            ModelState.Remove(key);
        }

        if (ModelState.IsValid)
        {
            try
            {
                this.Flash("success", await act(User.Change(clock.GetUtcNow())));
                return RedirectToPage(new { siret });
            }
            catch (RuleBrokenException broken)
            {
                ModelState.AddModelError("", broken.Message);
            }
        }

        return this.Invalid();
    }

    private async Task<bool> LoadAsync(string siret, CancellationToken cancellationToken)
    {
        if (await database.Companies.AsNoTracking().FirstOrDefaultAsync(x => x.Siret == siret, cancellationToken) is not { } company)
        {
            return false;
        }

        Company = company;
        MayAct = (await authorization.AuthorizeAsync(User, Policies.Operators)).Succeeded;
        Opco = company.OpcoSlug is { } slug ? await database.Opcos.AsNoTracking().SingleAsync(x => x.Slug == slug, cancellationToken) : null;
        Group = company.GroupId is { } group ? await database.Set<CompanyGroup>().AsNoTracking().SingleAsync(x => x.Id == group, cancellationToken) : null;
        GroupName ??= Group?.Name;
        Statistics = await directory.StatisticsAsync(company.Id, cancellationToken);
        Dossiers = await database.Dossiers.AsNoTracking().Where(x => x.CompanyId == company.Id).OrderByDescending(x => x.CreatedAt).Take(Shown).ToListAsync(cancellationToken);
        Contacts = await database.Set<CompanyContact>().AsNoTracking().Where(x => x.CompanyId == company.Id).OrderByDescending(x => x.IsMain).ThenBy(x => x.LastName).ToListAsync(cancellationToken);
        Notes = await database.Set<CompanyNote>().AsNoTracking().Where(x => x.CompanyId == company.Id).OrderByDescending(x => x.At).Take(Shown).ToListAsync(cancellationToken);
        Mails = await directory.MailsAsync(company.Id, Shown, cancellationToken);
        Duplicates = company.MergedIntoId is null ? await directory.DuplicatesAsync(company, cancellationToken) : [];
        LastInteraction = await directory.LastInteractionAsync(company.Id, cancellationToken);
        NafLabel = company.Naf is { } naf ? NafTitles.Find(naf) : null;
        return true;
    }
}
