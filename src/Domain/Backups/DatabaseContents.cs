using Npgsql;

namespace MonOPCO.Domain.Backups;

/// <summary>Counts and hashes what is in a database, in constant memory: the sum of the rows' hashes does not depend on their order.</summary>
internal static class DatabaseContents
{
    /// <summary>Quartz's own tables are rebuilt from our calendar and are in no backup.</summary>
    internal const string JobsSchema = "planificateur";

    internal const string KeysSchema = "keys";

    public static async Task<List<TableContent>> OfAsync(NpgsqlConnection connection, bool keys, CancellationToken cancellationToken)
    {
        // The text of a row must not depend on the session.
        await using (var session = new NpgsqlCommand("set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'postgres'; set bytea_output = 'hex'; set extra_float_digits = 1", connection))
        {
            await session.ExecuteNonQueryAsync(cancellationToken);
        }

        var names = new List<(string Schema, string Table)>();
        await using (var list = new NpgsqlCommand(
            "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and n.nspname not like 'pg\\_%' and n.nspname <> all ($1) and (n.nspname = $2) = $3 order by 1, 2", connection))
        {
            list.Parameters.AddWithValue(new[] { "information_schema", JobsSchema });
            list.Parameters.AddWithValue(KeysSchema);
            list.Parameters.AddWithValue(keys);
            await using var reader = await list.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                names.Add((reader.GetString(0), reader.GetString(1)));
            }
        }

        var contents = new List<TableContent>();
        foreach (var (schema, table) in names)
        {
            await using var count = new NpgsqlCommand(
                $"""
                select count(*), coalesce(sum(('x' || left(h, 16))::bit(64)::bigint::numeric), 0) || '/' || coalesce(sum(('x' || right(h, 16))::bit(64)::bigint::numeric), 0)
                from (select md5(t::text) h from "{schema}"."{table}" t) r
                """, connection)
            { CommandTimeout = 0 };
            await using var reader = await count.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            contents.Add(new TableContent($"{schema}.{table}", reader.GetInt64(0), reader.GetString(1)));
        }

        return contents;
    }

    /// <summary>What differs, in words; empty = the same.</summary>
    public static List<string> Differences(IReadOnlyList<TableContent> expected, IReadOnlyList<TableContent> found)
    {
        var there = found.ToDictionary(x => x.Name);
        var differences = new List<string>();
        foreach (var table in expected)
        {
            if (!there.Remove(table.Name, out var actual))
            {
                differences.Add($"{table.Name} manque");
            }
            else if (actual.Rows != table.Rows)
            {
                differences.Add($"{table.Name} : {actual.Rows} lignes au lieu de {table.Rows}");
            }
            else if (actual.Hash != table.Hash)
            {
                differences.Add($"{table.Name} : contenu différent");
            }
        }

        differences.AddRange(there.Keys.Select(x => $"{x} est de trop"));
        return differences;
    }
}
