using System.Data;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using MonOPCO.Domain.Data;
using Npgsql;

namespace MonOPCO.Domain.Dossiers.Listing;

/// <summary>A dossier as lists, cards and exports show it.</summary>
public sealed record ListedDossier(
    Guid Id, string Numero, DossierKind Kind, DossierState State, DateTimeOffset StateSince, string Title, Guid CompanyId, string CompanyName, string? OpcoName, string BeneficiaireName, int BeneficiaireCount,
    decimal RequestedAmount, decimal? GrantedAmount, decimal? Remainder, DossierDecision Decision, DateOnly StartDate, DateOnly EndDate, DateOnly? FilingDeadline, DateTimeOffset? FiledAt, DateOnly? AccordDate,
    string? ResponsableName, DateTimeOffset CreatedAt, PaymentCircuit? Circuit, int OpenComplements, int PendingSignatures, bool OpcoMissing)
{
    /// <summary>Whether its last filing day still matters.</summary>
    public bool IsToFile => FiledAt is null && DossierStates.Group(State) == DossierGroup.Brouillon && Circuit != PaymentCircuit.FondsPropres;
}

/// <summary><paramref name="Previous"/>, <paramref name="Next"/>: cursors of the neighbouring pages, or null.</summary>
public sealed record ListedPage(IReadOnlyList<ListedDossier> Rows, string? Previous, string? Next);

/// <summary>Exact up to a limit, then « more than ».</summary>
public readonly record struct BoundedCount(long Value, bool IsMore)
{
    public const int Limit = 1000;
}

/// <summary>Where a page begins: behind this row, or before it. Written into the address, so that it stays good whatever happens to the row.</summary>
public sealed record PageCursor(bool Backward, bool InNulls, string Key, Guid Id)
{
    public override string ToString() => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{(Backward ? 'p' : 's')}{(InNulls ? '0' : '1')}{Id:N}{Key}")).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public static PageCursor? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > 800)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[640];
        var padded = text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '=');
        if (!Convert.TryFromBase64String(padded, bytes, out var length))
        {
            return null;
        }

        var plain = Encoding.UTF8.GetString(bytes[..length]);
        return plain.Length >= 34 && plain[0] is 'p' or 's' && plain[1] is '0' or '1' && Guid.TryParseExact(plain[2..34], "N", out var id) ? new PageCursor(plain[0] == 'p', plain[1] == '0', plain[34..], id) : null;
    }
}

/// <summary>The list of dossiers for the staff: pages by key in any order, bounded counts, whole results as a stream. What it costs does not grow with the page's number.</summary>
public sealed class DossierList(DataSources sources)
{
    private const string Columns =
        "d.id, d.numero, d.kind, d.state, d.state_since, d.title, d.company_id, d.company_name, d.opco_name, d.beneficiaire_name, d.beneficiaire_count, d.requested_amount, d.granted_amount, d.remainder, d.decision, "
        + "d.start_date, d.end_date, d.filing_deadline, d.filed_at, d.accord_date, d.responsable_name, d.created_at, d.circuit, d.opco_slug, d.number_key, d.state_rank";

    // In the place of a key that an address should not carry: it is looked up.
    private const string TooLong = "\u0001";

    // Asked for the shown rows only, after the page is known.
    private const string Waiting =
        "(select count(*) from complements c where c.dossier_id = d.id and c.status in ('Asked', 'Rejected'))::int, (select count(*) from signature_requests s where s.dossier_id = d.id and s.status = 'Pending')::int";

    public async Task<ListedPage> PageAsync(DossierQuery query, string? cursorText, int size, ListContext context, CancellationToken cancellationToken)
    {
        var cursor = PageCursor.Parse(cursorText) is { } read && IsKey(query.Sort, read) ? read : null;
        var backward = cursor?.Backward == true;
        await using var connection = await sources.Lists.OpenConnectionAsync(cancellationToken);
        var rows = new List<(ListedDossier Row, string? Key)>();
        foreach (var inNulls in Segments(query.Sort, backward))
        {
            if (rows.Count > size || (cursor is not null && IsPassed(cursor, inNulls, backward)))
            {
                continue;
            }

            var sql = new DossierSql(context);
            var text = Segment(sql, query, cursor is not null && cursor.InNulls == (inNulls ?? false) ? cursor : null, inNulls, backward, size + 1 - rows.Count);
            await foreach (var row in ReadAsync(connection, sql, text, query.Sort, cancellationToken))
            {
                rows.Add(row);
            }
        }

        var more = rows.Count > size;
        rows = more ? rows[..size] : rows;
        if (backward)
        {
            rows.Reverse();
        }

        return rows.Count == 0
            ? new ListedPage([], null, null)
            : new ListedPage([.. rows.Select(x => x.Row)], (backward ? more : cursor is not null) ? Cursor(rows[0], true) : null, (backward || more) ? Cursor(rows[^1], false) : null);
    }

    /// <summary>Exact up to <see cref="BoundedCount.Limit"/>.</summary>
    public async Task<BoundedCount> CountAsync(DossierQuery query, ListContext context, CancellationToken cancellationToken)
    {
        await using var connection = await sources.Lists.OpenConnectionAsync(cancellationToken);
        var sql = new DossierSql(context);
        var limit = BoundedCount.Limit + 1;
        var (where, states) = sql.Conditions(query);
        var text = query.IsFiltered && states is { Count: > 1 and < 15 } && where == "true"
            ? $"select count(*) from (select 1 from ({string.Join(" union all ", states.Select(x => $"(select 1 from staff_dossiers d where d.state = {sql.Add(x.ToString())} limit {limit})"))}) b limit {limit}) x"
            : $"select count(*) from (select 1 from staff_dossiers d where {(states is null ? where : $"{where} and {sql.In(states)}")} limit {limit}) x";
        await using var command = Command(connection, sql, text);
        var count = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        return count > BoundedCount.Limit ? new BoundedCount(BoundedCount.Limit, true) : new BoundedCount(count, false);
    }

    /// <summary>The exact number; null when the database needs longer than <paramref name="patience"/>.</summary>
    public async Task<long?> ExactCountAsync(DossierQuery query, ListContext context, TimeSpan patience, CancellationToken cancellationToken)
    {
        await using var connection = await sources.Lists.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var limit = new NpgsqlCommand($"set local statement_timeout = {(int)patience.TotalMilliseconds}", connection))
        {
            await limit.ExecuteNonQueryAsync(cancellationToken);
        }

        var sql = new DossierSql(context);
        try
        {
            await using var command = Command(connection, sql, $"select count(*) from staff_dossiers d where {sql.Where(query)}");
            return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (PostgresException slow) when (slow.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            return null;
        }
    }

    /// <summary>Everything, in order, as the database gives it: memory does not grow with the result.</summary>
    public async IAsyncEnumerable<ListedDossier> StreamAsync(DossierQuery query, ListContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await sources.Lists.OpenConnectionAsync(cancellationToken);

        // One moment for both parts: a row that changes meanwhile is neither lost nor doubled.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        foreach (var inNulls in Segments(query.Sort, backward: false))
        {
            var sql = new DossierSql(context);
            await foreach (var (row, _) in ReadAsync(connection, sql, Segment(sql, query, null, inNulls, backward: false, null), query.Sort, cancellationToken))
            {
                yield return row;
            }
        }
    }

    /// <summary>These dossiers, in no particular order.</summary>
    public async Task<IReadOnlyList<ListedDossier>> ByIdsAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        await using var connection = await sources.Lists.OpenConnectionAsync(cancellationToken);
        var sql = new DossierSql(new ListContext(default, null));
        var rows = new List<ListedDossier>();
        await foreach (var (row, _) in ReadAsync(connection, sql, $"select {Columns} from staff_dossiers d where d.id = any ({sql.Add(ids.ToArray())})", DossierColumns.Numero, cancellationToken))
        {
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>The statement and its parameters, for measuring its plan.</summary>
    public static (string Sql, IReadOnlyList<NpgsqlParameter> Parameters) PageStatement(DossierQuery query, int size, ListContext context)
    {
        var sql = new DossierSql(context);
        return (Outer(Segment(sql, query, null, query.Sort.Nullable ? false : null, backward: false, size + 1), query.Sort), sql.Parameters);
    }

    /// <summary>Where clause over <c>dossiers d</c> and its parameters, for statements that act on everything a query finds.</summary>
    internal static (string Where, IReadOnlyList<NpgsqlParameter> Parameters) Condition(DossierQuery query, ListContext context)
    {
        var sql = new DossierSql(context);
        return (sql.Where(query), sql.Parameters);
    }

    // Rows without value come last in both directions, as a part of their own.
    private static IEnumerable<bool?> Segments(DossierColumn sort, bool backward) => !sort.Nullable ? [null] : backward ? [true, false] : [false, true];

    private static bool IsPassed(PageCursor cursor, bool? inNulls, bool backward) => inNulls is { } nulls && (backward ? nulls && !cursor.InNulls : !nulls && cursor.InNulls);

    private static string Segment(DossierSql sql, DossierQuery query, PageCursor? cursor, bool? inNulls, bool backward, int? limit)
    {
        var sort = query.Sort;
        var key = inNulls == true ? null : sort.Sql!;
        var descending = query.Descending ^ sort.Reversed ^ backward;
        var extra = inNulls switch { true => $"d.{sort.Sql} is null", false => $"d.{sort.Sql} is not null", null => null };
        if (cursor is not null)
        {
            var than = descending ? "<" : ">";
            var after = key is null ? $"d.id {than} {sql.Add(cursor.Id)}"
                : $"(d.{key}, d.id) {than} ({(cursor.Key == TooLong ? $"(select {key} from dossiers where id = {sql.Add(cursor.Id)})" : sql.Add(ReadKey(sort, cursor.Key)!))}, {sql.Add(cursor.Id)})";
            extra = extra is null ? after : $"{extra} and {after}";
        }

        return sql.Ordered(query, Columns, key, descending, extra, limit);
    }

    private static string Outer(string text, DossierColumn sort) => $"select d.*, {Waiting} from ({text}) d";

    private static NpgsqlCommand Command(NpgsqlConnection connection, DossierSql sql, string text)
    {
        var command = new NpgsqlCommand(text, connection);
        foreach (var parameter in sql.Parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static async IAsyncEnumerable<(ListedDossier Row, string? Key)> ReadAsync(NpgsqlConnection connection, DossierSql sql, string text, DossierColumn sort, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql, Outer(text, sort));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var key = reader.GetOrdinal(sort.Sql!);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return (Row(reader), reader.IsDBNull(key) ? null : WriteKey(reader.GetDataTypeName(key) == "date" ? reader.GetFieldValue<DateOnly>(key) : reader.GetValue(key)));
        }
    }

    private static ListedDossier Row(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetString(1), Enum.Parse<DossierKind>(r.GetString(2)), Enum.Parse<DossierState>(r.GetString(3)), r.GetFieldValue<DateTimeOffset>(4), r.GetString(5), r.GetGuid(6), r.GetString(7), Text(r, 8), r.GetString(9), r.GetInt32(10),
        r.GetDecimal(11), Amount(r, 12), Amount(r, 13), Enum.Parse<DossierDecision>(r.GetString(14)), r.GetFieldValue<DateOnly>(15), r.GetFieldValue<DateOnly>(16), Day(r, 17), r.IsDBNull(18) ? null : r.GetFieldValue<DateTimeOffset>(18), Day(r, 19),
        Text(r, 20), r.GetFieldValue<DateTimeOffset>(21), r.IsDBNull(22) ? null : Enum.Parse<PaymentCircuit>(r.GetString(22)), r.GetInt32(26), r.GetInt32(27), r.IsDBNull(23));

    private static string? Text(NpgsqlDataReader r, int i) => r.IsDBNull(i) ? null : r.GetString(i);

    private static decimal? Amount(NpgsqlDataReader r, int i) => r.IsDBNull(i) ? null : r.GetDecimal(i);

    private static DateOnly? Day(NpgsqlDataReader r, int i) => r.IsDBNull(i) ? null : r.GetFieldValue<DateOnly>(i);

    private static string Cursor((ListedDossier Row, string? Key) row, bool backward) => new PageCursor(backward, row.Key is null, row.Key ?? "", row.Row.Id).ToString();

    private static string WriteKey(object value) => value switch
    {
        DateTime instant => instant.Ticks.ToString(CultureInfo.InvariantCulture),
        DateOnly day => day.DayNumber.ToString(CultureInfo.InvariantCulture),
        string text => text.Length > 120 ? TooLong : text,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException($"No cursor for {value.GetType()}."),
    };

    private static bool IsKey(DossierColumn sort, PageCursor cursor) => cursor.InNulls ? sort.Nullable : ReadKey(sort, cursor.Key) is not null;

    private static object? ReadKey(DossierColumn sort, string key) => sort.Key switch
    {
        "numero" or "etat" => long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
        "demande" or "accorde" or "reste" => decimal.TryParse(key, NumberStyles.Number, CultureInfo.InvariantCulture, out var amount) ? amount : null,
        "cree" or "duree" or "depose" => long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks < DateTime.MaxValue.Ticks ? new DateTime(ticks, DateTimeKind.Utc) : null,
        "limite" or "debut" => int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var day) && day < DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber(day) : null,
        _ => key,
    };
}
