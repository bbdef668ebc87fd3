using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Bilans;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Users;
using Npgsql;

namespace MonOPCO.Domain.Tests.Bilans;

/// <summary>The content of a bilan: the person and the consultant in charge, nobody else, by construction.</summary>
public sealed class BilanTests(DomainFixture fixture) : IClassFixture<DomainFixture>
{
    private const string Secret = "CANARI : je veux quitter mon employeur";

    [Fact]
    [Trait("Requirement", "S002-6.1.1")]
    [Trait("Requirement", "S002-5.2.2")]
    public async Task Content_PersonAndConsultantOnly()
    {
        var consultant = await UserAsync(Roles.Consultant);
        var dossier = await DossierAsync("lea@bilan.fr", consultant);
        var id = await WriteAsync(dossier, "lea@bilan.fr", consultant);
        Assert.Equal(Secret, await ReadAsync(id, new PortalIdentity(UserId: consultant)));
        Assert.Equal(Secret, await ReadAsync(id, new PortalIdentity(PersonEmail: "Lea@bilan.fr")));
        Assert.Null(await ReadAsync(id, new PortalIdentity(CompanyId: dossier.CompanyId)));
        Assert.Null(await ReadAsync(id, new PortalIdentity(UserId: Guid.NewGuid(), CompanyId: dossier.CompanyId, PersonEmail: "rh@bilan.fr")));
        Assert.Null(await ReadAsync(id, new PortalIdentity(UserId: await UserAsync(Roles.Consultant))));

        // Nobody of the company writes into it either.
        await using var company = await OpenAsync(new PortalIdentity(CompanyId: dossier.CompanyId));
        await Assert.ThrowsAnyAsync<DbUpdateException>(() => company.Get<BilanContents>().AddAsync(dossier.Id, "lea@bilan.fr", BilanContentKind.Answers, "faux", DomainFixture.Change(), CancellationToken.None));
    }

    [Theory]
    [InlineData("select count(*) from bilan_contents")]
    [InlineData("select sealed from bilan_contents")]
    [InlineData("delete from keys.bilan_keys")]
    [InlineData("insert into keys.bilan_keys select * from keys.bilan_keys")]
    [InlineData("delete from bilan_contents")]
    [InlineData("copy bilan_contents to stdout")]
    [InlineData("update dossier_accesses set name = 'x'")]
    [InlineData("delete from dossier_accesses")]
    [InlineData("update consultant_handovers set accepted = true")]
    [InlineData("delete from consultant_handovers")]
    [InlineData("alter table bilan_contents disable row level security")]
    [InlineData("grant select on bilan_contents to monopco_staff")]
    public async Task Staff_PlainSql_Refused(string sql)
    {
        await using var connection = new NpgsqlConnection(fixture.Database.ConnectionStringFor("monopco_staff"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
    }

    [Fact]
    public async Task Stored_EncryptedAndNowhereElse()
    {
        var consultant = await UserAsync(Roles.Consultant);
        var dossier = await DossierAsync("chiffre@bilan.fr", consultant);
        var id = await WriteAsync(dossier, "chiffre@bilan.fr", consultant);
        await using var connection = new NpgsqlConnection(fixture.Database.ConnectionString);
        await connection.OpenAsync();
        await using var tables = new NpgsqlCommand("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('public', 'keys')", connection);
        var names = new List<string>();
        await using (var reader = await tables.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                names.Add(reader.GetString(0));
            }
        }

        foreach (var name in names)
        {
            await using var search = new NpgsqlCommand($"select count(*) from {name} t where t::text like '%CANARI%' or t::text like '%' || encode('CANARI', 'hex') || '%'", connection);
            Assert.Equal(0L, await search.ExecuteScalarAsync());
        }

        // Erasing is not reading: the staff may, and then nobody reads any more.
        Assert.Equal(1, await fixture.InScopeAsync<BilanContents, int>(x => x.DestroyAsync(dossier.Id, DomainFixture.Change(), CancellationToken.None)));
        Assert.Null(await ReadAsync(id, new PortalIdentity(UserId: consultant)));
    }

    [Fact]
    public async Task ConfidentialPaper_StaffStoresAndDestroys_NeverReads()
    {
        var consultant = await UserAsync(Roles.Consultant);
        var dossier = await DossierAsync("papier@bilan.fr", consultant);
        var paper = await fixture.InScopeAsync<DocumentStore, Document>(x => x.AddAsync(new NewDocument(DocumentTypes.Synthese, "s.pdf", dossier.Id) { PersonEmail = "papier@bilan.fr" }, new MemoryStream(DomainFixture.Pdf()), DomainFixture.Change(), CancellationToken.None));
        await Assert.ThrowsAnyAsync<Exception>(() => fixture.InScopeAsync<DocumentStore, byte[]>(x => x.ReadAsync(paper.Id, CancellationToken.None)));
        await using (var session = await OpenAsync(new PortalIdentity(PersonEmail: "papier@bilan.fr")))
        {
            Assert.Equal(2000, (await session.Get<DocumentStore>().ReadAsync(paper.Id, CancellationToken.None)).Length);
        }

        Assert.True(await fixture.InScopeAsync<DocumentStore, bool>(x => x.DestroyAsync(paper.Id, DomainFixture.Change(), CancellationToken.None)));
        await using var connection = new NpgsqlConnection(fixture.Database.ConnectionString);
        await connection.OpenAsync();
        await using var left = new NpgsqlCommand($"select count(*) from document_chunks where document_id = '{paper.Id}'", connection);
        Assert.Equal(0L, await left.ExecuteScalarAsync());
    }

    [Fact]
    [Trait("Requirement", "S002-4.1.3")]
    public async Task Handover_OldLosesAtOnce_NewReadsOnlyAfterConsent()
    {
        var (old, next) = (await UserAsync(Roles.Consultant), await UserAsync(Roles.Consultant));
        var dossier = await DossierAsync("suite@bilan.fr", old);
        var id = await WriteAsync(dossier, "suite@bilan.fr", old);
        var handover = await fixture.InScopeAsync<ConsultantHandovers, ConsultantHandover>(x => x.ProposeAsync(dossier.Id, next, DomainFixture.Change() with { Reason = "Départ" }, CancellationToken.None));
        Assert.Null(await ReadAsync(id, new PortalIdentity(UserId: old)));
        Assert.Null(await ReadAsync(id, new PortalIdentity(UserId: next)));
        Assert.Equal(Secret, await ReadAsync(id, new PortalIdentity(PersonEmail: "suite@bilan.fr")));

        // Neither the staff, nor the company, nor the one who would gain answers in the person's place; nor does anybody write the dossier around the question.
        await Assert.ThrowsAnyAsync<Exception>(() => fixture.InScopeAsync<ConsultantHandovers, bool>(x => x.AnswerAsync(handover.Id, true, DomainFixture.Change(), CancellationToken.None)));
        foreach (var stranger in new[] { new PortalIdentity(CompanyId: dossier.CompanyId), new PortalIdentity(UserId: next), new PortalIdentity(UserId: old) })
        {
            Assert.False(await AnswerAsync(handover.Id, true, stranger));
        }

        await Assert.ThrowsAsync<PostgresException>(() => fixture.InDbAsync(db => db.Database.ExecuteSqlAsync($"update dossiers set consultant_user_id = {next} where id = {dossier.Id}")));
        Assert.Null(await ReadAsync(id, new PortalIdentity(UserId: next)));

        Assert.True(await AnswerAsync(handover.Id, true, new PortalIdentity(PersonEmail: "suite@bilan.fr")));
        Assert.Equal(Secret, await ReadAsync(id, new PortalIdentity(UserId: next)));
        Assert.Null(await ReadAsync(id, new PortalIdentity(UserId: old)));
        var kept = (await fixture.InScopeAsync<ConsultantHandovers, List<ConsultantHandover>>(x => x.OfDossierAsync(dossier.Id, CancellationToken.None))).Single();
        Assert.Equal((true, ConsultantHandovers.Wording(kept.ToName)), (kept.Accepted, kept.Wording));
        Assert.NotNull(kept.AnsweredAt);
        Assert.Contains("Accepted", await fixture.InDbAsync(db => db.AuditEntries.Where(x => x.Subject == "consultant-handover" && x.DossierId == dossier.Id).Select(x => x.Action).ToListAsync()));
        Assert.False(await AnswerAsync(handover.Id, false, new PortalIdentity(PersonEmail: "suite@bilan.fr")));
    }

    [Fact]
    public async Task Handover_Declined_NobodyGains_AnotherMayBeProposed()
    {
        var (old, next, third) = (await UserAsync(Roles.Consultant), await UserAsync(Roles.Consultant), await UserAsync(Roles.Consultant));
        var dossier = await DossierAsync("refus@bilan.fr", old);
        var id = await WriteAsync(dossier, "refus@bilan.fr", old);
        var first = await ProposeAsync(dossier.Id, next);
        Assert.True(await AnswerAsync(first.Id, false, new PortalIdentity(PersonEmail: "refus@bilan.fr")));
        Assert.Null(await ReadAsync(id, new PortalIdentity(UserId: next)));
        var second = await ProposeAsync(dossier.Id, next);
        var replaced = await ProposeAsync(dossier.Id, third);
        Assert.False(await AnswerAsync(second.Id, true, new PortalIdentity(PersonEmail: "refus@bilan.fr")));
        Assert.True(await AnswerAsync(replaced.Id, true, new PortalIdentity(PersonEmail: "refus@bilan.fr")));
        Assert.Equal(Secret, await ReadAsync(id, new PortalIdentity(UserId: third)));
        await Assert.ThrowsAsync<RuleBrokenException>(() => ProposeAsync(dossier.Id, third));
        await Assert.ThrowsAsync<RuleBrokenException>(() => ProposeAsync(dossier.Id, Guid.NewGuid()));
    }

    private Task<ConsultantHandover> ProposeAsync(Guid dossier, Guid to) => fixture.InScopeAsync<ConsultantHandovers, ConsultantHandover>(x => x.ProposeAsync(dossier, to, DomainFixture.Change() with { Reason = "Départ" }, CancellationToken.None));

    private async Task<bool> AnswerAsync(Guid id, bool accepted, PortalIdentity identity)
    {
        await using var session = await OpenAsync(identity);
        var done = await session.Get<ConsultantHandovers>().AnswerAsync(id, accepted, DomainFixture.Change(), CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
        return done;
    }

    private async Task<string?> ReadAsync(Guid id, PortalIdentity identity)
    {
        await using var session = await OpenAsync(identity);
        return await session.Get<BilanContents>().ReadAsync(id, CancellationToken.None);
    }

    private async Task<Guid> WriteAsync(Dossier dossier, string person, Guid consultant)
    {
        await using var session = await OpenAsync(new PortalIdentity(UserId: consultant));
        var content = await session.Get<BilanContents>().AddAsync(dossier.Id, person, BilanContentKind.DetailedResults, Secret, DomainFixture.Change(), CancellationToken.None);
        await session.CommitAsync(CancellationToken.None);
        return content.Id;
    }

    private Task<PortalSession> OpenAsync(PortalIdentity identity) => fixture.Services.GetRequiredService<PortalSessions>().OpenAsync(identity, CancellationToken.None);

    private Task<Dossier> DossierAsync(string email, Guid consultant) => fixture.CreateDossierAsync(null, x => DomainFixture.Bilan(x.CompanyId, x.TrainingBodyId, email) with { ConsultantUserId = consultant });

    private Task<Guid> UserAsync(string role) => fixture.InDbAsync(async db =>
    {
        var user = new User { Id = Guid.CreateVersion7(), UserName = $"{Guid.NewGuid():N}@c.fr", DisplayName = "Hélène Weiss" };
        db.Add(user);
        db.UserRoles.Add(new IdentityUserRole<Guid> { UserId = user.Id, RoleId = await db.Roles.Where(x => x.Name == role).Select(x => x.Id).SingleAsync() });
        await db.SaveChangesAsync();
        return user.Id;
    });
}
