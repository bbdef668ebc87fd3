using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Tasks;

namespace MonOPCO.Domain.Dossiers.Bulk;

/// <summary>Whom a reminder goes to, and why; or why there is nobody to remind.</summary>
/// <param name="ToCompany">What the company owes, in words; empty = nothing.</param>
/// <param name="Signers">Who has been asked to sign and has not.</param>
/// <param name="Refusal">Why no reminder leaves; null = one does.</param>
public sealed record Reminder(string ToCompany, IReadOnlyList<(Guid Id, string Name)> Signers, string? Refusal)
{
    /// <summary>« L’entreprise (2 compléments), Léa Petit (signature) ».</summary>
    public string Words => string.Join(", ", new[] { ToCompany.Length > 0 ? $"l’entreprise ({ToCompany})" : null }.OfType<string>().Concat(Signers.Select(x => $"{x.Name} (signature)")));
}

/// <summary>« Relancer »: knows what is missing and whose turn it is. Once a day at most.</summary>
public sealed class Reminders(MonOpcoDbContext db)
{
    public async Task<IReadOnlyDictionary<Guid, Reminder>> PlanAsync(IReadOnlyList<Guid> dossiers, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var today = Fr.StartInParis(Fr.InParis(now));
        var states = await db.Dossiers.AsNoTracking().Where(x => dossiers.Contains(x.Id)).Select(x => new { x.Id, x.State, x.ContactEmail }).ToListAsync(cancellationToken);
        var done = (await db.DossierEvents.AsNoTracking().Where(x => dossiers.Contains(x.DossierId) && x.Kind == DossierEventKinds.Reminded && x.At >= today).Select(x => new { x.DossierId, x.At }).ToListAsync(cancellationToken)).ToLookup(x => x.DossierId, x => x.At);
        var complements = (await db.Complements.AsNoTracking().Where(x => dossiers.Contains(x.DossierId) && (x.Status == ComplementStatus.Asked || x.Status == ComplementStatus.Rejected)).Select(x => x.DossierId).ToListAsync(cancellationToken)).ToLookup(x => x);
        var tasks = (await db.HumanTasks.AsNoTracking().Where(x => x.DossierId != null && dossiers.Contains(x.DossierId.Value) && x.Status == HumanTaskStatus.Open && x.CandidateCompanyId != null).Select(x => new { x.DossierId, x.Title }).ToListAsync(cancellationToken)).ToLookup(x => x.DossierId!.Value, x => x.Title);
        var signers = (await db.Signers.AsNoTracking().Where(x => dossiers.Contains(x.Request!.DossierId) && x.Request.Status == SignatureRequestStatus.Pending && (x.Status == SignerStatus.Invited || x.Status == SignerStatus.Viewed))
            .Select(x => new { x.Request!.DossierId, x.Id, x.Name }).ToListAsync(cancellationToken)).ToLookup(x => x.DossierId, x => (x.Id, x.Name));
        return states.ToDictionary(x => x.Id, x =>
        {
            var owed = complements[x.Id].Count() is var count and > 0 ? $"{count} complément{(count > 1 ? "s" : "")}" : tasks[x.Id].FirstOrDefault() ?? "";
            var people = signers[x.Id].ToList();
            var refusal = done[x.Id].FirstOrDefault() is var at && at != default ? $"Déjà relancé aujourd’hui ({Fr.DateTime(at)})."
                : owed.Length + people.Count > 0 ? null
                : DossierStates.Group(x.State) switch
                {
                    DossierGroup.Envoye or DossierGroup.EnExamen => "C’est au tour de l’OPCO de répondre.",
                    DossierGroup.Refuse or DossierGroup.Paye => "Ce dossier est terminé.",
                    _ => "Rien n’est attendu de l’entreprise ni d’un signataire.",
                };
            return new Reminder(owed, people, refusal);
        });
    }

    /// <summary>Notes the reminder in the transaction that sends it; the second one of a day is refused, whoever races.</summary>
    public async Task RecordAsync(Guid dossierId, string words, ChangeContext change, CancellationToken cancellationToken)
    {
        await db.LockAsync($"relance:{dossierId}", cancellationToken);
        var today = Fr.StartInParis(Fr.InParis(change.Now));
        if (await db.DossierEvents.Where(x => x.DossierId == dossierId && x.Kind == DossierEventKinds.Reminded && x.At >= today).Select(x => (DateTimeOffset?)x.At).FirstOrDefaultAsync(cancellationToken) is { } at)
        {
            throw new RuleBrokenException("reminded-today", $"Déjà relancé aujourd’hui ({Fr.DateTime(at)}).");
        }

        var company = await db.Dossiers.Where(x => x.Id == dossierId).Select(x => x.CompanyId).SingleAsync(cancellationToken);
        db.DossierEvents.Add(new DossierEvent { Id = Guid.CreateVersion7(change.Now), DossierId = dossierId, CompanyId = company, At = change.Now, ActorKind = change.ActorKind, Actor = change.ActorName, Kind = DossierEventKinds.Reminded, Text = $"Relance : {words}.", StaffOnly = true });
        await db.SaveChangesAsync(cancellationToken);
    }
}
