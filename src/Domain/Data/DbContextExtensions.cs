using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Keys;
using MonOPCO.Domain.Mails;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;

namespace MonOPCO.Domain.Data;

/// <summary>What every service does: one transaction, one audit row per change.</summary>
internal static class DbContextExtensions
{
    // Derived, secret or bulky columns say nothing about a change; bilan content and forms never enter the audit.
    private static readonly HashSet<string> Silent = new(StringComparer.Ordinal)
    {
        "Search", "UpdatedAt", "Fingerprint", "xmin", "EmailKey", "CandidateEmailKey", "Siren", "StateSince", "Draft", "Data", "Context", "Form", "AnswerText", "Payload", "Facts",
        "DraftVersion", "DraftAt", "DraftByName", "PriorityRank", "EscalateAt", "CompanyName", "OpcoName", "BeneficiaireName", "BeneficiaireCount", "NumberKey", "StateRank", "Decision", "IsGenerated",
        "PasswordHash", "SecurityStamp", "ConcurrencyStamp", "NormalizedEmail", "NormalizedUserName",
    };

    // In clear they would stay for ever: the plain columns tell that they changed, the values are encrypted under the key of whom they are about.
    private static readonly HashSet<string> Personal = new(StringComparer.Ordinal)
    {
        "LastName", "FirstName", "BirthDate", "Email", "Phone", "PhoneNumber", "UserName", "DisplayName", "ContactName", "ContactEmail", "ContactPhone", "CandidateEmail", "Recipient", "PersonKey", "UserAgent",
        "DeclineReason", "Values", "Comparison", "Iban", "Bic",
    };

    // The same where somebody owns them, by the ends of their names; elsewhere (rules, procedures, API keys) they are nobody's.
    private static readonly string[] PersonalEnds = ["Name", "By", "Email", "Phone", "Reason", "Comment", "Title", "Subject", "Instruction", "Objectives", "Address", "Job"];

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

        var owner = db.OwnerOf(entity, dossierId);
        var (before, after) = (new JsonObject(), new JsonObject());
        var (secretBefore, secretAfter) = (new JsonObject(), new JsonObject());
        foreach (var property in entry.Properties)
        {
            var name = property.Metadata.Name;
            if (Silent.Contains(name) || property.Metadata.ClrType == typeof(byte[]) || (entry.State == EntityState.Modified && !property.IsModified))
            {
                continue;
            }

            var key = JsonNamingPolicy.CamelCase.ConvertName(name);
            var personal = Personal.Contains(name) || (owner is not null && property.Metadata.ClrType == typeof(string) && PersonalEnds.Any(x => name.EndsWith(x, StringComparison.Ordinal)));
            if (entry.State != EntityState.Added)
            {
                Put(before, secretBefore, key, property.OriginalValue, personal);
            }

            if (entry.State != EntityState.Deleted && (entry.State != EntityState.Added || property.CurrentValue is not null))
            {
                Put(after, secretAfter, key, property.CurrentValue, personal);
            }
        }

        db.Add(AuditEntry.Of(
            change, subject, id.ToString()!, dossierId, action, NullIfEmpty(before), NullIfEmpty(after), owner,
            secretBefore.Count + secretAfter.Count == 0 ? null : new PersonalValues(null, NullIfEmpty(secretBefore), NullIfEmpty(secretAfter))));
        db.News.Add($"{subject}:{id}");
        db.News.Add(subject + "s");
        if (dossierId is not null)
        {
            db.News.Add($"dossier:{dossierId}");
        }

        return true;
    }

    /// <summary>Whose key encrypts what the audit keeps about this entity: erasing that person, company or dossier erases it here too.</summary>
    private static KeySubject? OwnerOf(this MonOpcoDbContext db, object entity, Guid? dossierId) => (entity, db.Keys) switch
    {
        (_, null) => null,
        (Beneficiaire person, _) => KeySubject.Beneficiary(person.Id),
        (User user, _) => KeySubject.Account(user.Id),
        (Company company, _) => KeySubject.Company(company.Id),
        (Signer signer, { } keys) => keys.PersonOf(signer.Email),
        (SentMail mail, { } keys) => keys.PersonOf(mail.Recipient),
        (MagicLink link, { } keys) => keys.PersonOf(link.Email),
        (HumanTask { CandidateEmail: { } email }, { } keys) => keys.PersonOf(email),
        (Document { PersonKey: { } email }, { } keys) => keys.PersonOf(email),
        _ => dossierId is { } id ? KeySubject.Dossier(id) : null,
    };

    private static void Put(JsonObject plain, JsonObject secret, string key, object? value, bool personal)
    {
        var node = value switch
        {
            null or "" => null,
            JsonNode json => json.DeepClone(),
            _ => JsonSerializer.SerializeToNode(value, value.GetType(), JsonColumns.Options),
        };
        plain[key] = personal && node is not null ? AuditEntry.Mask : value is "" ? "" : node;
        if (personal && node is not null)
        {
            secret[key] = node;
        }
    }

    private static JsonObject? NullIfEmpty(JsonObject values) => values.Count == 0 ? null : values;
}
