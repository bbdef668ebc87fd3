using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Pages;

public sealed class DemonstrationFixture : HostFixture
{
    protected override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string> { ["Demo:Enabled"] = "true", ["Outside:SandboxUrl"] = "http://sandbox.test/" };
}

public sealed class DemonstrationTests(DemonstrationFixture host) : IClassFixture<DemonstrationFixture>
{
    [Theory]
    [InlineData("rh", "/espace", "Camille Roux")]
    [InlineData("operateur", "/console", "Nadia Keller")]
    [InlineData("salarie", "/espace", "Léo Martin")]
    [InlineData("consultant", "/espace", "Hélène Weiss")]
    [InlineData("procedures", "/console", "Marc Schmitt")]
    public async Task Role_Chosen_OpensItsSession(string person, string home, string name)
    {
        var browser = host.Visitor();
        var front = await browser.GetAsync("/");
        Assert.Contains("href=\"http://sandbox.test/agent\"", front.Html);
        Assert.Equal(home, (await browser.PostAsync(front, "/demonstration/role", new() { ["personne"] = person })).Location);
        Assert.Contains(name, (await browser.GetAsync(home)).Text);
    }

    [Fact]
    public async Task Role_Unknown_NotFound()
    {
        var browser = host.Visitor();
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await browser.PostAsync(await browser.GetAsync("/"), "/demonstration/role", new() { ["personne"] = "superadmin" })).Status);
    }

    [Fact]
    public async Task NextAction_OpenTaskOfTheRole_IsNamedWithItsAddress()
    {
        var task = await host.WithAsync((TaskService tasks) => tasks.CreateAsync(
            new NewTask("valider-demande", "Rapprocher le règlement 4711", [new TaskOutcome("ok", "Fait")]) { CandidateRole = Roles.ResponsableProcedures },
            ChangeContext.System("test", host.Clock.GetUtcNow()),
            CancellationToken.None));
        var browser = host.Visitor();
        await browser.PostAsync(await browser.GetAsync("/"), "/demonstration/role", new() { ["personne"] = "procedures" });

        var page = await browser.GetAsync("/console");
        Assert.Contains("Votre prochaine action : Rapprocher le règlement 4711", page.Text);
        Assert.Contains($"/taches/{task.Id}", page.Html);
    }
}
