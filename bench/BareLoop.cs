using Npgsql;
using NpgsqlTypes;

namespace MonOPCO.Bench;

/// <summary>The least that a durable engine does, by hand: insert the instance with its bookmark; then lock and read, update and delete the bookmark. Two commits.</summary>
internal sealed class BareLoop(NpgsqlDataSource source)
{
    private const string State = """{"n":9,"s":11,"x":[{"n":1,"k":"workflow","o":{}},{"n":2,"k":"flow","p":0,"a":6,"d":{"v":[1,1,1,1,1,1]}},{"n":8,"k":"wait","p":1,"i":["some key"],"m":[[9,"event","some key",null]]}],"v":["a text","another"]}""";

    internal async Task CreateAsync()
    {
        await using var create = source.CreateCommand(
            """
            create table if not exists bare_instances (id uuid primary key, definition_id text not null, status text not null, state jsonb not null, updated_at timestamptz not null);
            create table if not exists bare_bookmarks (id uuid primary key, instance_id uuid not null, kind text not null, key text not null);
            create index if not exists bare_bookmarks_key on bare_bookmarks (kind, key);
            """);
        await create.ExecuteNonQueryAsync();
    }

    internal async Task StartAsync(Guid id, string key)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(Command("insert into bare_instances (id, definition_id, status, state, updated_at) values ($1, $2, $3, $4, now())", Uuid(id), Text("five"), Text("Running"), Json(State)));
        batch.BatchCommands.Add(Command("insert into bare_bookmarks (id, instance_id, kind, key) values ($1, $2, $3, $4)", Uuid(Guid.NewGuid()), Uuid(id), Text("event"), Text(key)));
        await batch.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    internal async Task ResumeAsync(string key)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        Guid id, bookmark;
        await using (var read = new NpgsqlCommand("select i.id, i.state::text, b.id from bare_bookmarks b join bare_instances i on i.id = b.instance_id where b.kind = $1 and b.key = $2 for update of i", connection, transaction) { Parameters = { Text("event"), Text(key) } })
        await using (var reader = await read.ExecuteReaderAsync())
        {
            await reader.ReadAsync();
            (id, _, bookmark) = (reader.GetGuid(0), reader.GetString(1), reader.GetGuid(2));
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(Command("update bare_instances set status = $2, state = $3, updated_at = now() where id = $1", Uuid(id), Text("Finished"), Json(State)));
        batch.BatchCommands.Add(Command("delete from bare_bookmarks where id = $1", Uuid(bookmark)));
        await batch.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static NpgsqlParameter Uuid(Guid value) => new() { NpgsqlDbType = NpgsqlDbType.Uuid, Value = value };

    private static NpgsqlParameter Text(string value) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = value };

    private static NpgsqlParameter Json(string value) => new() { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = value };
}
