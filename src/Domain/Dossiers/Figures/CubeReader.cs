using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers.Listing;
using Npgsql;

namespace MonOPCO.Domain.Dossiers.Figures;

/// <summary>Reads the dashboard's sums: seven statements in one snapshot. Each groups in the database, so that what travels does not grow with the number of dossiers.</summary>
public sealed class CubeReader(DataSources sources)
{
    /// <summary>How far back the checks of requests are looked at.</summary>
    public const int CheckDays = 90;

    /// <summary>Length of the two periods that payments are compared over.</summary>
    public const int PaymentDays = 365;

    private const string Created =
        """
        select date_trunc('month', created_at at time zone 'Europe/Paris')::date, state, opco_slug, kind, decision, count(*), coalesce(sum(requested_amount), 0), coalesce(sum(granted_amount), 0), count(granted_amount)
        from dossiers group by 1, 2, 3, 4, 5
        """;

    private const string Accords =
        """
        select date_trunc('month', accord_date)::date, opco_slug, kind, count(*), coalesce(sum(granted_amount), 0),
               coalesce(sum(accord_date - (filed_at at time zone 'Europe/Paris')::date), 0), count(filed_at)
        from dossiers where accord_date is not null group by 1, 2, 3
        """;

    private const string Awaited =
        """
        select opco_slug, (filed_at at time zone 'Europe/Paris')::date, count(*)
        from dossiers where state = any ($1) and filed_at is not null and opco_slug is not null group by 1, 2
        """;

    private const string Companies =
        """
        select count(*), count(*) filter (where n > 1), count(*) filter (where active)
        from (select count(*) n, bool_or(state <> all ($1)) active from dossiers group by company_id) c
        """;

    private const string MostActive = "select company_id, count(*) from dossiers group by 1 order by 2 desc, 1 limit 50";

    private const string Checks =
        """
        select count(*), count(*) filter (where completed_at - created_at <= interval '24 hours')
        from human_tasks where code = $1 and status = 'Completed' and completed_at >= $2
        """;

    private const string Paid =
        """
        select count(*) filter (where state_since >= $2), coalesce(sum(extract(epoch from state_since - created_at)) filter (where state_since >= $2), 0)::float8 / 86400,
               count(*) filter (where state_since < $2), coalesce(sum(extract(epoch from state_since - created_at)) filter (where state_since < $2), 0)::float8 / 86400
        from dossiers where state = any ($1) and state_since >= $3
        """;

    /// <summary>States of a dossier that an OPCO has and has not asked anything about.</summary>
    public static IReadOnlyList<DossierState> AtOpco { get; } = [DossierState.Depose, DossierState.EnInstruction];

    /// <summary>Neither ended nor refused.</summary>
    public static IReadOnlyList<DossierState> Active { get; } =
        [.. Enum.GetValues<DossierState>().Where(x => DossierStates.Group(x) is not (DossierGroup.Paye or DossierGroup.Refuse))];

    public async Task<DossierCube> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await sources.Staff.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        var utc = now.ToUniversalTime();
        var created = await ListAsync(
            connection, Created,
            x => new CreatedCell(
                x.GetFieldValue<DateOnly>(0), Enum.Parse<DossierState>(x.GetString(1)), x.IsDBNull(2) ? null : x.GetString(2), Enum.Parse<DossierKind>(x.GetString(3)), Enum.Parse<DossierDecision>(x.GetString(4)),
                x.GetInt64(5), x.GetDecimal(6), x.GetDecimal(7), x.GetInt64(8)),
            cancellationToken);
        var accords = await ListAsync(
            connection, Accords,
            x => new AccordCell(x.GetFieldValue<DateOnly>(0), x.IsDBNull(1) ? null : x.GetString(1), Enum.Parse<DossierKind>(x.GetString(2)), x.GetInt64(3), x.GetDecimal(4), x.GetInt64(5), x.GetInt64(6)),
            cancellationToken);
        var awaited = await ListAsync(connection, Awaited, x => new AwaitedCell(x.GetString(0), x.GetFieldValue<DateOnly>(1), x.GetInt64(2)), cancellationToken, Names(AtOpco));
        var companies = await ListAsync(
            connection, Companies, x => new CompanyFigures(x.GetInt64(0), x.GetInt64(1), x.GetInt64(2)), cancellationToken, Names([.. Enum.GetValues<DossierState>().Except(Active)]));
        var checks = await ListAsync(connection, Checks, x => new CheckFigures(x.GetInt64(0), x.GetInt64(1)), cancellationToken, "valider-demande", utc.AddDays(-CheckDays));
        var paid = await ListAsync(
            connection, Paid, x => (new PaymentFigures(x.GetInt64(0), x.GetDouble(1)), new PaymentFigures(x.GetInt64(2), x.GetDouble(3))), cancellationToken,
            Names(DossierStates.Of(DossierGroup.Paye)), utc.AddDays(-PaymentDays), utc.AddDays(-2 * PaymentDays));
        return new DossierCube(now, created, accords, awaited, companies[0], checks[0], paid[0].Item1, paid[0].Item2)
        {
            MostActive = await ListAsync(connection, MostActive, x => new ActiveCompany(x.GetGuid(0), x.GetInt64(1)), cancellationToken),
        };
    }

    private static string[] Names(IReadOnlyList<DossierState> states) => [.. states.Select(x => x.ToString())];

    private static async Task<List<T>> ListAsync<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
