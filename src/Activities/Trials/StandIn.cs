using System.IO.Compression;
using MonOPCO.Domain.Documents;

namespace MonOPCO.Activities.Trials;

/// <summary>Files of a trial: right in kind, empty in content. No byte of a real document enters a trial.</summary>
internal static class StandIn
{
    internal static Stream Of(string mime)
    {
        var stream = new MemoryStream();
        switch (mime)
        {
            case FileSniffer.Png:
                stream.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
                break;
            case FileSniffer.Jpeg:
                stream.Write([0xFF, 0xD8, 0xFF, 0xE0]);
                break;
            case FileSniffer.Docx or FileSniffer.Zip:
                using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
                {
                    foreach (var name in mime == FileSniffer.Docx ? ["[Content_Types].xml", "word/document.xml"] : new[] { "essai.txt" })
                    {
                        archive.CreateEntry(name);
                    }
                }

                break;
            default:
                stream.Write("%PDF-1.7\n% essai\n%%EOF\n"u8);
                break;
        }

        // Two stand-ins are two files: their hashes must differ, as those of a document and its signed version do.
        if (mime is not (FileSniffer.Docx or FileSniffer.Zip))
        {
            stream.Write(Guid.NewGuid().ToByteArray());
        }

        stream.Position = 0;
        return stream;
    }
}
