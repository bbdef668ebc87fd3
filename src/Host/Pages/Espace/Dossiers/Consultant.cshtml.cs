using Microsoft.AspNetCore.Mvc;
using MonOPCO.Domain.Bilans;
using MonOPCO.Domain.Data;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Espace.Dossiers;

/// <summary>The beneficiary agrees, or not, to a new consultant. Before that answer nobody but the beneficiary reads the bilan.</summary>
public sealed class ConsultantModel(PortalSessions sessions, TimeProvider clock) : BeneficiaryPage(sessions)
{
    public IReadOnlyList<ConsultantHandover> Handovers { get; private set; } = [];

    public ConsultantHandover? Pending => Handovers.FirstOrDefault(x => x.IsPending);

    [BindProperty]
    public Guid Proposition { get; set; }

    [BindProperty]
    public bool Accord { get; set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(cancellationToken);
        Handovers = await session.Get<ConsultantHandovers>().OfDossierAsync(Dossier.Id, cancellationToken);
    }

    public async Task<IActionResult> OnPostAccepterAsync(CancellationToken cancellationToken)
    {
        if (Accord)
        {
            return await AnswerAsync(true, cancellationToken);
        }

        ModelState.AddModelError(nameof(Accord), "Cochez la case pour donner votre accord.");
        await OnGetAsync(cancellationToken);
        return this.Invalid();
    }

    public Task<IActionResult> OnPostRefuserAsync(CancellationToken cancellationToken) => AnswerAsync(false, cancellationToken);

    private async Task<IActionResult> AnswerAsync(bool accepted, CancellationToken cancellationToken)
    {
        await using (var session = await OpenAsync(cancellationToken))
        {
            if (await session.Get<ConsultantHandovers>().AnswerAsync(Proposition, accepted, User.Change(clock.GetUtcNow()), cancellationToken))
            {
                await session.CommitAsync(cancellationToken);
                this.Flash("success", accepted ? "Votre accord est enregistré. Votre nouveau consultant accède maintenant à votre bilan." : "Votre refus est enregistré. Personne d’autre que vous n’accède à votre bilan ; nous vous proposerons quelqu’un d’autre.");
            }
            else
            {
                this.Flash("info", "Cette proposition n’attend plus de réponse.");
            }
        }

        return LocalRedirect($"~/espace/dossiers/{Dossier.Numero}/consultant");
    }
}
