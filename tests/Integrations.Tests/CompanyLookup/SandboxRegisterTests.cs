using System.Net.Http.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Integrations.CompanyLookup;
using MonOPCO.Sandbox;
using MonOPCO.Sandbox.Register;

namespace MonOPCO.Integrations.Tests.CompanyLookup;

/// <summary>The client and the Sandbox's register were written apart from one description: here they meet.</summary>
public class SandboxRegisterTests
{
    private static CompanyRegisterClient Client(SandboxServer sandbox) => new ServiceCollection()
        .AddCompanyLookup(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["CompanyRegister:BaseUrl"] = sandbox.BaseUrl + "/recherche-entreprises", ["CompanyRegister:IsLive"] = "false" }).Build())
        .BuildServiceProvider().GetRequiredService<CompanyRegisterClient>();

    [Theory]
    [InlineData("99900137300011", "ATELIER NUMERIQUE DE LA MODER", "1486", "11", true)]
    [InlineData("99902192600012", "ANCIENNE IMPRIMERIE DU RHIN", "1486", null, false)]
    [InlineData("35600000002004", "LA POSTE (ETABLISSEMENT FICTIF)", "5516", "53", true)]
    public async Task FindBySiretAsync_Known_ReadsTheCompany(string siret, string name, string idcc, string? band, bool open)
    {
        await using var sandbox = await SandboxServer.StartAsync(new SandboxOptions());
        var company = Assert.IsType<CompanyLookupResult.Found>(await Client(sandbox).FindBySiretAsync(siret, default)).Company;
        Assert.Equal((siret, name, open, false), (company.Siret, company.Name, company.IsOpen, company.IsLive));
        Assert.Equal([idcc], company.Idcc);
        if (band is not null)
        {
            Assert.Equal(band, company.HeadcountBand);
        }

        Assert.Equal(open, company.ClosedOn is null);
    }

    [Fact]
    public async Task FindBySiretAsync_TrainingBody_GivesNdaAndQualiopi()
    {
        await using var sandbox = await SandboxServer.StartAsync(new SandboxOptions());
        var company = Assert.IsType<CompanyLookupResult.Found>(await Client(sandbox).FindBySiretAsync("99904110600017", default)).Company;
        Assert.True(company is { IsTrainingBody: true, IsQualiopi: true });
        Assert.Equal(["44670123467"], company.Nda);
    }

    [Fact]
    public async Task FindBySiretAsync_UnknownSaturatedDown_AreThreeDifferentAnswers()
    {
        await using var sandbox = await SandboxServer.StartAsync(new SandboxOptions());
        Assert.IsType<CompanyLookupResult.NotFound>(await Client(sandbox).FindBySiretAsync(CompanyRegister.UnknownSiret, default));
        var busy = Assert.IsType<CompanyLookupResult.Unavailable>(await Client(sandbox).FindBySiretAsync("99904521400015", default)).Failure;
        Assert.Equal(("http-429", true), (busy.Kind, busy.Retryable));
        Assert.True(busy.RetryAfter > TimeSpan.Zero);
        var down = Assert.IsType<CompanyLookupResult.Unavailable>(await Client(sandbox).FindBySiretAsync("99904795400014", default)).Failure;
        Assert.Equal(("http-503", true), (down.Kind, down.Retryable));

        using var control = new HttpClient { BaseAddress = new Uri(sandbox.BaseUrl) };
        (await control.PostAsJsonAsync("/control/register", new { mode = "down" })).EnsureSuccessStatusCode();
        Assert.IsType<CompanyLookupResult.Unavailable>(await Client(sandbox).FindBySiretAsync("99900137300011", default));
    }

    [Fact]
    public async Task SearchAsync_Name_FindsIt()
    {
        await using var sandbox = await SandboxServer.StartAsync(new SandboxOptions());
        var found = Assert.IsType<CompanySearchResult.Found>(await Client(sandbox).SearchAsync("atelier numerique", default));
        Assert.Contains(found.Companies, c => c.Siret == "99900137300011");
    }
}
