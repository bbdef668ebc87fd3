using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Tasks;
using Npgsql;

namespace MonOPCO.Domain.Tests.Data;

/// <summary>Every query here forgets its filter on purpose.</summary>
public sealed class RowSecurityTests(DomainFixture fixture) : IClassFixture<DomainFixture>
{
    [Fact]
    public async Task Company_WithoutAnyFilter_SeesOnlyItsOwnRows()
    {
        var (mine, other) = (await FilledDossierAsync("anna@mine.fr"), await FilledDossierAsync("paul@other.fr"));
        await using var session = await OpenAsync(new PortalIdentity(CompanyId: mine.CompanyId));
        Assert.Equal([mine.Id], await session.Db.Dossiers.Select(x => x.Id).ToListAsync());
        Assert.Equal([mine.CompanyId], await session.Db.Companies.Select(x => x.Id).ToListAsync());
        Assert.All(await session.Db.Beneficiaires.ToListAsync(), x => Assert.Equal(mine.Id, x.DossierId));
        Assert.All(await session.Db.DossierEvents.ToListAsync(), x => Assert.Equal(mine.Id, x.DossierId));
        Assert.All(await session.Db.HumanTasks.ToListAsync(), x => Assert.Equal(mine.CompanyId, x.CandidateCompanyId));
        Assert.All(await session.Db.Complements.ToListAsync(), x => Assert.Equal(mine.CompanyId, x.CompanyId));
        var documents = await session.Db.Documents.ToListAsync();
        Assert.NotEmpty(documents);
        Assert.All(documents, x => Assert.True(x.DossierId == mine.Id && !x.Confidential));
        Assert.Equal(documents.Count, await session.Db.Set<DocumentKey>().CountAsync());
        Assert.Equal(documents.Count, await session.Db.Set<DocumentChunk>().Select(x => x.DocumentId).Distinct().CountAsync());
        Assert.NotEmpty(await session.Get<DocumentStore>().ReadAsync(documents[0].Id, CancellationToken.None));
        Assert.Null(await session.Db.Dossiers.FirstOrDefaultAsync(x => x.Id == other.Id));
    }

    [Fact]
    public async Task Beneficiary_SeesOwnDossierAndOwnConfidentialDocuments()
    {
        var mine = await FilledDossierAsync("lea@rls.fr");
        await FilledDossierAsync("paul@rls.fr");
        await using var session = await OpenAsync(new PortalIdentity(PersonEmail: "LEA@rls.fr"));
        Assert.Equal([mine.Id], await session.Db.Dossiers.Select(x => x.Id).ToListAsync());
        var document = Assert.Single(await session.Db.Documents.ToListAsync());
        Assert.True(document.Confidential);
        Assert.NotEmpty(await session.Get<DocumentStore>().ReadAsync(document.Id, CancellationToken.None));
        Assert.Single(await session.Db.Beneficiaires.ToListAsync());
    }

    [Fact]
    public async Task Consultant_SeesAssignedDossiersOnly()
    {
        var consultant = Guid.NewGuid();
        var mine = await FilledDossierAsync("a@c.fr", consultant);
        await FilledDossierAsync("b@c.fr");
        await using var session = await OpenAsync(new PortalIdentity(UserId: consultant));
        Assert.Equal([mine.Id], await session.Db.Dossiers.Select(x => x.Id).ToListAsync());
        Assert.Equal(2, await session.Db.Documents.CountAsync());
    }

    [Fact]
    public async Task Signer_SeesTheDossierSigned_AndThePeopleOnlyForTheTrainingBody()
    {
        var mine = await FilledDossierAsync("leo@signer.fr");
        await FilledDossierAsync("paul@signer.fr");
        var document = await fixture.InDbAsync(db => db.Documents.Where(x => x.DossierId == mine.Id && !x.Confidential).Select(x => x.Id).FirstAsync());
        await using (var scope = fixture.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<SignatureService>().CreateAsync(
                new NewSignatureRequest(mine.Id, DocumentTypes.Convention, document, "Convention", [new(SignerRole.Organisme, 1, "Hélène Weiss", "helene@signer.fr", ""), new(SignerRole.Entreprise, 2, "Camille Roux", "camille@signer.fr", "")]),
                DomainFixture.Change(),
                CancellationToken.None);
        }

        foreach (var (email, people) in new[] { ("helene@signer.fr", 1), ("camille@signer.fr", 0) })
        {
            await using var session = await OpenAsync(new PortalIdentity(PersonEmail: email));
            Assert.Equal([mine.Id], await session.Db.Dossiers.Select(x => x.Id).ToListAsync());
            Assert.Equal([mine.CompanyId], await session.Db.Companies.Select(x => x.Id).ToListAsync());
            Assert.Equal(people, await session.Db.Beneficiaires.CountAsync());
            Assert.Equal([document], await session.Db.Documents.Select(x => x.Id).ToListAsync());
            Assert.Empty(await session.Db.Complements.ToListAsync());
        }
    }

    [Fact]
    public async Task Nobody_SeesNothing_AndPooledConnectionsCarryNoIdentityOver()
    {
        var mine = await FilledDossierAsync("z@pool.fr");
        await using (var session = await OpenAsync(new PortalIdentity(CompanyId: mine.CompanyId)))
        {
            Assert.Equal(1, await session.Db.Dossiers.CountAsync());
            await session.CommitAsync(CancellationToken.None);
        }

        await using var single = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(fixture.Database.ConnectionStringFor("monopco_portal")) { MaxPoolSize = 1, NoResetOnClose = true }.ConnectionString);
        await using (var connection = await single.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            Assert.Equal(1L, await ScalarAsync(connection, $"select set_config('monopco.company_id', '{mine.CompanyId}', true); select count(*) from dossiers"));
            await transaction.CommitAsync();
        }

        // The same physical connection, not even reset.
        await using var again = await single.OpenConnectionAsync();
        Assert.Equal(0L, await ScalarAsync(again, "select count(*) from dossiers"));
        Assert.Equal(0L, await ScalarAsync(again, "select count(*) from documents"));
    }

    [Theory]
    [InlineData("select count(*) from users")]
    [InlineData("select count(*) from magic_links")]
    [InlineData("select count(*) from filings")]
    [InlineData("select count(*) from sent_mails")]
    [InlineData("select actor from audit_entries")]
    [InlineData("update dossiers set granted_amount = 1")]
    [InlineData("delete from documents")]
    [InlineData("update human_tasks set status = 'Completed'")]
    public async Task Portal_OtherTablesAndChanges_AreDenied(string sql)
    {
        await using var connection = new NpgsqlConnection(fixture.Database.ConnectionStringFor("monopco_portal"));
        await connection.OpenAsync();
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(connection, sql))).SqlState);
    }

    [Theory]
    [InlineData("update audit_entries set actor = 'x'")]
    [InlineData("delete from audit_entries")]
    [InlineData("drop table dossiers")]
    public async Task Staff_AuditAndTables_CannotBeAltered(string sql)
    {
        await using var connection = new NpgsqlConnection(fixture.Database.ConnectionStringFor("monopco_staff"));
        await connection.OpenAsync();
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(connection, sql))).SqlState);
    }

    [Fact]
    public async Task Company_UploadsAndAnswersInItsOwnDossier_NotInAnother()
    {
        var (mine, other) = (await FilledDossierAsync("u@mine.fr"), await FilledDossierAsync("u@other.fr"));
        await using (var session = await OpenAsync(new PortalIdentity(CompanyId: mine.CompanyId)))
        {
            var document = await session.Get<DocumentStore>().AddAsync(new NewDocument("PIECE", "a.pdf", mine.Id), new MemoryStream(DomainFixture.Pdf()), DomainFixture.Change(), CancellationToken.None);
            var complement = await session.Db.Complements.SingleAsync();
            Assert.True(await session.Get<ComplementService>().AnswerAsync(complement.Id, null, document.Id, DomainFixture.Change(), CancellationToken.None));
            await session.CommitAsync(CancellationToken.None);
        }

        await using var second = await OpenAsync(new PortalIdentity(CompanyId: mine.CompanyId));
        await Assert.ThrowsAnyAsync<Exception>(() => second.Get<DocumentStore>().AddAsync(new NewDocument("PIECE", "a.pdf", other.Id), new MemoryStream(DomainFixture.Pdf()), DomainFixture.Change(), CancellationToken.None));
    }

    [Fact]
    public async Task Migrate_Again_ChangesNothing()
    {
        var before = await fixture.InDbAsync(db => db.Rules.CountAsync());
        await DatabaseSetup.MigrateAsync(fixture.Database.ConnectionString, CancellationToken.None);
        Assert.Equal(before, await fixture.InDbAsync(db => db.Rules.CountAsync()));
        Assert.True(before > 60);
    }

    [Fact]
    public async Task Bind_ScopeAlreadyUsed_IsRefused()
    {
        await using var scope = fixture.Services.CreateAsyncScope();
        _ = scope.ServiceProvider.GetRequiredService<MonOpcoDbContext>();
        await using var connection = new NpgsqlConnection(fixture.Database.ConnectionStringFor("monopco_staff"));
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        Assert.Throws<InvalidOperationException>(() => scope.ServiceProvider.GetRequiredService<DatabaseSession>().Bind(connection, transaction));
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        object? value = null;
        do
        {
            while (await reader.ReadAsync())
            {
                value = reader.GetValue(0);
            }
        }
        while (await reader.NextResultAsync());

        return value;
    }

    private Task<PortalSession> OpenAsync(PortalIdentity identity) => fixture.Services.GetRequiredService<PortalSessions>().OpenAsync(identity, CancellationToken.None);

    /// <summary>With a task, a complement, a paper for the company, a screenshot for the staff and a confidential paper of the person.</summary>
    private async Task<Dossier> FilledDossierAsync(string email, Guid? consultant = null)
    {
        var company = await fixture.CreateCompanyAsync();
        var dossier = await fixture.CreateDossierAsync(company, x => DomainFixture.Bilan(x.CompanyId, x.TrainingBodyId, email) with { ConsultantUserId = consultant });
        var change = DomainFixture.Change();
        await fixture.InScopeAsync<TaskService, HumanTask>(x => x.CreateAsync(new NewTask("t", "t", [new TaskOutcome("Ok", "Ok")]) { CandidateCompanyId = company.Id, DossierId = dossier.Id }, change, CancellationToken.None));
        await fixture.InScopeAsync<ComplementService, IReadOnlyList<Complement>>(x => x.AskAsync(dossier.Id, [new AskComplement("piece-autre")], change, CancellationToken.None));
        await fixture.InScopeAsync<DocumentStore, Document>(x => x.AddAsync(new NewDocument("DEVIS", "d.pdf", dossier.Id), new MemoryStream(DomainFixture.Pdf()), change, CancellationToken.None));
        await fixture.InScopeAsync<DocumentStore, Document>(x => x.AddAsync(new NewDocument("SYNTHESE_BILAN", "s.pdf", dossier.Id) { PersonEmail = email }, new MemoryStream(DomainFixture.Pdf()), change, CancellationToken.None));
        return dossier;
    }
}
