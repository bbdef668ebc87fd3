using System.Text.Json;
using Microsoft.Playwright;
using MonOPCO.EndToEnd.Story;

namespace MonOPCO.EndToEnd.Pages;

/// <summary>What every page must be on a desk and on a phone, in light and in dark: accessible by axe's rules, and no wider than the screen.</summary>
public static class Screen
{
    private static readonly Lazy<string> Axe = new(() => File.ReadAllText(Path.Combine(HostProcess.ContentRoot, "node_modules", "axe-core", "axe.min.js")));

    // Elsa Studio is not ours (docs/accessibilite.md): its frame is looked at, its inside is not. The embedded PDF is Chromium's own viewer.
    private const string Run = """
        async (colours) => {
          const found = await axe.run({ exclude: ['#studio > *', 'iframe.mo-sign-pdf'] }, {
            runOnly: colours ? { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } : ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] });
          return found.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${v.help} | ${n.target.join(' ')} | ${(n.failureSummary || '').replace(/\s+/g, ' ')}`));
        }
        """;

    private const string Overflow = """
        () => {
          const wide = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= wide) return [];
          const inside = e => { for (let p = e.parentElement; p; p = p.parentElement) if (getComputedStyle(p).overflowX !== 'visible' && p !== document.body && p !== document.documentElement) return true; return false; };
          return ['wider than ' + wide + ': ' + document.documentElement.scrollWidth, ...[...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > wide + 1 && !inside(e)).slice(0, 5).map(e => e.outerHTML.slice(0, 160))];
        }
        """;

    /// <summary>Where <c>./monopco screenshots</c> wants every screen; null in a test run.</summary>
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("MONOPCO_SCREENSHOTS");

    /// <summary>The pictures of docs/images, by the stop where they are taken.</summary>
    private static readonly Dictionary<string, string> Readme = new()
    {
        ["02-reponse-1440-light"] = "financable",
        ["12-tache-valider-1440-light"] = "validation",
        ["signature-convention-salarie-1440-light"] = "signature",
        ["signature-convention-salarie-390-light"] = "signature-telephone",
        ["22-tache-confirmer-1440-light"] = "robot",
        ["31-espace-reste-390-light"] = "reste-a-charge-telephone",
        ["33-dossier-accorde-1440-dark"] = "dossier-accorde",
        ["concepteur-1440-light"] = "concepteur",
    };

    public static async Task<IReadOnlyList<string>> CheckAsync(IPage page, string name)
    {
        var problems = new List<string>();

        // Colours must not be met half-way between two themes.
        await page.EvaluateAsync("() => { const still = new CSSStyleSheet(); still.replaceSync('*, *::before, *::after { transition: none !important; }'); document.adoptedStyleSheets = [still]; }");
        await PicturesAsync(page, name);
        await page.EvaluateAsync(Axe.Value);

        // What is folded is looked at too.
        await page.EvaluateAsync("() => document.querySelectorAll('details:not(.menu, [open])').forEach(x => { x.open = true; x.dataset.opened = ''; })");
        foreach (var screen in new[] { Person.Phone, Person.Wide })
        {
            await page.SetViewportSizeAsync(screen.Width, screen.Height);
            foreach (var scheme in new[] { ColorScheme.Dark, ColorScheme.Light })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                // Every rule once per screen; in the other theme only colours differ.
                var found = await page.EvaluateAsync<JsonElement>(Run, scheme == ColorScheme.Dark);
                problems.AddRange(found.EnumerateArray().Select(x => $"{name}, {screen.Width}, {scheme}: {x.GetString()}"));
            }

        }

        // 320 pixels is also what 400 % of a desk's screen leaves.
        foreach (var width in new[] { Person.Phone.Width, 320 })
        {
            await page.SetViewportSizeAsync(width, Person.Phone.Height);
            var wide = await page.EvaluateAsync<JsonElement>(Overflow);
            problems.AddRange(wide.EnumerateArray().Select(x => $"{name}, {width}: {x.GetString()}"));
        }

        await page.SetViewportSizeAsync(Person.Wide.Width, Person.Wide.Height);

        await page.EvaluateAsync("() => { document.querySelectorAll('[data-opened]').forEach(x => { x.open = false; delete x.dataset.opened; }); document.adoptedStyleSheets = []; }");
        return problems;
    }

    /// <summary>Two sizes, two themes.</summary>
    private static async Task PicturesAsync(IPage page, string name)
    {
        if (Pictures is null)
        {
            return;
        }

        Directory.CreateDirectory(Pictures);
        foreach (var screen in new[] { Person.Phone, Person.Wide })
        {
            await page.SetViewportSizeAsync(screen.Width, screen.Height);
            foreach (var scheme in new[] { ColorScheme.Dark, ColorScheme.Light })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                var taken = $"{name}-{screen.Width}-{scheme}".ToLowerInvariant();
                await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, taken + ".png"), FullPage = true });
                if (Readme.TryGetValue(taken, out var picture))
                {
                    Directory.CreateDirectory(Path.Combine(Pictures, "readme"));
                    await page.EvaluateAsync("() => scrollTo(0, 0)");
                    await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, "readme", picture + ".png") });
                }
            }
        }
    }
}
