using System.Globalization;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;

namespace MonOPCO.Domain.Privacy;

/// <summary>Carries out the retention schedule in steps that a procedure takes: prepare, decide, destroy in slices, close. Nothing is destroyed without a decision.</summary>
public sealed class RetentionService(MonOpcoDbContext db, RetentionRules retention, RuleBook rules, DocumentStore documents)
{
    public const int Slice = 50;
    private const int MostLines = 5000;

    /// <summary>Writes down what is due; the same id again gives the same plan. Null: nothing is due.</summary>
    public Task<PurgePlan?> PrepareAsync(Guid id, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            if (await db.PurgePlans.FindAsync([id], cancellationToken) is { } existing)
            {
                return existing;
            }

            await db.LockAsync("purge-plans", cancellationToken);
            var today = Fr.InParis(change.Now);
            var items = new List<PurgeItem>();

            // One that waits in another plan is not listed twice.
            var listed = db.PurgeItems.Where(x => x.DestroyedAt == null && x.SkippedReason == null && db.PurgePlans.Any(p => p.Id == x.PlanId && (p.Status == PurgePlanStatus.Prepared || p.Status == PurgePlanStatus.Approved))).Select(x => x.SubjectId);
            var labels = await db.DocumentTypes.ToDictionaryAsync(x => x.Code, x => x.Label, cancellationToken);
            foreach (var entry in RetentionClasses.All.Where(x => x.Code is not (RetentionClasses.Prospect or RetentionClasses.BilanSynthesisKept)))
            {
                if (await rules.NumberAsync(RetentionClasses.Rule(entry.Code), today, cancellationToken) is not { } months)
                {
                    continue;
                }

                // Whatever the term counts from, one of these days must lie so far back.
                var (day, instant) = (today.AddMonths(-(int)months), change.Now.AddMonths(-(int)months));
                var candidates = await (from document in db.Documents.AsNoTracking()
                                        join d in db.Dossiers.AsNoTracking() on document.DossierId equals (Guid?)d.Id into found
                                        from dossier in found.DefaultIfEmpty()
                                        where document.DestroyedAt == null && document.RetentionClass == entry.Code && !listed.Contains(document.Id)
                                            && (document.CreatedAt <= instant || (dossier != null && (dossier.EndDate <= day || dossier.StateSince <= instant)))
                                        orderby document.CreatedAt
                                        select new { Document = document, Dossier = dossier }).Take(MostLines).ToListAsync(cancellationToken);
                foreach (var line in candidates)
                {
                    var due = await DueAsync(line.Document, line.Dossier is { } known ? new DossierEnd(known.EndDate, known.State, known.StateSince) : null, today, cancellationToken);
                    if (due is not null && due.On <= today && items.Count < MostLines)
                    {
                        items.Add(new PurgeItem
                        {
                            PlanId = id,
                            Kind = PurgeKind.Document,
                            SubjectId = line.Document.Id,
                            RetentionClass = line.Document.RetentionClass,
                            Label = labels.GetValueOrDefault(line.Document.TypeCode, line.Document.TypeCode),
                            Numero = line.Dossier?.Numero,
                            DueOn = due.On,
                            Basis = due.Basis,
                            Size = line.Document.Size,
                            Sha256 = line.Document.Sha256,
                        });
                    }
                }
            }

            items.AddRange(await DraftsAsync(id, today, change.Now, cancellationToken));
            if (items.Count == 0)
            {
                return null;
            }

            var year = today.Year;
            var sequence = await db.PurgePlans.CountAsync(x => x.Numero.StartsWith($"PU-{year}-"), cancellationToken) + 1;
            var plan = new PurgePlan { Id = id, Numero = string.Create(CultureInfo.InvariantCulture, $"PU-{year}-{sequence:0000}"), PreparedAt = change.Now };
            db.Add(plan);
            db.AddRange(items);
            db.Audit(plan, "purge", id, null, "Prepared", change);
            await db.SaveChangesAsync(cancellationToken);
            return plan;
        },
        cancellationToken);

    /// <summary>A person's decision on the list.</summary>
    public Task DecideAsync(Guid id, bool approve, string? reason, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var plan = await db.PurgePlans.SingleAsync(x => x.Id == id, cancellationToken);
            if (plan.Status != PurgePlanStatus.Prepared)
            {
                return false;
            }

            (plan.Status, plan.DecidedAt, plan.DecidedBy, plan.Reason) = (approve ? PurgePlanStatus.Approved : PurgePlanStatus.Refused, change.Now, change.ActorName, reason);
            db.Audit(plan, "purge", id, null, approve ? "Approved" : "Refused", change);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>Destroys the next slice of an approved plan; false when nothing is left. Each line is looked at again: whose term moved since stays.</summary>
    public Task<bool> ExecuteSliceAsync(Guid id, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var plan = await db.PurgePlans.SingleAsync(x => x.Id == id, cancellationToken);
            if (plan.Status != PurgePlanStatus.Approved)
            {
                throw new RuleBrokenException("purge-not-approved", $"La purge {plan.Numero} n’a pas été validée : rien n’est détruit.");
            }

            var today = Fr.InParis(change.Now);
            var items = await db.PurgeItems.Where(x => x.PlanId == id && x.DestroyedAt == null && x.SkippedReason == null).OrderBy(x => x.SubjectId).Take(Slice).ToListAsync(cancellationToken);
            foreach (var item in items)
            {
                await (item.Kind == PurgeKind.Draft ? DestroyDraftAsync(item, change, cancellationToken) : DestroyDocumentAsync(item, today, change, cancellationToken));
            }

            await db.SaveChangesAsync(cancellationToken);
            if (await db.PurgeItems.AnyAsync(x => x.PlanId == id && x.DestroyedAt == null && x.SkippedReason == null, cancellationToken))
            {
                return true;
            }

            (plan.Status, plan.FinishedAt) = (PurgePlanStatus.Done, change.Now);
            db.Audit(plan, "purge", id, null, "Done", change);
            await db.SaveChangesAsync(cancellationToken);
            return false;
        },
        cancellationToken);

    private async Task DestroyDocumentAsync(PurgeItem item, DateOnly today, ChangeContext change, CancellationToken cancellationToken)
    {
        var document = await db.Documents.AsNoTracking().FirstOrDefaultAsync(x => x.Id == item.SubjectId, cancellationToken);
        var due = document is null ? null : await retention.DueAsync(document, today, cancellationToken);
        if (document is null or { DestroyedAt: not null })
        {
            item.SkippedReason = "Déjà détruit.";
        }
        else if (due is null || due.On > today)
        {
            item.SkippedReason = due is null ? "Son dossier vit de nouveau." : $"Son terme est maintenant le {Fr.Date(due.On)}.";
        }
        else
        {
            await documents.DestroyAsync(item.SubjectId, change, cancellationToken);
            item.DestroyedAt = change.Now;
        }
    }

    private async Task DestroyDraftAsync(PurgeItem item, ChangeContext change, CancellationToken cancellationToken)
    {
        var deleted = await db.RequestDrafts.Where(x => x.Id == item.SubjectId && x.SentAs == null && x.UpdatedAt < change.Now.AddMonths(-1)).ExecuteDeleteAsync(cancellationToken);
        (item.DestroyedAt, item.SkippedReason) = deleted == 1 ? (change.Now, null) : (null, "Repris ou envoyé depuis.");
    }

    private async Task<RetentionDue?> DueAsync(Document document, DossierEnd? dossier, DateOnly today, CancellationToken cancellationToken) =>
        document.RetentionClass == RetentionClasses.BilanSynthesis
            ? await retention.DueAsync(document, today, cancellationToken)
            : await retention.DueAsync(document.RetentionClass, Fr.InParis(document.CreatedAt), dossier, false, today, cancellationToken);

    private async Task<List<PurgeItem>> DraftsAsync(Guid planId, DateOnly today, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rule = await rules.FindAsync(RetentionClasses.Rule(RetentionClasses.Prospect), today, cancellationToken);
        if (rule is null)
        {
            return [];
        }

        var before = now.AddMonths(-int.Parse(rule.Value, CultureInfo.InvariantCulture));
        var drafts = await db.RequestDrafts.AsNoTracking().Where(x => x.SentAs == null && x.UpdatedAt < before).OrderBy(x => x.UpdatedAt).Take(MostLines).ToListAsync(cancellationToken);
        return drafts.ConvertAll(x => new PurgeItem
        {
            PlanId = planId,
            Kind = PurgeKind.Draft,
            SubjectId = x.Id,
            RetentionClass = RetentionClasses.Prospect,
            Label = "Demande commencée",
            DueOn = Fr.InParis(x.UpdatedAt.AddMonths(int.Parse(rule.Value, CultureInfo.InvariantCulture))),
            Basis = rule.Source,
        });
    }
}
