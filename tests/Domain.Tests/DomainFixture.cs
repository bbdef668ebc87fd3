using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.TestCommon;

namespace MonOPCO.Domain.Tests;

/// <summary>A database of its own per test class, with the domain's services as a Host registers them.</summary>
public sealed class DomainFixture : IAsyncLifetime
{
    private int _sequence;

    public TestDatabase Database { get; private set; } = null!;

    public ServiceProvider Services { get; private set; } = null!;

    /// <summary>For a second process on the same database.</summary>
    public IConfiguration Configuration { get; private set; } = null!;

    public static DateTimeOffset Now { get; } = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);

    public static ChangeContext Change(DateTimeOffset? now = null, string actor = "Claire Martin", Guid? userId = null) => new(ActorKind.Human, actor, userId, now ?? Now);

    public async Task InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync();
        Configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Staff"] = Database.ConnectionStringFor("monopco_staff"),
            ["ConnectionStrings:Portal"] = Database.ConnectionStringFor("monopco_portal"),
            ["MasterKey:Value"] = new string('a', 64),
        }).Build();
        Services = new ServiceCollection().AddMonOpcoDatabase(Configuration).BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
    }

    public async Task DisposeAsync()
    {
        await Services.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>A fresh scope, as a request has one.</summary>
    public async Task<T> InScopeAsync<TService, T>(Func<TService, Task<T>> action)
        where TService : notnull
    {
        await using var scope = Services.CreateAsyncScope();
        return await action(scope.ServiceProvider.GetRequiredService<TService>());
    }

    public Task<T> InDbAsync<T>(Func<MonOpcoDbContext, Task<T>> action) => InScopeAsync(action);

    /// <summary>An open company of the consulting branch (Atlas), with a SIRET of its own.</summary>
    public Task<Company> CreateCompanyAsync(Func<CompanyFacts, CompanyFacts>? with = null)
    {
        var facts = new CompanyFacts(NextSiret(), $"Atelier Démo {_sequence}", CompanyOrigin.Sandbox)
        {
            City = "Haguenau",
            PostalCode = "67500",
            Department = "67",
            Naf = "62.02A",
            Idcc = ["1486"],
            LegalCategory = "5710",
            HeadcountBand = "11",
        };
        return InScopeAsync<CompanyService, Company>(x => x.SaveAsync(with?.Invoke(facts) ?? facts, Change(), CancellationToken.None));
    }

    public Task<TrainingBody> TrainingBodyAsync() => InDbAsync(db => db.TrainingBodies.SingleAsync(x => x.Slug == "netz"));

    public static CreateDossier Bilan(Guid companyId, Guid? trainingBodyId, string email = "lea.petit@atelier-demo.fr") => new()
    {
        Kind = DossierKind.Bilan,
        CompanyId = companyId,
        TrainingBodyId = trainingBodyId,
        Title = "Bilan de compétences",
        Objectives = "Définir un projet professionnel réaliste et un plan d’action daté avec ses étapes.",
        Content = "Phase préliminaire, phase d’investigation, phase de conclusion, suivi à six mois.",
        TrainerName = "Camille Roux",
        StartDate = new DateOnly(2027, 2, 1),
        EndDate = new DateOnly(2027, 4, 30),
        Hours = 24,
        Modality = Modality.Mixte,
        ModalityDetail = "Assistance par visioconférence et par courriel, évaluation à chaque étape.",
        CostHt = 2400,
        HourlyRateHt = 100,
        ContactName = "Marie Durand",
        ContactEmail = "rh@atelier-demo.fr",
        Beneficiaires = [new NewBeneficiaire("Petit", "Léa", new DateOnly(1985, 6, 12), email, "Assistante", Csp.Employe, ContractKind.Cdi)],
    };

    public async Task<Dossier> CreateDossierAsync(Company? company = null, Func<CreateDossier, CreateDossier>? with = null)
    {
        company ??= await CreateCompanyAsync();
        var command = Bilan(company.Id, (await TrainingBodyAsync()).Id);
        return (await InScopeAsync<DossierService, CreatedDossier>(x => x.CreateAsync(with?.Invoke(command) ?? command, Change(), CancellationToken.None))).Dossier;
    }

    /// <summary>Along the allowed way up to <paramref name="to"/>.</summary>
    public async Task GoAsync(Guid dossierId, params DossierState[] to)
    {
        foreach (var state in to)
        {
            await InScopeAsync<DossierService, bool>(x => x.ChangeStateAsync(dossierId, state, Change(), CancellationToken.None));
        }
    }

    public static byte[] Pdf(int size = 2000, byte fill = 7)
    {
        var bytes = new byte[size];
        Array.Fill(bytes, fill);
        "%PDF-1.7\n"u8.CopyTo(bytes);
        return bytes;
    }

    public string NextSiret()
    {
        var body = (10_000_000 + Interlocked.Increment(ref _sequence)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Complete(Complete(body) + "0001");
    }

    /// <summary>Appends the Luhn digit.</summary>
    public static string Complete(string digits) => digits + Enumerable.Range(0, 10).First(key => (digits + key).Reverse().Select((c, i) => (i % 2 * (c - '0')) + (c - '0') is var d && d > 9 ? d - 9 : d).Sum() % 10 == 0);
}
