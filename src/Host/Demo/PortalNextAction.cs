using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Demo;

/// <summary>
/// The demonstration bar for the roles outside Netz. The newcomer plays everybody: one's own company or address comes first, then the part one plays in the other
/// fictitious dossiers, so that none of them stops.
/// </summary>
internal static class PortalNextAction
{
    public static async Task<NextStep?> FindAsync(MonOpcoDbContext database, ClaimsPrincipal person, CancellationToken cancellationToken)
    {
        if (!person.IsInRole(Roles.Entreprise))
        {
            var part = person.IsInRole(Roles.Beneficiaire) ? SignerRole.Beneficiaire : SignerRole.Organisme;
            return await SignatureAsync(database, part, SearchText.EmailKey(person.Email()), null, cancellationToken) ?? await NextTurnAsync(database, part, cancellationToken);
        }

        if (person.CompanyId() is not { } company)
        {
            return new NextStep("Faire une première demande", "Donnez un SIRET fictif, puis suivez le lien reçu par courriel.", "/", null);
        }

        return await ForCompanyAsync(database, company, mine: true, cancellationToken)
            ?? await SignatureAsync(database, SignerRole.Entreprise, null, company, cancellationToken)
            ?? await ForCompanyAsync(database, company, mine: false, cancellationToken)
            ?? new NextStep("Faire une nouvelle demande", "", "/espace/demande", null);
    }

    /// <summary>What is answered in a company's space; of another fictitious company, by playing the dossier's contact.</summary>
    private static async Task<NextStep?> ForCompanyAsync(MonOpcoDbContext database, Guid company, bool mine, CancellationToken cancellationToken)
    {
        var dossiers = database.Dossiers.AsNoTracking().Where(x => mine ? x.CompanyId == company : x.CompanyId != company && x.Company!.Origin == CompanyOrigin.Sandbox);
        var task = await database.HumanTasks.AsNoTracking().Where(x => x.Status == HumanTaskStatus.Open && x.CandidateCompanyId != null)
            .OrderBy(x => x.DueAt).Join(dossiers, x => x.DossierId, d => d.Id, (x, d) => new { x.Title, x.Instruction, x.DueAt, d.Numero, d.ContactName }).FirstOrDefaultAsync(cancellationToken);
        if (task is not null)
        {
            return Step($"{task.Title} · {task.Numero}", task.Instruction, task.Numero, "a-faire", task.ContactName, task.DueAt == HumanTask.NoDeadline ? null : task.DueAt);
        }

        var complement = await database.Complements.AsNoTracking().Where(x => x.Status == ComplementStatus.Asked || x.Status == ComplementStatus.Rejected)
            .OrderBy(x => x.AskedAt).Join(dossiers, x => x.DossierId, d => d.Id, (x, d) => new { d.Id, d.Numero, d.ContactName }).FirstOrDefaultAsync(cancellationToken);
        if (complement is null)
        {
            return null;
        }

        var missing = await database.Complements.CountAsync(x => x.DossierId == complement.Id && (x.Status == ComplementStatus.Asked || x.Status == ComplementStatus.Rejected), cancellationToken);
        return Step($"Répondre : {Fr.Plural(missing, "élément manque", "éléments manquent")} · {complement.Numero}", "", complement.Numero, "complements", complement.ContactName, null);

        NextStep Step(string title, string why, string numero, string anchor, string contact, DateTimeOffset? due) =>
            new(mine ? title : $"{title} (jouer {contact})", why, $"/espace/dossiers/{numero}#{anchor}", due, mine ? null : numero);
    }

    /// <summary>A signature that waits for this part, those of one's own company or address first.</summary>
    private static async Task<NextStep?> SignatureAsync(MonOpcoDbContext database, SignerRole role, string? email, Guid? company, CancellationToken cancellationToken)
    {
        var signer = await Open(database).Where(x => x.Role == role && (x.Status == SignerStatus.Invited || x.Status == SignerStatus.Viewed))
            .OrderByDescending(x => x.EmailKey == email || x.CompanyId == company).ThenBy(x => x.InvitedAt).Select(x => new { x.Id, x.Request!.Title, x.Name, x.ExpiresAt }).FirstOrDefaultAsync(cancellationToken);
        return signer is null ? null : new NextStep($"Signer {signer.Title} ({signer.Name})", "", $"/demonstration/signature/{signer.Id}", signer.ExpiresAt);
    }

    /// <summary>Somebody else signs before this part: who, and where.</summary>
    private static async Task<NextStep?> NextTurnAsync(MonOpcoDbContext database, SignerRole role, CancellationToken cancellationToken)
    {
        var before = await Open(database).Where(x => (x.Status == SignerStatus.Invited || x.Status == SignerStatus.Viewed) && x.Request!.Signers.Any(s => s.Role == role && s.Status == SignerStatus.Waiting))
            .OrderBy(x => x.InvitedAt).Select(x => new { x.Id, x.Request!.Title, x.Name, x.ExpiresAt }).FirstOrDefaultAsync(cancellationToken);
        return before is null ? null : new NextStep($"{before.Title} : {before.Name} signe avant vous (jouer sa part)", "", $"/demonstration/signature/{before.Id}", before.ExpiresAt);
    }

    private static IQueryable<Signer> Open(MonOpcoDbContext database) => database.Signers.AsNoTracking().Where(x => x.Request!.Status == SignatureRequestStatus.Pending);
}
