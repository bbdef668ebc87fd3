using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using MonOPCO.Integrations.Browsers;
using MonOPCO.Integrations.OpcoPortals;
using MonOPCO.Sandbox;
using MonOPCO.Sandbox.Portals;

namespace MonOPCO.Integrations.Tests.OpcoPortals;

/// <summary>The shipped scripts against the running Sandbox, in real Chromium: what differs between two portals is data, so each scenario runs on both.</summary>
[Collection(BrowserTests.Name)]
public sealed class SandboxPortalTests : IAsyncLifetime, IDisposable
{
    private static readonly PortalPhase[] Fill = [PortalPhase.Connexion, PortalPhase.Recherche, PortalPhase.Remplir, PortalPhase.Relire];
    private static readonly PortalPhase[] Submit = [.. Fill, PortalPhase.Transmettre, PortalPhase.Accuse];
    private static readonly byte[] Pdf = "%PDF-1.4 pièce d'essai"u8.ToArray();

    private SandboxServer _sandbox = null!;
    private PortalRunner _runner = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _sandbox = await SandboxServer.StartAsync(new SandboxOptions());
        _http = new HttpClient { BaseAddress = new Uri(_sandbox.BaseUrl) };
        _runner = Runner(PortalSites.DemoPassword);
    }

    public async Task DisposeAsync()
    {
        await _runner.DisposeAsync();
        await _sandbox.DisposeAsync();
    }

    public void Dispose() => _http.Dispose();

    private PortalRunner Runner(string password, string? baseUrl = null) => new(
        Options.Create(new PortalOptions
        {
            Root = Repository.Path("portals"),
            StepTimeout = TimeSpan.FromSeconds(3),
            Portals = new[] { "atlas", "constructys" }.ToDictionary(slug => slug + "-sandbox", slug => new PortalSettings { BaseUrl = new Uri(baseUrl ?? $"{_sandbox.BaseUrl}/portails/{slug}"), User = PortalSites.DemoUser, Password = password }),
        }),
        Options.Create(new ChromiumOptions()));

    private static JsonObject Data(string reference = "2026-00042") => JsonNode.Parse($$"""
        { "reference": "{{reference}}",
          "entreprise": { "siret": "12345678200010", "raisonSociale": "Atelier « Müller & Fils »", "idcc": "1486", "effectif": 18, "tranche": "11-49" },
          "contact": { "nom": "Élodie Müller", "email": "rh@atelier.example", "telephone": null },
          "salaries": [ { "nom": "Durand", "prenom": "Alex", "dateNaissance": "1988-05-03", "poste": "Gestionnaire", "contrat": "CDI", "categorie": "TAM" },
                        { "nom": "N'Guyen", "prenom": "Thi Lan", "dateNaissance": "1979-12-21", "poste": "Assistante", "contrat": "CDD", "categorie": "CADRE" } ],
          "action": { "type": "bilan", "intitule": "Bilan de compétences", "objectifs": "Faire le point", "dateDebut": "2027-01-11", "dateFin": "2027-03-26", "heures": 17.5, "modalite": "mixte", "coutHt": 2400 },
          "organisme": { "nda": "44670123467", "nom": "Netz Informatique" } }
        """)!.AsObject();

    private static PortalRequest Request(IReadOnlyList<PortalPhase> phases, JsonNode data, IReadOnlyDictionary<string, string>? confirmed = null, string portal = "atlas") => new()
    {
        Portal = portal + "-sandbox",
        Phases = phases,
        Data = JsonSerializer.SerializeToElement(data),
        Files = new[] { "devis", "programme", "convention", "mandat", "liste", "qualiopi", "complement" }.ToDictionary(n => n, n => new PortalFile($"{n}-été.pdf", "application/pdf", Pdf)),
        Confirmed = confirmed,
    };

    private async Task ModeAsync(string mode, string portal = "atlas") => (await _http.PostAsJsonAsync("/control/portails/" + portal, new { mode })).EnsureSuccessStatusCode();

    [Theory]
    [InlineData("atlas", "récapitulatif", "accuse")]
    [InlineData("constructys", "saisie", "recepisse")]
    [Trait("Requirement", "S004-6.3")]
    public async Task Run_WholeStory_FillsConfirmsSubmitsAndReadsTheDecision(string portal, string picture, string receipt)
    {
        var filled = await _runner.RunAsync(Request(Fill, Data(), null, portal), default);
        Assert.IsType<PortalResult.Completed>(filled);
        Assert.False(filled.MayHaveSubmitted);
        Assert.Empty(_sandbox.Portals.Dossiers(portal));
        Assert.Equal(("2026-00042", "2400,00", "17,5", "Bilan de compétences"), (filled.Values["reference"], filled.Values["coutHt"], filled.Values["heures"], filled.Values["typeAction"]));
        Assert.Equal("11/01/2027", filled.Values.GetValueOrDefault("dateDebut") ?? $"{filled.Values["dateDebut.jour"]}/{filled.Values["dateDebut.mois"]}/{filled.Values["dateDebut.annee"]}");
        Assert.Equal("qualiopi-été.pdf", filled.Values["piece.qualiopi"]);
        Assert.Equal("Cadre", filled.Values["salarie.2.categorie"]);
        Assert.Contains(filled.Screenshots, s => s.Name.Contains(picture, StringComparison.Ordinal));
        Assert.All(filled.Screenshots, s => Assert.True(s.Png.AsSpan().StartsWith("\x89PNG"u8[1..]) || s.Png[0] == 0x89));

        var sent = await _runner.RunAsync(Request(Submit, Data(), filled.Values, portal), default);
        var completed = Assert.IsType<PortalResult.Completed>(sent);
        var dossier = Assert.Single(_sandbox.Portals.Dossiers(portal));
        Assert.Equal((dossier.PortalRef, "2026-00042", 2400m, 17.5m), (sent.Values["referencePortail"], dossier.Reference, dossier.Action.CoutHt, dossier.Action.Heures));
        Assert.Equal(["Durand", "N'Guyen"], dossier.Salaries.Select(s => s.Nom));
        Assert.Equal(6, dossier.Pieces.Count);
        Assert.True(sent.MayHaveSubmitted);
        Assert.StartsWith(receipt, completed.Downloads["accuse"].FileName, StringComparison.Ordinal);
        Assert.StartsWith("%PDF-", Encoding.Latin1.GetString(completed.Downloads["accuse"].Content), StringComparison.Ordinal);

        // A second attempt, as after a crash between the click and its record, finds it and sends nothing.
        var again = Assert.IsType<PortalResult.AlreadyFiled>(await _runner.RunAsync(Request(Submit, Data(), filled.Values, portal), default));
        Assert.Equal((dossier.PortalRef, false), (again.Reference, again.MayHaveSubmitted));
        Assert.Single(_sandbox.Portals.Dossiers(portal));

        var following = Data();
        following["depot"] = new JsonObject { ["reference"] = dossier.PortalRef };
        (await _http.PostAsJsonAsync($"/agent/api/{portal}/{dossier.PortalRef}/complement", new { texte = "Merci de préciser le calendrier.", pieces = new[] { "Programme daté" } })).EnsureSuccessStatusCode();
        var asked = await _runner.RunAsync(Request([PortalPhase.Connexion, PortalPhase.Statut], following, null, portal), default);
        Assert.Equal(("Complément demandé", "Merci de préciser le calendrier.", "Programme daté"), (asked.Values["statut"], asked.Values["complement.texte"], asked.Values["complement.pieces"]));

        following["complement"] = new JsonObject { ["avecPiece"] = true, ["reponse"] = "Voici le calendrier." };
        Assert.IsType<PortalResult.Completed>(await _runner.RunAsync(Request([PortalPhase.Connexion, PortalPhase.Complement], following, null, portal), default));

        (await _http.PostAsJsonAsync($"/agent/api/{portal}/{dossier.PortalRef}/accord", new { montant = 1800, circuit = "remboursement", numeroAccord = "ACC-77" })).EnsureSuccessStatusCode();
        var decided = await _runner.RunAsync(Request([PortalPhase.Connexion, PortalPhase.Statut], following, null, portal), default);
        Assert.Equal(("Accord partiel", "1800,00", "ACC-77", "2026-00042"), (decided.Values["decision.issue"], decided.Values["decision.montant"], decided.Values["decision.numero"], decided.Values["reference"]));
    }

    [Theory]
    [InlineData("atlas")]
    [InlineData("constructys")]
    public async Task Run_ConfirmedValueIsAnother_ReturnsToTheHumanUnsubmitted(string portal)
    {
        var filled = await _runner.RunAsync(Request(Fill, Data(), null, portal), default);
        var confirmed = filled.Values.ToDictionary();
        confirmed["coutHt"] = "2300,00";
        confirmed.Remove("idcc");
        var result = Assert.IsType<PortalResult.Differences>(await _runner.RunAsync(Request(Submit, Data(), confirmed, portal), default));
        Assert.Equal([new PortalDifference("coutHt", "2300,00", "2400,00"), new PortalDifference("idcc", "(non confirmé)", "1486")], result.Items);
        Assert.False(result.MayHaveSubmitted);
        Assert.Equal(0, _sandbox.Portals.Submissions(portal));
    }

    [Theory]
    [InlineData("atlas", "Coût pédagogique HT")]
    [InlineData("constructys", "Prix de l'action HT")]
    public async Task Run_LandmarkMoved_StopsWithAPictureAndFilesNothing(string portal, string landmark)
    {
        await ModeAsync("changed", portal);
        var result = Assert.IsType<PortalResult.LandmarkMissing>(await _runner.RunAsync(Request(Submit, Data(), null, portal), default));
        Assert.Equal(PortalPhase.Remplir, result.Phase);
        Assert.Contains(landmark, result.What, StringComparison.Ordinal);
        Assert.NotEmpty(result.Screenshots[^1].Png);
        Assert.Equal((false, 0), (result.MayHaveSubmitted, _sandbox.Portals.Submissions(portal)));
    }

    [Fact]
    public async Task Run_PortalComplains_SaysWhatItSays()
    {
        var data = Data();
        data["entreprise"]!["idcc"] = "12";
        var result = Assert.IsType<PortalResult.LandmarkMissing>(await _runner.RunAsync(Request(Fill, data), default));
        Assert.Contains("L'IDCC compte 4 chiffres", result.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("down", "http-503")]
    [InlineData("slow", "timeout")]
    public async Task Run_PortalDownOrTooSlow_IsRetryable(string mode, string kind)
    {
        (await _http.PostAsJsonAsync("/control/portails/atlas", new { mode, delayMs = 20_000 })).EnsureSuccessStatusCode();
        var result = Assert.IsType<PortalResult.Unreachable>(await _runner.RunAsync(Request(Fill, Data()), default));
        Assert.Equal((kind, true, false), (result.Failure.Kind, result.Failure.Retryable, result.MayHaveSubmitted));
    }

    [Theory]
    [InlineData("atlas")]
    [InlineData("constructys")]
    public async Task Run_AnswerLostAfterSubmit_SaysThatItMayHaveBeenSubmitted(string portal)
    {
        await ModeAsync("hold-after-submit", portal);
        var result = Assert.IsType<PortalResult.Unreachable>(await _runner.RunAsync(Request(Submit, Data(), null, portal), default));
        Assert.True(result.MayHaveSubmitted);
        Assert.Single(_sandbox.Portals.Dossiers(portal));
        await ModeAsync("ok", portal);
        Assert.IsType<PortalResult.AlreadyFiled>(await _runner.RunAsync(Request(Submit, Data(), null, portal), default));
        Assert.Single(_sandbox.Portals.Dossiers(portal));
    }

    [Fact]
    public async Task Run_WrongPassword_IsRefusedAndThePasswordAppearsNowhere()
    {
        const string Password = "mot-de-passe-tres-reconnaissable";
        await using var runner = Runner(Password);
        var result = Assert.IsType<PortalResult.LoginRefused>(await runner.RunAsync(Request(Fill, Data()), default));
        Assert.DoesNotContain(Password, result + string.Concat(result.Screenshots.Select(s => s.Name)) + string.Concat(result.Values), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NobodyListens_IsUnreachable()
    {
        await using var runner = Runner("x", "http://127.0.0.1:9/portails/atlas");
        var result = Assert.IsType<PortalResult.Unreachable>(await runner.RunAsync(Request(Fill, Data()), default));
        Assert.Equal(("network", true), (result.Failure.Kind, result.Failure.Retryable));
    }

    [Fact]
    public async Task Run_RedirectedToAnotherHost_NeverArrivesThere()
    {
        await using var elsewhere = await HttpStub.StartAsync(HttpStub.Json("{}"));
        await using var portal = await HttpStub.StartAsync(context =>
        {
            context.Response.Redirect(elsewhere.Url.AbsoluteUri.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));
            return Task.CompletedTask;
        });
        await using var runner = Runner("x", portal.Url.AbsoluteUri);
        var result = await runner.RunAsync(Request(Fill, Data()), default);
        Assert.IsNotType<PortalResult.Completed>(result);
        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task Run_UnsafeOrIncompleteRequest_IsRefusedBeforeTheVisit()
    {
        Task<PortalResult> Run(PortalRequest request) => _runner.RunAsync(request, default);
        await Assert.ThrowsAsync<PortalScriptException>(() => Run(Request([PortalPhase.Connexion, PortalPhase.Remplir, PortalPhase.Transmettre], Data())));
        await Assert.ThrowsAsync<PortalScriptException>(() => Run(Request(Fill, Data()) with { Portal = "inconnu" }));
        await Assert.ThrowsAsync<PortalScriptException>(() => Run(Request(Fill, Data()) with { Files = new Dictionary<string, PortalFile>() }));
        var data = Data();
        data["entreprise"]!.AsObject().Remove("siret");
        Assert.Contains("entreprise.siret", (await Assert.ThrowsAsync<PortalScriptException>(() => Run(Request(Fill, data)))).Message, StringComparison.Ordinal);
        data = Data();
        data["action"]!["type"] = "vae";
        await Assert.ThrowsAsync<PortalScriptException>(() => Run(Request(Fill, data)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _runner.RunAsync(Request(Fill, Data()), new CancellationToken(canceled: true)));
    }
}
