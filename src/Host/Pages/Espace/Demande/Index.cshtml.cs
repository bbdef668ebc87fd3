using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Demande;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Espace.Demande;

/// <summary>A further request of a company that is already known.</summary>
[Authorize(Policies.Company)]
public sealed class IndexModel(PortalSessions sessions, RequestDrafts drafts) : SpacePage(sessions)
{
    [BindProperty, Display(Name = "Vous voulez financer")]
    public DossierKind Type { get; set; } = DossierKind.Bilan;

    [BindProperty, Display(Name = "Date de début"), Required(ErrorMessage = "Indiquez la date de début prévue.")]
    public DateOnly? Debut { get; set; }

    public Company Company { get; private set; } = null!;

    public IReadOnlyList<RequestDraft> Drafts { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => await LoadAsync(cancellationToken) ? Page() : LocalRedirect("~/");

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!await LoadAsync(cancellationToken))
        {
            return LocalRedirect("~/");
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        var draft = await drafts.CreateAsync(User, Company, Type, Debut, cancellationToken);
        return LocalRedirect($"~/demande/{draft.Id}/beneficiaires");
    }

    // An account without company proves one first, on the public page.
    private async Task<bool> LoadAsync(CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(cancellationToken);
        if (User.CompanyId() is not { } id || await session.Db.Companies.FindAsync([id], cancellationToken) is not { } company)
        {
            return false;
        }

        Company = company;
        Drafts = await drafts.UnfinishedAsync(User, cancellationToken);
        return true;
    }
}
