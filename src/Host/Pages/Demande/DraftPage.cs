using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Host.Pages.Shared;

namespace MonOPCO.Host.Pages.Demande;

/// <summary>A step of the wizard: the draft of its author (404 for anybody else), already sent drafts lead to their dossier.</summary>
[Authorize(Policies.Company)]
public abstract class DraftPage(RequestDrafts drafts, MonOpcoDbContext database) : PageModel
{
    public static Steps StepsAt(int current) => new(current, "Personnes", "Action", "Vérification");

    [BindProperty(SupportsGet = true)]
    public Guid Brouillon { get; set; }

    public RequestDraft Draft { get; private set; } = null!;

    public RequestForm Form { get; private set; } = null!;

    public Company Company { get; private set; } = null!;

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var cancellationToken = context.HttpContext.RequestAborted;
        if (await drafts.FindAsync(User, Brouillon, cancellationToken) is not { } draft)
        {
            context.Result = NotFound();
            return;
        }

        if (draft.SentAs is { } numero)
        {
            this.Flash("info", $"Cette demande est déjà envoyée : voici le dossier {numero}.");
            context.Result = LocalRedirect($"~/espace/dossiers/{numero}");
            return;
        }

        Draft = draft;
        Form = RequestForm.Read(draft);
        Company = (await database.Companies.FindAsync([draft.CompanyId], cancellationToken))!;
        await next();
    }

    protected Task SaveAsync(CancellationToken cancellationToken) => drafts.SaveAsync(User, Draft.Id, Form, cancellationToken);

    protected LocalRedirectResult Step(string name, string? anchor = null) => LocalRedirect($"~/demande/{Draft.Id}/{name}{anchor}");
}
