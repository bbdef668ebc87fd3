using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Npgsql;
using NpgsqlTypes;

namespace MonOPCO.Domain.Workflows;

/// <summary>Typed parameters and columns of the hot path: a statement keeps one signature, so that it is prepared once per connection.</summary>
internal static class Sql
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() }, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    internal static NpgsqlParameter P(string? value) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)value ?? DBNull.Value };

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

    internal static NpgsqlParameter J(byte[]? json) => new() { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = (object?)json ?? DBNull.Value };

    internal static NpgsqlParameter J(string? json) => new() { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = (object?)json ?? DBNull.Value };

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

    internal static JsonNode? Node(this NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : JsonNode.Parse(reader.GetString(column));

    internal static JsonObject Object(this NpgsqlDataReader reader, int column) => (JsonObject)JsonNode.Parse(reader.GetString(column))!;

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
