using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace MonOPCO.EndToEnd.Designer;

/// <summary>The real Elsa Studio on our Host, driven in a real browser by a process owner.</summary>
public sealed class DesignerTests(DesignerHost host) : IClassFixture<DesignerHost>
{
    private const int Patience = DesignerHost.Patience;

    [Fact]
    [Trait("Requirement", "M-D.1")]
    [Trait("Requirement", "M-D.3")]
    public async Task Editor_ConnectionChangedAndPublished_NextInstanceFollowsItAndTheRunningOneDoesNot()
    {
        var definitionId = await CreateProcedureAsync("Essai du concepteur");
        var before = await ExecuteAsync(definitionId);

        await using var context = await host.Browser.NewContextAsync(new() { Locale = "fr-FR", ViewportSize = new() { Width = 1600, Height = 950 } });
        var page = await context.NewPageAsync();
        var watch = new Watch(page, host.Address);
        await host.SignInAsync(page);
        await page.GotoAsync(new Uri(host.Address, "/procedures").ToString());
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Procédures", Exact = true, Level = 1 })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Essai du concepteur", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Modifier dans le concepteur" }).ClickAsync();
        await Expect(page.Locator(".x6-node")).ToHaveCountAsync(4, new() { Timeout = Patience });

        await SeesTheFrenchPaletteAsync(page);
        await ChangeConnectionAsync(page);
        await PublishAsync(page);
        watch.AssertQuiet();

        var published = await host.GetAsync($"workflow-definitions/by-definition-id/{definitionId}?versionOptions=Published");
        Assert.Equal(2, published["version"]!.GetValue<int>());
        Assert.Equal("two", Target(published, "wait"));
        var first = await host.GetAsync($"workflow-definitions/by-definition-id/{definitionId}?versionOptions=1");
        Assert.Equal("one", Target(first, "wait"));

        var after = await ExecuteAsync(definitionId);
        await TriggerAsync(definitionId, before);
        await TriggerAsync(definitionId, after);
        Assert.Equal((1, "one"), await OutcomeAsync(before));
        Assert.Equal((2, "two"), await OutcomeAsync(after));
    }

    [Fact]
    [Trait("Requirement", "M-D.5")]
    public async Task Viewer_RunningInstance_ShowsWhereItWaits()
    {
        var definitionId = await CreateProcedureAsync("Essai de suivi");
        var instance = await ExecuteAsync(definitionId);

        await using var context = await host.Browser.NewContextAsync(new() { Locale = "fr-FR", ViewportSize = new() { Width = 1600, Height = 950 } });
        var page = await context.NewPageAsync();
        var watch = new Watch(page, host.Address);
        await host.SignInAsync(page);
        await page.GotoAsync(new Uri(host.Address, "/instances?procedure=" + definitionId).ToString());
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator("tbody tr")).ToContainTextAsync("En attente");
        await page.Locator("tbody tr th a").ClickAsync();
        await page.GetByText("Voir le schéma", new() { Exact = true }).ClickAsync();

        await Expect(page.Locator(".x6-node")).ToHaveCountAsync(4, new() { Timeout = Patience });
        await Expect(page.Locator("#studio")).ToContainTextAsync("Attendre la suite", new() { Timeout = Patience });
        await Expect(page.Locator("#studio")).ToContainTextAsync(instance.ToString(), new() { Timeout = Patience });
        watch.AssertQuiet();
    }

    [Fact]
    public async Task Editor_TwoOpen_SecondIsToldAndItsWorkIsKept()
    {
        var definitionId = await CreateProcedureAsync("Essai à deux");
        await using var context = await host.Browser.NewContextAsync(new() { Locale = "fr-FR", ViewportSize = new() { Width = 1600, Height = 950 } });
        var (first, second) = (await context.NewPageAsync(), await context.NewPageAsync());
        await host.SignInAsync(first);
        foreach (var page in new[] { first, second })
        {
            await page.GotoAsync(new Uri(host.Address, "/designer/procedures/" + definitionId).ToString());
            await Expect(page.Locator(".x6-node")).ToHaveCountAsync(4, new() { Timeout = Patience });
        }

        await Expect(second.Locator("#other-editors")).ToContainTextAsync("dans une autre fenêtre");
        await first.BringToFrontAsync();
        await ChangeConnectionAsync(first);
        await second.BringToFrontAsync();
        var refused = second.WaitForResponseAsync(IsSave, new() { Timeout = Patience });
        await RemoveLastConnectionAsync(second);
        Assert.Equal(409, (await refused).Status);
        await Expect(second.Locator("#save-refused")).ToContainTextAsync("après l’ouverture de votre page");
        var download = second.WaitForDownloadAsync();
        await second.GetByRole(AriaRole.Link, new() { Name = "Télécharger ma version" }).ClickAsync();
        var kept = JsonNode.Parse(await File.ReadAllTextAsync(await (await download).PathAsync()))!.AsObject();
        Assert.Null(Target(kept, "wait"));

        // What the first saved stands, and it goes on.
        var latest = await host.GetAsync($"workflow-definitions/by-definition-id/{definitionId}?versionOptions=Latest");
        Assert.Equal("two", Target(latest, "wait"));
        await first.BringToFrontAsync();
        await PublishAsync(first);
    }

    [Fact]
    public async Task Editor_SeedSavedUnchanged_StillExportsAsItsFile()
    {
        await using var context = await host.Browser.NewContextAsync(new() { Locale = "fr-FR", ViewportSize = new() { Width = 1600, Height = 950 } });
        var page = await context.NewPageAsync();
        await host.SignInAsync(page);
        await page.GotoAsync(new Uri(host.Address, "/designer/procedures/dossier-bilan-pdc").ToString());
        await Expect(page.Locator(".x6-node").First).ToBeVisibleAsync(new() { Timeout = Patience });
        var saved = page.WaitForResponseAsync(IsSave, new() { Timeout = Patience });
        await page.Locator(".x6-graph-svg").First.ClickAsync(new() { Position = new() { X = 5, Y = 5 } });
        await page.Keyboard.PressAsync("Control+s");
        Assert.Equal(200, (await saved).Status);
        var file = await File.ReadAllTextAsync(Path.Combine(HostProcess.ContentRoot, "..", "..", "workflows", "dossier-bilan-pdc.json"));
        Assert.Equal(file, await host.Api.GetStringAsync("workflow-definitions/dossier-bilan-pdc/export?versionOptions=Latest"));
    }

    private static async Task SeesTheFrenchPaletteAsync(IPage page)
    {
        var studio = page.Locator("#studio");
        await Expect(studio.GetByText("Activités", new() { Exact = true }).First).ToBeVisibleAsync();
        await studio.GetByText("Décisions", new() { Exact = true }).ClickAsync();
        await Expect(studio.GetByText("Aiguillage", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(studio.GetByText("Tâches", new() { Exact = true })).ToBeVisibleAsync();
        await studio.GetByText("Portails OPCO", new() { Exact = true }).ClickAsync();
        await Expect(studio.GetByText("Attendre l'OPCO", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(studio.GetByText("Enregistrement automatique", new() { Exact = true })).ToBeVisibleAsync();
    }

    /// <summary>By the mouse on the canvas, as a person does: the cross of the old connection, then a drag from the outcome to the other activity.</summary>
    private static async Task ChangeConnectionAsync(IPage page)
    {
        var removed = page.WaitForResponseAsync(IsSave);
        await RemoveLastConnectionAsync(page);
        Assert.Equal(200, (await removed).Status);

        var connected = page.WaitForResponseAsync(IsSave);
        var (fromX, fromY) = await CentreAsync(page.Locator(".x6-node[data-cell-id='wait'] [port-group='out']").First);
        var (toX, toY) = await CentreAsync(page.Locator(".x6-node[data-cell-id='two'] [port-group='in']").First);
        await page.Mouse.MoveAsync(fromX, fromY);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync((fromX + toX) / 2, (fromY + toY) / 2, new() { Steps = 8 });
        await page.Mouse.MoveAsync(toX, toY, new() { Steps = 8 });
        await page.Mouse.UpAsync();
        await Expect(page.Locator(".x6-edge")).ToHaveCountAsync(2);
        Assert.Equal(200, (await connected).Status);
    }

    private static async Task RemoveLastConnectionAsync(IPage page)
    {
        await Expect(page.Locator(".x6-edge")).ToHaveCountAsync(2);
        var (overX, overY) = await MiddleOfLastConnectionAsync(page);
        await page.Mouse.MoveAsync(overX, overY, new() { Steps = 4 });
        var (crossX, crossY) = await CentreAsync(page.Locator("[data-tool-name='button-remove'], .x6-edge-tool-button-remove").First);
        await page.Mouse.MoveAsync(crossX, crossY, new() { Steps = 4 });
        await page.Mouse.DownAsync();
        await page.Mouse.UpAsync();
        await Expect(page.Locator(".x6-edge")).ToHaveCountAsync(1);
    }

    private static async Task PublishAsync(IPage page)
    {
        var published = page.WaitForResponseAsync(answer => IsSave(answer) && answer.Request.PostData!.Contains("\"publish\":true", StringComparison.Ordinal), new() { Timeout = Patience });

        // Studio's button is a nameless icon (a cloud with an arrow); its tooltip names it.
        var cloud = page.Locator("#studio button.mud-icon-button:has(path[d^='M19.35 10.04']):visible").First;
        await cloud.HoverAsync();
        await Expect(page.GetByText("Publier la procédure", new() { Exact = true })).ToBeVisibleAsync();
        await cloud.ClickAsync();
        Assert.Equal(200, (await published).Status);
        await Expect(page.GetByText("Procédure publiée", new() { Exact = true })).ToBeVisibleAsync();
    }

    private static bool IsSave(IResponse answer) => answer.Request.Method == "POST" && answer.Url.EndsWith("/elsa/api/workflow-definitions", StringComparison.Ordinal);

    /// <summary>A point on the connection that ends farthest to the right: « Attendre la suite » → « Chemin un ».</summary>
    private static async Task<(float X, float Y)> MiddleOfLastConnectionAsync(IPage page)
    {
        var point = await page.EvaluateAsync<float[]>(
            """
            () => {
              const at = (path, length) => { const p = path.getPointAtLength(length), m = path.getScreenCTM(); return [m.a * p.x + m.c * p.y + m.e, m.b * p.x + m.d * p.y + m.f]; };
              const paths = [...document.querySelectorAll('.x6-edge')].map(edge => edge.querySelector('path'));
              const last = paths.map(path => [at(path, path.getTotalLength())[0], path]).sort((a, b) => b[0] - a[0])[0][1];
              return at(last, last.getTotalLength() / 2);
            }
            """);
        return (point[0], point[1]);
    }

    private static async Task<(float X, float Y)> CentreAsync(ILocator locator)
    {
        var box = (await locator.BoundingBoxAsync())!;
        return (box.X + (box.Width / 2), box.Y + (box.Height / 2));
    }

    private static string? Target(JsonObject definition, string source) => definition["root"]!["connections"]!.AsArray()
        .SingleOrDefault(connection => connection!["source"]!["activity"]!.ToString() == source)?["target"]!["activity"]!.ToString();

    /// <summary>Début → Attendre la suite → Chemin un; « Chemin deux » is not connected.</summary>
    private async Task<string> CreateProcedureAsync(string name)
    {
        var definitionId = "essai-" + Guid.NewGuid().ToString("N");
        var definition = new JsonObject
        {
            ["definitionId"] = definitionId,
            ["name"] = name,
            ["description"] = "Procédure d’essai",
            ["root"] = new JsonObject
            {
                ["type"] = "Elsa.Flowchart",
                ["version"] = 1,
                ["id"] = "flow",
                ["activities"] = new JsonArray(
                    Node("Elsa.Start", "start", "Début", 0, 100),
                    Node("Elsa.Event", "wait", "Attendre la suite", 220, 100, ("eventName", definitionId)),
                    Node("Elsa.WriteLine", "one", "Chemin un", 560, 40, ("text", "Chemin un")),
                    Node("Elsa.WriteLine", "two", "Chemin deux", 560, 220, ("text", "Chemin deux"))),
                ["connections"] = new JsonArray(Connection("start", "wait"), Connection("wait", "one")),
            },
        };
        await host.PostAsync("workflow-definitions/import", definition);
        await host.PostAsync($"workflow-definitions/{definitionId}/publish", new JsonObject());
        return definitionId;
    }

    private static JsonObject Node(string type, string id, string title, int x, int y, params (string Name, string Value)[] inputs)
    {
        var node = new JsonObject
        {
            ["type"] = type,
            ["version"] = 1,
            ["id"] = id,
            ["name"] = id,
            ["metadata"] = new JsonObject { ["displayText"] = title, ["designer"] = new JsonObject { ["position"] = new JsonObject { ["x"] = x, ["y"] = y } } },
        };
        foreach (var (name, value) in inputs)
        {
            node[name] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value } };
        }

        return node;
    }

    private static JsonObject Connection(string source, string target) => new()
    {
        ["source"] = new JsonObject { ["activity"] = source, ["port"] = "Done" },
        ["target"] = new JsonObject { ["activity"] = target, ["port"] = "In" },
    };

    private async Task<Guid> ExecuteAsync(string definitionId) =>
        Guid.Parse((await host.PostAsync($"workflow-definitions/{definitionId}/execute", new JsonObject()))["workflowState"]!["id"]!.ToString());

    private Task TriggerAsync(string definitionId, Guid instance) => host.PostAsync($"events/{definitionId}/trigger", new JsonObject { ["workflowInstanceId"] = instance.ToString() });

    /// <summary>Version and the step it wrote its line in, once it is finished.</summary>
    private async Task<(int Version, string Step)> OutcomeAsync(Guid instance)
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(20); await Task.Delay(50))
        {
            var found = await host.GetAsync($"workflow-instances/{instance}");
            if (found["status"]!.ToString() == "Finished")
            {
                var runs = (await host.GetAsync($"activity-executions/list?workflowInstanceId={instance}"))["items"]!.AsArray();
                return (found["version"]!.GetValue<int>(), runs.Single(run => run!["activityType"]!.ToString() == "Elsa.WriteLine")!["activityId"]!.ToString());
            }
        }

        throw new TimeoutException($"Instance {instance} did not finish.");
    }
}
