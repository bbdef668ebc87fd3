using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;

namespace MonOPCO.Domain.Data;

/// <summary>What every service does: one transaction, one audit row per change.</summary>
internal static class DbContextExtensions
{
    // Derived, secret or bulky columns say nothing about a change; bilan content and forms never enter the audit.
    private static readonly HashSet<string> Silent = new(StringComparer.Ordinal) { "Search", "UpdatedAt", "Fingerprint", "xmin", "EmailKey", "CandidateEmailKey", "Siren", "StateSince", "Draft", "DraftVersion", "DraftAt", "DraftByName", "PriorityRank", "EscalateAt", "Data", "Context", "Form", "AnswerText", "Payload", "CompanyName", "OpcoName", "BeneficiaireName", "BeneficiaireCount", "NumberKey", "StateRank", "Decision", "IsGenerated" };

    // The audit tells that they changed, not from what to what.
    private static readonly HashSet<string> Personal = new(StringComparer.Ordinal) { "LastName", "FirstName", "BirthDate", "Email", "Phone", "ContactName", "ContactEmail", "ContactPhone", "CandidateEmail", "Recipient", "PersonKey", "UserAgent", "DeclineReason", "Values" };

    /// <summary>Joins the transaction under way (a burst's, a portal session's) or makes one.</summary>
    internal static async Task<T> InTransactionAsync<T>(this MonOpcoDbContext db, Func<Task<T>> action, CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is not null)
        {
            return await action();
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var result = await action();
        await transaction.CommitAsync(cancellationToken);
        db.Tell();
        return result;
    }

    /// <summary>Held until the end of the transaction; needs one.</summary>
    internal static Task LockAsync(this MonOpcoDbContext db, string key, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({LockNumber(key)})", cancellationToken);

    internal static long LockNumber(string key) => BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>
    /// Adds the audit row for the pending changes of <paramref name="entity"/>; false (and no row) when nothing changed. The caller then returns early.
    /// </summary>
    internal static bool Audit(this MonOpcoDbContext db, object entity, string subject, object id, Guid? dossierId, string action, ChangeContext change)
    {
        var entry = db.Entry(entity);
        entry.DetectChanges();
        if (entry.State is not (EntityState.Added or EntityState.Modified or EntityState.Deleted))
        {
            return false;
        }

        var (before, after) = (new JsonObject(), new JsonObject());
        foreach (var property in entry.Properties)
        {
            var name = property.Metadata.Name;
            if (Silent.Contains(name) || property.Metadata.ClrType == typeof(byte[]) || (entry.State == EntityState.Modified && !property.IsModified))
            {
                continue;
            }

            var key = JsonNamingPolicy.CamelCase.ConvertName(name);
            var personal = Personal.Contains(name);
            if (entry.State != EntityState.Added)
            {
                before[key] = Value(property.OriginalValue, personal);
            }

            if (entry.State != EntityState.Deleted && (entry.State != EntityState.Added || property.CurrentValue is not null))
            {
                after[key] = Value(property.CurrentValue, personal);
            }
        }

        db.Add(new AuditEntry
        {
            At = change.Now,
            ActorKind = change.ActorKind,
            Actor = change.ActorName,
            UserId = change.UserId,
            Subject = subject,
            SubjectId = id.ToString()!,
            DossierId = dossierId,
            Action = action,
            OldValues = before.Count == 0 ? null : before,
            NewValues = after.Count == 0 ? null : after,
            Reason = change.Reason,
        });
        db.News.Add($"{subject}:{id}");
        db.News.Add(subject + "s");
        if (dossierId is not null)
        {
            db.News.Add($"dossier:{dossierId}");
        }

        return true;
    }

    private static JsonNode? Value(object? value, bool personal) => (value, personal) switch
    {
        (null, _) => null,
        (_, true) => "***",
        (JsonNode node, _) => node.DeepClone(),
        _ => JsonSerializer.SerializeToNode(value, value.GetType(), JsonColumns.Options),
    };
}
