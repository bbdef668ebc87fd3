using System.IO.Compression;
using System.Text;
using MonOPCO.Domain.Documents;

namespace MonOPCO.Domain.Tests.Documents;

/// <summary>A file is what its content says; what is two things, grows without measure or brings others along is refused with a sentence.</summary>
public sealed class FileSnifferTests
{
    private static readonly byte[] PngHead = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, (byte)'I', (byte)'H', (byte)'D', (byte)'R'];
    private static readonly byte[] JpegHead = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0, 0xFF, 0xC0, 0, 17, 8];

    [Fact]
    public void Inspect_OrdinaryFiles_AreWhatTheyAre()
    {
        Assert.Equal(new(FileSniffer.Pdf, null), FileSniffer.Inspect(Pdf()));
        Assert.Equal(new(FileSniffer.Png, null), FileSniffer.Inspect(Png(2480, 3508)));
        Assert.Equal(new(FileSniffer.Jpeg, null), FileSniffer.Inspect(Jpeg(4000, 3000)));
        Assert.Equal(new(FileSniffer.Docx, null), FileSniffer.Inspect(Word()));
        Assert.Equal(new(FileSniffer.Zip, null), FileSniffer.Inspect(Zip(("01_Devis.pdf", Pdf()), ("02_Programme.docx", Word()))));
        Assert.Equal(default, FileSniffer.Inspect("<html>"u8.ToArray()));
        Assert.Equal(default, FileSniffer.Inspect("MZ"u8.ToArray()));
        Assert.Equal(default, FileSniffer.Inspect([]));
    }

    [Fact]
    public void Inspect_Polyglots_AreRefused()
    {
        byte[] archive = Zip(("x.txt", "bonjour"u8.ToArray()));
        foreach (var (file, name) in new (byte[] File, string Name)[]
        {
            ([.. Pdf(), .. archive], "pdf + zip"),
            ([.. Png(10, 10), .. archive], "png + zip"),
            ([.. Jpeg(10, 10), .. archive], "jpeg + zip"),
            ([.. Jpeg(10, 10), .. Pdf()], "jpeg + pdf"),
            ([.. PngHead, 0, 0, 0, 9, 0, 0, 0, 9, .. "%PDF-1.4"u8], "png + pdf"),
            ([.. "%PDF-1.7\n"u8, .. "<ScRiPt>alert(1)</script>"u8], "pdf + html"),
            ([.. Jpeg(10, 10), .. "<!DOCTYPE html>"u8], "jpeg + html"),
            ([.. Png(10, 10), .. "<?php echo 1;"u8], "png + php"),
        })
        {
            var found = FileSniffer.Inspect(file);
            Assert.True(found.Mime is null && found.Problem!.Contains("contient autre chose", StringComparison.Ordinal), $"{name}: {found}");
        }
    }

    [Fact]
    public void Inspect_PictureOfBillionsOfPoints_IsRefused()
    {
        Assert.Contains("réduisez-la", FileSniffer.Inspect(Png(100_000, 100_000)).Problem, StringComparison.Ordinal);
        Assert.Contains("réduisez-la", FileSniffer.Inspect(Jpeg(65_000, 65_000)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_Bombs_AreStoppedBeforeTheyAreUnpacked()
    {
        var one = Zip(("page.xml", new byte[60_000_000]));
        Assert.True(one.Length < 200_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("démesuré", FileSniffer.Inspect(one).Problem, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 60_000_000);

        // Many files, each within its ratio: the sum counts.
        var random = new Random(7);
        var part = new byte[5_000_000];
        for (var i = 0; i < part.Length; i += 40)
        {
            part[i] = (byte)random.Next(256);
        }

        var many = Zip([.. Enumerable.Range(0, 45).Select(i => ($"{i}.bin", part))]);
        Assert.Contains("démesuré", FileSniffer.Inspect(many).Problem, StringComparison.Ordinal);
        Assert.Contains("plus de 1000 fichiers", FileSniffer.Inspect(Zip([.. Enumerable.Range(0, 1_001).Select(i => ($"{i}.txt", Array.Empty<byte>()))])).Problem, StringComparison.Ordinal);
        Assert.Contains("autre archive", FileSniffer.Inspect(Zip(("a.zip", Zip(("b.zip", Zip(("c.txt", [1]))))))).Problem, StringComparison.Ordinal);
        Assert.Contains("autre archive", FileSniffer.Inspect(Zip(("a.pdf", [(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C]))).Problem, StringComparison.Ordinal);
    }

    /// <summary>The announced length is a number in the file: it may say what it wants.</summary>
    [Fact]
    public void Inspect_LyingLength_GainsNothing()
    {
        var archive = Zip(("page.xml", new byte[60_000_000]));
        for (var i = 0; i + 4 <= archive.Length; i++)
        {
            if (BitConverter.ToInt32(archive, i) == 60_000_000)
            {
                BitConverter.GetBytes(100).CopyTo(archive, i);
            }
        }

        Assert.Null(FileSniffer.Inspect(archive).Mime);
    }

    [Theory]
    [InlineData("../secret.txt")]
    [InlineData("a/../../secret.txt")]
    [InlineData("/etc/passwd")]
    [InlineData("C:\\windows\\x.txt")]
    [InlineData("a\\..\\b.txt")]
    public void Inspect_NamesThatLeaveTheirFolder_AreRefused(string name) => Assert.Contains("sort de son dossier", FileSniffer.Inspect(Zip((name, [1]))).Problem, StringComparison.Ordinal);

    [Fact]
    public void Inspect_LinksDoublesAndDamage_AreRefused()
    {
        Assert.Contains("sort de son dossier", FileSniffer.Inspect(Zip(archive => archive.CreateEntry("lien").ExternalAttributes = unchecked((int)0xA1FF0000))).Problem, StringComparison.Ordinal);
        Assert.Contains("deux fichiers du même nom", FileSniffer.Inspect(Zip(("a.txt", [1]), ("A.txt", [2]))).Problem, StringComparison.Ordinal);
        var broken = Word();
        Array.Fill(broken, (byte)0xEE, 40, 200);
        Assert.NotNull(FileSniffer.Inspect(broken).Problem);
        Assert.Equal(default, FileSniffer.Inspect([.. Word(), .. "suite"u8]));
    }

    [Fact]
    public void Inspect_WordDocumentsThatBringOthersAlong_AreRefused()
    {
        Assert.Contains("macros", FileSniffer.Inspect(Word(("word/vbaProject.bin", [1, 2]))).Problem, StringComparison.Ordinal);
        Assert.Contains("incorporé", FileSniffer.Inspect(Word(("word/embeddings/classeur.xlsx", Zip(("x.xml", [1]))))).Problem, StringComparison.Ordinal);
        Assert.Contains("incorporé", FileSniffer.Inspect(Word(("word/media/image1.png", Zip(("x.xml", [1]))))).Problem, StringComparison.Ordinal);
        var template = """<Relationships><Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="https://ailleurs.example/m.dotm" TargetMode="External"/></Relationships>""";
        Assert.Contains("modèle", FileSniffer.Inspect(Word(("word/_rels/settings.xml.rels", Encoding.UTF8.GetBytes(template)))).Problem, StringComparison.Ordinal);

        // An old drawing is compressed on its own and harmless.
        Assert.Equal(FileSniffer.Docx, FileSniffer.Detect(Word(("word/media/image1.emz", [0x1F, 0x8B, 8, 0]))));
    }

    private static byte[] Pdf() => [.. "%PDF-1.7\n"u8, .. new byte[2_000], .. "\n%%EOF\n"u8];

    private static byte[] Png(int width, int height) => [.. PngHead, .. Big(width), .. Big(height), 8, 2, 0, 0, 0];

    private static byte[] Jpeg(int width, int height) => [.. JpegHead, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static byte[] Big(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private static byte[] Word(params (string Name, byte[] Content)[] more) =>
        Zip([("[Content_Types].xml", "<Types/>"u8.ToArray()), ("word/document.xml", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<w:p>bonjour</w:p>", 500)))), .. more]);

    private static byte[] Zip(params (string Name, byte[] Content)[] entries) => Zip(archive =>
    {
        foreach (var (name, content) in entries)
        {
            using var stream = archive.CreateEntry(name, CompressionLevel.Optimal).Open();
            stream.Write(content);
        }
    });

    private static byte[] Zip(Action<ZipArchive> fill)
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            fill(archive);
        }

        return memory.ToArray();
    }
}
