using Microsoft.AspNetCore.Mvc;
using MonOPCO.Domain.Data;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Espace.Dossiers;

/// <summary>
/// « Ce que voit mon employeur »: the employer's own page (<see cref="DossierModel"/>) in a portal session of the company. Nothing is rebuilt for the occasion, so it
/// cannot show less than the truth; nothing of it can be sent.
/// </summary>
public sealed class EmployeurModel(PortalSessions sessions, IServiceProvider services) : BeneficiaryPage(sessions)
{
    /// <summary>Null: the employer sees nothing of this dossier.</summary>
    public DossierModel? Seen { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var seen = ActivatorUtilities.CreateInstance<DossierModel>(services);
        (seen.PageContext, seen.Numero) = (PageContext, Dossier.Numero);
        seen.LookAs(SessionClaims.AsCompany(Dossier.CompanyId, Dossier.Company!.Name));
        Seen = await seen.OnGetAsync(cancellationToken) is NotFoundResult ? null : seen;
    }
}
