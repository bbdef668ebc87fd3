using MonOPCO.Domain;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Demo;

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
    [InlineData("administrateur", "/console", "Sophie Lang")]
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
    public void Accounts_AreThoseThatUpPrints()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "monopco")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("monopco was not found above the tests.");
        }

        var script = File.ReadAllText(Path.Combine(folder.FullName, "monopco"));
        Assert.All(DemoAccounts.People, person => Assert.Contains($"{person.Email}|{person.Name}, ", script));
    }

    [Fact]
    public async Task Contact_OfAnotherFictitiousCompany_IsPlayedForWhatWaits()
    {
        var (dossier, user) = await WaitingAsync(CompanyOrigin.Sandbox);
        var browser = host.Visitor();
        await browser.PostAsync(await browser.GetAsync("/"), "/demonstration/role", new() { ["personne"] = "rh" });
        Assert.Equal($"/espace/dossiers/{dossier.Numero}", (await browser.PostAsync(await browser.GetAsync("/espace"), "/demonstration/role", new() { ["dossier"] = dossier.Numero }, "Contact")).Location);
        Assert.Contains(user.DisplayName, (await browser.GetAsync("/espace")).Text);
    }

    [Fact]
    public async Task Contact_OfARealCompany_NotFound()
    {
        var (dossier, _) = await WaitingAsync(CompanyOrigin.Live);
        var browser = host.Visitor();
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await browser.PostAsync(await browser.GetAsync("/"), "/demonstration/role", new() { ["dossier"] = dossier.Numero }, "Contact")).Status);
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

    /// <summary>A company with a contact who has an account, and a task that waits for it.</summary>
    private async Task<(Dossier Dossier, User Contact)> WaitingAsync(CompanyOrigin origin)
    {
        var siren = $"{Random.Shared.Next(100_000_000, 999_999_999)}";
        var company = new Company
        {
            Id = Guid.CreateVersion7(),
            Siret = $"{siren}{Random.Shared.Next(10_000, 99_999)}",
            Name = "Charpentes du Ried",
            Origin = origin,
            LookedUpAt = host.Clock.GetUtcNow(),
            CreatedAt = host.Clock.GetUtcNow(),
            UpdatedAt = host.Clock.GetUtcNow(),
        };
        await host.WithAsync((MonOpcoDbContext db) =>
        {
            db.Companies.Add(company);
            return db.SaveChangesAsync();
        });
        var contact = await host.CreateUserAsync(Roles.Entreprise, company.Id);
        var day = Fr.InParis(host.Clock.GetUtcNow()).AddDays(60);
        var change = ChangeContext.System("test", host.Clock.GetUtcNow());
        var created = await host.WithAsync((DossierService dossiers) => dossiers.CreateAsync(
            new CreateDossier
            {
                Kind = DossierKind.Formation,
                CompanyId = company.Id,
                TrainingBodyId = null,
                Title = "Lire un plan",
                Objectives = "Lire un plan",
                StartDate = day,
                EndDate = day,
                Hours = 7,
                CostHt = 900,
                ContactName = contact.DisplayName,
                ContactEmail = contact.Email!,
                Beneficiaires = [new NewBeneficiaire("Wagner", "Hugo", new DateOnly(1990, 2, 12), "hugo@exemple.fr", "Charpentier", Csp.Ouvrier, ContractKind.Cdi)],
            },
            change,
            CancellationToken.None));
        await host.WithAsync((TaskService tasks) => tasks.CreateAsync(new NewTask("accepter-reste", "Accepter le reste à charge", [new TaskOutcome("Accepter", "Accepter")]) { CandidateCompanyId = company.Id, DossierId = created.Dossier.Id }, change, CancellationToken.None));
        return (created.Dossier, contact);
    }
}
