using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;

namespace MonOPCO.Domain.Bilans;

public sealed class ConsultantHandovers(MonOpcoDbContext db)
{
    /// <summary>Asked of the beneficiary in these words; kept with the answer.</summary>
    public static string Wording(string consultant) =>
        $"J’accepte que {consultant} devienne mon consultant ou ma consultante et accède au contenu de mon bilan : réponses, résultats détaillés et synthèse. Le consultant ou la consultante que je quitte n’y a plus accès.";

    public Task<List<ConsultantHandover>> OfDossierAsync(Guid dossierId, CancellationToken cancellationToken) =>
        db.ConsultantHandovers.AsNoTracking().Where(x => x.DossierId == dossierId).OrderByDescending(x => x.ProposedAt).ToListAsync(cancellationToken);

    public Task<ConsultantHandover?> PendingAsync(Guid dossierId, CancellationToken cancellationToken) =>
        db.ConsultantHandovers.AsNoTracking().FirstOrDefaultAsync(x => x.DossierId == dossierId && x.AnsweredAt == null && x.WithdrawnAt == null, cancellationToken);

    /// <summary>Staff: the present consultant loses the dossier at once; the proposed one gains nothing yet.</summary>
    public Task<ConsultantHandover> ProposeAsync(Guid dossierId, Guid toUserId, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            if (string.IsNullOrWhiteSpace(change.Reason))
            {
                throw new RuleBrokenException("handover-reason", "Indiquez le motif : le bénéficiaire le lira.");
            }

            await db.LockAsync($"dossier:{dossierId}", cancellationToken);
            var dossier = await db.Dossiers.SingleAsync(x => x.Id == dossierId, cancellationToken);
            if (await db.Users.Where(x => x.Id == toUserId && db.UserRoles.Any(r => r.UserId == x.Id && db.Roles.Any(role => role.Id == r.RoleId && role.Name == Roles.Consultant))).Select(x => x.DisplayName).FirstOrDefaultAsync(cancellationToken) is not { } name)
            {
                throw new RuleBrokenException("handover-consultant", "Choisissez un consultant de la liste.");
            }

            if (dossier.ConsultantUserId == toUserId)
            {
                throw new RuleBrokenException("handover-same", "Cette personne suit déjà ce bilan.");
            }

            if (await db.ConsultantHandovers.SingleOrDefaultAsync(x => x.DossierId == dossierId && x.AnsweredAt == null && x.WithdrawnAt == null, cancellationToken) is { } open)
            {
                open.WithdrawnAt = change.Now;
                db.Audit(open, "consultant-handover", open.Id, dossierId, "Withdrawn", change);
                await db.SaveChangesAsync(cancellationToken);
            }

            var handover = new ConsultantHandover
            {
                Id = Guid.CreateVersion7(change.Now),
                DossierId = dossierId,
                FromUserId = dossier.ConsultantUserId,
                ToUserId = toUserId,
                ToName = name,
                Reason = change.Reason.Trim(),
                Wording = Wording(name),
                ProposedBy = change.ActorName,
                ProposedAt = change.Now,
            };
            db.Add(handover);
            db.Audit(handover, "consultant-handover", handover.Id, dossierId, "Proposed", change);
            if (dossier.ConsultantUserId is not null)
            {
                dossier.ConsultantUserId = null;
                db.Audit(dossier, "dossier", dossierId, dossierId, "ConsultantLeft", change);
            }

            await db.SaveChangesAsync(cancellationToken);
            return handover;
        },
        cancellationToken);

    /// <summary>Staff: the question is taken back. The dossier stays without consultant.</summary>
    public Task<bool> WithdrawAsync(Guid id, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            if (await db.ConsultantHandovers.SingleOrDefaultAsync(x => x.Id == id && x.AnsweredAt == null && x.WithdrawnAt == null, cancellationToken) is not { } handover)
            {
                return false;
            }

            handover.WithdrawnAt = change.Now;
            db.Audit(handover, "consultant-handover", id, handover.DossierId, "Withdrawn", change);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>In the beneficiary's portal session, the only one that PostgreSQL lets answer. False when there is no open question of that id (any more).</summary>
    public Task<bool> AnswerAsync(Guid id, bool accepted, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            if (await db.ConsultantHandovers.SingleOrDefaultAsync(x => x.Id == id && x.AnsweredAt == null && x.WithdrawnAt == null, cancellationToken) is not { } handover)
            {
                return false;
            }

            (handover.AnsweredAt, handover.Accepted, handover.AnsweredBy) = (change.Now, accepted, change.ActorName);
            db.Audit(handover, "consultant-handover", id, handover.DossierId, accepted ? "Accepted" : "Declined", change);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);
}
