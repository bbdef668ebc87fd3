using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MonOPCO.Sandbox;
using MonOPCO.Sandbox.Portals;
using MonOPCO.Sandbox.Register;

namespace MonOPCO.Integrations.Tests.Sandbox;

public sealed class RegisterTests : IAsyncLifetime, IDisposable
{
    private SandboxServer sandbox = null!;
    private HttpClient http = null!;

    public async Task InitializeAsync()
    {
        sandbox = await SandboxServer.StartAsync(new SandboxOptions());
        http = new HttpClient { BaseAddress = new Uri(sandbox.BaseUrl) };
    }

    public async Task DisposeAsync() => await sandbox.DisposeAsync();

    public void Dispose() => http.Dispose();

    [Fact]
    public void Companies_AllSirets_AreValidAndDistinct()
    {
        var sirets = new CompanyRegister().Companies.SelectMany(c => c.AllEstablishments).Select(e => e.Siret).ToList();
        Assert.All(sirets.Append(CompanyRegister.UnknownSiret), siret => Assert.True(FormReader.IsSiret(siret), siret));
        Assert.Equal(sirets.Count, sirets.Distinct().Count());
        Assert.DoesNotContain(CompanyRegister.UnknownSiret, sirets);
        // La Poste's must fail plain Luhn, or the exception would not be exercised.
        Assert.False(FormReader.IsSiret("9" + Assert.Single(sirets, s => s.StartsWith("356000000", StringComparison.Ordinal))[1..]));
    }

    [Fact]
    public async Task Search_Siret_AnswersTheRealShape()
    {
        var page = await SearchAsync("999 041 106 00017");
        Assert.Equal((1, 1, 10, 1), (page.GetProperty("total_results").GetInt32(), page.GetProperty("page").GetInt32(), page.GetProperty("per_page").GetInt32(), page.GetProperty("total_pages").GetInt32()));
        var company = page.GetProperty("results")[0];
        Assert.Equal("NETZ INFORMATIQUE (FICTIF)", company.GetProperty("nom_complet").GetString());
        Assert.Equal("99904110600017", company.GetProperty("siege").GetProperty("siret").GetString());
        Assert.Equal("1516", company.GetProperty("siege").GetProperty("liste_idcc")[0].GetString());
        Assert.Equal("44670123467", company.GetProperty("complements").GetProperty("liste_id_organisme_formation")[0].GetString());
        Assert.True(company.GetProperty("complements").GetProperty("est_qualiopi").GetBoolean());
        Assert.Equal("99904110600017", company.GetProperty("matching_etablissements")[0].GetProperty("siret").GetString());
    }

    [Fact]
    public async Task Search_UnknownSiret_Is200WithoutResult() =>
        Assert.Equal(0, (await SearchAsync(CompanyRegister.UnknownSiret)).GetProperty("total_results").GetInt32());

    [Fact]
    public async Task Search_SecondEstablishment_MatchesItBesideTheHeadOffice()
    {
        var company = (await SearchAsync("99902329400021")).GetProperty("results")[0];
        Assert.Equal("A", company.GetProperty("etat_administratif").GetString());
        Assert.Equal("F", company.GetProperty("matching_etablissements")[0].GetProperty("etat_administratif").GetString());
        Assert.Equal("99902329400013", company.GetProperty("siege").GetProperty("siret").GetString());
    }

    [Fact]
    public async Task Search_WordsAndPages_ArePaged()
    {
        var first = await http.GetFromJsonAsync<JsonElement>("/recherche-entreprises/search?q=Haguenau&page=1&per_page=3");
        var last = await http.GetFromJsonAsync<JsonElement>($"/recherche-entreprises/search?q=haguenau&page={first.GetProperty("total_pages").GetInt32()}&per_page=3");
        Assert.Equal(3, first.GetProperty("results").GetArrayLength());
        Assert.InRange(last.GetProperty("results").GetArrayLength(), 1, 3);
        Assert.Equal(1, (await SearchAsync("macon oster")).GetProperty("total_results").GetInt32());
    }

    [Theory]
    [InlineData("q=ab")]
    [InlineData("")]
    [InlineData("q=haguenau&per_page=26")]
    [InlineData("q=haguenau&page=x")]
    public async Task Search_BadParameters_Is400(string query)
    {
        using var answer = await http.GetAsync("/recherche-entreprises/search?" + query);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotEmpty((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("erreur").GetString()!);
    }

    [Fact]
    public async Task Search_SpecialCompanies_PlayTheirFault()
    {
        using var busy = await GetAsync("99904521400015");
        Assert.Equal(HttpStatusCode.TooManyRequests, busy.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(2), busy.Headers.RetryAfter!.Delta);
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 3; i++)
        {
            using var answer = await GetAsync("99904932300010");
            statuses.Add(answer.StatusCode);
        }

        Assert.Equal([HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK], statuses);
    }

    [Fact]
    public async Task Control_DownThenOk_ActsAndRequestsAreCounted()
    {
        await http.PostAsJsonAsync("/control/register", new { mode = "down" });
        using var down = await GetAsync("99900137300011");
        await http.PostAsJsonAsync("/control/register", new { mode = "slow", delayMs = 1 });
        using var slow = await GetAsync("99900137300011");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (down.StatusCode, slow.StatusCode));
        using var wrong = await http.PostAsJsonAsync("/control/register", new { mode = "n'importe quoi" });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal(2, (await http.GetFromJsonAsync<Dictionary<string, int>>("/control/counters"))!["GET /recherche-entreprises/search"]);
    }

    private Task<HttpResponseMessage> GetAsync(string query) => http.GetAsync("/recherche-entreprises/search?q=" + Uri.EscapeDataString(query));

    private Task<JsonElement> SearchAsync(string query) => http.GetFromJsonAsync<JsonElement>("/recherche-entreprises/search?q=" + Uri.EscapeDataString(query));
}
