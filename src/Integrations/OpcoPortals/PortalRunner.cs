using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.Playwright;
using MonOPCO.Integrations.Browsers;

namespace MonOPCO.Integrations.OpcoPortals;

/// <summary>Plays portal scripts in a real browser, each run in a fresh context that can reach the portal's hosts and nothing else.</summary>
public sealed class PortalRunner(IOptions<PortalOptions> options, IOptions<ChromiumOptions> chromium) : IAsyncDisposable
{
    private readonly PortalOptions _options = options.Value;
    private readonly SemaphoreSlim _slots = new(options.Value.Concurrency, options.Value.Concurrency);
    private readonly ConcurrentDictionary<string, Lazy<ChromiumProcess>> _browsers = new(StringComparer.Ordinal);
    private readonly Lazy<IReadOnlyDictionary<string, PortalScript>> _scripts = new(() => Load(options.Value.Root));

    /// <summary>The scripts by name.</summary>
    /// <exception cref="PortalScriptException">A script is mal-formed.</exception>
    public IReadOnlyDictionary<string, PortalScript> Scripts => _scripts.Value;

    /// <summary>True when the script exists and an address is configured for it.</summary>
    public bool IsConfigured(string portal) => Scripts.ContainsKey(portal) && _options.Portals.TryGetValue(portal, out var settings) && settings.BaseUrl is not null;

    /// <summary>The script that serves this OPCO: the configured one, else any (its order of fields still guides a person). Null when there is none.</summary>
    public string? ScriptOf(string opco) => Scripts.Values.Where(script => script.Opco == opco)
        .OrderByDescending(script => IsConfigured(script.Portail)).ThenBy(script => script.Portail, StringComparer.Ordinal).Select(script => script.Portail).FirstOrDefault();

    /// <exception cref="PortalScriptException">Our own mistake, found before the portal is visited: unknown script, missing settings, data or piece, phases in an unsafe order.</exception>
    public async Task<PortalResult> RunAsync(PortalRequest request, CancellationToken cancellationToken)
    {
        var script = Scripts.TryGetValue(request.Portal, out var known) ? known : throw new PortalScriptException($"Le portail « {request.Portal} » n'a pas de script.");
        var settings = _options.Portals.TryGetValue(request.Portal, out var found) && found.BaseUrl is not null ? found : throw new PortalScriptException($"Le portail « {request.Portal} » n'est pas configuré (OpcoPortals:Portals).");
        PortalPrecheck.Check(script, request);
        var hosts = new PortalHosts(settings.BaseUrl!, settings.AllowedHosts);

        await _slots.WaitAsync(cancellationToken);
        try
        {
            return await RunInBrowserAsync(script, request, settings, hosts, cancellationToken);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<PortalResult> RunInBrowserAsync(PortalScript script, PortalRequest request, PortalSettings settings, PortalHosts hosts, CancellationToken cancellationToken)
    {
        // The browser itself resolves no other name: redirects and scripts of a page cannot leave either, which request routing alone does not prevent.
        var rules = "--host-resolver-rules=MAP * ~NOTFOUND" + string.Concat(hosts.Names.Order(StringComparer.Ordinal).Select(name => $", EXCLUDE {name}"));
        var process = _browsers.GetOrAdd(rules, key => new Lazy<ChromiumProcess>(() => new ChromiumProcess(chromium.Value, [key]))).Value;
        var (browser, failure) = await process.GetAsync(cancellationToken);
        if (browser is null)
        {
            return new PortalResult.Unreachable(failure!);
        }

        try
        {
            await using var context = await browser.NewContextAsync(new BrowserNewContextOptions { Locale = "fr-FR", TimezoneId = "Europe/Paris", AcceptDownloads = true, ViewportSize = new ViewportSize { Width = 1280, Height = 900 } });
            await context.RouteAsync("**/*", route => hosts.Allows(new Uri(route.Request.Url)) ? route.ContinueAsync() : route.AbortAsync("blockedbyclient"));
            var page = await context.NewPageAsync();
            await using var stop = cancellationToken.Register(() => _ = context.CloseAsync());
            var run = new PortalRun(page, script, request, settings, hosts, (float)_options.StepTimeout.TotalMilliseconds);
            var result = await run.RunAsync(cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            return result;
        }
        catch (PlaywrightException problem)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new PortalResult.Unreachable(new Failure("browser-lost", null, true, "Le navigateur s'est arrêté : " + ChromiumProcess.FirstLine(problem.Message)));
        }
    }

    private static Dictionary<string, PortalScript> Load(string root)
    {
        if (!Directory.Exists(root))
        {
            throw new PortalScriptException("Le dossier des scripts de portails est introuvable (OpcoPortals:Root).");
        }

        return Directory.EnumerateFiles(root, "*.json").Select(file =>
        {
            var script = PortalScript.Parse(File.ReadAllText(file));
            return script.Portail == Path.GetFileNameWithoutExtension(file) ? script : throw new PortalScriptException($"Le fichier « {Path.GetFileName(file)} » décrit un autre portail (« {script.Portail} »).");
        }).ToDictionary(script => script.Portail, StringComparer.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var browser in _browsers.Values.Where(b => b.IsValueCreated))
        {
            await browser.Value.DisposeAsync();
        }

        _slots.Dispose();
    }
}

/// <summary>Everything that can be known to be wrong before a page is opened.</summary>
internal static class PortalPrecheck
{
    public static void Check(PortalScript script, PortalRequest request)
    {
        foreach (var phase in request.Phases)
        {
            if (!script.Phases.TryGetValue(phase, out var steps))
            {
                throw new PortalScriptException($"Le script « {script.Portail} » n'a pas de phase {phase}.");
            }

            Check(steps, request, null);
        }

        var before = request.Phases.TakeWhile(phase => phase != PortalPhase.Transmettre).ToList();
        if (before.Count < request.Phases.Count && !new[] { PortalPhase.Recherche, PortalPhase.Remplir, PortalPhase.Relire }.All(before.Contains))
        {
            throw new PortalScriptException("Transmettre exige d'avoir cherché notre référence, rempli et relu dans le même passage.");
        }
    }

    private static void Check(PortalStep[] steps, PortalRequest request, JsonElement? row)
    {
        foreach (var step in steps.Where(step => step.If is not { } condition || PortalValues.HasValue(request.Data, row, condition)))
        {
            if (step.Value is not null)
            {
                PortalValues.Text(step, request.Data, row);
            }

            if (step.File is { } file && !request.Files.ContainsKey(file))
            {
                throw new PortalScriptException($"La pièce « {file} » manque dans le dossier de dépôt.");
            }

            if (step.Goto is { } address)
            {
                PortalHosts.Fill(address, path => PortalValues.Find(request.Data, row, path)?.ToString());
            }

            if (step.Repeat is { } list)
            {
                var rows = PortalValues.Find(request.Data, row, list) is { ValueKind: JsonValueKind.Array } array && array.GetArrayLength() > 0 ? array : throw new PortalScriptException($"La donnée « {list} » doit être une liste non vide.");
                foreach (var item in rows.EnumerateArray())
                {
                    Check(step.Steps!, request, item);
                }
            }
        }
    }
}
