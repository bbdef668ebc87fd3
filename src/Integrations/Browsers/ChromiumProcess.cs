using Microsoft.Playwright;

namespace MonOPCO.Integrations.Browsers;

/// <summary>One Chromium that stays up between uses and is started again when it crashed. Failures to start are values.</summary>
internal sealed class ChromiumProcess(ChromiumOptions options, string[] arguments) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IPlaywright? _driver;
    private IBrowser? _browser;
    private bool _disposed;

    /// <summary>The running browser, or why there is none.</summary>
    public async Task<(IBrowser? Browser, Failure? Failure)> GetAsync(CancellationToken cancellationToken)
    {
        if (_browser is { IsConnected: true } running)
        {
            return (running, null);
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_browser is { IsConnected: true } started)
            {
                return (started, null);
            }

            if (!File.Exists(options.ExecutablePath))
            {
                return (null, new Failure("chromium-missing", null, true, $"Chromium est absent ({options.ExecutablePath}). Installez-le : apt install chromium."));
            }

            _driver ??= await Playwright.CreateAsync();
            _browser = await _driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = options.ExecutablePath,
                // Chromium's sandbox cannot start as root; for everybody else it stays on.
                Args = [.. arguments, ChromiumOrphans.Mark, "--disable-gpu", "--disable-dev-shm-usage", .. Environment.IsPrivilegedProcess ? new[] { "--no-sandbox" } : []],
                Timeout = (float)options.LaunchTimeout.TotalMilliseconds,
                HandleSIGINT = false,
                HandleSIGTERM = false,
                HandleSIGHUP = false,
            });
            return (_browser, null);
        }
        catch (Exception problem) when (problem is PlaywrightException or TimeoutException)
        {
            // The driver itself may be the part that died: the next attempt starts both.
            _driver?.Dispose();
            _driver = null;
            return (null, new Failure("chromium-failed", null, true, "Chromium n'a pas démarré : " + FirstLine(problem.Message)));
        }
        finally
        {
            _gate.Release();
        }
    }

    internal static string FirstLine(string message)
    {
        var end = message.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? message : message[..end];
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        _disposed = true;
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _driver?.Dispose();
        _gate.Release();
    }
}
