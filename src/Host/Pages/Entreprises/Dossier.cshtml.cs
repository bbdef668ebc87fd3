using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Activities.Dossiers;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Demande;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Entreprises;

/// <summary>An operator opens a dossier for a company that asked by telephone or mail: the same fields and checks as the company's own request, on one page.</summary>
[Authorize(Policies.Operators)]
public sealed class DossierModel(MonOpcoDbContext database, RequestDesk desk, TimeProvider clock) : PageModel
{
    private const int Most = 50;

    public Company Company { get; private set; } = null!;

    public IReadOnlyList<TrainingBody> Bodies { get; private set; } = [];

    [BindProperty(SupportsGet = true), Display(Name = "Type d’action")]
    public DossierKind Type { get; set; } = DossierKind.Bilan;

    [BindProperty]
    public ActionForm Action { get; set; } = new();

    [BindProperty]
    public List<PersonForm> People { get; set; } = [];

    [BindProperty, Display(Name = "Contact dans l’entreprise")]
    public string? ContactName { get; set; }

    [BindProperty, Display(Name = "Son adresse électronique")]
    public string? ContactEmail { get; set; }

    [BindProperty, Display(Name = "Son téléphone")]
    public string? ContactPhone { get; set; }

    public IEnumerable<SelectListItem> BodyItems => Bodies.Select(x => new SelectListItem($"{x.Name} – NDA {x.Nda}", x.Id.ToString()));

    public async Task<IActionResult> OnGetAsync(string siret, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(siret, cancellationToken))
        {
            return NotFound();
        }

        People = [new()];
        Action.Title = Type == DossierKind.Bilan ? "Bilan de compétences" : null;
        Action.TrainingBody = Bodies.Count == 1 ? Bodies[0].Id.ToString() : null;
        if (await database.Set<CompanyContact>().AsNoTracking().FirstOrDefaultAsync(x => x.CompanyId == Company.Id && x.IsMain, cancellationToken) is { } main)
        {
            (ContactName, ContactEmail, ContactPhone) = ($"{main.FirstName} {main.LastName}", main.Email, main.Phone);
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAjouterAsync(string siret, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(siret, cancellationToken))
        {
            return NotFound();
        }

        ModelState.Clear();
        if (People.Count < Most)
        {
            People.Add(new());
        }

        return Page();
    }

    public async Task<IActionResult> OnPostRetirerAsync(string siret, int index, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(siret, cancellationToken))
        {
            return NotFound();
        }

        ModelState.Clear();
        if (index >= 0 && index < People.Count && People.Count > 1)
        {
            People.RemoveAt(index);
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string siret, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(siret, cancellationToken))
        {
            return NotFound();
        }

        var today = Fr.InParis(clock.GetUtcNow());
        BeneficiairesModel.CheckAll(ModelState, People, today);
        Action.Check(ModelState, "Action.", today, [.. Bodies]);
        Typed.Require(ModelState, nameof(ContactName), ContactName, "Indiquez qui suit ce dossier dans l’entreprise.", 150);
        if (Typed.Require(ModelState, nameof(ContactEmail), ContactEmail, "Indiquez l’adresse à laquelle l’entreprise recevra les messages.", 254) && !Typed.IsEmail(ContactEmail))
        {
            ModelState.AddModelError(nameof(ContactEmail), "Indiquez une adresse complète, par exemple nom@exemple.fr.");
        }

        if (!Company.IsOpen || Company.ArchivedAt is not null)
        {
            ModelState.AddModelError("", Company.IsOpen ? "Cette entreprise est archivée : sortez-la des archives avant d’ouvrir un dossier." : "Cet établissement est fermé au registre : aucune demande n’est possible avec ce SIRET.");
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        try
        {
            var form = new RequestForm { Action = Action, People = People, ContactName = ContactName, ContactPhone = ContactPhone };
            var created = await desk.OpenAsync(form.ToCommand(Type, Company.Id, ContactEmail!.Trim()), User.Change(clock.GetUtcNow()), cancellationToken);
            this.Flash(created.AlreadyExisted ? "info" : "success", created.AlreadyExisted ? "Cette demande existait déjà : voici son dossier. Rien n’a été créé une seconde fois." : $"Le dossier {created.Dossier.Numero} est ouvert.");
            return LocalRedirect($"~/dossiers/{created.Dossier.Numero}");
        }
        catch (RuleBrokenException broken)
        {
            ModelState.AddModelError("", broken.Message);
            return this.Invalid();
        }
    }

    private async Task<bool> LoadAsync(string siret, CancellationToken cancellationToken)
    {
        if (await database.Companies.AsNoTracking().FirstOrDefaultAsync(x => x.Siret == siret, cancellationToken) is not { } company)
        {
            return false;
        }

        Company = company;
        Bodies = await ActionModel.BodiesFor(database, Type, cancellationToken);
        return true;
    }
}
