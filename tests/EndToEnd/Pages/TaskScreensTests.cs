using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using MonOPCO.EndToEnd.Kill;
using MonOPCO.EndToEnd.Story;

namespace MonOPCO.EndToEnd.Pages;

/// <summary>The screens of tasks that the story does not meet: a portal that changed, filing by hand, a decision typed in, a red gate, a form of the process owner.</summary>
[Collection(StoryTests.Name)]
public sealed class TaskScreensTests(StoryWorld world)
{
    private const string Akto = "99900411200010";

    // Screens that BilanTests looks at.
    private static readonly string[] OnTheWay = ["_ValiderDemande", "_ConfirmerDepot", "_RepondreComplement"];
    private static readonly string[] Here = ["_IncidentPortail", "_DepotAssiste", "_SaisirDecision", "_CompleterAvantDepot", "_Formulaire"];
    private static readonly string[] Parts = ["_SchemaField", "_Shots"];

    [Fact]
    public void EveryScreen_IsLookedAt() => Assert.Equal(
        OnTheWay.Concat(Here).Concat(Parts).Order(StringComparer.Ordinal),
        Directory.EnumerateFiles(Path.Combine(HostProcess.ContentRoot, "Pages", "Taches", "Screens"), "*.cshtml").Select(x => Path.GetFileNameWithoutExtension(x)).Order(StringComparer.Ordinal));

    [Fact]
    public async Task PortalChanged_TheOperatorSeesWhatTheRobotSaw()
    {
        var dossier = await world.Journey.OpenAsync();
        await world.Journey.ValidateAsync(dossier.Id);
        await world.Journey.SignAllButLastAsync(dossier.Id);
        await world.Journey.FaultAsync("portails/" + Journey.Portal, "changed");
        await using var netz = await OperatorAsync();
        try
        {
            await world.Journey.SignLastAsync(dossier.Id);
            var incident = await world.Journey.TaskAsync(dossier.Id, "incident-portail");
            await netz.GoAsync($"/taches/{incident.Id}");
            await netz.SeesAsync("Le portail a changé");
            await netz.LookAsync("tache-incident");
            await netz.Button("Déposer à la main").ClickAsync();
        }
        finally
        {
            await world.Journey.FaultAsync("portails/" + Journey.Portal, "ok");
        }

        await world.Journey.TaskAsync(dossier.Id, "depot-assiste");
        world.AssertNothingWrong();
    }

    [Fact]
    public async Task NoRobotForThisOpco_TheOperatorFilesByHandAndTypesTheDecision()
    {
        var dossier = await world.Journey.OpenAsync(await world.Journey.CompanyAsync(Akto));
        await world.Journey.ValidateAsync(dossier.Id);
        await world.Journey.SignAllButLastAsync(dossier.Id);
        await world.Journey.SignLastAsync(dossier.Id);
        await using var netz = await OperatorAsync();
        var byHand = await world.Journey.TaskAsync(dossier.Id, "depot-assiste");
        await netz.GoAsync($"/taches/{byHand.Id}");
        await netz.LookAsync("tache-depot");
        await netz.RefusedAsync(400, () => netz.Button("Déposé", exact: true).ClickAsync());
        await Assertions.Expect(netz.Page.Locator("[data-focus]")).ToBeFocusedAsync();
        await netz.LookAsync("tache-depot-erreurs");
        await netz.Page.Locator("input[name='Input.Reference']").FillAsync("AKT-2026-55555");
        await netz.Button("Déposé", exact: true).ClickAsync();
        await netz.SeesTitleAsync(dossier.Numero);

        var decision = await world.Journey.TaskAsync(dossier.Id, "saisir-decision");
        await netz.GoAsync($"/taches/{decision.Id}");
        await netz.LookAsync("tache-decision");
        await netz.RefusedAsync(400, () => netz.Button("Enregistrer l’accord").ClickAsync());
        await netz.LookAsync("tache-decision-erreurs");
        await netz.Page.GetByText("Refus", new() { Exact = true }).ClickAsync();
        await netz.RefusedAsync(400, () => netz.Button("Enregistrer le refus").ClickAsync());
        await netz.LookAsync("tache-decision-refus");
        world.AssertNothingWrong();
    }

    [Fact]
    public async Task GateIsRed_TheOperatorSeesWhatToCorrect()
    {
        var dossier = await world.Journey.OpenAsync(inDays: 65);
        await world.Journey.ValidateAsync(dossier.Id);
        await world.Journey.SignAllButLastAsync(dossier.Id);
        await using var netz = await OperatorAsync();
        await netz.GoAsync($"/dossiers/{dossier.Numero}/modifier");
        await netz.Page.Locator("input[name='Edit.CostHt']").FillAsync("2 600");
        await netz.Button("Enregistrer").ClickAsync();
        await netz.SeesTitleAsync(dossier.Numero);
        await world.Journey.SignLastAsync(dossier.Id);
        var task = await world.Journey.TaskAsync(dossier.Id, "completer-avant-depot");
        await netz.GoAsync($"/taches/{task.Id}");
        await netz.SeesAsync("Non conforme");
        await netz.LookAsync("tache-completer");
        await netz.Button("Prendre la tâche").ClickAsync();
        await netz.SeesAsync("Cette tâche est à vous.");
        await netz.LookAsync("tache-completer-prise");
        world.AssertNothingWrong();
    }

    [Fact]
    public async Task OwnersForm_IsShownAndAsksAgain()
    {
        using var owner = new HttpClient { BaseAddress = new Uri(world.Address, "/elsa/api/") };
        using var login = await owner.PostAsJsonAsync("identity/login", new { username = "procedures@demo.monopco.test", password = HostProcess.Password });
        owner.DefaultRequestHeaders.Authorization = new("Bearer", (await login.Content.ReadFromJsonAsync<JsonObject>())!["accessToken"]!.ToString());
        var definition = "essai-" + Guid.NewGuid().ToString("N");
        await PostAsync(owner, "workflow-definitions/import", new JsonObject
        {
            ["definitionId"] = definition,
            ["name"] = "Essai de formulaire",
            ["root"] = new JsonObject
            {
                ["type"] = "Elsa.Flowchart",
                ["version"] = 1,
                ["id"] = "flow",
                ["activities"] = new JsonArray(Task()),
                ["connections"] = new JsonArray(),
                ["start"] = "demander",
            },
        });
        await PostAsync(owner, $"workflow-definitions/{definition}/publish", []);
        await PostAsync(owner, $"workflow-definitions/{definition}/execute", []);

        await using var netz = await OperatorAsync();
        await (await netz.UntilAsync("/taches?liste=a-prendre", x => x.Link("Préparer la visite"))).ClickAsync();
        await netz.SeesTitleAsync("Préparer la visite");
        await netz.LookAsync("tache-formulaire");
        await netz.RefusedAsync(400, () => netz.Button("Prête").ClickAsync());
        await Assertions.Expect(netz.Page.Locator("[data-focus]")).ToBeFocusedAsync();
        await netz.LookAsync("tache-formulaire-erreurs");
        world.AssertNothingWrong();
    }

    private async Task<Person> OperatorAsync()
    {
        var person = await world.ArriveAsync();
        await person.GoAsync("/");
        await person.PlayAsync("Opérateur");
        return person;
    }

    private static async Task PostAsync(HttpClient client, string path, JsonObject body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }

    private static JsonObject Task()
    {
        var form = new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray("lieu", "date"),
            ["properties"] = new JsonObject
            {
                ["lieu"] = new JsonObject { ["type"] = "string", ["title"] = "Lieu", ["description"] = "Adresse complète." },
                ["date"] = new JsonObject { ["type"] = "string", ["format"] = "date", ["title"] = "Date" },
                ["salle"] = new JsonObject { ["type"] = "string", ["title"] = "Salle", ["enum"] = new JsonArray("Petite", "Grande") },
                ["personnes"] = new JsonObject { ["type"] = "integer", ["title"] = "Personnes attendues" },
                ["accessible"] = new JsonObject { ["type"] = "boolean", ["title"] = "Accessible en fauteuil roulant" },
                ["remarque"] = new JsonObject { ["type"] = "string", ["format"] = "multiline", ["title"] = "Remarque" },
            },
        };
        return new JsonObject
        {
            ["type"] = "MonOPCO.HumanTask",
            ["version"] = 1,
            ["id"] = "demander",
            ["name"] = "demander",
            ["code"] = Value("String", "Literal", "essai"),
            ["title"] = Value("String", "Literal", "Préparer la visite"),
            ["instruction"] = Value("String", "Literal", "Dites où et quand la visite a lieu."),
            ["role"] = Value("String", "Literal", "Operateur"),
            ["outcomes"] = Value("Object", "Object", "[\"Prête\", \"Annulée\"]"),
            ["reasonFor"] = Value("Object", "Object", "[\"Annulée\"]"),
            ["form"] = Value("Object", "Object", form.ToJsonString()),
            ["context"] = Value("Object", "Object", "{\"Demandeur\": \"Atelier numérique de la Moder\"}"),
        };
    }

    private static JsonObject Value(string type, string kind, string value) => new() { ["typeName"] = type, ["expression"] = new JsonObject { ["type"] = kind, ["value"] = value } };
}
