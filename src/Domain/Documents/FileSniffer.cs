using System.IO.Compression;

namespace MonOPCO.Domain.Documents;

/// <summary>What a file is, by its content; names and announced types lie.</summary>
public static class FileSniffer
{
    public const string Pdf = "application/pdf";
    public const string Png = "image/png";
    public const string Jpeg = "image/jpeg";
    public const string Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    public const string Zip = "application/zip";

    /// <summary>Null when it is none of the kinds that we take.</summary>
    public static string? Detect(byte[] content) => content.AsSpan() switch
    {
        var x when x.StartsWith("%PDF-"u8) => Pdf,
        var x when x.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]) => Png,
        var x when x.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) => Jpeg,
        var x when x.StartsWith("PK\u0003\u0004"u8) => DetectZip(content),
        _ => null,
    };

    public static string Label(string mime) => mime switch
    {
        Pdf => "PDF",
        Png => "PNG",
        Jpeg => "JPEG",
        Docx => "Word (DOCX)",
        Zip => "ZIP",
        _ => mime,
    };

    private static string? DetectZip(byte[] content)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(content, writable: false), ZipArchiveMode.Read);
            return archive.GetEntry("[Content_Types].xml") is not null && archive.GetEntry("word/document.xml") is not null ? Docx : Zip;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
