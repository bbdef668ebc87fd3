using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Pages.Dossiers;

/// <summary>The four questions asked of a dossier: who has it, what comes next, by when, what is missing.</summary>
public sealed record Situation(string Holder, string Next, DateTimeOffset? DueAt, IReadOnlyList<string> Missing, string? Url = null);

/// <summary>Reads a dossier's situation from what is open: tasks first, then complements, signatures, the OPCO, the machine.</summary>
public sealed class SituationReader(DossierPackage package)
{
    private static readonly DossierState[] Over = [DossierState.Refuse, DossierState.Clos, DossierState.Annule, DossierState.Abandonne, DossierState.Caduc, DossierState.RefusTacite, DossierState.Paye, DossierState.Suivi6Mois];

    public async Task<Situation> ReadAsync(Dossier dossier, IReadOnlyList<HumanTask> tasks, IReadOnlyList<SignatureRequest> signatures, IReadOnlyList<Complement> complements, CancellationToken cancellationToken)
    {
        var missing = await MissingAsync(dossier, signatures, complements, cancellationToken);
        if (tasks.OrderBy(x => x.DueAt).FirstOrDefault() is { } task)
        {
            var holder = task.AssigneeName ?? (task.CandidateCompanyId is not null ? $"L’entreprise, {dossier.Company!.Name}" : task.CandidateRole is { } role ? $"À prendre par un {Roles.Label(role).ToLowerInvariant()}" : "À prendre");
            return new Situation(holder, task.Title, task.DueAt >= HumanTask.NoDeadline ? null : task.DueAt, missing, $"/taches/{task.Id}");
        }

        var open = complements.Where(x => x.Status is ComplementStatus.Asked or ComplementStatus.Rejected).ToList();
        if (open.Count > 0 && dossier.State == DossierState.PiecesManquantes)
        {
            return new Situation($"L’entreprise, {dossier.Company!.Name}", $"Répondre à {Fr.Plural(open.Count, "complément")}", open.Min(x => x.DueOn) is { } due ? Fr.StartInParis(due.AddDays(1)).AddMinutes(-1) : null, missing);
        }

        var signers = signatures.Where(x => x.Status == SignatureRequestStatus.Pending).SelectMany(x => x.Signers.Where(s => s.Status is SignerStatus.Invited or SignerStatus.Viewed).Select(s => (Request: x, Signer: s))).ToList();
        if (signers.Count > 0)
        {
            var titles = signers.Select(x => x.Request.Title).Distinct();
            return new Situation(string.Join(", ", signers.Select(x => x.Signer.Name).Distinct()), $"Signer : {string.Join(", ", titles)}", signers.Min(x => x.Signer.ExpiresAt), missing);
        }

        return dossier.State switch
        {
            DossierState.Depose or DossierState.EnInstruction => new Situation("L’OPCO", "Attendre sa décision", null, missing),
            _ when Over.Contains(dossier.State) => new Situation("Personne", "Rien : ce dossier est terminé", null, []),
            DossierState.Accorde => new Situation("L’entreprise et l’organisme", $"Commencer le {Fr.Date(dossier.StartDate)}", null, missing),
            DossierState.Planifie => new Situation("L’entreprise et l’organisme", $"Commencer le {Fr.Date(dossier.StartDate)}", null, missing),
            _ => new Situation("La procédure", "Elle travaille : documents, courriels ou robot", null, missing),
        };
    }

    private async Task<IReadOnlyList<string>> MissingAsync(Dossier dossier, IReadOnlyList<SignatureRequest> signatures, IReadOnlyList<Complement> complements, CancellationToken cancellationToken)
    {
        var missing = new List<string>();
        if (dossier.OpcoSlug is null)
        {
            missing.Add("L’OPCO est à déterminer");
        }
        else if (dossier.OpcoConfidence is OpcoConfidence.AConfirmer or OpcoConfidence.Inconnue && dossier.FiledAt is null)
        {
            missing.Add("L’OPCO est à confirmer");
        }

        if (dossier.Company!.IsDegraded)
        {
            missing.Add("La fiche de l’entreprise sera complétée quand le registre répondra");
        }

        missing.AddRange(complements.Where(x => x.Status is ComplementStatus.Asked or ComplementStatus.Rejected).Select(x => $"Complément : {x.Label}"));
        missing.AddRange(signatures.Where(x => x.Status == SignatureRequestStatus.Pending)
            .SelectMany(x => x.Signers.Where(s => s.Status is SignerStatus.Waiting or SignerStatus.Invited or SignerStatus.Viewed).Select(s => $"Signature de {s.Name} : {x.Title}")));
        if (DossierStates.Group(dossier.State) == DossierGroup.Brouillon && dossier.FiledAt is null && dossier.Circuit != PaymentCircuit.FondsPropres)
        {
            missing.AddRange((await package.ContentAsync(dossier.Id, cancellationToken)).Missing.Select(x => $"Pièce du dépôt : {x.Label}"));
        }

        return missing;
    }
}
