using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace MonOPCO.EndToEnd.Designer;

/// <summary>Every activity of the palette and every menu of the real Studio: nothing in English, no error in the console, no refused request.</summary>
public sealed class WalkTests(DesignerHost host) : IClassFixture<DesignerHost>
{
    /// <summary>Words of Studio's English that no French text of ours contains. Names that people or programs gave (types, ids, property names) are not words.</summary>
    private const string English =
        """
        () => {
          const english = /\b(the|this|of|with|without|when|whether|which|will|is|are|has|have|be|no|not|or|and|to|from|for|by|in|add|edit|delete|remove|save|cancel|close|open|copy|copied|new|name|value|default|select|choose|search|show|hide|view|settings|properties|loading|workflow|activity|activities|merge|stream|inherit|allow|publish|unpublish|retract|created|updated|mandatory|required|optional|supported|visualizer|outcomes?|timeout|failed|unmatched|connect|field|fields|yes)\b/i;
          const french = /[àâçéèêëîïôûùüÿœæ’«]|\b(le|la|les|un|une|des|du|de|au|aux|et|ou|par|pour|sur|est|dans|avec)\b/i;
          const own = (e) => e.closest('.monaco-editor, .monaco-aria-container, textarea, pre, code, script, style, [data-own]');
          const found = new Set();
          const look = (text, element) => {
            const t = (text ?? '').trim();
            if (!t || own(element) || !/[a-z]{2}/.test(t) || french.test(t) || !english.test(t)) return;
            found.add(t);
          };
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let n = walker.nextNode(); n; n = walker.nextNode()) if (n.parentElement?.checkVisibility({ visibilityProperty: true, opacityProperty: true })) look(n.data, n.parentElement);
          for (const e of document.querySelectorAll('[title], [aria-label], [placeholder]')) if (e.checkVisibility()) for (const a of ['title', 'aria-label', 'placeholder']) look(e.getAttribute(a), e);
          for (const e of document.querySelectorAll('.mud-select input')) if (e.checkVisibility()) look(e.value, e);
          return [...found];
        }
        """;

    private static readonly string[] PanelsOfTheProcedure = ["Propriétés", "Variables", "Entrées/sorties", "Historique des versions", "Vue du code"];

    [Fact]
    [Trait("Requirement", "M-D.1")]
    public async Task Studio_EveryActivityTabAndMenu_IsFrenchAndQuiet()
    {
        var types = await DraftWithEveryActivityAsync("promenade");
        await using var context = await host.Browser.NewContextAsync(new() { Locale = "fr-FR", ViewportSize = new() { Width = 3000, Height = 1800 } });
        var page = await context.NewPageAsync();
        var watch = new Watch(page, host.Address);
        await host.SignInAsync(page);
        await page.GotoAsync(new Uri(host.Address, "/designer/procedures/promenade").ToString());
        await Expect(page.Locator(".x6-node")).ToHaveCountAsync(types.Count, new() { Timeout = DesignerHost.Patience });
        var english = new SortedDictionary<string, string>(StringComparer.Ordinal);

        async Task LookAsync(string where)
        {
            foreach (var text in await page.EvaluateAsync<string[]>(English))
            {
                english.TryAdd(text, where);
            }

            watch.AssertQuiet();
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "" }).And(page.Locator("#studio .mud-icon-button:visible")).First.ClickAsync();
        await LookAsync("ouverture");
        var seen = new HashSet<string>();
        for (var i = 0; i < types.Count; i++)
        {
            // Left, on its icon: in the middle some nodes have ports of their own.
            var node = page.Locator($".x6-node[data-cell-id='n{i}']");
            await node.Locator(".activity-icon").ClickAsync();
            await Expect(node).ToHaveClassAsync(new Regex("x6-node-selected"));
            var tabs = page.Locator("#studio .mud-tabs-tabbar:visible").Last.Locator(".mud-tab");
            await Expect(tabs.First).ToBeVisibleAsync();
            await LookAsync(types[i]);
            foreach (var tab in await tabs.AllAsync())
            {
                // Entrée and Sortie hold what is the activity's own; the other tabs are the same for all of a kind.
                var name = (await tab.InnerTextAsync()).Trim();
                if (name.Length > 0 && (name.Equals("Sortie", StringComparison.OrdinalIgnoreCase) || seen.Add(name)))
                {
                    await tab.ClickAsync();
                    await Expect(tab).ToHaveClassAsync(new Regex("mud-tab-active"));
                    await LookAsync($"{types[i]} › {name}");
                }
            }
        }

        foreach (var panel in PanelsOfTheProcedure)
        {
            await page.Locator("#studio .mud-tab", new() { HasTextString = panel }).First.ClickAsync();
            await LookAsync(panel);
        }

        Assert.True(english.Count == 0, string.Join("\n", english.Select(e => $"{e.Key}  ({e.Value})")));
    }

    /// <summary>A draft may be unfinished: one of everything, unconnected and without values.</summary>
    private async Task<IReadOnlyList<string>> DraftWithEveryActivityAsync(string definitionId)
    {
        var types = (await host.GetAsync("descriptors/activities"))["items"]!.AsArray().Where(d => d!["isBrowsable"]!.GetValue<bool>()).Select(d => d!["typeName"]!.ToString()).ToList();
        var activities = types.Select((type, i) => (JsonNode)new JsonObject
        {
            ["id"] = $"n{i}",
            ["name"] = $"n{i}",
            ["type"] = type,
            ["version"] = 1,
            ["metadata"] = new JsonObject { ["designer"] = new JsonObject { ["position"] = new JsonObject { ["x"] = 50 + (i % 5 * 520), ["y"] = 50 + (i / 5 * 120) } } },
        });
        await host.PostAsync("workflow-definitions", new JsonObject
        {
            ["publish"] = false,
            ["model"] = new JsonObject
            {
                ["definitionId"] = definitionId,
                ["name"] = "Promenade",
                ["root"] = new JsonObject { ["type"] = "Elsa.Flowchart", ["version"] = 1, ["id"] = "flow", ["activities"] = new JsonArray([.. activities]), ["connections"] = new JsonArray() },
            },
        });
        return types;
    }
}
