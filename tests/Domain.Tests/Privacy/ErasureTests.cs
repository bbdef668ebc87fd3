using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Backups;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Privacy;
using MonOPCO.TestCommon;

namespace MonOPCO.Domain.Tests.Privacy;

/// <summary>Erasing a person: what goes, what stays by law, and that no old backup brings it back.</summary>
public sealed class ErasureTests(DomainFixture domain) : IClassFixture<DomainFixture>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("monopco-effacement").FullName;

    private string Owner => domain.Database.ConnectionStringFor("monopco_owner");

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    [Trait("Requirement", "S000-N2.5")]
    [Trait("Requirement", "S002-5.2.1")]
    [Trait("Requirement", "S002-6.1.3")]
    public async Task ErasedPerson_StaysErased_WhenABackupFromBeforeIsRestored()
    {
        const string email = "zoe.muller@atelier-demo.fr";
        var dossier = await domain.CreateDossierAsync(with: x => x with { Beneficiaires = [new NewBeneficiaire("Muller", "Zoé", new DateOnly(1990, 2, 3), email, "Comptable", Csp.Employe, ContractKind.Cdi)] });
        var notes = (await domain.InScopeAsync((DocumentStore x) => x.AddAsync(new NewDocument(DocumentTypes.NotesBilan, "notes-zoe.pdf", dossier.Id) { PersonEmail = email }, new MemoryStream(DomainFixture.Pdf(1600, 51)), DomainFixture.Change(), CancellationToken.None))).Id;
        await domain.InScopeAsync((PrivacyService x) => x.GiveAsync(email, ConsentPurposes.News, "par écrit", null, DomainFixture.Change(), CancellationToken.None));

        // A request that ended before anything was granted: nothing has to be proven.
        await domain.InDbAsync(db => db.Dossiers.Where(x => x.Id == dossier.Id).ExecuteUpdateAsync(x => x.SetProperty(d => d.State, DossierState.Annule)));
        await using var services = Machine();
        var old = await services.GetRequiredService<BackupService>().RunAsync(Owner, DomainFixture.Now, null, CancellationToken.None);

        var plan = await domain.InScopeAsync((ErasureService x) => x.PreviewAsync(email, DomainFixture.Now, CancellationToken.None));
        Assert.Contains(plan.Erased, x => x.What == "Identité dans un dossier" && x.Count == 1);
        Assert.Contains(plan.Erased, x => x.What.StartsWith("Document", StringComparison.Ordinal) && x.Count == 1);
        var erasure = await domain.InScopeAsync((ErasureService x) => x.EraseAsync(Guid.NewGuid(), email, null, DomainFixture.Change(), CancellationToken.None));
        Assert.DoesNotContain("zoe", erasure.Erased.ToJsonString() + erasure.Kept.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        await AssertGoneAsync(await domain.InDbAsync(db => Task.FromResult(db.Database.GetConnectionString()!)));
        await Assert.ThrowsAsync<RuleBrokenException>(() => domain.InScopeAsync((ErasureService x) => x.EraseAsync(Guid.NewGuid(), email, null, DomainFixture.Change(), CancellationToken.None)));

        await services.GetRequiredService<PurgeJournal>().SyncAsync(Owner, CancellationToken.None);
        Assert.DoesNotContain("zoe", await File.ReadAllTextAsync(Path.Combine(_folder, "destructions.txt")), StringComparison.OrdinalIgnoreCase);
        await using var cluster = await ScratchCluster.StartAsync();
        await services.GetRequiredService<RestoreService>().RestoreAsync(new RestoreRequest(old.DataFile, old.KeysFile, null, cluster.OwnerConnection("monopco"), false), DomainFixture.Now.AddDays(1), CancellationToken.None);
        await AssertGoneAsync(cluster.OwnerConnection("monopco"));

        async Task AssertGoneAsync(string connection)
        {
            await using var db = new MonOpcoDbContext(new DbContextOptionsBuilder<MonOpcoDbContext>().UseNpgsql(connection).Options);
            var person = await db.Beneficiaires.AsNoTracking().SingleAsync(x => x.DossierId == dossier.Id);
            Assert.Equal(("Personne effacée", "", new DateOnly(1900, 1, 1)), (person.LastName, person.FirstName, person.BirthDate));
            Assert.DoesNotContain("muller", (await db.Dossiers.AsNoTracking().SingleAsync(x => x.Id == dossier.Id)).Search, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(0, await db.Consents.CountAsync(x => x.PersonKey == email));
            Assert.NotNull((await db.Documents.AsNoTracking().SingleAsync(x => x.Id == notes)).DestroyedAt);
            Assert.Equal(0, await db.Database.SqlQuery<int>($"select ((select count(*) from keys.document_keys where document_id = {notes}) + (select count(*) from document_chunks where document_id = {notes}))::int as \"Value\"").SingleAsync());
            Assert.DoesNotContain("Zoé", string.Join(' ', await db.DossierEvents.Where(x => x.DossierId == dossier.Id).Select(x => x.Text).ToListAsync()), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task GrantedDossier_KeepsItsProof_WithBasisAndEnd()
    {
        const string email = "paul.roth@atelier-demo.fr";
        var dossier = await domain.CreateDossierAsync(with: x => x with { Beneficiaires = [new NewBeneficiaire("Roth", "Paul", new DateOnly(1990, 2, 3), email, "Comptable", Csp.Employe, ContractKind.Cdi) { Phone = "06 00 00 00 00" }] });
        await domain.InDbAsync(db => db.Dossiers.Where(x => x.Id == dossier.Id).ExecuteUpdateAsync(x => x.SetProperty(d => d.State, DossierState.Accorde).SetProperty(d => d.AccordDate, new DateOnly(2026, 12, 1))));
        var plan = await domain.InScopeAsync((ErasureService x) => x.PreviewAsync(email, DomainFixture.Now, CancellationToken.None));
        var kept = Assert.Single(plan.Kept);
        Assert.Equal(new DateOnly(2033, 4, 30), kept.Until);
        Assert.Contains("17.3.b", kept.Basis, StringComparison.Ordinal);
        await domain.InScopeAsync((ErasureService x) => x.EraseAsync(Guid.NewGuid(), email, null, DomainFixture.Change(), CancellationToken.None));
        var person = await domain.InDbAsync(db => db.Beneficiaires.AsNoTracking().SingleAsync(x => x.DossierId == dossier.Id));
        Assert.Equal(("Roth", ""), (person.LastName, person.Phone));
    }

    private ServiceProvider Machine()
    {
        var keyFile = Path.Combine(_folder, "sauvegarde.key");
        File.WriteAllBytes(keyFile, RandomNumberGenerator.GetBytes(32));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Staff"] = "Host=none",
            ["ConnectionStrings:Portal"] = "Host=none",
            ["MasterKey:Value"] = new string('a', 64),
            ["Backup:Directory"] = Path.Combine(_folder, "donnees"),
            ["Backup:KeysDirectory"] = Path.Combine(_folder, "cles"),
            ["Backup:PurgeFile"] = Path.Combine(_folder, "destructions.txt"),
            ["Backup:KeyFile"] = keyFile,
        }).Build();
        return new ServiceCollection().AddMonOpcoDatabase(configuration).BuildServiceProvider();
    }
}
