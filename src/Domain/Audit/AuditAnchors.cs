using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;

namespace MonOPCO.Domain.Audit;

/// <summary>The head of a batch, as written outside the database.</summary>
public sealed record AuditAnchor(long Number, DateTimeOffset SealedAt, string Head);

/// <summary>
/// The file of heads: one line per batch (<c>number;time;head</c>), only ever appended to. After a restore of an older backup an administrator acknowledges by
/// a line <c>restored;number;time;reason</c> that later batches were lost; without it the verification reports them.
/// </summary>
public sealed class AuditAnchors(IOptions<AuditOptions> options, TimeProvider clock)
{
    private const string RestoredMark = "restored";

    public string? Path => options.Value.AnchorFile is { Length: > 0 } file ? file : null;

    internal async Task AppendAsync(AuditAnchor anchor, CancellationToken cancellationToken) =>
        await AppendLineAsync(string.Create(CultureInfo.InvariantCulture, $"{anchor.Number};{anchor.SealedAt.UtcDateTime:O};{anchor.Head}"), cancellationToken);

    /// <summary>The database was restored as of batch <paramref name="number"/>: what the file says of later ones, up to here, is history.</summary>
    public async Task AcknowledgeRestoreAsync(long number, string reason, CancellationToken cancellationToken) =>
        await AppendLineAsync(string.Create(CultureInfo.InvariantCulture, $"{RestoredMark};{number};{clock.GetUtcNow().UtcDateTime:O};{reason.ReplaceLineEndings(" ").Replace(';', ',')}"), cancellationToken);

    /// <summary>The lines that must agree with the database, in order. Reads twice: the marks first, which are few.</summary>
    internal IEnumerable<AuditAnchor> Read()
    {
        if (Path is not { } path || !File.Exists(path))
        {
            yield break;
        }

        var marks = File.ReadLines(path).Select((line, i) => (Line: i, Parts: line.Split(';'))).Where(x => x.Parts[0] == RestoredMark).Select(x => (x.Line, Number: Number(x.Parts[1]))).ToList();
        var at = -1;
        foreach (var line in File.ReadLines(path))
        {
            at++;
            if (line.Split(';') is [var number, var time, { Length: 64 } head] && char.IsAsciiDigit(number[0]) && marks.All(x => x.Line < at || Number(number) <= x.Number))
            {
                yield return new AuditAnchor(Number(number), DateTimeOffset.Parse(time, CultureInfo.InvariantCulture), head);
            }
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private async Task AppendLineAsync(string line, CancellationToken cancellationToken)
    {
        if (Path is not { } path)
        {
            return;
        }

        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        await using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        await file.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellationToken);
        file.Flush(flushToDisk: true);
    }
}
