using System.Text.RegularExpressions;
using MonOPCO.Integrations.Sealing;

namespace MonOPCO.Integrations.Tests.Templates;

/// <summary>The shipped documents through real Chromium, then sealed: what a client receives.</summary>
[Collection(BrowserTests.Name)]
public sealed partial class PrintedDocumentsTests(Browser browser)
{
    [Theory]
    [MemberData(nameof(ShippedTemplatesTests.Documents), MemberType = typeof(ShippedTemplatesTests))]
    [Trait("Requirement", "S000-3.E.6")]
    public async Task Document_PrintedAndSealed_IsTaggedReadableAndIntact(string name)
    {
        var document = ShippedTemplatesTests.Render(name);
        var pdf = await browser.PrintAsync(document.Html, document.HeaderHtml, document.FooterHtml);
        if (Environment.GetEnvironmentVariable("MONOPCO_PDF_OUT") is { Length: > 0 } folder)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, name + ".pdf"), pdf);
        }

        using var key = SealingKey.Create("Netz Informatique", DateTimeOffset.UtcNow);
        var sealedPdf = PdfSealer.Seal(pdf, new SealRequest("Camille Netz", "Signature simple", DateTimeOffset.UtcNow), key);
        Assert.True(PdfSealVerifier.Verify(sealedPdf).IsIntact);
        if (Tool.Run("pdfinfo", sealedPdf, "{pdf}") is not { } info)
        {
            return;
        }

        Assert.Matches(@"Tagged:\s+yes", info);
        var text = Spaces().Replace(Tool.Run("pdftotext", sealedPdf, "-layout", "{pdf}", "-")!, " ");
        Assert.Contains("Netz Informatique", text, StringComparison.Ordinal);
        Assert.Contains("ne vaut pas agrément de l'État", text, StringComparison.Ordinal);
        Assert.Contains("Page 1 sur ", text, StringComparison.Ordinal);
        Assert.Contains("Signature is Valid.", Tool.Run("pdfsig", sealedPdf, "{pdf}"), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
