using System.IO.Compression;
using System.Text;

namespace MonOPCO.Domain.Documents;

/// <summary>
/// Opens a ZIP that somebody sent (a Word document is one) without believing it: how many entries, what they are called, what they grow to when they are unpacked
/// (measured, not read from the announced lengths), whether they hold archives or programs.
/// </summary>
public static class ArchiveGuard
{
    public const int MaxEntries = 1_000;

    /// <summary>All entries unpacked.</summary>
    public const long MaxBytes = 200L * 1024 * 1024;

    /// <summary>Text compresses 20-fold, a blank page some 100-fold, a bomb 1,000-fold.</summary>
    private const int MaxRatio = 200;

    /// <summary>Below this the ratio says nothing.</summary>
    private const long SmallBytes = 5L * 1024 * 1024;

    private const int SymbolicLink = 0xA000;
    private static readonly uint[] Crc = [.. Enumerable.Range(0, 256).Select(n => Enumerable.Range(0, 8).Aggregate((uint)n, (c, _) => (c & 1) == 1 ? 0xEDB88320 ^ (c >> 1) : c >> 1))];
    private static readonly char[] NotInNames = ['\\', ':', '\0', '\r', '\n'];

    /// <summary>The end record of an archive stands at the very end: a program that unpacks archives would open this file.</summary>
    public static bool EndsAsArchive(ReadOnlySpan<byte> content)
    {
        var tail = content[Math.Max(0, content.Length - 65_557)..];
        for (var at = tail.LastIndexOf("PK\u0005\u0006"u8); at >= 0; at = tail[..at].LastIndexOf("PK\u0005\u0006"u8))
        {
            if (at + 22 <= tail.Length && at + 22 + (tail[at + 20] | (tail[at + 21] << 8)) == tail.Length)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A Word document, an archive of acceptable files, or the sentence that says what is wrong with it.</summary>
    public static Sniffed Inspect(byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        var budget = MaxBytes;
        return Inspect(content, ref budget, isInside: false);
    }

    /// <summary>Checks what can be told without unpacking: number, names, encryption. Throws <see cref="RuleBrokenException"/> with a sentence.</summary>
    public static void CheckEntries(ZipArchive archive)
    {
        ArgumentNullException.ThrowIfNull(archive);
        if (archive.Entries.Count > MaxEntries)
        {
            throw Refused($"Cette archive contient plus de {MaxEntries} fichiers.");
        }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in archive.Entries)
        {
            var name = entry.FullName;
            if (name.Length is 0 or > 250 || name[0] == '/' || name.IndexOfAny(NotInNames) >= 0 || name.Split('/').Contains("..") || ((entry.ExternalAttributes >> 16) & 0xF000) == SymbolicLink)
            {
                throw Refused("Cette archive contient un nom de fichier qui sort de son dossier.");
            }

            if (!names.Add(name))
            {
                throw Refused("Cette archive contient deux fichiers du même nom.");
            }

            if (entry.IsEncrypted)
            {
                throw Refused("Cette archive est protégée par un mot de passe : envoyez-la sans protection.");
            }
        }
    }

    /// <summary>An entry's real content, never more than what is left of the budget. Throws <see cref="RuleBrokenException"/> with a sentence.</summary>
    public static byte[] Unpack(ZipArchiveEntry entry, ref long budget)
    {
        ArgumentNullException.ThrowIfNull(entry);
        using var stream = entry.Open();
        using var memory = new MemoryStream();
        var chunk = new byte[81_920];
        for (int read; (read = stream.Read(chunk)) > 0;)
        {
            budget -= read;
            if (budget < 0)
            {
                throw Refused("Le contenu de ce fichier est démesuré une fois décompressé.");
            }

            memory.Write(chunk, 0, read);
            if (memory.Length > SmallBytes && memory.Length > MaxRatio * Math.Max(1, entry.CompressedLength))
            {
                throw Refused("Le contenu de ce fichier est démesuré une fois décompressé.");
            }
        }

        // Lengths that lie let one program see less than another does; the checksum is that of the whole.
        var content = memory.ToArray();
        return Checksum(content) == entry.Crc32 ? content : throw Refused("Ce fichier est abîmé : enregistrez-le de nouveau.");
    }

    /// <summary>CRC-32 of ISO 3309.</summary>
    private static uint Checksum(ReadOnlySpan<byte> content)
    {
        var crc = uint.MaxValue;
        foreach (var one in content)
        {
            crc = Crc[(byte)(crc ^ one)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static Sniffed Inspect(byte[] content, ref long budget, bool isInside)
    {
        if (!EndsAsArchive(content))
        {
            return default;
        }

        try
        {
            using var archive = new ZipArchive(new MemoryStream(content, writable: false), ZipArchiveMode.Read);
            CheckEntries(archive);
            var isWord = archive.GetEntry("[Content_Types].xml") is not null && archive.GetEntry("word/document.xml") is not null;
            if (isInside && !isWord)
            {
                throw Refused("Cette archive contient une autre archive.");
            }

            foreach (var entry in archive.Entries)
            {
                var bytes = Unpack(entry, ref budget);
                if (isWord)
                {
                    CheckWordPart(entry.FullName, bytes);
                }
                else
                {
                    CheckContent(bytes, ref budget);
                }
            }

            return new(isWord ? FileSniffer.Docx : FileSniffer.Zip, null);
        }
        catch (RuleBrokenException refused)
        {
            return new(null, refused.Message);
        }
        catch (InvalidDataException)
        {
            return new(null, "Ce fichier est abîmé : enregistrez-le de nouveau.");
        }
    }

    /// <summary>A Word document that brings a program, a file inside itself or a model from elsewhere.</summary>
    private static void CheckWordPart(string name, byte[] content)
    {
        // Old drawings are compressed on their own.
        var isDrawing = name.EndsWith(".emz", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".wmz", StringComparison.OrdinalIgnoreCase);
        if ((IsArchive(content) && !(isDrawing && content.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))) || name.StartsWith("word/embeddings/", StringComparison.OrdinalIgnoreCase))
        {
            throw Refused("Ce document Word contient un autre fichier incorporé : retirez-le, ou enregistrez le document en PDF.");
        }

        if (name.EndsWith(".bin", StringComparison.OrdinalIgnoreCase) || (name == "[Content_Types].xml" && Encoding.UTF8.GetString(content).Contains("macroEnabled", StringComparison.OrdinalIgnoreCase)))
        {
            throw Refused("Ce document Word contient des macros : enregistrez-le au format .docx ordinaire, ou en PDF.");
        }

        if (name.EndsWith(".rels", StringComparison.OrdinalIgnoreCase) && Encoding.UTF8.GetString(content) is var links && links.Contains("/attachedTemplate", StringComparison.Ordinal) && links.Contains("External", StringComparison.Ordinal))
        {
            throw Refused("Ce document Word charge un modèle depuis une autre adresse : enregistrez-le en PDF.");
        }
    }

    /// <summary>What an archive may hold: anything that is no archive, but a Word document.</summary>
    private static void CheckContent(byte[] content, ref long budget)
    {
        if (!IsArchive(content))
        {
            return;
        }

        var inside = content.AsSpan().StartsWith("PK\u0003\u0004"u8) ? Inspect(content, ref budget, isInside: true) : default;
        if (inside.Mime is null)
        {
            throw Refused(inside.Problem ?? "Cette archive contient une autre archive.");
        }
    }

    private static bool IsArchive(ReadOnlySpan<byte> content) =>
        content.StartsWith("PK"u8) || content.StartsWith("Rar!"u8) || content.StartsWith((ReadOnlySpan<byte>)[(byte)'7', (byte)'z', 0xBC, 0xAF]) || content.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) || content.StartsWith("BZh"u8)
        || content.StartsWith((ReadOnlySpan<byte>)[0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z']) || EndsAsArchive(content);

    private static RuleBrokenException Refused(string sentence) => new("archive", sentence);
}
