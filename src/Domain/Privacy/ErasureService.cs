using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Keys;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Tasks;

namespace MonOPCO.Domain.Privacy;

/// <summary>One line of a preview: what, how many; and for what stays, why and until when.</summary>
public sealed record ErasureLine(string What, int Count, string? Basis = null, DateOnly? Until = null);

/// <summary>What an erasure would do to a person's data.</summary>
public sealed record ErasurePlan(string PersonKey, string? Name, IReadOnlyList<ErasureLine> Erased, IReadOnlyList<ErasureLine> Kept, bool IsStaff)
{
    internal List<Guid> BeneficiaireIds { get; init; } = [];

    internal List<Guid> UserIds { get; init; } = [];

    internal List<Guid> DocumentIds { get; init; } = [];

    public bool IsEmpty => Erased.Count == 0 && Kept.Count == 0;
}

/// <summary>
/// Erases a person: everything that no law obliges to keep, in one transaction; documents by the destruction of their keys. What must stay is named with its
/// legal basis and its end. A purge list makes every restore do it again.
/// </summary>
public sealed class ErasureService(MonOpcoDbContext db, DocumentStore documents, RetentionRules retention, KeyRing ring)
{
    private const string Gone = "Personne effacée";

    /// <summary>States in which a request ended before anything had to be proven.</summary>
    private static readonly DossierState[] NothingToProve = [DossierState.Refuse, DossierState.Annule, DossierState.Abandonne, DossierState.Caduc, DossierState.RefusTacite];

    public async Task<ErasurePlan> PreviewAsync(string email, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (key, today) = (SearchText.EmailKey(email), Fr.InParis(now));

        // Exactly this address, whatever its case.
        var pattern = Escape(key);
        var (erased, kept) = (new List<ErasureLine>(), new List<ErasureLine>());
        var people = await db.Beneficiaires.AsNoTracking().Where(x => x.EmailKey == key).Join(db.Dossiers, x => x.DossierId, d => d.Id, (Person, Dossier) => new { Person, Dossier }).ToListAsync(cancellationToken);
        var lines = new List<Guid>();
        foreach (var line in people)
        {
            var (basis, until) = await KeptForAsync(line.Dossier, today, cancellationToken);
            if (basis is null)
            {
                lines.Add(line.Person.Id);
            }
            else
            {
                kept.Add(new ErasureLine($"Identité dans le dossier {line.Dossier.Numero}", 1, basis, until));
            }
        }

        Add(erased, "Identité dans un dossier", lines.Count);
        Add(erased, "Téléphone dans les dossiers gardés", people.Count(x => !lines.Contains(x.Person.Id) && x.Person.Phone.Length > 0));

        var erasedDossiers = people.Where(x => lines.Contains(x.Person.Id)).Select(x => x.Dossier.Id).ToHashSet();
        var owned = await db.Documents.AsNoTracking().Where(x => x.PersonKey == key && x.DestroyedAt == null).ToListAsync(cancellationToken);
        var destroyed = new List<Guid>();
        foreach (var document in owned)
        {
            // The content of a bilan is the person's alone: no duty of anybody to keep it.
            var due = document.Confidential ? null : await retention.DueAsync(document, today, cancellationToken);
            if (document.Confidential || due is null || due.On <= today || (document.DossierId is { } dossier && erasedDossiers.Contains(dossier)))
            {
                destroyed.Add(document.Id);
            }
            else
            {
                kept.Add(new ErasureLine($"Document « {document.Name} »", 1, due.Basis, due.On));
            }
        }

        Add(erased, "Document (contenu et clé)", destroyed.Count);
        var signed = await db.Signers.AsNoTracking().Where(x => x.EmailKey == key && x.SignedAt != null).CountAsync(cancellationToken);
        if (signed > 0)
        {
            var last = await db.Signers.Where(x => x.EmailKey == key).MaxAsync(x => x.SignedAt, cancellationToken);
            kept.Add(new ErasureLine("Preuve de signature", signed, "Preuve du contrat (code civil, art. 1366 et 1367 ; RGPD, art. 17.3.e)", Fr.InParis(last!.Value).AddMonths(await retention.MonthsAsync(RetentionClasses.Contract, today, cancellationToken))));
        }

        var users = await db.Users.AsNoTracking().Where(x => x.NormalizedEmail == key.ToUpperInvariant()).ToListAsync(cancellationToken);
        var isStaff = users.Count > 0 && await (from user in db.UserRoles join role in db.Roles on user.RoleId equals role.Id where user.UserId == users[0].Id select role.Name).AnyAsync(x => !Users.Roles.Portal.Contains(x!), cancellationToken);
        Add(erased, "Compte d’accès", users.Count);
        var ids = users.ConvertAll(x => x.Id);
        Add(erased, "Demande commencée", await db.RequestDrafts.CountAsync(x => ids.Contains(x.UserId), cancellationToken));
        Add(erased, "Trace de courriel", await db.SentMails.CountAsync(x => EF.Functions.ILike(x.Recipient, pattern, "\\"), cancellationToken));
        Add(erased, "Lien ou code personnel", await db.MagicLinks.CountAsync(x => x.EmailKey == key, cancellationToken) + await db.LoginCodes.CountAsync(x => x.EmailKey == key, cancellationToken));
        Add(erased, "Consentement", await db.Consents.CountAsync(x => x.PersonKey == key, cancellationToken));
        var contact = await db.Dossiers.CountAsync(x => EF.Functions.ILike(x.ContactEmail, pattern, "\\"), cancellationToken);
        if (contact > 0)
        {
            kept.Add(new ErasureLine("Contact de l’entreprise dans un dossier", contact, "Exécution du contrat de l’entreprise et preuve (RGPD, art. 17.3.b et e)"));
        }

        var name = users.FirstOrDefault()?.DisplayName ?? people.Select(x => x.Person.FullName).FirstOrDefault();
        return new ErasurePlan(key, name, erased, kept, isStaff) { BeneficiaireIds = lines, UserIds = ids, DocumentIds = destroyed };
    }

    /// <summary>Does what the preview says, now. Staff accounts are closed by an administrator, not erased here: their acts must stay attributable.</summary>
    public Task<Erasure> EraseAsync(Guid id, string email, Guid? requestId, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var key = SearchText.EmailKey(email);
            await db.LockAsync($"erasure:{key}", cancellationToken);
            var plan = await PreviewAsync(email, change.Now, cancellationToken);
            if (plan.IsStaff)
            {
                throw new RuleBrokenException("erasure-staff", "Cette adresse est celle d’un membre du personnel : fermez d’abord son compte. Ses actes doivent rester attribuables.");
            }

            if (plan.Erased.Count == 0)
            {
                throw new RuleBrokenException("erasure-nothing", plan.Kept.Count == 0 ? "Aucune donnée n’est connue pour cette adresse." : "Tout ce que MonOPCO a pour cette adresse doit encore être gardé : rien ne peut être effacé aujourd’hui.");
            }

            foreach (var document in plan.DocumentIds)
            {
                await documents.DestroyAsync(document, change, cancellationToken);
            }

            // What was encrypted for the person (audit, answers) is unreadable with its key gone, wherever it stands. What must stay keeps its key.
            await ring.DestroyAsync(db, ring.PersonOf(key), change, cancellationToken);
            foreach (var line in plan.BeneficiaireIds)
            {
                await ring.DestroyAsync(db, KeySubject.Beneficiary(line), change, cancellationToken);
            }

            foreach (var user in plan.UserIds)
            {
                await ring.DestroyAsync(db, KeySubject.Account(user), change, cancellationToken);
            }

            await ApplyAsync(key, plan.BeneficiaireIds, plan.UserIds, change.Now, cancellationToken);
            db.Add(new ErasurePurge { Id = Guid.CreateVersion7(change.Now), Person = HashOf(key), BeneficiaireIds = [.. plan.BeneficiaireIds], UserIds = [.. plan.UserIds], ErasedAt = change.Now });
            var year = Fr.InParis(change.Now).Year;
            await db.LockAsync("erasure-numero", cancellationToken);
            var sequence = await db.Erasures.CountAsync(x => x.Numero.StartsWith($"EF-{year}-"), cancellationToken) + 1;
            var erasure = new Erasure
            {
                Id = id,
                Numero = string.Create(CultureInfo.InvariantCulture, $"EF-{year}-{sequence:0000}"),
                At = change.Now,
                By = change.ActorName,
                RequestId = requestId,
                Erased = Lines(plan.Erased),
                Kept = Lines(plan.Kept),
            };
            db.Add(erasure);
            db.Audit(erasure, "erasure", erasure.Id, null, "Erased", change);
            await db.SaveChangesAsync(cancellationToken);
            return erasure;
        },
        cancellationToken);

    /// <summary>After a restore: everybody who had been erased is erased again; the address is found by its keyed hash.</summary>
    internal async Task<int> ReplayAsync(CancellationToken cancellationToken)
    {
        var purges = await db.Set<ErasurePurge>().AsNoTracking().ToListAsync(cancellationToken);
        if (purges.Count == 0)
        {
            return 0;
        }

        var addresses = await db.Database.SqlQuery<string>(
            $"""
            select email_key as "Value" from beneficiaires union select lower(email) from users where email is not null union select lower(recipient) from sent_mails union select email_key from magic_links
            union select email_key from login_codes union select person_key from consents union select person_key from person_requests union select person_key from documents where person_key is not null
            """).ToListAsync(cancellationToken);
        var byHash = addresses.Distinct().ToDictionary(HashOf);
        foreach (var purge in purges)
        {
            await ApplyAsync(byHash.GetValueOrDefault(purge.Person), purge.BeneficiaireIds, purge.UserIds, purge.ErasedAt, cancellationToken);
        }

        return purges.Count;
    }

    // Set-based, and the same when it runs twice. The dossiers' own texts name people too.
    private async Task ApplyAsync(string? key, IReadOnlyCollection<Guid> beneficiaireIds, IReadOnlyCollection<Guid> userIds, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var (lines, users) = (beneficiaireIds.ToArray(), userIds.ToArray());
        await db.Database.ExecuteSqlAsync(
            $"""
            with gone as (select b.id, b.dossier_id, b.first_name || ' ' || b.last_name as name, b.last_name || ' ' || b.first_name as reverse from beneficiaires b where b.id = any({lines}) and b.last_name <> {Gone})
            update dossier_events e set text = replace(replace(e.text, g.name, {Gone}), g.reverse, {Gone}), detail = null from gone g where e.dossier_id = g.dossier_id and (strpos(e.text, g.name) > 0 or strpos(e.text, g.reverse) > 0 or e.detail is not null)
            """, cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"""
            update beneficiaires set last_name = {Gone}, first_name = '', birth_date = '1900-01-01', email = 'efface-' || id || '@invalide', email_key = 'efface-' || id || '@invalide', phone = '', job = '', hired_on = null
            where id = any({lines})
            """, cancellationToken);

        // The stored search text of a dossier carries its beneficiaries' names: rebuilt from what is left.
        await db.Database.ExecuteSqlAsync(
            $"""
            update dossiers d set search = lower(d.numero || ' ' || coalesce(c.name, '')) from companies c where c.id = d.company_id and d.id in (select dossier_id from beneficiaires where id = any({lines}))
            """, cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"""
            update users set display_name = {Gone}, email = 'efface-' || id || '@invalide', normalized_email = upper('efface-' || id || '@invalide'), user_name = 'efface-' || id || '@invalide', normalized_user_name = upper('efface-' || id || '@invalide'),
                phone_number = null, password_hash = null, security_stamp = gen_random_uuid()::text, lockout_enabled = true, lockout_end = '9999-12-31', company_id = null, training_body_id = null, last_sign_in_at = null
            where id = any({users})
            """, cancellationToken);
        await db.Database.ExecuteSqlAsync($"delete from user_tokens where user_id = any({users})", cancellationToken);
        await db.Database.ExecuteSqlAsync($"delete from user_logins where user_id = any({users})", cancellationToken);
        await db.Database.ExecuteSqlAsync($"delete from user_passkeys where user_id = any({users})", cancellationToken);
        await db.Database.ExecuteSqlAsync($"delete from user_roles where user_id = any({users})", cancellationToken);
        await db.RequestDrafts.Where(x => users.Contains(x.UserId)).ExecuteDeleteAsync(cancellationToken);
        if (key is null)
        {
            return;
        }

        await db.Database.ExecuteSqlAsync($"update beneficiaires set phone = '' where email_key = {key}", cancellationToken);
        await db.Database.ExecuteSqlAsync($"update sent_mails set recipient = 'efface@invalide' where lower(recipient) = {key}", cancellationToken);
        await db.Database.ExecuteSqlAsync($"update human_tasks set candidate_email = null, candidate_email_key = null, draft = null where candidate_email_key = {key} and status <> 'Open' and status <> 'Claimed'", cancellationToken);
        await db.Database.ExecuteSqlAsync($"update person_requests set person_key = 'efface-' || id || '@invalide', name = {Gone}, text = '' where person_key = {key}", cancellationToken);
        await db.MagicLinks.Where(x => x.EmailKey == key).ExecuteDeleteAsync(cancellationToken);
        await db.LoginCodes.Where(x => x.EmailKey == key).ExecuteDeleteAsync(cancellationToken);
        await db.Consents.Where(x => x.PersonKey == key).ExecuteDeleteAsync(cancellationToken);
        _ = at;
    }

    /// <summary>Why the line of a beneficiary must stay, and until when; no basis = it may go.</summary>
    private async Task<(string? Basis, DateOnly? Until)> KeptForAsync(Dossier dossier, DateOnly today, CancellationToken cancellationToken)
    {
        if (NothingToProve.Contains(dossier.State) && dossier.AccordDate is null)
        {
            return (null, null);
        }

        var until = dossier.EndDate.AddMonths(await retention.MonthsAsync(RetentionClasses.Training, today, cancellationToken));
        return until <= today ? (null, null)
            : dossier.AccordDate is not null || dossier.FiledAt is not null ? ("Preuve de la réalisation de l’action, contrôles de l’OPCO et de l’État (code du travail, art. L6362-1 et suivants ; RGPD, art. 17.3.b)", until)
            : ("Dossier en cours : contrat de l’entreprise (RGPD, art. 6.1.b). Retirez d’abord la personne du dossier, ou annulez-le", null);
    }

    private static void Add(List<ErasureLine> lines, string what, int count)
    {
        if (count > 0)
        {
            lines.Add(new ErasureLine(what, count));
        }
    }

    private static JsonObject Lines(IEnumerable<ErasureLine> lines) => new()
    {
        // The name of a kept document may name somebody: the certificate says what kind it is.
        ["lignes"] = new JsonArray([.. lines.GroupBy(x => (What: x.What.StartsWith("Document «", StringComparison.Ordinal) ? "Document" : x.What, x.Basis, x.Until)).Select(x => new JsonObject
        {
            ["quoi"] = x.Key.What,
            ["nombre"] = x.Sum(y => y.Count),
            ["base"] = x.Key.Basis,
            ["jusqua"] = x.Key.Until?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        })]),
    };

    /// <summary>For <c>ilike</c>, escaped by a backslash.</summary>
    public static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal);

    private string HashOf(string key) => Convert.ToHexStringLower(ring.Hash("personne-effacee", key));
}
