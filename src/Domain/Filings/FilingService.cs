using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Filings;

/// <summary>A field that a person has checked on the portal itself; <paramref name="Key"/> is its name in the script.</summary>
public sealed record SeenField(string Key, string Label);

public sealed class FilingService(MonOpcoDbContext db)
{
    /// <summary>The mode of a portal; one without setting, or switched off, is filed by hand.</summary>
    public async Task<FilingMode> ModeAsync(string portal, CancellationToken cancellationToken) =>
        await db.PortalSettings.AsNoTracking().FirstOrDefaultAsync(x => x.Slug == portal, cancellationToken) is { Enabled: true } setting ? setting.Mode : FilingMode.Assisted;

    /// <summary>One living filing per reference: a repeated call returns it.</summary>
    public Task<Filing> PrepareAsync(Guid dossierId, string portal, FilingMode mode, string ourReference, JsonObject values, Guid? packageDocumentId, ChangeContext change, CancellationToken cancellationToken) =>
        db.InTransactionAsync(
            async () =>
            {
                await db.LockAsync($"filing:{ourReference}", cancellationToken);
                if (await db.Filings.FirstOrDefaultAsync(x => x.OurReference == ourReference, cancellationToken) is { } existing)
                {
                    return existing;
                }

                var filing = new Filing
                {
                    Id = Guid.CreateVersion7(change.Now),
                    DossierId = dossierId,
                    Portal = portal,
                    Mode = mode,
                    OurReference = ourReference,
                    Values = values,
                    PackageDocumentId = packageDocumentId,
                    CreatedAt = change.Now,
                    UpdatedAt = change.Now,
                };
                db.Filings.Add(filing);
                db.Audit(filing, "filing", filing.Id, dossierId, "Prepared", change);
                await db.SaveChangesAsync(cancellationToken);
                return filing;
            },
            cancellationToken);

    /// <summary>The bot has filled the form and read it back; nothing is submitted.</summary>
    public Task<bool> RecordFilledAsync(Guid id, JsonObject comparison, IReadOnlyList<Guid> screenshots, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id,
        "Filled",
        change,
        cancellationToken,
        filing =>
        {
            Require(filing, FilingStatus.Prepared, FilingStatus.Returned, FilingStatus.Filled);
            (filing.Status, filing.Comparison, filing.ReturnReason) = (FilingStatus.Filled, comparison, null);
            filing.ScreenshotDocumentIds = [.. filing.ScreenshotDocumentIds.Union(screenshots)];
        });

    /// <summary>
    /// A person has compared field by field and confirms these values, which are then frozen. <paramref name="seen"/>: what the bot could not read back and the person
    /// answers for, kept with the filing and in the audit.
    /// </summary>
    public Task<bool> ConfirmAsync(Guid id, ChangeContext change, CancellationToken cancellationToken, IReadOnlyList<SeenField>? seen = null) => ChangeAsync(
        id,
        "Confirmed",
        seen is { Count: > 0 } ? change with { Reason = $"Champs non relus par le robot, vérifiés à l’écran : {string.Join(", ", seen.Select(x => x.Label))}." } : change,
        cancellationToken,
        filing =>
        {
            Require(filing, FilingStatus.Filled, FilingStatus.Confirmed);
            if (filing.Status == FilingStatus.Filled)
            {
                (filing.Status, filing.ConfirmedAt, filing.ConfirmedBy, filing.ConfirmedById) = (FilingStatus.Confirmed, change.Now, change.ActorName, change.UserId);
                if (seen is { Count: > 0 })
                {
                    var comparison = (JsonObject?)filing.Comparison?.DeepClone() ?? [];
                    comparison["vus"] = new JsonArray([.. seen.Select(x => JsonValue.Create(x.Key))]);
                    filing.Comparison = comparison;
                }
            }
        });

    /// <summary>Values may be corrected until they are confirmed.</summary>
    public Task<bool> CorrectAsync(Guid id, JsonObject values, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id,
        "Corrected",
        change,
        cancellationToken,
        filing =>
        {
            Require(filing, FilingStatus.Prepared, FilingStatus.Filled, FilingStatus.Returned);
            (filing.Values, filing.Status, filing.Comparison) = (values, FilingStatus.Prepared, null);
        });

    /// <summary>A difference, a missing landmark, a portal that refuses: back to a person.</summary>
    public Task<bool> ReturnAsync(Guid id, string reason, IReadOnlyList<Guid> screenshots, ChangeContext change, CancellationToken cancellationToken, JsonObject? comparison = null) => ChangeAsync(
        id,
        "Returned",
        change,
        cancellationToken,
        filing =>
        {
            Require(filing, FilingStatus.Prepared, FilingStatus.Filled, FilingStatus.Confirmed, FilingStatus.Returned);
            (filing.Status, filing.ReturnReason, filing.Comparison) = (FilingStatus.Returned, reason, comparison ?? filing.Comparison);
            filing.ScreenshotDocumentIds = [.. filing.ScreenshotDocumentIds.Union(screenshots)];
        });

    /// <summary>Recorded once: the same reference again changes nothing, another one is refused.</summary>
    public Task<bool> RecordSubmittedAsync(Guid id, string reference, Guid? receiptDocumentId, IReadOnlyList<Guid> screenshots, ChangeContext change, CancellationToken cancellationToken) => ChangeAsync(
        id,
        "Submitted",
        change,
        cancellationToken,
        filing =>
        {
            reference = reference.Trim();
            if (filing.Status == FilingStatus.Submitted && filing.Reference != reference)
            {
                throw new RuleBrokenException("already-filed", $"Ce dépôt est déjà enregistré sous la référence {filing.Reference}.");
            }

            if (filing.Status != FilingStatus.Submitted)
            {
                (filing.Status, filing.Reference, filing.SubmittedAt, filing.ReturnReason) = (FilingStatus.Submitted, reference, change.Now, null);
            }

            filing.ReceiptDocumentId = receiptDocumentId ?? filing.ReceiptDocumentId;
            filing.ScreenshotDocumentIds = [.. filing.ScreenshotDocumentIds.Union(screenshots)];
        });

    private static void Require(Filing filing, params FilingStatus[] allowed)
    {
        if (!allowed.Contains(filing.Status))
        {
            throw new RuleBrokenException("filing-state", filing.Status == FilingStatus.Submitted
                ? $"Ce dépôt est déjà fait (référence {filing.Reference})."
                : "Ce dépôt n’est pas dans un état qui permet cette action.");
        }
    }

#pragma warning disable CA1068 // The lambda reads better last.
    private Task<bool> ChangeAsync(Guid id, string action, ChangeContext change, CancellationToken cancellationToken, Action<Filing> apply) => db.InTransactionAsync(
        async () =>
        {
            await db.Database.ExecuteSqlAsync($"select 1 from filings where id = {id} for update", cancellationToken);
#pragma warning restore CA1068
            var filing = await db.Filings.SingleOrDefaultAsync(x => x.Id == id, cancellationToken) ?? throw new RuleBrokenException("filing-missing", "Ce dépôt n’existe pas.");
            if (db.Entry(filing).State == EntityState.Unchanged)
            {
                await db.Entry(filing).ReloadAsync(cancellationToken);
            }

            apply(filing);
            if (!db.Audit(filing, "filing", id, filing.DossierId, action, change))
            {
                return false;
            }

            filing.UpdatedAt = change.Now;
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);
}
