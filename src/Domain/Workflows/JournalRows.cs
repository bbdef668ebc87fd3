using System.Buffers;
using System.Text.Json;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Domain.Workflows;

/// <summary>The lines of a burst as JSON arrays of at most 256 KB, but for a single longer line.</summary>
internal static class JournalRows
{
    private const int Limit = 256 * 1024;

    internal static IEnumerable<byte[]> Of(IReadOnlyList<JournalEntry> entries)
    {
        if (entries.Count == 0)
        {
            yield break;
        }

        var buffer = new ArrayBufferWriter<byte>(entries.Count * 256);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartArray();
        var lines = 0;
        for (var i = 0; i < entries.Count; i++)
        {
            writer.Flush();
            var before = buffer.WrittenCount;
            JsonSerializer.Serialize(writer, entries[i], Sql.Json);
            writer.Flush();
            lines++;
            if (buffer.WrittenCount > Limit && lines > 1)
            {
                // This line opens the next row; what stands before it ends with its row.
                yield return [.. buffer.WrittenSpan[..before], (byte)']'];
                buffer.ResetWrittenCount();
                writer.Reset();
                writer.WriteStartArray();
                lines = 0;
                i--;
            }
        }

        writer.WriteEndArray();
        writer.Flush();
        yield return buffer.WrittenSpan.ToArray();
    }
}
