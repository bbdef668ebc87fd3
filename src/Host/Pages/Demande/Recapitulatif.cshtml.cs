using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using MonOPCO.Activities.Dossiers;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Public;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Demande;

public sealed class RecapitulatifModel(RequestDrafts drafts, MonOpcoDbContext database, FundingAnswers answers, RequestDesk desk, TimeProvider clock) : DraftPage(drafts, database)
{
    private readonly MonOpcoDbContext _database = database;
    private readonly RequestDrafts _drafts = drafts;

    [BindProperty, Display(Name = "Contact dans l’entreprise"), StringLength(150)]
    public string? ContactName { get; set; }

    [BindProperty, Display(Name = "Téléphone"), StringLength(30)]
    public string? ContactPhone { get; set; }

    public TrainingBody Body { get; private set; } = null!;

    public FundingAnswer Funding { get; private set; } = null!;

    /// <summary>What the company would pay itself if the OPCO granted its whole ceiling.</summary>
    public decimal? Remainder => Funding.Estimate is { AboveThreshold: false, Ceiling: { } ceiling } ? Math.Max(0, Typed.Amount(Form.Action.Cost)!.Value - ceiling) : null;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        (ContactName, ContactPhone) = (Form.ContactName, Form.ContactPhone);
        return await MissingAsync(cancellationToken) ?? Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        (Form.ContactName, Form.ContactPhone) = (ContactName, ContactPhone);
        await SaveAsync(cancellationToken);
        if (await MissingAsync(cancellationToken) is { } step)
        {
            return step;
        }

        Typed.Require(ModelState, nameof(ContactName), ContactName, "Indiquez qui suit ce dossier dans l’entreprise.", 150);
        if (!Company.IsOpen)
        {
            ModelState.AddModelError("", "Cet établissement est fermé au registre : aucune demande n’est possible avec ce SIRET.");
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        try
        {
            var created = await desk.OpenAsync(Form.ToCommand(Draft.Kind, Draft.CompanyId, User.Email()), User.Change(clock.GetUtcNow()), cancellationToken);
            var numero = created.Dossier.Numero;
            await _drafts.CloseAsync(User, Draft.Id, numero, cancellationToken);
            this.Flash(
                created.AlreadyExisted ? "info" : "success",
                created.AlreadyExisted ? $"Vous aviez déjà fait cette demande : voici le dossier {numero}. Rien n’a été envoyé une seconde fois." : $"Votre demande est envoyée : dossier {numero}. Nous la relisons sous un jour ouvré.");
            return LocalRedirect($"~/espace/dossiers/{numero}");
        }
        catch (RuleBrokenException broken)
        {
            ModelState.AddModelError("", broken.Message);
            return this.Invalid();
        }
    }

    /// <summary>The first step that is not complete, or null when everything can be shown and sent.</summary>
    private async Task<IActionResult?> MissingAsync(CancellationToken cancellationToken)
    {
        var today = Fr.InParis(clock.GetUtcNow());
        var errors = new Microsoft.AspNetCore.Mvc.ModelBinding.ModelStateDictionary();
        BeneficiairesModel.CheckAll(errors, Form.People, today);
        if (!errors.IsValid)
        {
            return Step("beneficiaires");
        }

        var bodies = await ActionModel.BodiesFor(_database, Draft.Kind, cancellationToken);
        Form.Action.Check(errors, "", today, bodies);
        if (!errors.IsValid)
        {
            return Step("action");
        }

        Body = bodies.Single(x => x.Id.ToString() == Form.Action.TrainingBody);
        Funding = await answers.MakeAsync(Company, Draft.Kind, Typed.Date(Form.Action.Start)!.Value, cancellationToken, Typed.Amount(Form.Action.Hours), Form.People.Count);
        return null;
    }
}
