using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Demo;

/// <summary>The demonstration bar for the roles outside Netz. The newcomer plays everybody, so a signature is found by the part one plays, not by one's address.</summary>
internal static class PortalNextAction
{
    public static async Task<NextStep?> FindAsync(MonOpcoDbContext database, ClaimsPrincipal person, CancellationToken cancellationToken)
    {
        var company = person.CompanyId();
        if (person.IsInRole(Roles.Entreprise))
        {
            if (company is null)
            {
                return new NextStep("Faire une première demande", "Donnez un SIRET fictif, puis suivez le lien reçu par courriel.", "/", null);
            }

            if (await TaskAsync(database, company.Value, cancellationToken) is { } task)
            {
                return task;
            }

            var complement = await database.Complements.AsNoTracking().Where(x => x.CompanyId == company && (x.Status == ComplementStatus.Asked || x.Status == ComplementStatus.Rejected))
                .OrderBy(x => x.AskedAt).Join(database.Dossiers, x => x.DossierId, d => d.Id, (x, d) => new { x.Label, d.Numero }).FirstOrDefaultAsync(cancellationToken);
            if (complement is not null)
            {
                return new NextStep($"Répondre : {complement.Label}", "", $"/espace/dossiers/{complement.Numero}#complements", null);
            }
        }

        var role = person.IsInRole(Roles.Entreprise) ? SignerRole.Entreprise : person.IsInRole(Roles.Beneficiaire) ? SignerRole.Beneficiaire : SignerRole.Organisme;
        var signer = await database.Signers.AsNoTracking()
            .Where(x => x.Role == role && (x.Status == SignerStatus.Invited || x.Status == SignerStatus.Viewed) && x.Request!.Status == SignatureRequestStatus.Pending && (role != SignerRole.Entreprise || x.CompanyId == company))
            .OrderBy(x => x.InvitedAt).Select(x => new { x.Id, x.Request!.Title, x.Name, x.ExpiresAt }).FirstOrDefaultAsync(cancellationToken);
        if (signer is not null)
        {
            return new NextStep($"Signer {signer.Title} ({signer.Name})", "", $"/demonstration/signature/{signer.Id}", signer.ExpiresAt);
        }

        return person.IsInRole(Roles.Entreprise) && !await database.Dossiers.AnyAsync(x => x.CompanyId == company, cancellationToken) ? new NextStep("Faire une demande", "", "/espace/demande", null) : null;
    }

    private static async Task<NextStep?> TaskAsync(MonOpcoDbContext database, Guid company, CancellationToken cancellationToken)
    {
        var task = await database.HumanTasks.AsNoTracking().Where(x => x.Status == HumanTaskStatus.Open && x.CandidateCompanyId == company)
            .OrderBy(x => x.DueAt).Join(database.Dossiers, x => x.DossierId, d => d.Id, (x, d) => new { x.Title, x.Instruction, x.DueAt, d.Numero }).FirstOrDefaultAsync(cancellationToken);
        return task is null ? null : new NextStep(task.Title, task.Instruction, $"/espace/dossiers/{task.Numero}#a-faire", task.DueAt == HumanTask.NoDeadline ? null : task.DueAt);
    }
}
