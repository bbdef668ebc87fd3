using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Integrations.Sealing;

namespace MonOPCO.Integrations.Tests.Sealing;

[Collection(BrowserTests.Name)]
public sealed class PdfSealerTests(Browser browser) : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 9, 30, 0, TimeSpan.Zero);
    private static readonly SealRequest Company = new("Élodie Müller (entreprise)", "Signature simple de la convention", Now, "Haguenau");
    private static readonly SealRequest Employee = new("Alex Durand (bénéficiaire)", "Signature simple de la convention", Now.AddHours(2));
    private readonly SealingKey _key = SealingKey.Create("Netz Informatique", DateTimeOffset.UtcNow);

    private Task<byte[]> SourceAsync(int pages = 2) => browser.PrintAsync(
        $"""<!doctype html><html lang="fr"><head><title>Convention</title></head><body><h1>Convention</h1><p><a href="https://exemple.fr/">lien</a> texte à protéger</p>{string.Concat(Enumerable.Repeat("<h2 style=\"break-before:page\">Suite</h2>", pages - 1))}</body></html>""");

    [Fact]
    [Trait("Requirement", "S002-4.5.6")]
    public async Task Seal_Twice_BothHoldAndTagsSurvive()
    {
        var source = await SourceAsync();
        var once = PdfSealer.Seal(source, Company, _key);
        var twice = PdfSealer.Seal(once, Employee, _key);

        Assert.True(once.AsSpan().StartsWith(source));
        Assert.True(twice.AsSpan().StartsWith(once));
        var report = PdfSealVerifier.Verify(twice);
        Assert.True(report.IsIntact, report.Problem);
        Assert.Equal(["Cachet1", "Cachet2"], report.Seals.Select(s => s.Field));
        Assert.Equal([Company.SignerName, Employee.SignerName], report.Seals.Select(s => s.SignerName));
        Assert.Equal([false, true], report.Seals.Select(s => s.CoversWholeFile));
        Assert.Equal([Now, Now.AddHours(2)], report.Seals.Select(s => s.At!.Value));
        Assert.All(report.Seals, seal => Assert.Equal(_key.Fingerprint, seal.Fingerprint));

        if (Tool.Run("pdfsig", twice, "{pdf}") is { } opinion)
        {
            Assert.Equal(2, Count(opinion, "Signature is Valid."));
            Assert.Equal(1, Count(opinion, "Total document signed"));
            Assert.Equal(2, Count(opinion, "ETSI.CAdES.detached"));
            Assert.Matches(@"Tagged:\s+yes", Tool.Run("pdfinfo", twice, "{pdf}"));
            Assert.Equal(Tool.Run("pdftotext", source, "{pdf}", "-"), Tool.Run("pdftotext", twice, "{pdf}", "-"));
            Assert.Equal(Tool.Run("pdfinfo", source, "-struct-text", "{pdf}"), Tool.Run("pdfinfo", twice, "-struct-text", "{pdf}"));
        }

        if (Tool.Run("qpdf", twice, "--check", "{pdf}") is { } check)
        {
            Assert.Contains("No syntax or stream encoding errors found", check, StringComparison.Ordinal);
            Assert.DoesNotContain("WARNING", check, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Seal_FiveTimesOnALongDocument_AllHold()
    {
        var pdf = await SourceAsync(40);
        for (var i = 0; i < 5; i++)
        {
            pdf = PdfSealer.Seal(pdf, Company with { At = Now.AddMinutes(i) }, _key);
        }

        Assert.True(PdfSealVerifier.Verify(pdf).IsIntact);
        Assert.Equal(5, Count(Tool.Run("pdfsig", pdf, "{pdf}") ?? string.Concat(Enumerable.Repeat("Signature is Valid.", 5)), "Signature is Valid."));
    }

    [Fact]
    public async Task Verify_AnyBitFlipped_IsNeverIntact()
    {
        var twice = PdfSealer.Seal(PdfSealer.Seal(await SourceAsync(), Company, _key), Employee, _key);
        var flips = Gen.Choose(0, (twice.Length * 8) - 1).ToArbitrary();
        Prop.ForAll(flips, bit =>
        {
            var changed = (byte[])twice.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            return !PdfSealVerifier.Verify(changed).IsIntact;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
    }

    [Fact]
    public async Task Verify_EveryBitOfTheEnvelope_IsNeverIntact()
    {
        var sealedPdf = PdfSealer.Seal(await SourceAsync(1), Company, _key);
        var start = sealedPdf.AsSpan().LastIndexOf("/Contents<"u8) + 10;
        var end = start + sealedPdf.AsSpan(start).IndexOf("00000000000000000000"u8) + 40;
        var survivors = new List<string>();
        for (var bit = start * 8; bit < end * 8; bit++)
        {
            sealedPdf[bit / 8] ^= (byte)(1 << (bit % 8));
            if (PdfSealVerifier.Verify(sealedPdf).IsIntact)
            {
                survivors.Add(string.Create(CultureInfo.InvariantCulture, $"{(bit / 8) - start}.{bit % 8}"));
            }

            sealedPdf[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.True(survivors.Count == 0, string.Join(" ", survivors));
        Assert.True(PdfSealVerifier.Verify(sealedPdf).IsIntact);
    }

    [Fact]
    public async Task Verify_OriginalBytesChanged_BothSealsFail_LastRevisionChanged_OnlyTheLast()
    {
        var source = await SourceAsync();
        var once = PdfSealer.Seal(source, Company, _key);
        var twice = PdfSealer.Seal(once, Employee, _key);

        var early = (byte[])twice.Clone();
        early[9] ^= 1;
        Assert.Equal([false, false], PdfSealVerifier.Verify(early).Seals.Select(s => s.IsValid));

        var late = (byte[])twice.Clone();
        late[once.Length + twice.AsSpan(once.Length).IndexOf("/Reason"u8) + 15] ^= 1;
        Assert.Equal([true, false], PdfSealVerifier.Verify(late).Seals.Select(s => s.IsValid));
    }

    [Fact]
    public async Task Verify_ShadowRevision_IsDetectedEvenWhenSealedAfterwards()
    {
        var once = PdfSealer.Seal(await SourceAsync(), Company, _key);
        var shadow = WithShadow(once);

        var report = PdfSealVerifier.Verify(shadow);
        Assert.True(report.Seals.Single().IsValid, "The seal itself still holds: that is the trap.");
        Assert.Equal((false, true, false), (report.LastCoversWholeFile, report.HasForeignRevision, report.IsIntact));

        var resealed = PdfSealVerifier.Verify(PdfSealer.Seal(shadow, Employee, _key));
        Assert.All(resealed.Seals, seal => Assert.True(seal.IsValid));
        Assert.Equal((true, true, false), (resealed.LastCoversWholeFile, resealed.HasForeignRevision, resealed.IsIntact));
    }

    [Fact]
    public async Task Verify_BytesAfterTheEnd_OrNoSealAtAll_IsNotIntact()
    {
        var source = await SourceAsync();
        Assert.Equal((0, false), (PdfSealVerifier.Verify(source).Seals.Count, PdfSealVerifier.Verify(source).IsIntact));
        Assert.False(PdfSealVerifier.Verify([.. PdfSealer.Seal(source, Company, _key), (byte)'\n']).IsIntact);
        Assert.NotNull(PdfSealVerifier.Verify(Encoding.ASCII.GetBytes("bonjour, ceci n'est pas un PDF du tout")).Problem);
    }

    [Fact]
    public async Task Seal_CompressedTable_IsRefusedClearly()
    {
        var path = Path.Combine(Path.GetTempPath(), $"monopco-{Guid.NewGuid():N}.pdf");
        if (Tool.Run("qpdf", await SourceAsync(), "--object-streams=generate", "{pdf}", path) is null)
        {
            return;
        }

        var compressed = await File.ReadAllBytesAsync(path);
        File.Delete(path);
        Assert.Contains("compressée", Assert.Throws<PdfFormatException>(() => PdfSealer.Seal(compressed, Company, _key)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seal_AnyNames_ComeBackAsTyped()
    {
        var source = await SourceAsync(1);
        Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyString>(), text =>
        {
            var name = new string([.. text.Get.Where(c => !char.IsSurrogate(c))]);
            return PdfSealVerifier.Verify(PdfSealer.Seal(source, Company with { SignerName = name, Reason = ")>> endobj " + name }, _key)) is { IsIntact: true, Seals: [{ } seal] } && seal.SignerName == name;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void SealingKey_ExportedAndLoaded_IsTheSameKey()
    {
        var pkcs12 = _key.Export("mot de passe");
        using var again = SealingKey.Load(pkcs12, "mot de passe");
        Assert.Equal(_key.Fingerprint, again.Fingerprint);
        Assert.ThrowsAny<CryptographicException>(() => SealingKey.Load(pkcs12, "autre"));
    }

    [Fact]
    public void AddSealing_TwoHosts_ShareOneKeyFileThatOnlyItsOwnerReads()
    {
        var file = Path.Combine(Path.GetTempPath(), $"monopco-{Guid.NewGuid():N}", "cachet.p12");
        SealingKey Host() => new ServiceCollection()
            .AddSealing(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Sealing:KeyFile"] = file, ["Sealing:Password"] = "secret" }).Build())
            .BuildServiceProvider().GetRequiredService<SealingKey>();
        Assert.Equal(Host().Fingerprint, Host().Fingerprint);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    public void Dispose() => _key.Dispose();

    /// <summary>What an attacker without the key can do: append a revision that gives the document another title.</summary>
    private static byte[] WithShadow(byte[] pdf)
    {
        var file = new PdfFile(pdf);
        var info = (PdfReference)file.Trailer["Info"]!;
        var changed = PdfWriter.Write(file.Dictionary(info).With("Title", PdfWriter.Text("Fausse version")));
        var entry = $"{info.Number} {info.Generation} obj\n{changed}\nendobj\n";
        var trailer = PdfWriter.Write(file.Trailer.With("Prev", new PdfToken(file.StartXref.ToString(CultureInfo.InvariantCulture))));
        var update = $"{entry}xref\n{info.Number} 1\n{pdf.Length:D10} {info.Generation:D5} n\r\ntrailer\n{trailer}\nstartxref\n{pdf.Length + entry.Length}\n%%EOF\n";
        return [.. pdf, .. Encoding.Latin1.GetBytes(update)];
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
