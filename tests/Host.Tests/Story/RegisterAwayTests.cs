using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Companies;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Pages.Public;
using MonOPCO.Host.Tests.Demande;

namespace MonOPCO.Host.Tests.Story;

/// <summary>The pages, and the worker that does their due work.</summary>
public sealed class RegisterAwayFixture : FrontFixture
{
    protected override string HostRoles => "web,worker";
}

/// <summary>The register does not answer while a company asks: it goes on, and its record completes itself once the register is back. By the pages alone, from the SIRET on.</summary>
[Trait("Requirement", "S004-3.2")]
public sealed class RegisterAwayTests(RegisterAwayFixture host) : IClassFixture<RegisterAwayFixture>
{
    private const string Later = "la fiche se complétera toute seule";

    [Theory]
    [InlineData("99904658400010", "REGISTRE SATURE (DEUX FOIS)")]
    [InlineData("99904932300010", "REGISTRE EN PANNE (DEUX FOIS)")]
    public async Task Ask_RegisterRefusesTwice_TheRecordCompletesItself(string siret, string name)
    {
        Assert.Contains(Later, (await AskAsync(siret)).Text);
        var company = await CompletedAsync(siret);
        Assert.Equal((name, "atlas", CompanyOrigin.Sandbox), (company.Name, company.OpcoSlug, company.Origin));

        // The same page now knows everything.
        var page = await host.Visitor().GetAsync($"/?siret={siret}&type=Bilan&debut={host.Today.AddDays(90):yyyy-MM-dd}");
        Assert.Contains(name, page.Text);
        Assert.Contains("Dernier jour pour déposer", page.Text);
        Assert.DoesNotContain(Later, page.Text);
    }

    [Theory]
    [InlineData("down", "99900411200010", "akto")]
    [InlineData("429", "99900685100011", "constructys")]
    [InlineData("slow", "99900274400012", "atlas")]
    public async Task Request_SentWhileTheRegisterIsAway_CompanyAndDossierAreCompletedLater(string mode, string siret, string opco)
    {
        await RegisterAsync(mode);
        var (browser, numero) = await host.SendRequestAsync($"rh-{mode}@away.exemple.fr", siret);
        var dossier = await host.DatabaseAsync(db => db.Dossiers.AsNoTracking().Include(x => x.Company).SingleAsync(x => x.Numero == numero));
        Assert.Equal((true, null, null), (dossier.Company!.IsDegraded, dossier.OpcoSlug, dossier.Company.OpcoSlug));

        await RegisterAsync("ok");
        var company = await CompletedAsync(siret);
        Assert.Equal(opco, company.OpcoSlug);
        var completed = await host.DatabaseAsync(db => db.Dossiers.AsNoTracking().SingleAsync(x => x.Id == dossier.Id));
        Assert.Equal(opco, completed.OpcoSlug);
        Assert.NotNull(completed.FilingDeadline);
        Assert.Contains("OPCO du dossier", (await browser.GetAsync($"/espace/dossiers/{numero}")).Text);
    }

    [Fact]
    public async Task Request_SiretThatTheRegisterDoesNotKnowAfterAll_IsTold()
    {
        const string siret = "99999900600011";
        await RegisterAsync("down");
        var (browser, numero) = await host.SendRequestAsync("rh@inconnue.exemple.fr", siret);
        await RegisterAsync("ok");
        var company = await CompletedAsync(siret);
        Assert.Equal(("SIRET 999 999 006 00011, inconnu du registre", false), (company.Name.Replace('\u00A0', ' ').Replace('\u202F', ' '), company.IsOpen));
        Assert.Contains("il ne connaît pas ce SIRET", (await browser.GetAsync($"/espace/dossiers/{numero}")).Text);

        // Asked for again: a clear message, no other request.
        var again = await PostAsync(siret);
        Assert.Equal(HttpStatusCode.BadRequest, again.Status);
        Assert.Contains("ne connaît pas ce SIRET", again.Text);
        Assert.Equal("/", (await browser.GetAsync($"/demande?siret={siret}&type=Bilan")).Location);
    }

    private async Task RegisterAsync(string mode)
    {
        using var control = new HttpClient();
        using var answer = await control.PostAsJsonAsync(host.Sandbox.BaseUrl + "/control/register", new { mode, delayMs = 20_000, retryAfter = 1 });
        answer.EnsureSuccessStatusCode();
    }

    private async Task<HtmlPage> PostAsync(string siret)
    {
        var browser = host.Visitor();
        return await browser.PostAsync(await browser.GetAsync("/"), "/", new() { ["Siret"] = siret, ["Type"] = "Bilan", ["Debut"] = host.Day(90) });
    }

    private async Task<HtmlPage> AskAsync(string siret)
    {
        var sent = await PostAsync(siret);
        Assert.Equal(HttpStatusCode.Redirect, sent.Status);
        return await host.Visitor().GetAsync(sent.Location!.Split('#')[0]);
    }

    /// <summary>Waits until the procedure that the pages started has ended by itself.</summary>
    private async Task<Company> CompletedAsync(string siret)
    {
        var reads = host.Services.GetRequiredService<IWorkflowReads>();
        var id = await host.DatabaseAsync(db => db.Companies.Where(x => x.Siret == siret).Select(x => x.Id).SingleAsync());
        for (var tries = 0; tries < 400; tries++)
        {
            var procedure = await reads.FindInstanceAsync(StableId.Of(id, CompanyFinder.CompletionDefinition), CancellationToken.None);
            if (procedure is { Status: InstanceStatus.Finished })
            {
                var company = await host.DatabaseAsync(db => db.Companies.AsNoTracking().SingleAsync(x => x.Id == id));
                Assert.False(company.IsDegraded);
                return company;
            }

            await Task.Delay(50);
        }

        throw new InvalidOperationException("The record was not completed.");
    }
}
