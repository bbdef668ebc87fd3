using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Bilans;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Tasks;
using Npgsql;

namespace MonOPCO.Domain.Tests.Data;

/// <summary>Every table of the database, asked without any filter by each identity of the portal: nothing of the other company, ever. A new table is found by the catalogue.</summary>
public sealed class PortalLeakTests(DomainFixture fixture) : IClassFixture<DomainFixture>
{
    /// <summary>Reference data: the same for everybody, about nobody.</summary>
    private static readonly string[] Common = ["opcos", "rules", "training_bodies", "document_types", "complement_types", "refusal_reasons"];

    [Fact]
    [Trait("Requirement", "S000-N2")]
    [Trait("Requirement", "S002-5.2.1")]
    public async Task EveryTable_EveryIdentity_NothingOfTheOtherSide()
    {
        var (mine, other) = (await SideAsync("lea@moi.fr"), await SideAsync("paul@autre.fr"));
        var tables = await ColumnAsync(fixture.Database.ConnectionString, "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('public', 'keys') and tablename <> '__EFMigrationsHistory' order by 1");
        Assert.True(tables.Count > 40);
        var leaks = new List<string>();
        var seen = 0;
        PortalIdentity?[] identities =
        [
            null, new(CompanyId: mine.CompanyId), new(UserId: mine.Consultant), new(PersonEmail: "lea@moi.fr"), new(PersonEmail: "signataire.lea@moi.fr"), new(UserId: mine.Rh, CompanyId: mine.CompanyId, PersonEmail: "rh@moi.fr"),
            new(UserId: Guid.NewGuid(), PersonEmail: "personne@ailleurs.fr"),
        ];
        await using var source = NpgsqlDataSource.Create(fixture.Database.ConnectionStringFor("monopco_portal"));
        foreach (var identity in identities)
        {
            await using var connection = await source.OpenConnectionAsync();
            foreach (var table in tables)
            {
                await using var transaction = await connection.BeginTransactionAsync();
                if (identity is not null)
                {
                    await ScalarAsync(connection, $"select set_config('monopco.user_id', '{identity.UserId}', true), set_config('monopco.company_id', '{identity.CompanyId}', true), set_config('monopco.person', '{identity.PersonEmail}', true)");
                }

                var rows = await RowsAsync(connection, table);
                await transaction.RollbackAsync();
                if (rows is null || Common.Contains(table.Split('.')[1]))
                {
                    continue;
                }

                seen += rows.Count;
                leaks.AddRange(rows.Where(row => other.Marks.Any(mark => row.Contains(mark, StringComparison.OrdinalIgnoreCase)) || identity is null || identity.PersonEmail == "personne@ailleurs.fr").Select(_ => $"{table} to {identity}"));
            }
        }

        Assert.True(seen > 40, $"Only {seen} rows were seen at all: the test would prove nothing.");
        Assert.Empty(leaks.Distinct());
    }

    /// <summary>What the portal's role may touch is a list that somebody wrote; a new table is on nobody's list.</summary>
    [Fact]
    public async Task Grants_AreTheNamedTablesOnly()
    {
        var granted = await ColumnAsync(
            fixture.Database.ConnectionString,
            """
            select distinct table_name || ' ' || lower(privilege_type) from (
              select table_name, privilege_type from information_schema.role_table_grants where grantee = 'monopco_portal'
              union select table_name, privilege_type from information_schema.role_column_grants where grantee = 'monopco_portal') g order by 1
            """);
        Assert.Equal(
            [
                "audit_entries insert", "audit_entries select", "beneficiaires select", "bilan_contents insert", "bilan_contents select", "bilan_contents update", "bilan_keys insert", "bilan_keys select", "companies select",
                "complement_types select", "complements select", "complements update", "consultant_handovers select", "consultant_handovers update", "document_chunks insert", "document_chunks select", "document_keys insert",
                "document_keys select", "document_types select", "documents insert", "documents select", "dossier_accesses select", "dossier_events insert", "dossier_events select", "dossiers select", "human_tasks select",
                "human_tasks update", "opcos select", "refusal_reasons select", "request_drafts insert", "request_drafts select", "request_drafts update", "rules select", "signature_requests select", "signers select",
                "task_comments insert", "task_comments select", "training_bodies select",
            ],
            granted);
        var open = await ColumnAsync(
            fixture.Database.ConnectionString,
            $"select relname from pg_class where relkind = 'r' and not relrowsecurity and has_table_privilege('monopco_portal', oid, 'select') and relname not in ({string.Join(", ", Common.Select(x => $"'{x}'"))}) and relnamespace in ('public'::regnamespace, 'keys'::regnamespace)");
        Assert.Empty(open);
        Assert.Empty(await ColumnAsync(fixture.Database.ConnectionString, "select rolname from pg_roles where rolname in ('monopco_staff', 'monopco_portal') and (rolsuper or rolbypassrls)"));
    }

    [Fact]
    public async Task Pool_AfterCommitErrorsAndCancellation_CarriesNoIdentityOver()
    {
        var mine = await SideAsync("pool@moi.fr");
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(fixture.Database.ConnectionStringFor("monopco_portal")) { MaxPoolSize = 1, NoResetOnClose = true }.ConnectionString);
        string identify = $"select set_config('monopco.user_id', '{mine.Rh}', true), set_config('monopco.company_id', '{mine.CompanyId}', true), set_config('monopco.person', 'pool@moi.fr', true)";
        foreach (var end in new[] { "commit", "rollback", "error", "cancel", "dispose" })
        {
            await using (var connection = await source.OpenConnectionAsync())
            {
                await using var transaction = await connection.BeginTransactionAsync();
                await ScalarAsync(connection, identify);
                Assert.True((long)(await ScalarAsync(connection, "select count(*) from dossiers"))! > 0);
                switch (end)
                {
                    case "commit":
                        await transaction.CommitAsync();
                        break;
                    case "rollback":
                        await transaction.RollbackAsync();
                        break;
                    case "error":
                        await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(connection, "select 1 / 0"));
                        break;
                    case "cancel":
                        using (var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(50)))
                        {
                            await using var slow = new NpgsqlCommand("select pg_sleep(30)", connection);
                            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow.ExecuteNonQueryAsync(soon.Token));
                        }

                        break;
                }
            }

            await using var again = await source.OpenConnectionAsync();
            foreach (var table in new[] { "dossiers", "documents", "companies", "beneficiaires", "bilan_contents", "dossier_accesses" })
            {
                Assert.Equal(0L, await ScalarAsync(again, $"select count(*) from {table}"));
            }
        }
    }

    /// <summary>Many sessions of two companies over three physical connections, with failures among them: each sees its own company and nothing else.</summary>
    [Fact]
    public async Task Pool_UsedByManyAtOnce_EachSeesItsOwn()
    {
        var (mine, other) = (await SideAsync("a@nombreux.fr"), await SideAsync("b@nombreux.fr"));
        var sessions = fixture.Services.GetRequiredService<PortalSessions>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 120), new ParallelOptions { MaxDegreeOfParallelism = 12 }, async (i, cancel) =>
        {
            var side = i % 2 == 0 ? mine : other;
            await using var session = await sessions.OpenAsync(i % 3 == 0 ? new PortalIdentity(PersonEmail: side.Email) : new PortalIdentity(CompanyId: side.CompanyId), cancel);
            Assert.Equal([side.DossierId], await session.Db.Dossiers.Select(x => x.Id).ToListAsync(cancel));
            if (i % 5 == 0)
            {
                await Assert.ThrowsAsync<PostgresException>(() => session.Db.Database.ExecuteSqlRawAsync("update dossiers set granted_amount = 1", cancel));
            }
            else if (i % 7 == 0)
            {
                await session.CommitAsync(cancel);
            }
        });
    }

    /// <summary>The columns that policies compare each begin an index; otherwise every query of the portal reads whole tables.</summary>
    [Fact]
    public async Task PolicyColumns_AreIndexed()
    {
        var first = await ColumnAsync(
            fixture.Database.ConnectionString,
            """
            select c.relname || '.' || a.attname from pg_index i
            join pg_class c on c.oid = i.indrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0] where i.indpred is null or pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', a.attname)
            """);
        string[] compared =
        [
            "companies.id", "dossiers.id", "dossiers.company_id", "dossiers.consultant_user_id", "beneficiaires.company_id", "beneficiaires.email_key", "beneficiaires.dossier_id", "complements.company_id", "dossier_events.company_id",
            "dossier_events.dossier_id", "human_tasks.candidate_company_id", "human_tasks.candidate_email_key", "human_tasks.candidate_user_id", "human_tasks.assignee_id", "task_comments.task_id", "documents.id", "documents.company_id",
            "documents.person_key", "documents.dossier_id", "document_chunks.document_id", "document_keys.document_id", "signature_requests.company_id", "signature_requests.dossier_id", "signers.company_id", "signers.email_key",
            "signers.request_id", "request_drafts.user_id", "bilan_contents.dossier_id", "bilan_contents.person_key", "bilan_keys.dossier_id", "bilan_keys.person_key", "dossier_accesses.dossier_id", "consultant_handovers.dossier_id",
        ];
        Assert.Empty(compared.Except(first));
    }

    /// <summary>Null: the table is refused altogether.</summary>
    private static async Task<List<string>?> RowsAsync(NpgsqlConnection connection, string table)
    {
        try
        {
            await using var command = new NpgsqlCommand($"select t::text from {table} t", connection);
            await using var reader = await command.ExecuteReaderAsync();
            var rows = new List<string>();
            while (await reader.ReadAsync())
            {
                rows.Add(reader.GetString(0));
            }

            return rows;
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return null;
        }
    }

    private static async Task<List<string>> ColumnAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<string>();
        while (await reader.ReadAsync())
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Something in every table that the portal reaches.</summary>
    private async Task<Side> SideAsync(string email)
    {
        var consultant = Guid.NewGuid();
        var company = await fixture.CreateCompanyAsync();
        var dossier = await fixture.CreateDossierAsync(company, x => DomainFixture.Bilan(x.CompanyId, x.TrainingBodyId, email) with { ConsultantUserId = consultant });
        var change = DomainFixture.Change();
        var task = await fixture.InScopeAsync<TaskService, HumanTask>(x => x.CreateAsync(new NewTask("t", "t", [new TaskOutcome("Ok", "Ok")]) { CandidateCompanyId = company.Id, DossierId = dossier.Id }, change, CancellationToken.None));
        await fixture.InScopeAsync<ComplementService, IReadOnlyList<Complement>>(x => x.AskAsync(dossier.Id, [new AskComplement("piece-autre")], change, CancellationToken.None));
        var quote = await fixture.InScopeAsync<DocumentStore, Document>(x => x.AddAsync(new NewDocument("DEVIS", "d.pdf", dossier.Id), new MemoryStream(DomainFixture.Pdf()), change, CancellationToken.None));
        var synthesis = await fixture.InScopeAsync<DocumentStore, Document>(x => x.AddAsync(new NewDocument("SYNTHESE_BILAN", "s.pdf", dossier.Id) { PersonEmail = email }, new MemoryStream(DomainFixture.Pdf()), change, CancellationToken.None));
        await fixture.InScopeAsync<SignatureService, SignatureRequest>(x => x.CreateAsync(
            new NewSignatureRequest(dossier.Id, "DEVIS", quote.Id, "Devis", [new(SignerRole.Entreprise, 1, "Signataire", "signataire." + email, "")]), change, CancellationToken.None));
        await fixture.Services.GetRequiredService<DossierAccessLog>().DossierAsync(dossier.Numero, AccessedThing.Dossier, new Onlooker(consultant, "Quelqu’un", "Operateur"), DomainFixture.Now, CancellationToken.None);
        await using (var session = await fixture.Services.GetRequiredService<PortalSessions>().OpenAsync(new PortalIdentity(UserId: consultant), CancellationToken.None))
        {
            await session.Get<BilanContents>().AddAsync(dossier.Id, email, BilanContentKind.Synthesis, "Synthèse", change, CancellationToken.None);
            await session.CommitAsync(CancellationToken.None);
        }

        return new Side(dossier.Id, company.Id, consultant, Guid.NewGuid(), email, [dossier.Id.ToString(), company.Id.ToString(), task.Id.ToString(), quote.Id.ToString(), synthesis.Id.ToString(), consultant.ToString(), email, dossier.Numero]);
    }

    private sealed record Side(Guid DossierId, Guid CompanyId, Guid Consultant, Guid Rh, string Email, string[] Marks);
}
