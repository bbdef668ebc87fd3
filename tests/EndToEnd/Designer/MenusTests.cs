using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace MonOPCO.EndToEnd.Designer;

/// <summary>Every menu and dialog of the real Studio, opened and answered: French, no error in the console, no unexpected status.</summary>
public sealed class MenusTests(DesignerHost host) : IClassFixture<DesignerHost>
{
    private const int Patience = DesignerHost.Patience;

    [Fact]
    [Trait("Requirement", "M-D.1")]
    public async Task Editor_EveryMenuAndDialog_IsFrenchAndQuiet()
    {
        await TwoVersionsAsync("menus");
        await using var context = await host.Browser.NewContextAsync(new() { Locale = "fr-FR", ViewportSize = new() { Width = 3000, Height = 1800 } });
        var page = await context.NewPageAsync();
        var watch = new FrenchWatch(page, host.Address);
        await host.SignInAsync(page);
        var loaded = new List<IResponse>();
        page.Response += (_, answer) => loaded.Add(answer);
        await OpenAsync(page, "menus");
        await AssertKeptAndCompressedAsync(loaded);

        // Every button of the toolbar has a tooltip; none is clicked by it.
        var toolbar = page.Locator("#studio .mud-icon-button:visible");
        var bar = page.Locator("#studio .mud-menu button.mud-menu-icon-button-activator:visible").First;
        var line = (await bar.BoundingBoxAsync())!.Y;
        foreach (var button in await toolbar.AllAsync())
        {
            if (await button.BoundingBoxAsync() is { } box && Math.Abs(box.Y - line) < 12 && box.X > 250)
            {
                await button.HoverAsync();
                await Expect(page.Locator(".mud-tooltip:visible, .mud-popover-open:visible").First).ToBeVisibleAsync();
                await watch.LookAsync("barre d’outils");
            }
        }

        Assert.Equal(["Enregistrer sous", "Exporter", "Importer"], await watch.MenuAsync(bar, "menu"));
        await watch.ChooseAsync(bar, "Enregistrer sous");
        await watch.DialogAsync("enregistrer sous", "Annuler");
        var download = page.WaitForDownloadAsync();
        await watch.ChooseAsync(bar, "Exporter");
        await watch.DialogAsync("exporter", "Exporter");
        Assert.EndsWith(".json", (await download).SuggestedFilename, StringComparison.Ordinal);
        await watch.LookAsync("exporter");
        var file = await (await download).PathAsync();
        var chooser = await page.RunAndWaitForFileChooserAsync(() => watch.ChooseAsync(bar, "Importer"));
        var imported = page.WaitForResponseAsync(answer => answer.Url.Contains("/import", StringComparison.Ordinal));
        await chooser.SetFilesAsync(new FilePayload { Name = "menus.json", MimeType = "application/json", Buffer = await File.ReadAllBytesAsync(file) });
        Assert.Equal(200, (await imported).Status);
        await watch.LookAsync("importer");

        await PropertiesAsync(page, watch);
        await VariablesAsync(page, watch);
        await InputsAndOutputsAsync(page, watch);
        await VersionsAsync(page, watch);

        // What is not published is not run: it would act on the world.
        await watch.RefusedAsync(409, "/execute", "Le brouillon n’est pas publié", () => page.Locator("#studio button.mud-success-text:visible").First.ClickAsync());

        // Nodes and canvas have no menu of their own; the browser's must not break the page.
        await page.Locator(".x6-node[data-cell-id='w'] .activity-icon").ClickAsync(new() { Button = MouseButton.Right });
        await watch.LookAsync("clic droit");
        watch.AssertFrench();
    }

    [Fact]
    [Trait("Requirement", "M-D.5")]
    public async Task Viewer_EveryTabAndButton_IsFrenchAndQuiet()
    {
        var definition = Definition("vue", "Vue");
        definition["options"] = new JsonObject { ["incidentStrategyType"] = "Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy" };
        var root = definition["root"]!;
        root["activities"]!.AsArray().Add(new JsonObject
        {
            ["type"] = "Elsa.RunJavaScript",
            ["version"] = 1,
            ["id"] = "j",
            ["name"] = "j",
            ["script"] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = "throw new Error('en panne')" } },
            ["metadata"] = new JsonObject { ["designer"] = new JsonObject { ["position"] = new JsonObject { ["x"] = 520, ["y"] = 100 } } },
        });
        root["connections"]!.AsArray().Add(new JsonObject { ["source"] = new JsonObject { ["activity"] = "w", ["port"] = "Done" }, ["target"] = new JsonObject { ["activity"] = "j", ["port"] = "In" } });
        await host.PostAsync("workflow-definitions/import", definition);
        await host.PostAsync("workflow-definitions/vue/publish", new JsonObject());
        var instance = (await host.PostAsync("workflow-definitions/vue/execute", new JsonObject()))["workflowState"]!["id"]!.ToString();

        await using var context = await host.Browser.NewContextAsync(new() { Locale = "fr-FR", ViewportSize = new() { Width = 3000, Height = 1800 } });
        var page = await context.NewPageAsync();
        var watch = new FrenchWatch(page, host.Address);
        await host.SignInAsync(page);
        await page.GotoAsync(new Uri(host.Address, "/designer/instances/" + instance).ToString());
        await Expect(page.Locator(".x6-node")).ToHaveCountAsync(3, new() { Timeout = Patience });
        await Expect(page.Locator("#studio .mud-timeline-item").First).ToBeVisibleAsync(new() { Timeout = Patience });
        await watch.LookAsync("exécution");
        foreach (var name in new[] { "Afficher le temps cumulé", "Affichage des incidents", "Affichage de tous les événements" })
        {
            await page.GetByRole(AriaRole.Button, new() { Name = name }).First.ClickAsync();
            await watch.LookAsync(name);
        }

        await page.Locator(".x6-node[data-cell-id='j'] .activity-icon").ClickAsync();
        await watch.LookAsync("étape arrêtée");
        foreach (var tab in new[] { "Exécutions", "Pile d’appels", "Incidents", "Variables", "Entrées/sorties", "Détails" })
        {
            await page.Locator("#studio .mud-tab:visible", new() { HasTextRegex = new Regex("^\\s*" + tab, RegexOptions.IgnoreCase) }).Last.ClickAsync();
            await watch.LookAsync(tab);
        }

        // The process owner sees that there are values, and none of them.
        await TabAsync(page, "Variables");
        await Expect(page.Locator("#studio")).ToContainTextAsync("•••");
        watch.AssertFrench();
    }

    /// <summary>All of Studio comes from here (<see cref="Watch"/>), made small beforehand, and what carries a fingerprint is never asked for again.</summary>
    private static async Task AssertKeptAndCompressedAsync(IReadOnlyList<IResponse> loaded)
    {
        var assets = loaded.Where(x => x.Status == 200 && new Uri(x.Url).AbsolutePath.StartsWith("/designer/_", StringComparison.Ordinal)).ToList();
        Assert.True(assets.Count > 100, $"{assets.Count} files of Studio");
        foreach (var asset in assets)
        {
            var (path, headers) = (new Uri(asset.Url).AbsolutePath, await asset.AllHeadersAsync());
            if (Regex.IsMatch(path, @"\.(wasm|js|css|dat)$"))
            {
                Assert.True(headers.GetValueOrDefault("content-encoding") is "br" or "gzip", path);
            }

            if (Regex.IsMatch(path, @"_framework/.*\.[a-z0-9]{10}\.(wasm|js|dat)$"))
            {
                Assert.Contains("immutable", headers["cache-control"], StringComparison.Ordinal);
            }
        }
    }

    private static async Task PropertiesAsync(IPage page, FrenchWatch watch)
    {
        await TabAsync(page, "Propriétés");
        await watch.LookAsync("propriétés");
        await page.GetByRole(AriaRole.Button, new() { Name = "Modifier", Exact = true }).First.ClickAsync();
        var dialog = page.Locator(".mud-dialog");
        await Expect(dialog).ToBeVisibleAsync();
        foreach (var tab in await dialog.Locator(".mud-tab").AllAsync())
        {
            await tab.ClickAsync();
            await watch.LookAsync("description");
        }

        await page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
        var syntax = page.Locator("#studio .mud-menu button.mud-menu-icon-button-activator:visible").Last;
        await watch.MenuAsync(syntax, "syntaxe");
        await watch.CloseMenuAsync();
    }

    private static async Task VariablesAsync(IPage page, FrenchWatch watch)
    {
        await TabAsync(page, "Variables");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ajouter une variable" }).ClickAsync();
        await watch.DialogAsync("nouvelle variable", "Annuler", async dialog =>
        {
            foreach (var list in await dialog.Locator(".mud-select").AllAsync())
            {
                await list.ClickAsync();
                await Expect(page.Locator(".mud-popover-open .mud-list-item").First).ToBeVisibleAsync();
                await watch.LookAsync("types de variables");
                await page.Keyboard.PressAsync("Escape");
                await Expect(page.Locator(".mud-popover-open .mud-list-item")).ToHaveCountAsync(0);
            }
        });
        var row = page.Locator("#studio tr:visible", new() { HasTextString = "Montant" });
        await row.Locator("button").First.ClickAsync();
        await watch.DialogAsync("valeur d’essai", "Annuler");
        await MenuOfRowAsync(page, watch, row, "variable");
    }

    private static async Task InputsAndOutputsAsync(IPage page, FrenchWatch watch)
    {
        await TabAsync(page, "Entrées/sorties");
        await watch.LookAsync("entrées et sorties");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ajouter une entrée" }).ClickAsync();
        await watch.DialogAsync("nouvelle entrée", "Annuler");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ajouter une sortie" }).ClickAsync();
        await watch.DialogAsync("nouvelle sortie", "Annuler");
        await MenuOfRowAsync(page, watch, page.Locator("#studio tr:visible", new() { HasTextString = "Numero" }), "entrée");
        await MenuOfRowAsync(page, watch, page.Locator("#studio tr:visible", new() { HasTextString = "Resultat" }), "sortie");
    }

    /// <summary>Modifier opens a dialog; Supprimer removes the row, with or without asking.</summary>
    private static async Task MenuOfRowAsync(IPage page, FrenchWatch watch, ILocator row, string what)
    {
        var menu = row.Locator("button").Last;
        Assert.Equal(["Modifier", "Supprimer"], await watch.MenuAsync(menu, "menu " + what));
        await watch.ChooseAsync(menu, "Modifier");
        await watch.DialogAsync("modifier " + what, "Annuler");
        await watch.ChooseAsync(menu, "Supprimer");
        if (await page.Locator(".mud-dialog").CountAsync() > 0)
        {
            await watch.DialogAsync("supprimer " + what, "Supprimer");
        }

        await Expect(row).ToHaveCountAsync(0);
    }

    private async Task VersionsAsync(IPage page, FrenchWatch watch)
    {
        await TabAsync(page, "Historique des versions");
        var rows = page.Locator("#studio tr:visible", new() { Has = page.Locator(".mud-menu button") });
        await Expect(rows).ToHaveCountAsync(2);
        var first = rows.Last.Locator(".mud-menu button");
        Assert.Equal(["Voir", "Revenir à cette version", "Supprimer"], await watch.MenuAsync(first, "menu des versions"));
        await watch.ChooseAsync(first, "Voir");
        await Expect(page.Locator("#studio").GetByText("Menus un", new() { Exact = true }).First).ToBeVisibleAsync();
        await watch.LookAsync("version ancienne");
        await OpenAsync(page, "menus");
        await TabAsync(page, "Historique des versions");
        await watch.ChooseAsync(first, "Supprimer");
        await watch.RefusedAsync(501, "/workflow-definition-versions/", "ne se supprime pas seule", () => watch.DialogAsync("supprimer une version", "OK"));
        Assert.NotEmpty(await watch.MenuAsync(page.GetByRole(AriaRole.Button, new() { Name = "Actions groupées" }), "actions groupées"));
        await watch.CloseMenuAsync();
        var reverted = page.WaitForResponseAsync(answer => answer.Url.Contains("/revert/", StringComparison.Ordinal));
        await watch.ChooseAsync(first, "Revenir à cette version");
        Assert.Equal(200, (await reverted).Status);
        await watch.LookAsync("revenir");
        var latest = await host.GetAsync("workflow-definitions/by-definition-id/menus?versionOptions=Latest");
        Assert.Equal("Menus un", latest["name"]!.ToString());
    }

    private static async Task TabAsync(IPage page, string name) => await page.Locator("#studio .mud-tab:visible", new() { HasTextRegex = new Regex($"^\\s*{name}\\s*$", RegexOptions.IgnoreCase) }).Last.ClickAsync();

    private async Task OpenAsync(IPage page, string definitionId)
    {
        await page.GotoAsync(new Uri(host.Address, "/designer/procedures/" + definitionId).ToString());
        await Expect(page.Locator(".x6-node")).ToHaveCountAsync(2, new() { Timeout = Patience });
    }

    /// <summary>Version 1 « Menus un » is published, version 2 is a draft.</summary>
    private async Task TwoVersionsAsync(string definitionId)
    {
        await host.PostAsync("workflow-definitions/import", Definition(definitionId, "Menus un"));
        await host.PostAsync($"workflow-definitions/{definitionId}/publish", new JsonObject());
        await host.PostAsync("workflow-definitions", new JsonObject { ["publish"] = false, ["model"] = Definition(definitionId, "Menus deux") });
    }

    private static JsonObject Definition(string definitionId, string name) => new()
    {
        ["definitionId"] = definitionId,
        ["name"] = name,
        ["variables"] = new JsonArray(new JsonObject { ["id"] = "v1", ["name"] = "Montant", ["typeName"] = "Decimal", ["value"] = "1" }),
        ["inputs"] = new JsonArray(new JsonObject { ["type"] = "String", ["name"] = "Numero", ["displayName"] = "Numéro", ["uiHint"] = "singleline" }),
        ["outputs"] = new JsonArray(new JsonObject { ["type"] = "String", ["name"] = "Resultat", ["displayName"] = "Résultat" }),
        ["root"] = new JsonObject
        {
            ["type"] = "Elsa.Flowchart",
            ["version"] = 1,
            ["id"] = "flow",
            ["activities"] = new JsonArray(Node("Elsa.Start", "s", 20), Node("Elsa.WriteLine", "w", 260)),
            ["connections"] = new JsonArray(new JsonObject { ["source"] = new JsonObject { ["activity"] = "s", ["port"] = "Done" }, ["target"] = new JsonObject { ["activity"] = "w", ["port"] = "In" } }),
        },
    };

    private static JsonObject Node(string type, string id, int x) => new()
    {
        ["type"] = type,
        ["version"] = 1,
        ["id"] = id,
        ["name"] = id,
        ["text"] = type == "Elsa.WriteLine" ? new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = "bonjour" } } : null,
        ["metadata"] = new JsonObject { ["designer"] = new JsonObject { ["position"] = new JsonObject { ["x"] = x, ["y"] = 100 } } },
    };
}
