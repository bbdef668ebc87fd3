using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Dossiers;

/// <summary><paramref name="Code"/>: A <see cref="ComplementType"/>, or null for a free request (<paramref name="Label"/> then says what).</summary>
public sealed record AskComplement(string? Code, string Comment = "", string? Label = null, ComplementTarget Target = ComplementTarget.Document, string Key = "PIECE");

/// <summary>Asks for what is missing, takes the answers in place.</summary>
public sealed class ComplementService(MonOpcoDbContext db, RuleBook rules, DossierService dossiers)
{
    /// <summary>Items of the same code that are still open are not asked twice.</summary>
    public Task<IReadOnlyList<Complement>> AskAsync(Guid dossierId, IReadOnlyList<AskComplement> items, ChangeContext change, CancellationToken cancellationToken, DateOnly? dueOn = null) =>
        db.InTransactionAsync<IReadOnlyList<Complement>>(
            async () =>
            {
                var companyId = await db.Dossiers.Where(x => x.Id == dossierId).Select(x => x.CompanyId).SingleAsync(cancellationToken);
                await db.LockAsync($"complements:{dossierId}", cancellationToken);
                var open = await db.Complements.Where(x => x.DossierId == dossierId && x.Status != ComplementStatus.Accepted).ToListAsync(cancellationToken);
                var today = Fr.InParis(change.Now);
                var due = dueOn ?? today.AddDays((int)await rules.RequireNumberAsync(RuleCodes.ComplementDays, today, cancellationToken));
                var added = new List<Complement>();
                foreach (var item in items)
                {
                    var type = item.Code is null ? null : await db.ComplementTypes.FindAsync([item.Code], cancellationToken);
                    if (type is null && string.IsNullOrWhiteSpace(item.Label))
                    {
                        throw new RuleBrokenException("complement-label", "Précisez ce qui manque.");
                    }

                    // A free request has no code of its own: its words tell it.
                    if (open.Any(x => type is not null ? x.Code == type.Code : x.Code == "autre" && x.Label == item.Label))
                    {
                        continue;
                    }

                    var complement = new Complement
                    {
                        Id = Guid.CreateVersion7(change.Now),
                        DossierId = dossierId,
                        CompanyId = companyId,
                        Code = type?.Code ?? "autre",
                        Label = item.Label ?? type!.Label,
                        Target = type?.Target ?? item.Target,
                        Key = type?.Key ?? item.Key,
                        Position = open.Count + added.Count,
                        Comment = item.Comment.Trim(),
                        AskedBy = change.ActorKind,
                        AskedAt = change.Now,
                        DueOn = due,
                    };
                    db.Complements.Add(complement);
                    db.Audit(complement, "complement", complement.Id, dossierId, "Asked", change);
                    added.Add(complement);
                }

                if (added.Count == 0)
                {
                    return added;
                }

                await db.SaveChangesAsync(cancellationToken);
                await dossiers.AddEventAsync(
                    dossierId, DossierEventKinds.ComplementsAsked, $"Compléments demandés avant le {Fr.Date(due)} : {string.Join(", ", added.Select(x => x.Label))}.", change, cancellationToken);
                return added;
            },
            cancellationToken);

    /// <summary>Whether it still waits for an answer, as nobody changes it until the end of the transaction: the same answer sent twice is taken once.</summary>
    public async Task<bool> IsOpenAsync(Guid complementId, CancellationToken cancellationToken)
    {
        await db.LockAsync($"complement:{complementId}", cancellationToken);
        return await db.Complements.AnyAsync(x => x.Id == complementId && (x.Status == ComplementStatus.Asked || x.Status == ComplementStatus.Rejected), cancellationToken);
    }

    /// <summary>A value or a document, whichever was asked for. May be corrected until it is accepted.</summary>
    public Task<bool> AnswerAsync(Guid complementId, string? text, Guid? documentId, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var complement = await LoadAsync(complementId, cancellationToken);
            if (complement.Status == ComplementStatus.Accepted)
            {
                throw new RuleBrokenException("complement-accepted", "Ce complément est déjà accepté.");
            }

            text = string.IsNullOrWhiteSpace(text) ? null : text.Trim();
            if (complement.Target == ComplementTarget.Document ? documentId is null : text is null)
            {
                throw new RuleBrokenException("complement-empty", complement.Target == ComplementTarget.Document ? "Ajoutez le document demandé." : "Indiquez la valeur demandée.");
            }

            if (complement.Status == ComplementStatus.Answered && complement.AnswerText == text && complement.AnswerDocumentId == documentId)
            {
                return false;
            }

            (complement.Status, complement.AnswerText, complement.AnswerDocumentId, complement.AnsweredAt) = (ComplementStatus.Answered, text, documentId, change.Now);
            db.Audit(complement, "complement", complement.Id, complement.DossierId, "Answered", change);
            await db.SaveChangesAsync(cancellationToken);
            await dossiers.AddEventAsync(
                complement.DossierId, DossierEventKinds.ComplementAnswered, $"Complément fourni : {complement.Label}.", change, cancellationToken, documentId is null ? null : [documentId.Value]);
            return true;
        },
        cancellationToken);

    /// <summary>Good, or asked again with a comment.</summary>
    public Task<bool> JudgeAsync(Guid complementId, bool accepted, string comment, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var complement = await LoadAsync(complementId, cancellationToken);
            var wanted = accepted ? ComplementStatus.Accepted : ComplementStatus.Rejected;
            if (complement.Status == wanted)
            {
                return false;
            }

            complement.Status = wanted;
            complement.AcceptedAt = accepted ? change.Now : null;
            complement.Comment = accepted ? complement.Comment : comment.Trim();
            db.Audit(complement, "complement", complement.Id, complement.DossierId, accepted ? "Accepted" : "Rejected", change);
            await db.SaveChangesAsync(cancellationToken);
            await dossiers.AddEventAsync(
                complement.DossierId,
                accepted ? DossierEventKinds.ComplementAccepted : DossierEventKinds.ComplementsAsked,
                accepted ? $"Complément accepté : {complement.Label}." : $"Complément à reprendre : {complement.Label}. {complement.Comment}".TrimEnd(),
                change,
                cancellationToken);
            return true;
        },
        cancellationToken);

    public Task<List<Complement>> ListAsync(Guid dossierId, CancellationToken cancellationToken) =>
        db.Complements.AsNoTracking().Where(x => x.DossierId == dossierId).OrderBy(x => x.AskedAt).ThenBy(x => x.Position).ToListAsync(cancellationToken);

    /// <summary>True when nothing is left for the company to do.</summary>
    public async Task<bool> AllAnsweredAsync(Guid dossierId, CancellationToken cancellationToken) =>
        !await db.Complements.AnyAsync(x => x.DossierId == dossierId && (x.Status == ComplementStatus.Asked || x.Status == ComplementStatus.Rejected), cancellationToken);

    private async Task<Complement> LoadAsync(Guid id, CancellationToken cancellationToken) =>
        await db.Complements.SingleOrDefaultAsync(x => x.Id == id, cancellationToken) ?? throw new RuleBrokenException("complement-missing", "Ce complément n’existe pas.");
}
