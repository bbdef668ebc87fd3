using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace MonOPCO.Domain.Audit;

/// <summary>What is hashed. Computed here and not in the database, whose functions a tamperer could replace.</summary>
internal static class AuditChain
{
    internal const int Format = 1;
    internal const int Batch = 2000;
    internal const int HashSize = 32;

    /// <summary>Every column as stored (encrypted values encrypted), in a fixed order; a later format may add columns.</summary>
    internal const string Columns =
        "tx, id, at, actor_kind, actor, user_id, on_behalf_of, on_behalf_of_id, subject, subject_id, dossier_id, action, old_values::text, new_values::text, reason, request_id, personal_subject, personal";

    internal static byte[] Genesis { get; } = new byte[HashSize];

    /// <summary>Length-prefixed, so that no two rows have the same bytes.</summary>
    internal static async Task<(long Tx, long Id, byte[] Hash)> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < reader.FieldCount; i++)
        {
            if (await reader.IsDBNullAsync(i, cancellationToken))
            {
                hash.AppendData([0]);
                continue;
            }

            var bytes = reader.GetFieldType(i) switch
            {
                var type when type == typeof(string) => Encoding.UTF8.GetBytes(reader.GetString(i)),
                var type when type == typeof(long) => Number(reader.GetInt64(i)),
                var type when type == typeof(Guid) => reader.GetGuid(i).ToByteArray(bigEndian: true),
                var type when type == typeof(DateTime) => Number(reader.GetDateTime(i).ToUniversalTime().Ticks / 10),
                _ => reader.GetFieldValue<byte[]>(i),
            };
            hash.AppendData([1]);
            hash.AppendData(Number(bytes.Length));
            hash.AppendData(bytes);
        }

        return (reader.GetInt64(0), reader.GetInt64(1), hash.GetHashAndReset());
    }

    internal static byte[] HeadOf(byte[] previous, long number, int format, DateTimeOffset sealedAt, long lastTx, long lastId, IReadOnlyList<long> ids, byte[] hashes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        foreach (var value in (long[])[number, format, sealedAt.UtcTicks / 10, lastTx, lastId, ids.Count, .. ids])
        {
            hash.AppendData(Number(value));
        }

        hash.AppendData(hashes);
        return hash.GetHashAndReset();
    }

    private static byte[] Number(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }
}
