using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MonOPCO.Integrations.Browsers;
using MonOPCO.Integrations.Pdf;

namespace MonOPCO.Integrations.Tests.Pdf;

[Collection(BrowserTests.Name)]
public class PdfRendererTests(Browser browser)
{
    private const string Html = """
        <!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Convention d'été</title></head>
        <body><h1>Convention</h1><h2>Article 1</h2><p>Prix : 1 234,56 €</p><table><tr><th scope="col">Phase</th></tr><tr><td>Préliminaire</td></tr></table></body></html>
        """;

    [Fact]
    [Trait("Requirement", "M-A.2")]
    [Trait("Requirement", "S004-8.5")]
    public async Task RenderAsync_Html_IsTaggedFrenchA4WithOutlineAndFooter()
    {
        var pdf = await browser.PrintAsync(Html, footer: """<div style="font-size:8pt">Page <span class="pageNumber"></span> sur <span class="totalPages"></span></div>""");
        var text = Encoding.Latin1.GetString(pdf);
        Assert.StartsWith("%PDF-1.4", text, StringComparison.Ordinal);
        Assert.Contains("/Lang (fr", text, StringComparison.Ordinal);
        Assert.Contains("/Outlines", text, StringComparison.Ordinal);
        Assert.Contains("/StructTreeRoot", text, StringComparison.Ordinal);
        if (Tool.Run("pdfinfo", pdf, "{pdf}") is { } info)
        {
            Assert.Matches(@"Tagged:\s+yes", info);
            Assert.Matches(@"JavaScript:\s+no", info);
            Assert.Contains("A4", info, StringComparison.Ordinal);
            Assert.Contains("Convention d'été", info, StringComparison.Ordinal);
            Assert.Contains("Page 1 sur 1", Tool.Run("pdftotext", pdf, "{pdf}", "-"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task RenderAsync_ScriptAndRemoteContent_NeitherRunNorLoad()
    {
        await using var trap = await HttpStub.StartAsync(HttpStub.Json("{}"));
        var pdf = await browser.PrintAsync($"""
            <!doctype html><html lang="fr"><body><p id="p">avant</p><img src="{trap.Url}pixel.png" alt=""><iframe src="{trap.Url}cadre"></iframe>
            <link rel="stylesheet" href="{trap.Url}style.css"><script>document.getElementById('p').textContent = 'script'; fetch('{trap.Url}fuite')</script></body></html>
            """);
        Assert.Empty(trap.Requests);
        if (Tool.Run("pdftotext", pdf, "{pdf}", "-") is { } text)
        {
            Assert.Contains("avant", text, StringComparison.Ordinal);
            Assert.DoesNotContain("script", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task RenderAsync_ReusedPage_NothingRemainsOfTheLastDocument()
    {
        await browser.PrintAsync("<!doctype html><html lang=fr><title>Premier</title><body>confidentiel</body></html>");
        for (var i = 0; i < 4; i++)
        {
            var pdf = await browser.PrintAsync("<!doctype html><html lang=fr><title>Second</title><body>public</body></html>");
            Assert.DoesNotContain("confidentiel", Tool.Run("pdftotext", pdf, "{pdf}", "-") ?? "", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task RenderAsync_BrowserKilled_NextDocumentIsPrinted()
    {
        var marker = $"/tmp/monopco-test-{Guid.NewGuid():N}";
        await using var renderer = new PdfRenderer(Options.Create(new PdfOptions()), Options.Create(new ChromiumOptions { ExecutablePath = Wrapper(marker) }));
        Assert.IsType<PdfResult.Rendered>(await renderer.RenderAsync(new PdfRequest(Html), default));
        using (var process = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(marker), System.Globalization.CultureInfo.InvariantCulture)))
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        Assert.IsType<PdfResult.Rendered>(await renderer.RenderAsync(new PdfRequest(Html), default));
        File.Delete(marker);
        File.Delete(marker + ".sh");
    }

    [Fact]
    public async Task RenderAsync_ManyAtOnce_StayBounded()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => browser.PrintAsync($"<!doctype html><html lang=fr><body>document numéro {i}</body></html>")));
        for (var i = 0; i < all.Length; i++)
        {
            Assert.Contains($"document numéro {i}", Tool.Run("pdftotext", all[i], "{pdf}", "-") ?? $"document numéro {i}", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task RenderAsync_ChromiumMissing_IsARetryableFailure()
    {
        var services = new ServiceCollection().AddPdf(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Chromium:ExecutablePath"] = "/nulle/part/chromium" }).Build());
        await using var provider = services.BuildServiceProvider();
        var failure = Assert.IsType<PdfResult.Failed>(await provider.GetRequiredService<PdfRenderer>().RenderAsync(new PdfRequest(Html), default)).Failure;
        Assert.Equal(("chromium-missing", true), (failure.Kind, failure.Retryable));
    }

    /// <summary>A launcher that writes Chromium's process id down, so that the test kills its own browser and no other.</summary>
    private static string Wrapper(string marker)
    {
        var script = marker + ".sh";
        File.WriteAllText(script, $"#!/bin/sh\necho $$ > {marker}\nexec /usr/bin/chromium \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return script;
    }
}
