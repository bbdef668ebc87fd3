using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using Npgsql;

namespace MonOPCO.Domain.Tasks;

/// <summary>
/// The lists of the inbox: one index scan per key (account, each role, company, address), merged. The obvious OR over the same columns is an order of magnitude slower.
/// Lists and counters are the same query, so that they cannot disagree.
/// </summary>
public sealed class Inbox(MonOpcoDbContext db)
{
    // Above it a search goes through the tasks in their order instead: it finds enough of them soon.
    private const int FewDossiers = 500;

    /// <summary>Everything that this person may do: taken, free, by any key.</summary>
    public Task<InboxPage> PageAsync(InboxKeys keys, string? after, int size, CancellationToken cancellationToken) =>
        ReadAsync(new Scan(), InboxSort.Due, s => Everything(keys, s), after, size, cancellationToken);

    public async Task<InboxPage> PageAsync(InboxList list, InboxKeys keys, InboxFilter filter, DateTimeOffset now, string? after, int size, CancellationToken cancellationToken) =>
        await ReadAsync(await NarrowAsync(filter, cancellationToken), SortOf(list, filter), s => Of(list, keys, now, s), after, size, cancellationToken, list == InboxList.Done);

    /// <summary>How many, up to <paramref name="limit"/>: an exact count costs many times the page, so the interface says « 100+ ».</summary>
    public async Task<int> CountAsync(InboxKeys keys, int limit, CancellationToken cancellationToken) => (await PageAsync(keys, null, limit, cancellationToken)).Rows.Count;

    /// <summary>How many each list holds under the filter, up to the limit, in one question.</summary>
    public async Task<IReadOnlyDictionary<InboxList, int>> CountsAsync(InboxKeys keys, InboxFilter filter, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var scan = await NarrowAsync(filter, cancellationToken);
        var lists = Enum.GetValues<InboxList>();
        var parts = lists.Select(list =>
        {
            var done = list == InboxList.Done;
            var scans = Of(list, keys, now, scan).Select(where => $"(select id from human_tasks t where {where} and {scan.Filter} order by {Order(SortOf(list, filter), done)} limit {limit})").ToList();
            return scans.Count == 0 ? "select 0" : $"select count(*)::int from (select id from ({string.Join(" union ", scans)}) every_key limit {limit}) counted";
        });
        var sql = $"select array[{string.Join(", ", parts.Select(x => $"({x})"))}] as \"Value\"";
        var counts = (await db.Database.SqlQueryRaw<int[]>(sql, scan.Parameters()).ToListAsync(cancellationToken)).Single();
        return lists.Zip(counts).ToDictionary(x => x.First, x => x.Second);
    }

    /// <summary>Kinds of tasks that are open, for the filter: code and the title it is shown with.</summary>
    public async Task<IReadOnlyList<(string Code, string Title)>> KindsAsync(CancellationToken cancellationToken)
    {
        // Each code costs one step down the index, however many tasks have it (a plain « distinct » would read them all).
        var rows = await db.Database.SqlQueryRaw<Kind>("""
            with recursive codes as (
              (select code, title from human_tasks where status = 'Open' order by code limit 1)
              union all
              select n.code, n.title from codes c cross join lateral (select code, title from human_tasks where status = 'Open' and code > c.code order by code limit 1) n)
            select code as "Code", title as "Title" from codes limit 100
            """).ToListAsync(cancellationToken);
        return [.. rows.Select(x => (x.Code, x.Title))];
    }

    internal static string Order(InboxSort sort, bool done) => done ? "completed_at desc, id desc" : sort switch
    {
        InboxSort.Priority => "priority_rank, due_at, id",
        InboxSort.Created => "created_at, id",
        _ => "due_at, id",
    };

    private static InboxSort SortOf(InboxList list, InboxFilter filter) => list == InboxList.Done ? InboxSort.Due : filter.Sort;

    private static IEnumerable<string> Of(InboxList list, InboxKeys keys, DateTimeOffset now, Scan scan)
    {
        switch (list)
        {
            case InboxList.Mine:
                return Mine(keys, scan);
            case InboxList.Team:
                return Team(keys, scan);
            case InboxList.Available:
                return Free(keys, scan);
            case InboxList.Late:
                var late = $" and due_at < {scan.Add(now.ToUniversalTime())}";
                return [.. Mine(keys, scan).Concat(Team(keys, scan)).Concat(Free(keys, scan)).Select(x => x + late)];
            default:
                const string done = "status = 'Completed' and ";
                return [.. (keys.UserId is { } me ? new[] { $"{done}completed_by_id = {scan.Add(me)}" } : []).Concat(keys.Roles.Select(role => $"{done}candidate_role = {scan.Add(role)}"))];
        }
    }

    private static IEnumerable<string> Everything(InboxKeys keys, Scan scan)
    {
        const string free = "status = 'Open' and assignee_id is null and ";
        IEnumerable<string> company = keys.CompanyId is { } id ? [$"{free}candidate_company_id = {scan.Add(id)}"] : [];
        return [.. Mine(keys, scan), .. Free(keys, scan), .. company];
    }

    private static IReadOnlyList<string> Mine(InboxKeys keys, Scan scan)
    {
        var scans = new List<string>();
        foreach (var person in keys.People)
        {
            var id = scan.Add(person);
            scans.Add($"status = 'Open' and assignee_id = {id}");
            scans.Add($"status = 'Open' and assignee_id is null and candidate_user_id = {id}");
        }

        if (!string.IsNullOrWhiteSpace(keys.Email))
        {
            scans.Add($"status = 'Open' and assignee_id is null and candidate_email_key = {scan.Add(SearchText.EmailKey(keys.Email))}");
        }

        return scans;
    }

    private static IReadOnlyList<string> Free(InboxKeys keys, Scan scan) => [.. keys.Roles.Select(role => $"status = 'Open' and assignee_id is null and candidate_role = {scan.Add(role)}")];

    private static IReadOnlyList<string> Team(InboxKeys keys, Scan scan)
    {
        var others = keys.People.Count == 0 ? "" : $" and assignee_id <> all ({scan.Add(keys.People.ToArray())})";
        return [.. keys.Roles.Select(role => $"status = 'Open' and assignee_id is not null and candidate_role = {scan.Add(role)}{others}")];
    }

    private async Task<Scan> NarrowAsync(InboxFilter filter, CancellationToken cancellationToken)
    {
        var scan = new Scan();
        scan.And(filter.Code, x => $"code = {x}");
        scan.And(filter.Priority?.ToString(), x => $"priority = {x}");
        scan.And(filter.DueBefore?.ToUniversalTime(), x => $"due_at < {x}");
        scan.And(filter.OpcoSlug, x => $"exists (select 1 from dossiers d where d.id = t.dossier_id and d.opco_slug = {x})");
        scan.And(filter.CompanyId, x => $"dossier_id = any (array(select id from dossiers where company_id = {x}))");
        var words = SearchText.Of(filter.Text).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > 0)
        {
            var patterns = words.Select(word => $"%{word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%").ToArray();
            var found = await db.Database.SqlQueryRaw<Guid>($"select id as \"Value\" from dossiers where search like all (@patterns) limit {FewDossiers + 1}", new NpgsqlParameter("patterns", patterns)).ToListAsync(cancellationToken);
            scan.And(found.Count <= FewDossiers ? (object)found.ToArray() : patterns, x => found.Count <= FewDossiers ? $"dossier_id = any ({x})" : $"exists (select 1 from dossiers d where d.id = t.dossier_id and d.search like all ({x}))");
        }

        return scan;
    }

    private async Task<InboxPage> ReadAsync(Scan scan, InboxSort sort, Func<Scan, IEnumerable<string>> of, string? after, int size, CancellationToken cancellationToken, bool done = false)
    {
        var order = Order(sort, done);
        var rest = Cursor.TryRead(after, sort, done, out var cursor) ? $" and {cursor.After(scan, sort, done)}" : "";
        const string keys = "id, due_at, priority_rank, created_at, completed_at";
        var scans = of(scan).Select(where => $"(select {keys} from human_tasks t where {where} and {scan.Filter}{rest} order by {order} limit {size + 1})").ToList();
        if (scans.Count == 0)
        {
            return new InboxPage([], null);
        }

        // A task may be reached by two keys (e.g. company and address): distinct after the scans.
        var sql = $"""
            select t.id as "Id", t.code as "Code", t.title as "Title", t.priority as "Priority", t.due_at as "DueAt", t.assignee_id as "AssigneeId", t.assignee_name as "AssigneeName",
                   t.candidate_role as "CandidateRole", t.dossier_id as "DossierId", d.numero as "Numero", c.name as "CompanyName", t.created_at as "CreatedAt", d.title as "DossierTitle", o.name as "OpcoName",
                   d.training_body_id as "TrainingBodyId", d.requested_amount as "Amount", d.filing_deadline as "FilingDeadline", d.filed_at is not null as "Filed",
                   t.completed_at as "CompletedAt", t.completed_by_name as "CompletedByName", t.outcome as "Outcome", t.draft is not null as "HasDraft"
            from (select distinct {keys} from ({string.Join(" union all ", scans)}) every_key order by {order} limit {size + 1}) page
            join human_tasks t on t.id = page.id
            left join dossiers d on d.id = t.dossier_id
            left join companies c on c.id = d.company_id
            left join opcos o on o.slug = d.opco_slug
            order by {string.Join(", ", order.Split(", ").Select(x => "page." + x))}
            """;
        var rows = (await db.Database.SqlQueryRaw<Row>(sql, scan.Parameters()).ToListAsync(cancellationToken)).ConvertAll(x => x.Read());
        return rows.Count > size ? new InboxPage(rows[..size], Cursor.Of(rows[size - 1], done)) : new InboxPage(rows, null);
    }

    /// <summary>Conditions of one question, with their parameters.</summary>
    private sealed class Scan
    {
        private readonly List<NpgsqlParameter> _parameters = [];
        private readonly StringBuilder _filter = new("true");

        public string Filter => _filter.ToString();

        public string Add(object value)
        {
            _parameters.Add(new NpgsqlParameter($"p{_parameters.Count}", value));
            return $"@p{_parameters.Count - 1}";
        }

        public void And(object? value, Func<string, string> condition)
        {
            if (value is not null)
            {
                _filter.Append(" and ").Append(condition(Add(value)));
            }
        }

        public object[] Parameters() => [.. _parameters];
    }

    /// <summary>Where a page ended; of another order it is no cursor.</summary>
    private sealed record Cursor(Guid Id, DateTimeOffset Due, int Rank, DateTimeOffset Created, DateTimeOffset? Completed)
    {
        public static string Of(InboxRow row, bool done) => string.Create(
            CultureInfo.InvariantCulture, $"{row.DueAt.UtcTicks}.{TaskPriority.Urgent - row.Priority}.{row.CreatedAt.UtcTicks}.{(done ? row.CompletedAt?.UtcTicks ?? 0 : 0)}.{row.Id:N}");

        public static bool TryRead(string? text, InboxSort sort, bool done, out Cursor cursor)
        {
            cursor = null!;
            if ((text ?? "").Split('.') is not [var due, var rank, var created, var completed, var id] || !Instant(due, out var dueAt) || !int.TryParse(rank, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || !Instant(created, out var createdAt) || !Instant(completed, out var completedAt) || !Guid.TryParseExact(id, "N", out var task) || (done && completed == "0"))
            {
                return false;
            }

            cursor = new Cursor(task, dueAt, number, createdAt, completedAt);
            return true;
        }

        public string After(Scan scan, InboxSort sort, bool done) => done ? $"(completed_at, id) < ({scan.Add(Completed!)}, {scan.Add(Id)})" : sort switch
        {
            InboxSort.Priority => $"(priority_rank, due_at, id) > ({scan.Add(Rank)}, {scan.Add(Due)}, {scan.Add(Id)})",
            InboxSort.Created => $"(created_at, id) > ({scan.Add(Created)}, {scan.Add(Id)})",
            _ => $"(due_at, id) > ({scan.Add(Due)}, {scan.Add(Id)})",
        };

        private static bool Instant(string text, out DateTimeOffset instant)
        {
            var fine = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks;
            instant = fine ? new DateTimeOffset(ticks, TimeSpan.Zero) : default;
            return fine;
        }
    }

    private sealed record Kind(string Code, string Title);

    private sealed record Row(
        Guid Id, string Code, string Title, string Priority, DateTimeOffset DueAt, Guid? AssigneeId, string? AssigneeName, string? CandidateRole, Guid? DossierId, string? Numero, string? CompanyName, DateTimeOffset CreatedAt,
        string? DossierTitle, string? OpcoName, Guid? TrainingBodyId, decimal? Amount, DateOnly? FilingDeadline, bool? Filed, DateTimeOffset? CompletedAt, string? CompletedByName, string? Outcome, bool HasDraft)
    {
        public InboxRow Read() => new(Id, Code, Title, Enum.Parse<TaskPriority>(Priority), DueAt, AssigneeId, AssigneeName, CandidateRole, DossierId, Numero, CompanyName, CreatedAt)
        {
            DossierTitle = DossierTitle,
            OpcoName = OpcoName,
            TrainingBodyId = TrainingBodyId,
            Amount = Amount,
            FilingDeadline = FilingDeadline,
            Filed = Filed ?? false,
            CompletedAt = CompletedAt,
            CompletedByName = CompletedByName,
            Outcome = Outcome,
            HasDraft = HasDraft,
        };
    }
}
