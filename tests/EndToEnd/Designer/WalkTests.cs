using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace MonOPCO.EndToEnd.Designer;

/// <summary>Every activity of the palette and every panel of the real Studio: nothing in English, no error in the console, no refused request.</summary>
public sealed class WalkTests(DesignerHost host) : IClassFixture<DesignerHost>
{
    private static readonly string[] PanelsOfTheProcedure = ["Propriétés", "Variables", "Entrées/sorties", "Historique des versions", "Vue du code"];

    [Fact]
    [Trait("Requirement", "M-D.1")]
    public async Task Studio_EveryActivityAndTab_IsFrenchAndQuiet()
    {
        var types = await DraftWithEveryActivityAsync("promenade");
        await using var context = await host.Browser.NewContextAsync(new() { Locale = "fr-FR", ViewportSize = new() { Width = 3000, Height = 1800 } });
        var page = await context.NewPageAsync();
        var watch = new FrenchWatch(page, host.Address);
        await host.SignInAsync(page);
        await page.GotoAsync(new Uri(host.Address, "/designer/procedures/promenade").ToString());
        await Expect(page.Locator(".x6-node")).ToHaveCountAsync(types.Count, new() { Timeout = DesignerHost.Patience });
        await page.GetByRole(AriaRole.Button, new() { Name = "" }).And(page.Locator("#studio .mud-icon-button:visible")).First.ClickAsync();
        await watch.LookAsync("ouverture");
        var seen = new HashSet<string>();
        for (var i = 0; i < types.Count; i++)
        {
            // Left, on its icon: in the middle some nodes have ports of their own.
            var node = page.Locator($".x6-node[data-cell-id='n{i}']");
            await node.Locator(".activity-icon").ClickAsync();
            await Expect(node).ToHaveClassAsync(new Regex("x6-node-selected"));
            var tabs = page.Locator("#studio .mud-tabs-tabbar:visible").Last.Locator(".mud-tab");
            await Expect(tabs.First).ToBeVisibleAsync();
            await watch.LookAsync(types[i]);
            foreach (var tab in await tabs.AllAsync())
            {
                // Entrée and Sortie hold what is the activity's own; the other tabs are the same for all of a kind.
                var name = (await tab.InnerTextAsync()).Trim();
                if (name.Length > 0 && (name.Equals("Sortie", StringComparison.OrdinalIgnoreCase) || seen.Add(name)))
                {
                    await tab.ClickAsync();
                    await Expect(tab).ToHaveClassAsync(new Regex("mud-tab-active"));
                    await watch.LookAsync($"{types[i]} › {name}");
                }
            }
        }

        foreach (var panel in PanelsOfTheProcedure)
        {
            await page.Locator("#studio .mud-tab", new() { HasTextString = panel }).First.ClickAsync();
            await watch.LookAsync(panel);
        }

        watch.AssertFrench();
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
