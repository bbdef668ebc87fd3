using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Integrations.CompanyLookup;

namespace MonOPCO.Integrations.Tests.CompanyLookup;

public class CompanyRegisterClientTests
{
    private const string Siret = "12345678200010";

    private const string Answer = """
        { "results": [ { "siren": "123456782", "nom_complet": "ATELIER DEMO", "nature_juridique": "5710", "tranche_effectif_salarie": "11", "etat_administratif": "A",
            "annee_tranche_effectif_salarie": "2024", "activite_principale": "62.02A",
            "siege": { "siret": "12345678200010", "activite_principale": "62.02A", "adresse": "1 RUE DE LA DEMO 67500 HAGUENAU", "code_postal": "67500", "libelle_commune": "HAGUENAU",
              "est_siege": true, "etat_administratif": "A", "caractere_employeur": "O", "date_fermeture": null, "liste_idcc": ["1486"], "liste_id_organisme_formation": ["44670123467"],
              "statut_diffusion_etablissement": "O" },
            "complements": { "liste_idcc": ["1486", "787"], "est_organisme_formation": true, "est_qualiopi": true, "liste_id_organisme_formation": ["44670123467"] },
            "matching_etablissements": [ { "siret": "12345678200010", "liste_idcc": ["1486"], "est_siege": true } ] } ],
          "total_results": 1, "page": 1, "per_page": 1, "total_pages": 1 }
        """;

    private const string BranchAnswer = """
        { "results": [ { "siren": "123456782", "nom_complet": "ATELIER DEMO", "nature_juridique": "5710", "tranche_effectif_salarie": "21", "etat_administratif": "A",
            "siege": { "siret": "12345678200010", "adresse": "1 RUE DE LA DEMO 67500 HAGUENAU", "code_postal": "67500", "libelle_commune": "HAGUENAU", "est_siege": true, "etat_administratif": "A", "liste_idcc": ["1486"] },
            "complements": { "liste_idcc": ["787", "1486"] },
            "matching_etablissements": [ { "siret": "12345678200028", "adresse": "9 QUAI DU TEST 67000 STRASBOURG", "code_postal": "67000", "libelle_commune": "STRASBOURG", "activite_principale": "85.59A",
              "est_siege": false, "etat_administratif": "F", "date_fermeture": "2025-12-31", "liste_idcc": null, "statut_diffusion_etablissement": "P" } ] } ], "total_results": 1 }
        """;

    private static CompanyRegisterClient Client(Uri url, TimeProvider? time = null, string timeout = "00:00:03", Uri? live = null)
    {
        var services = new ServiceCollection();
        if (time is not null)
        {
            services.AddSingleton(time);
        }

        services.AddCompanyLookup(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["CompanyRegister:BaseUrl"] = url.AbsoluteUri,
            ["CompanyRegister:IsLive"] = "false",
            ["CompanyRegister:LiveUrl"] = live?.AbsoluteUri,
            ["CompanyRegister:Timeout"] = timeout,
        }).Build());
        return services.BuildServiceProvider(validateScopes: true).GetRequiredService<CompanyRegisterClient>();
    }

    [Fact]
    [Trait("Requirement", "M-A.1")]
    [Trait("Requirement", "S004-6.1")]
    public async Task FindBySiretAsync_HeadOffice_ReadsEveryField()
    {
        await using var register = await HttpStub.StartAsync(HttpStub.Json(Answer));
        var found = Assert.IsType<CompanyLookupResult.Found>(await Client(register.Url).FindBySiretAsync("123 456 782 00010", default)).Company;

        Assert.Equal($"/search?q={Siret}&page=1&per_page=1", Assert.Single(register.Requests));
        Assert.Equal(("123456782", Siret, "ATELIER DEMO", "67500", "HAGUENAU"), (found.Siren, found.Siret, found.Name, found.PostalCode, found.City));
        Assert.Equal(("62.02A", "11", 2024, "5710"), (found.Naf, found.HeadcountBand, found.HeadcountYear, found.LegalCategory));
        Assert.Equal(["1486"], found.Idcc);
        Assert.Equal(["44670123467"], found.Nda);
        Assert.True(found is { IsOpen: true, IsHeadOffice: true, IsTrainingBody: true, IsQualiopi: true, IsEmployer: true, IsPublic: true, IsLive: false });
    }

    [Fact]
    [Trait("Requirement", "S004-6.1")]
    public async Task FindBySiretAsync_SandboxBesideTheLiveRegister_RealOnesAreAskedLive_FictitiousOnesNever()
    {
        await using var sandbox = await HttpStub.StartAsync(HttpStub.Json("""{ "results": [], "total_results": 0 }"""));
        await using var live = await HttpStub.StartAsync(HttpStub.Json(Answer));
        var client = Client(sandbox.Url, live: live.Url);
        Assert.True(Assert.IsType<CompanyLookupResult.Found>(await client.FindBySiretAsync(Siret, default)).Company.IsLive);
        Assert.IsType<CompanyLookupResult.NotFound>(await client.FindBySiretAsync("99999900600011", default));
        Assert.Equal((2, 1), (sandbox.Requests.Count, live.Requests.Count));
        Assert.True(client.AnswersLive(Siret));
        Assert.False(client.AnswersLive("99999900600011"));

        // Without a network nobody can say that a real company does not exist.
        Assert.IsType<CompanyLookupResult.Unavailable>(await Client(sandbox.Url, live: new Uri("http://127.0.0.1:1/")).FindBySiretAsync(Siret, default));
        Assert.IsType<CompanyLookupResult.NotFound>(await Client(sandbox.Url).FindBySiretAsync(Siret, default));
    }

    [Fact]
    public async Task FindBySiretAsync_BranchClosed_ReadsTheBranchNotTheHeadOffice()
    {
        await using var register = await HttpStub.StartAsync(HttpStub.Json(BranchAnswer));
        var found = Assert.IsType<CompanyLookupResult.Found>(await Client(register.Url).FindBySiretAsync("12345678200028", default)).Company;

        Assert.Equal(("STRASBOURG", "85.59A", false), (found.City, found.Naf, found.IsHeadOffice));
        Assert.Equal((false, new DateOnly(2025, 12, 31)), (found.IsOpen, found.ClosedOn));
        // No agreement on the establishment: the ones of the legal unit, on four digits.
        Assert.Equal(["0787", "1486"], found.Idcc);
        Assert.False(found.IsPublic);
        Assert.Null(found.IsEmployer);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("12345678200011", false)]
    [InlineData("1234567820001", false)]
    [InlineData("１２３４５６７８２０００１０", false)]
    [InlineData("35600000000048", true)]
    [InlineData("35600000049837", true)]
    [InlineData("404 833 048 00022", true)]
    public void Normalize_Typed_ChecksKeyWithLaPosteException(string typed, bool valid) => Assert.Equal(valid, MonOPCO.Integrations.CompanyLookup.Siret.Normalize(typed) is not null);

    [Fact]
    public async Task FindBySiretAsync_WrongKey_IsRefusedWithoutACall()
    {
        await using var register = await HttpStub.StartAsync(HttpStub.Json(Answer));
        Assert.IsType<CompanyLookupResult.Refused>(await Client(register.Url).FindBySiretAsync("12345678200011", default));
        Assert.Empty(register.Requests);
    }

    [Theory]
    [InlineData("""{ "results": [], "total_results": 0 }""", 200)]
    [InlineData("{}", 404)]
    public async Task FindBySiretAsync_EmptyOr404_AloneMeansNotFound(string body, int status)
    {
        await using var register = await HttpStub.StartAsync(HttpStub.Json(body, status));
        Assert.IsType<CompanyLookupResult.NotFound>(await Client(register.Url).FindBySiretAsync(Siret, default));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    public async Task FindBySiretAsync_Rejected_IsRefused(int status)
    {
        await using var register = await HttpStub.StartAsync(HttpStub.Json("{}", status));
        var refused = Assert.IsType<CompanyLookupResult.Refused>(await Client(register.Url).FindBySiretAsync(Siret, default));
        Assert.Equal((status, false), (refused.Failure.Status, refused.Failure.Retryable));
    }

    [Theory]
    [InlineData("pas du json", 200, "unexpected-shape")]
    [InlineData("", 200, "unexpected-shape")]
    [InlineData("[]", 200, "unexpected-shape")]
    [InlineData("""{ "results": {} }""", 200, "unexpected-shape")]
    [InlineData("""{ "results": [ { "siren": "123456782", "nom_complet": "X", "siege": { "siret": "12345678200010", "liste_idcc": "1486" } } ] }""", 200, "unexpected-shape")]
    [InlineData("""{ "results": [ { "siren": "123456782", "nom_complet": "X", "siege": { "siret": "12345678299999" } } ] }""", 200, "unexpected-shape")]
    [InlineData("{}", 500, "http-500")]
    [InlineData("{}", 503, "http-503")]
    public async Task FindBySiretAsync_BadWorld_IsUnavailableNeverNotFound(string body, int status, string kind)
    {
        await using var register = await HttpStub.StartAsync(HttpStub.Json(body, status));
        var failure = Assert.IsType<CompanyLookupResult.Unavailable>(await Client(register.Url).FindBySiretAsync(Siret, default)).Failure;
        Assert.Equal((kind, true), (failure.Kind, failure.Retryable));
    }

    [Fact]
    public async Task FindBySiretAsync_Down_IsUnavailable()
    {
        var closed = await HttpStub.StartAsync(HttpStub.Json(Answer));
        var url = closed.Url;
        await closed.DisposeAsync();
        var failure = Assert.IsType<CompanyLookupResult.Unavailable>(await Client(url).FindBySiretAsync(Siret, default)).Failure;
        Assert.Equal(("network", true), (failure.Kind, failure.Retryable));
    }

    [Fact]
    public async Task FindBySiretAsync_Slow_TimesOut()
    {
        await using var register = await HttpStub.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));
        var failure = Assert.IsType<CompanyLookupResult.Unavailable>(await Client(register.Url, timeout: "00:00:00.2").FindBySiretAsync(Siret, default)).Failure;
        Assert.Equal(("timeout", true), (failure.Kind, failure.Retryable));
    }

    [Fact]
    public async Task FindBySiretAsync_TooManyRequests_WaitsAsLongAsAsked()
    {
        var clock = new ManualClock(new DateTimeOffset(2026, 11, 20, 9, 0, 0, TimeSpan.Zero));
        var busy = true;
        await using var register = await HttpStub.StartAsync(async context =>
        {
            context.Response.Headers.RetryAfter = "7";
            await HttpStub.Json(Answer, busy ? 429 : 200)(context);
        });
        var client = Client(register.Url, clock);

        var first = Assert.IsType<CompanyLookupResult.Unavailable>(await client.FindBySiretAsync(Siret, default)).Failure;
        Assert.Equal((429, true, TimeSpan.FromSeconds(7)), (first.Status, first.Retryable, first.RetryAfter!.Value));

        busy = false;
        clock.Now += TimeSpan.FromSeconds(3);
        var second = Assert.IsType<CompanyLookupResult.Unavailable>(await client.FindBySiretAsync(Siret, default)).Failure;
        Assert.Equal(TimeSpan.FromSeconds(4), second.RetryAfter);
        Assert.Single(register.Requests);

        clock.Now += TimeSpan.FromSeconds(4);
        Assert.IsType<CompanyLookupResult.Found>(await client.FindBySiretAsync(Siret, default));
    }

    [Fact]
    public async Task FindBySiretAsync_AskedAgain_IsCachedForItsTimeOnly()
    {
        var clock = new ManualClock(new DateTimeOffset(2026, 11, 20, 9, 0, 0, TimeSpan.Zero));
        await using var register = await HttpStub.StartAsync(HttpStub.Json(Answer));
        var client = Client(register.Url, clock);
        await client.FindBySiretAsync(Siret, default);
        clock.Now += TimeSpan.FromHours(5.9);
        await client.FindBySiretAsync(Siret, default);
        Assert.Single(register.Requests);
        clock.Now += TimeSpan.FromHours(0.2);
        await client.FindBySiretAsync(Siret, default);
        Assert.Equal(2, register.Requests.Count);
    }

    [Fact]
    public async Task SearchAsync_Name_AnswersHeadOffices()
    {
        await using var register = await HttpStub.StartAsync(HttpStub.Json(BranchAnswer));
        var found = Assert.IsType<CompanySearchResult.Found>(await Client(register.Url).SearchAsync("atelier & démo", default));
        Assert.Equal("/search?q=atelier%20%26%20d%C3%A9mo&page=1&per_page=10", Assert.Single(register.Requests));
        Assert.Equal(Siret, Assert.Single(found.Companies).Siret);
        Assert.Equal(1, found.Total);
        Assert.IsType<CompanySearchResult.Refused>(await Client(register.Url).SearchAsync("a", default));
    }

    [Fact]
    public async Task SearchAsync_Nothing_IsAnEmptyListAndCancellationIsNotAFailure()
    {
        await using var register = await HttpStub.StartAsync(HttpStub.Json("""{ "results": [], "total_results": 0 }"""));
        var client = Client(register.Url);
        Assert.Empty(Assert.IsType<CompanySearchResult.Found>(await client.SearchAsync("introuvable", default)).Companies);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.FindBySiretAsync(Siret, new CancellationToken(canceled: true)));
    }
}
