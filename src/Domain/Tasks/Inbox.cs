using System.Globalization;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using Npgsql;

namespace MonOPCO.Domain.Tasks;

public sealed record InboxRow(
    Guid Id, string Code, string Title, TaskPriority Priority, DateTimeOffset DueAt, Guid? AssigneeId, string? AssigneeName, string? CandidateRole, Guid? DossierId, string? Numero, string? CompanyName, DateTimeOffset CreatedAt)
{
    public bool HasDeadline => DueAt < HumanTask.NoDeadline;
}

/// <summary><paramref name="Next"/>: Cursor of the next page, or null.</summary>
public sealed record InboxPage(IReadOnlyList<InboxRow> Rows, string? Next);

/// <summary>
/// The inbox page: one index scan per key (account, each role, company, address), merged. The obvious OR over the same columns is an order of magnitude slower.
/// </summary>
public sealed class Inbox(MonOpcoDbContext db)
{
    public async Task<InboxPage> PageAsync(InboxKeys keys, string? after, int size, CancellationToken cancellationToken)
    {
        var parameters = new List<NpgsqlParameter>();
        var rest = "";
        if (TryReadCursor(after, out var due, out var id))
        {
            rest = $" and (due_at, id) > ({Add(due)}, {Add(id)})";
        }

        var scans = Scans(keys, Add).Select(where => $"(select id, due_at from human_tasks where status = 'Open' and {where}{rest} order by due_at, id limit {size + 1})").ToList();
        if (scans.Count == 0)
        {
            return new InboxPage([], null);
        }

        // A task may be reached by two keys (e.g. company and address): distinct after the scans.
        var sql = $"""
            select t.id as "Id", t.code as "Code", t.title as "Title", t.priority as "Priority", t.due_at as "DueAt", t.assignee_id as "AssigneeId", t.assignee_name as "AssigneeName",
                   t.candidate_role as "CandidateRole", t.dossier_id as "DossierId", d.numero as "Numero", c.name as "CompanyName", t.created_at as "CreatedAt"
            from (select distinct id, due_at from ({string.Join(" union all ", scans)}) every_key order by due_at, id limit {size + 1}) page
            join human_tasks t on t.id = page.id
            left join dossiers d on d.id = t.dossier_id
            left join companies c on c.id = d.company_id
            order by t.due_at, t.id
            """;
        var raw = await db.Database.SqlQueryRaw<Row>(sql, [.. parameters]).ToListAsync(cancellationToken);
        var rows = raw.Select(x => new InboxRow(x.Id, x.Code, x.Title, Enum.Parse<TaskPriority>(x.Priority), x.DueAt, x.AssigneeId, x.AssigneeName, x.CandidateRole, x.DossierId, x.Numero, x.CompanyName, x.CreatedAt)).ToList();
        return rows.Count > size ? new InboxPage(rows[..size], Cursor(rows[size - 1])) : new InboxPage(rows, null);

        string Add(object value)
        {
            parameters.Add(new NpgsqlParameter($"p{parameters.Count}", value));
            return $"@p{parameters.Count - 1}";
        }
    }

    /// <summary>How many, up to <paramref name="limit"/>: an exact count costs many times the page, so the interface says « 100+ ».</summary>
    public async Task<int> CountAsync(InboxKeys keys, int limit, CancellationToken cancellationToken) => (await PageAsync(keys, null, limit, cancellationToken)).Rows.Count;

    private static IEnumerable<string> Scans(InboxKeys keys, Func<object, string> add)
    {
        const string free = "assignee_id is null and ";
        if (keys.UserId is { } user)
        {
            yield return $"assignee_id = {add(user)}";
            yield return $"{free}candidate_user_id = {add(user)}";
        }

        foreach (var role in keys.Roles)
        {
            yield return $"{free}candidate_role = {add(role)}";
        }

        if (keys.CompanyId is { } company)
        {
            yield return $"{free}candidate_company_id = {add(company)}";
        }

        if (!string.IsNullOrWhiteSpace(keys.Email))
        {
            yield return $"{free}candidate_email_key = {add(SearchText.EmailKey(keys.Email))}";
        }
    }

    private static string Cursor(InboxRow row) => string.Create(CultureInfo.InvariantCulture, $"{row.DueAt.UtcTicks}.{row.Id:N}");

    private static bool TryReadCursor(string? text, out DateTimeOffset due, out Guid id)
    {
        (due, id) = (default, default);
        var parts = (text ?? "").Split('.');
        if (parts.Length != 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) || ticks > DateTime.MaxValue.Ticks || !Guid.TryParseExact(parts[1], "N", out id))
        {
            return false;
        }

        due = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    private sealed record Row(
        Guid Id, string Code, string Title, string Priority, DateTimeOffset DueAt, Guid? AssigneeId, string? AssigneeName, string? CandidateRole, Guid? DossierId, string? Numero, string? CompanyName, DateTimeOffset CreatedAt);
}
