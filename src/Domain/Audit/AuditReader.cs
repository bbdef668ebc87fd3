using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Keys;

namespace MonOPCO.Domain.Audit;

/// <summary>What is looked for; what is null does not matter.</summary>
public sealed record AuditFilter
{
    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    /// <summary>Name of a person, or an address: of an account, or of somebody without one.</summary>
    public string? Person { get; init; }

    public string? OnBehalfOf { get; init; }

    public ActorKind? Kind { get; init; }

    public string? Subject { get; init; }

    public string? SubjectId { get; init; }

    public string? Dossier { get; init; }

    public string? Action { get; init; }

    /// <summary>The whole trace id, or its beginning as an error page shows it (« 4BF9-2F35 »).</summary>
    public string? RequestId { get; init; }

    /// <summary>In reasons and in identifiers.</summary>
    public string? Text { get; init; }
}

/// <summary>Where the next page begins.</summary>
public sealed record AuditCursor(DateTimeOffset At, long Id);

/// <summary>A property from what to what. Personal values are null until they are asked for; <paramref name="IsPersonal"/> says so.</summary>
public sealed record AuditChange(string Name, string? Old, string? New, bool IsPersonal);

public enum PersonalState
{
    /// <summary>There are none.</summary>
    None,

    /// <summary>Encrypted, not asked for.</summary>
    Hidden,

    Shown,

    /// <summary>The key has been destroyed.</summary>
    Erased,

    /// <summary>The cipher text does not open: it was altered or moved.</summary>
    Unreadable,
}

public sealed record AuditLine(
    long Id, DateTimeOffset At, ActorKind ActorKind, string Actor, Guid? UserId, string? OnBehalfOf, string Subject, string SubjectId, Guid? DossierId, string? DossierNumber, string Action,
    string? Reason, string? RequestId, IReadOnlyList<AuditChange> Changes, PersonalState Personal, bool IsSealed);

public sealed record AuditPage(IReadOnlyList<AuditLine> Lines, AuditCursor? Next);

/// <summary>How far the chain goes and when it was last walked along.</summary>
public sealed record AuditState(long Seals, DateTimeOffset? SealedAt, long Waiting, DateTimeOffset? OldestWaiting, DateTimeOffset? VerifiedAt, string? Problem);

/// <summary>Reads the audit, newest first, page by page by key: the millionth row costs what the first does.</summary>
public sealed class AuditReader(MonOpcoDbContext db, KeyRing ring)
{
    public const string ChainSubject = "audit";
    public const string Verified = "Verified";
    public const string TamperingFound = "TamperingFound";

    public async Task<AuditPage> SearchAsync(AuditFilter filter, AuditCursor? after, int size, CancellationToken cancellationToken)
    {
        var query = await QueryAsync(filter, cancellationToken);
        if (after is not null)
        {
            query = query.Where(x => EF.Functions.LessThan(ValueTuple.Create(x.At, x.Id), ValueTuple.Create(after.At, after.Id)));
        }

        var rows = await query.OrderByDescending(x => x.At).ThenByDescending(x => x.Id).Take(size + 1).ToListAsync(cancellationToken);
        var lines = await LinesAsync(rows.Count > size ? rows[..size] : rows, showPersonal: false, cancellationToken);
        return new AuditPage(lines, rows.Count > size ? new AuditCursor(rows[size - 1].At, rows[size - 1].Id) : null);
    }

    /// <summary>Everything that the filter finds, a thousand rows in memory at a time.</summary>
    public async IAsyncEnumerable<AuditLine> StreamAsync(AuditFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (AuditCursor? after = null; ;)
        {
            var page = await SearchAsync(filter, after, 1000, cancellationToken);
            foreach (var line in page.Lines)
            {
                yield return line;
            }

            if ((after = page.Next) is null)
            {
                yield break;
            }
        }
    }

    /// <summary>One row; with its personal values only when the caller has the right, and has noted that they are shown.</summary>
    public async Task<AuditLine?> FindAsync(long id, bool showPersonal, CancellationToken cancellationToken) =>
        await db.AuditEntries.AsNoTracking().FirstOrDefaultAsync(x => x.Id == id, cancellationToken) is { } row ? (await LinesAsync([row], showPersonal, cancellationToken))[0] : null;

    /// <summary>The history of a dossier field by field, newest first.</summary>
    public async Task<AuditPage> ForDossierAsync(Guid dossierId, AuditCursor? after, int size, CancellationToken cancellationToken)
    {
        var query = db.AuditEntries.AsNoTracking().Where(x => x.DossierId == dossierId);
        if (after is not null)
        {
            query = query.Where(x => x.Id < after.Id);
        }

        var rows = await query.OrderByDescending(x => x.Id).Take(size + 1).ToListAsync(cancellationToken);
        var lines = await LinesAsync(rows.Count > size ? rows[..size] : rows, showPersonal: false, cancellationToken);
        return new AuditPage(lines, rows.Count > size ? new AuditCursor(rows[size - 1].At, rows[size - 1].Id) : null);
    }

    /// <summary>Every subject and action that may be chosen in a filter.</summary>
    public async Task<(IReadOnlyList<string> Subjects, IReadOnlyList<string> Actions)> ChoicesAsync(CancellationToken cancellationToken)
    {
        // A loose walk over the index: as many steps as there are different pairs, however many rows.
        var pairs = await db.Database.SqlQueryRaw<string>(
            """
            with recursive pairs as (
              (select subject, action from audit_entries order by subject, action limit 1)
              union all
              select n.subject, n.action from pairs p cross join lateral (
                select subject, action from audit_entries where (subject, action) > (p.subject, p.action) order by subject, action limit 1) n)
            select subject || '|' || action as "Value" from pairs
            """).ToListAsync(cancellationToken);
        var parts = pairs.Select(x => x.Split('|', 2)).ToList();
        return ([.. parts.Select(x => x[0]).Distinct()], [.. parts.Select(x => x[1]).Distinct().Order(StringComparer.Ordinal)]);
    }

    public async Task<AuditState> StateAsync(CancellationToken cancellationToken)
    {
        var last = await db.AuditSeals.AsNoTracking().OrderByDescending(x => x.Number).Select(x => new { x.Number, x.SealedAt, x.LastTx, x.LastId }).FirstOrDefaultAsync(cancellationToken);
        var (tx, id) = (last?.LastTx ?? long.MinValue, last?.LastId ?? 0);
        var waiting = await db.AuditEntries.Where(x => EF.Functions.GreaterThan(ValueTuple.Create(x.Tx, x.Id), ValueTuple.Create(tx, id))).Take(10_000).GroupBy(_ => 1)
            .Select(x => new { Count = x.Count(), Oldest = x.Min(y => y.At) }).FirstOrDefaultAsync(cancellationToken);
        var check = await db.AuditEntries.AsNoTracking().Where(x => x.Subject == ChainSubject && (x.Action == Verified || x.Action == TamperingFound)).OrderByDescending(x => x.At).FirstOrDefaultAsync(cancellationToken);
        return new(last?.Number ?? 0, last?.SealedAt, waiting?.Count ?? 0, waiting?.Oldest, check?.At, check?.Action == TamperingFound ? check.Reason : null);
    }

    private async Task<IQueryable<AuditEntry>> QueryAsync(AuditFilter filter, CancellationToken cancellationToken)
    {
        var query = db.AuditEntries.AsNoTracking();
        query = filter.From is { } from ? query.Where(x => x.At >= from.ToUniversalTime()) : query;
        query = filter.To is { } to ? query.Where(x => x.At < to.ToUniversalTime()) : query;
        query = filter.Kind is { } kind ? query.Where(x => x.ActorKind == kind) : query;
        query = filter.Subject is { Length: > 0 } subject ? query.Where(x => x.Subject == subject) : query;
        query = filter.SubjectId is { Length: > 0 } subjectId ? query.Where(x => x.SubjectId == subjectId) : query;
        query = filter.Action is { Length: > 0 } action ? query.Where(x => x.Action == action) : query;
        if (filter.Dossier is { Length: > 0 } number)
        {
            var dossier = await db.Dossiers.Where(x => x.Numero == number.Trim()).Select(x => (Guid?)x.Id).FirstOrDefaultAsync(cancellationToken) ?? (Guid.TryParse(number, out var id) ? id : Guid.Empty);
            query = query.Where(x => x.DossierId == dossier);
        }

        if (filter.Person?.Trim() is { Length: > 0 } person)
        {
            var ids = await AccountsAsync(person, cancellationToken);
            var (mailbox, like) = (person.Contains('@', StringComparison.Ordinal) ? ring.PersonOf(person).ToString() : null, Like(person));
            query = ids.Length > 0 ? query.Where(x => ids.Contains(x.UserId)) : mailbox is not null ? query.Where(x => x.PersonalSubject == mailbox) : query.Where(x => EF.Functions.ILike(x.Actor, like, "\\"));
        }

        if (filter.OnBehalfOf?.Trim() is { Length: > 0 } behalf)
        {
            var (ids, like) = (await AccountsAsync(behalf, cancellationToken), Like(behalf));
            query = ids.Length > 0 ? query.Where(x => ids.Contains(x.OnBehalfOfId)) : query.Where(x => x.OnBehalfOf != null && EF.Functions.ILike(x.OnBehalfOf, like, "\\"));
        }

        if (filter.RequestId?.Replace("-", "", StringComparison.Ordinal).Trim().ToLowerInvariant() is { Length: > 0 } request)
        {
            // Both bounds, so that the index serves whatever the collation.
            var end = request + "g";
            query = request.Length >= 32 ? query.Where(x => x.RequestId == request) : query.Where(x => x.RequestId!.CompareTo(request) >= 0 && x.RequestId.CompareTo(end) < 0);
        }

        if (filter.Text?.Trim() is { Length: > 0 } text)
        {
            var like = Like(text);
            query = query.Where(x => x.SubjectId == text || EF.Functions.ILike(x.Reason!, like, "\\"));
        }

        return query;
    }

    private async Task<Guid?[]> AccountsAsync(string person, CancellationToken cancellationToken)
    {
        var (key, like) = (person.ToUpperInvariant(), Like(person));
        return await db.Users.Where(x => x.NormalizedEmail == key || EF.Functions.ILike(x.DisplayName, like, "\\")).OrderBy(x => x.Id).Take(200).Select(x => (Guid?)x.Id).ToArrayAsync(cancellationToken);
    }

    private static string Like(string text) => $"%{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";

    private async Task<IReadOnlyList<AuditLine>> LinesAsync(List<AuditEntry> rows, bool showPersonal, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return [];
        }

        var dossierIds = rows.Select(x => x.DossierId).OfType<Guid>().Distinct().ToArray();
        var numbers = await db.Dossiers.Where(x => dossierIds.Contains(x.Id)).ToDictionaryAsync(x => x.Id, x => x.Numero, cancellationToken);
        var outside = rows.Where(IsOutside).Select(x => x.UserId).OfType<Guid>().Distinct().ToArray();
        var names = outside.Length == 0 ? [] : await db.Users.Where(x => outside.Contains(x.Id)).ToDictionaryAsync(x => x.Id, x => x.DisplayName, cancellationToken);
        var last = await db.AuditSeals.OrderByDescending(x => x.Number).Select(x => new { x.LastTx, x.LastId }).FirstOrDefaultAsync(cancellationToken);
        var lines = new List<AuditLine>(rows.Count);
        foreach (var row in rows)
        {
            var (state, personal) = await PersonalAsync(row, showPersonal, cancellationToken);
            var actor = personal?.Actor ?? (IsOutside(row) && row.UserId is { } user && names.TryGetValue(user, out var name) ? name : row.Actor);
            lines.Add(new AuditLine(
                row.Id, row.At, row.ActorKind, actor, row.UserId, row.OnBehalfOf, row.Subject, row.SubjectId, row.DossierId, row.DossierId is { } id ? numbers.GetValueOrDefault(id) : null, row.Action,
                row.Reason, row.RequestId, Changes(row, personal), state, last is not null && (row.Tx, row.Id).CompareTo((last.LastTx, last.LastId)) <= 0));
        }

        return lines;
    }

    private static bool IsOutside(AuditEntry row) => row.ActorKind is ActorKind.Company or ActorKind.Beneficiary;

    private async Task<(PersonalState State, PersonalValues? Values)> PersonalAsync(AuditEntry row, bool show, CancellationToken cancellationToken)
    {
        if (row.PersonalSubject is null)
        {
            return (PersonalState.None, null);
        }

        if (row.Personal is not { } stored)
        {
            return (PersonalState.Erased, null);
        }

        if (!show)
        {
            return (PersonalState.Hidden, null);
        }

        try
        {
            return await ring.DecryptAsync(KeySubject.Parse(row.PersonalSubject), row.PersonalPlace, stored, cancellationToken) is { } plain
                ? (PersonalState.Shown, JsonSerializer.Deserialize<PersonalValues>(plain, JsonColumns.Options))
                : (PersonalState.Erased, null);
        }
        catch (CryptographicException)
        {
            return (PersonalState.Unreadable, null);
        }
    }

    private static List<AuditChange> Changes(AuditEntry row, PersonalValues? personal)
    {
        var names = (row.OldValues ?? []).Concat(row.NewValues ?? []).Select(x => x.Key).Distinct();
        return [.. names.Select(name => new AuditChange(name, Value(row.OldValues, personal?.Old, name), Value(row.NewValues, personal?.New, name), IsMasked(row.OldValues, name) || IsMasked(row.NewValues, name)))];
    }

    private static bool IsMasked(JsonObject? values, string name) => values?[name] is JsonValue value && value.TryGetValue<string>(out var text) && text == AuditEntry.Mask;

    private static string? Value(JsonObject? plain, JsonObject? personal, string name) => (IsMasked(plain, name) ? personal?[name] : plain?[name]) switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        var node => node.ToJsonString(JsonColumns.Options),
    };
}
