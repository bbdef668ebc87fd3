using System.Buffers.Binary;

namespace MonOPCO.Domain.Documents;

/// <summary>What a file is, or the sentence that says why it is not taken.</summary>
public readonly record struct Sniffed(string? Mime, string? Problem);

/// <summary>What a file is, by its content; names and announced types lie. A file that is two things at once, or grows out of proportion when it is opened, is none.</summary>
public static class FileSniffer
{
    public const string Pdf = "application/pdf";
    public const string Png = "image/png";
    public const string Jpeg = "image/jpeg";
    public const string Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    public const string Zip = "application/zip";

    /// <summary>A4 in colour at 1,000 dots per inch has 97 million.</summary>
    private const long MaxPixels = 120_000_000;

    /// <summary>Readers look for a header of their own in as much.</summary>
    private const int Head = 1024;

    /// <summary>Null when it is none of the kinds that we take, or a dangerous one of them.</summary>
    public static string? Detect(byte[] content) => Inspect(content).Mime;

    /// <summary>Its kind; or neither kind nor problem when it is none that we take; or the problem.</summary>
    public static Sniffed Inspect(byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        return content.AsSpan() switch
        {
            var x when x.StartsWith("%PDF-"u8) => Single(x, Pdf),
            var x when x.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]) => Picture(x, Png, PngSize(x)),
            var x when x.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) => Picture(x, Jpeg, JpegSize(x)),
            var x when x.StartsWith("PK\u0003\u0004"u8) => ArchiveGuard.Inspect(content),
            _ => default,
        };
    }

    public static string Label(string mime) => mime switch
    {
        Pdf => "PDF",
        Png => "PNG",
        Jpeg => "JPEG",
        Docx => "Word (DOCX)",
        Zip => "ZIP",
        _ => mime,
    };

    private static Sniffed Picture(ReadOnlySpan<byte> content, string mime, (long Width, long Height)? size) => size switch
    {
        { Width: > 0, Height: > 0 } x when x.Width * x.Height > MaxPixels => new(null, $"Cette image mesure {x.Width} × {x.Height} points : réduisez-la."),
        _ => Single(content, mime),
    };

    /// <summary>Refuses what another program would open as something else: an archive at the end, a PDF or a web page at the beginning.</summary>
    private static Sniffed Single(ReadOnlySpan<byte> content, string mime)
    {
        var head = content[..Math.Min(Head, content.Length)];
        var isTwo = ArchiveGuard.EndsAsArchive(content)
            || (mime != Pdf && head.IndexOf("%PDF-"u8) >= 0)
            || Holds(head, "<script"u8) || Holds(head, "<html"u8) || Holds(head, "<!doctype html"u8) || Holds(head, "<?php"u8);
        return isTwo ? new(null, $"Ce fichier se présente comme un {Label(mime)} et contient autre chose : il est refusé. Enregistrez-le de nouveau depuis le logiciel qui l’a produit.") : new(mime, null);
    }

    private static bool Holds(ReadOnlySpan<byte> content, ReadOnlySpan<byte> lower)
    {
        for (var at = content.IndexOf(lower[0]); at >= 0 && at + lower.Length <= content.Length;)
        {
            var same = true;
            for (var i = 0; same && i < lower.Length; i++)
            {
                var c = content[at + i];
                same = (c is >= (byte)'A' and <= (byte)'Z' ? c + 32 : c) == lower[i];
            }

            if (same)
            {
                return true;
            }

            var next = content[(at + 1)..].IndexOf(lower[0]);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return false;
    }

    private static (long Width, long Height)? PngSize(ReadOnlySpan<byte> content) =>
        content.Length >= 24 && content[12..16].SequenceEqual("IHDR"u8) ? (BinaryPrimitives.ReadUInt32BigEndian(content[16..]), BinaryPrimitives.ReadUInt32BigEndian(content[20..])) : null;

    private static (long Width, long Height)? JpegSize(ReadOnlySpan<byte> content)
    {
        for (var at = 2; at + 9 < content.Length && content[at] == 0xFF;)
        {
            var marker = content[at + 1];
            if (marker == 0xFF)
            {
                at++;
            }
            else if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return (BinaryPrimitives.ReadUInt16BigEndian(content[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(content[(at + 5)..]));
            }
            else
            {
                at += 2 + BinaryPrimitives.ReadUInt16BigEndian(content[(at + 2)..]);
            }
        }

        return null;
    }
}
