using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Npgsql;
using NpgsqlTypes;

namespace MonOPCO.Domain.Workflows;

/// <summary>Typed parameters and columns of the hot path: a statement keeps one signature, so that it is prepared once per connection.</summary>
internal static class Sql
{
    /// <summary>What an event or a request brought at the usual 64 levels lies some levels deeper in the state: it must be written and read all the same.</summary>
    private const int MaxDepth = 256;

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { MaxDepth = MaxDepth, Converters = { new JsonStringEnumConverter() }, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private static readonly JsonDocumentOptions Nested = new() { MaxDepth = MaxDepth };

    /// <summary>PostgreSQL keeps no U+0000 in a text: the replacement character stands for it, else whoever sends one halts an instance for good.</summary>
    internal static NpgsqlParameter P(string? value) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)value?.Replace('\0', '\ufffd') ?? DBNull.Value };

    internal static NpgsqlParameter P(Guid? value) => new() { NpgsqlDbType = NpgsqlDbType.Uuid, Value = (object?)value ?? DBNull.Value };

    internal static NpgsqlParameter P(DateTimeOffset? value) => new() { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = (object?)value?.ToUniversalTime() ?? DBNull.Value };

    internal static NpgsqlParameter P(int value) => new() { NpgsqlDbType = NpgsqlDbType.Integer, Value = value };

    internal static NpgsqlParameter P(long value) => new() { NpgsqlDbType = NpgsqlDbType.Bigint, Value = value };

    internal static NpgsqlParameter P(TimeSpan value) => new() { NpgsqlDbType = NpgsqlDbType.Interval, Value = value };

    internal static NpgsqlParameter P(IEnumerable<Guid> values) => new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid, Value = values.ToArray() };

    internal static NpgsqlParameter P(IEnumerable<int> values) => new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer, Value = values.ToArray() };

    internal static NpgsqlParameter P(IEnumerable<long> values) => new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, Value = values.ToArray() };

    internal static NpgsqlParameter P(IEnumerable<string> values) => new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = values.ToArray() };

    /// <summary>Text that is UTF-8 already.</summary>
    internal static NpgsqlParameter T(byte[] text) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = text };

    internal static NpgsqlParameter J(JsonNode? value) => J(value is null ? null : JsonSerializer.SerializeToUtf8Bytes(value, Json));

    internal static NpgsqlParameter J(byte[]? json) => new() { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = json is null ? DBNull.Value : Storable(json) };

    internal static NpgsqlParameter J(string? json) => json is null ? J((byte[]?)null) : J(Encoding.UTF8.GetBytes(json));

    /// <summary>Nor in a jsonb: the escape of U+0000 becomes that of the replacement character, a written-out backslash before it stays.</summary>
    private static byte[] Storable(byte[] json)
    {
        for (var at = json.AsSpan().IndexOf("\\u0000"u8); at >= 0;)
        {
            var backslashes = 1;
            while (json[at - backslashes] == '\\')
            {
                backslashes++;
            }

            if (backslashes % 2 == 1)
            {
                "\\ufffd"u8.CopyTo(json.AsSpan(at));
            }

            var next = json.AsSpan(at + 6).IndexOf("\\u0000"u8);
            at = next < 0 ? -1 : at + 6 + next;
        }

        return json;
    }

    internal static void Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        batch.BatchCommands.Add(command);
    }

    internal static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    internal static string? Text(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    internal static Guid? Uuid(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetGuid(column);

    internal static DateTimeOffset? Time(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    internal static JsonNode? Node(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : JsonNode.Parse(reader.GetString(column), null, Nested);

    internal static JsonObject Object(this NpgsqlDataReader reader, int column) => (JsonObject)JsonNode.Parse(reader.GetString(column), null, Nested)!;

    internal static async Task<List<T>> ListAsync<T>(this NpgsqlCommand command, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(map(reader));
        }

        return rows;
    }
}
