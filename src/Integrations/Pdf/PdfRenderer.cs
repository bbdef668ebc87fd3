using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Microsoft.Playwright;
using MonOPCO.Integrations.Browsers;

namespace MonOPCO.Integrations.Pdf;

/// <summary>
/// Prints HTML to a tagged A4 PDF with an outline, in one Chromium that is kept. The page is offline and runs no script: a document is text, whatever its data contain.
/// Pages are reused, which is five times faster than opening one per document.
/// </summary>
public sealed class PdfRenderer : IAsyncDisposable
{
    private readonly ChromiumProcess _chromium;
    private readonly PdfOptions _options;
    private readonly SemaphoreSlim _slots;
    private readonly ConcurrentBag<IPage> _idle = [];
    private readonly SemaphoreSlim _contextGate = new(1, 1);
    private IBrowserContext? _context;

    public PdfRenderer(IOptions<PdfOptions> options, IOptions<ChromiumOptions> chromium)
    {
        _options = options.Value;
        // No name resolves: even if "offline" were lifted, a document could not fetch anything.
        _chromium = new ChromiumProcess(chromium.Value, ["--host-resolver-rules=MAP * ~NOTFOUND"]);
        _slots = new SemaphoreSlim(_options.Concurrency, _options.Concurrency);
    }

    public async Task<PdfResult> RenderAsync(PdfRequest request, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        try
        {
            var result = await PrintAsync(request, cancellationToken);
            // A browser that died since the last document is not the fault of this one: once more, on a new browser.
            return result is PdfResult.Failed { Failure.Kind: "browser-lost" } ? await PrintAsync(request, cancellationToken) : result;
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<PdfResult> PrintAsync(PdfRequest request, CancellationToken cancellationToken)
    {
        var (browser, failure) = await _chromium.GetAsync(cancellationToken);
        if (browser is null)
        {
            return new PdfResult.Failed(failure!);
        }

        IPage? page = null;
        try
        {
            page = await PageAsync(browser);
            var milliseconds = (float)_options.Timeout.TotalMilliseconds;
            await page.SetContentAsync(request.Html, new PageSetContentOptions { WaitUntil = WaitUntilState.Load, Timeout = milliseconds });
            // PdfAsync takes no time limit of its own.
            var pdf = await page.PdfAsync(Printing(request)).WaitAsync(_options.Timeout, cancellationToken);
            _idle.Add(page);
            return new PdfResult.Rendered(pdf);
        }
        catch (Exception problem) when (problem is PlaywrightException or TimeoutException)
        {
            await DropAsync(page);
            return browser.IsConnected
                ? new PdfResult.Failed(new Failure(problem is TimeoutException ? "timeout" : "print", null, true, "Le document n'a pas pu être imprimé : " + ChromiumProcess.FirstLine(problem.Message)))
                : new PdfResult.Failed(new Failure("browser-lost", null, true, "Le navigateur s'est arrêté pendant l'impression."));
        }
        catch (OperationCanceledException)
        {
            await DropAsync(page);
            throw;
        }
    }

    private static PagePdfOptions Printing(PdfRequest request) => new()
    {
        Format = "A4",
        Tagged = true,
        Outline = true,
        PrintBackground = true,
        DisplayHeaderFooter = request.HeaderHtml is not null || request.FooterHtml is not null,
        // Without a template Chromium prints its own (date, title, address).
        HeaderTemplate = request.HeaderHtml ?? "<span></span>",
        FooterTemplate = request.FooterHtml ?? "<span></span>",
        Margin = new Margin { Top = request.MarginTop, Bottom = request.MarginBottom, Left = request.MarginSide, Right = request.MarginSide },
    };

    private async Task<IPage> PageAsync(IBrowser browser)
    {
        while (_idle.TryTake(out var idle))
        {
            if (!idle.IsClosed && ReferenceEquals(idle.Context.Browser, browser))
            {
                return idle;
            }
        }

        await _contextGate.WaitAsync();
        try
        {
            if (_context is null || !ReferenceEquals(_context.Browser, browser))
            {
                _context = await browser.NewContextAsync(new BrowserNewContextOptions { JavaScriptEnabled = false, Offline = true, Locale = "fr-FR" });
            }
        }
        finally
        {
            _contextGate.Release();
        }

        return await _context.NewPageAsync();
    }

    private static async Task DropAsync(IPage? page)
    {
        if (page is { IsClosed: false })
        {
            try
            {
                await page.CloseAsync().WaitAsync(TimeSpan.FromSeconds(2));
            }
            catch (Exception problem) when (problem is PlaywrightException or TimeoutException)
            {
                // The page died with its browser: there is nothing left to close.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        _slots.Dispose();
        _contextGate.Dispose();
    }
}
