using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Users;
using Npgsql;

namespace MonOPCO.Host.Tests.Story;

/// <summary>
/// A dossier with planted secrets, personal data and bilan content goes its way; afterwards every log line and every table, as a dump would hold it, is searched.
/// </summary>
public sealed class CanaryTests(StoryFixture story) : IClassFixture<StoryFixture>
{
    private const string Atlas = "99900137300011";
    private const string Email = "zephyrine.canari@atelier.example";
    private const string Contact = "contact.canari@atelier.example";
    private const string FirstName = "Zéphyrinecanari";
    private const string Password = "mot de passe canari 4711";
    private const string Iban = "FR7630006000011234567890189";
    private const string Bilan = "CANARI-BILAN-9f31";

    /// <summary>Where personal data stands because that is what the table is for; erasing a person or a dossier has to reach each of them.</summary>
    private static readonly string[] Home =
    [
        "beneficiaires", "companies", "documents", "dossier_events", "dossiers", "filings", "human_tasks", "magic_links", "login_codes", "sent_mails", "signers", "users", "notices",
    ];

    /// <summary>
    /// What a procedure carries along: frozen recipients and texts of mails, values printed on documents and typed into portals, keys of waits. They end with their
    /// instance, and an erasure removes it with the dossier. Never a secret, never bilan content.
    /// </summary>
    private static readonly string[] Carried = ["workflow_bookmarks", "workflow_effects", "workflow_instances", "workflow_journal", "workflow_mailbox"];

    /// <summary>Table and the subject of its audit rows.</summary>
    private static readonly Dictionary<string, string> Audited = new()
    {
        ["dossiers"] = "dossier",
        ["companies"] = "company",
        ["documents"] = "document",
        ["human_tasks"] = "task",
        ["complements"] = "complement",
        ["filings"] = "filing",
        ["signature_requests"] = "signature",
        ["signers"] = "signer",
        ["magic_links"] = "magic-link",
        ["sent_mails"] = "mail",
        ["api_keys"] = "api-key",
        ["rules"] = "rule",
    };

    /// <summary>Tables without audit rows, and why. Those of the engine (<c>workflow_…</c>) are its journal: each burst tells itself.</summary>
    private static readonly Dictionary<string, string> Unaudited = new()
    {
        ["audit_entries"] = "the audit itself",
        ["audit_seals"] = "the audit's chain",
        ["audit_origins"] = "the audit's numbering",
        ["beneficiaires"] = "made with their dossier, whose creation is the act; every edit has its row",
        ["dossier_events"] = "what people see of an act that has its row",
        ["document_chunks"] = "the bytes of a document that has its row",
        ["keys.document_keys"] = "made with the document",
        ["keys.subject_keys"] = "made when first needed; destroying one has its row",
        ["keys.master_keys"] = "operations by command line, told in the log",
        ["keys.key_holders"] = "which Host runs",
        ["protection_keys"] = "keys of ASP.NET, renewed by themselves",
        ["login_codes"] = "a code that lives ten minutes; what it opens has its row",
        ["users"] = "accounts of the demonstration, made at start",
        ["user_roles"] = "accounts of the demonstration, made at start",
        ["roles"] = "fixed by the program, made at start",
        ["training_bodies"] = "reference data, seeded with an identifier of its own per database",
        ["dossier_counters"] = "the numbering of dossiers",
        ["host_presences"] = "which Host runs",
        ["system_jobs"] = "the calendar of the system's jobs, seeded",
        ["operation_runs"] = "the journal of the system's jobs is itself",
        ["portal_settings"] = "modes of the demonstration, set at start",
        ["presences"] = "who looks at what just now",
        ["notices"] = "what people are told of an act that has its row",
        ["task_decisions"] = "kept with the completion of the task, which has its row",
        ["user_claims"] = "accounts of the demonstration, made at start",
        ["__EFMigrationsHistory"] = "the schema",
    };

    [Fact]
    [Trait("Requirement", "S000-N2.4")]
    [Trait("Requirement", "S000-N2.5")]
    [Trait("Requirement", "S002-5.2.2")]
    public async Task Story_WithPlantedValues_LeavesNoneWhereItDoesNotBelong()
    {
        var dossier = await story.OpenDossierAsync(Atlas, DossierKind.Bilan, x => (x.ContactEmail, x.BeneficiaireEmail, x.FirstName) = (Contact, Email, FirstName));
        await story.CompleteAsync(await story.TaskAsync(dossier.Id, "valider-demande"), "Valider");
        await story.SignAsync(dossier.Id, DocumentTypes.Devis, SignerRole.Entreprise);
        await story.SignAsync(dossier.Id, DocumentTypes.Mandat, SignerRole.Entreprise);
        await story.SignAsync(dossier.Id, DocumentTypes.Convention, SignerRole.Entreprise);
        var signer = await story.InvitedAsync(dossier.Id, DocumentTypes.Convention, SignerRole.Beneficiaire);
        var signing = await story.WithAsync((SignatureService signatures) => Task.FromResult(signatures.TokenOf(signer)));
        await story.SignAsync(dossier.Id, DocumentTypes.Convention, SignerRole.Beneficiaire);
        await story.SignAsync(dossier.Id, DocumentTypes.Convention, SignerRole.Organisme);
        await story.TaskAsync(dossier.Id, "confirmer-depot");

        await AddAsync(new NewDocument("SYNTHESE_BILAN", "synthese.pdf", dossier.Id) { PersonEmail = Email }, Bilan);
        await AddAsync(new NewDocument(DocumentTypes.Rib, "rib.pdf", dossier.Id), Iban);
        var (_, apiKey) = await story.WithAsync(async (ApiKeyService keys) => await keys.CreateAsync("canari", (await story.CreateUserAsync(Roles.Operateur)).Id, ["*"], TimeSpan.FromDays(1), story.By("Nadia Keller"), CancellationToken.None));
        var (_, link) = await story.WithAsync((MagicLinkService links) => links.CreateAsync(LinkPurpose.SignIn, Email, TimeSpan.FromHours(1), story.By("Nadia Keller"), CancellationToken.None));
        var user = await story.CreateUserAsync(Roles.Operateur, password: Password);
        var visitor = story.Visitor();
        await visitor.SignInAsync(user.Email!, Password);
        var stranger = story.Visitor();
        await stranger.PostAsync(await stranger.GetAsync("/connexion"), "/connexion", new() { ["Email"] = Email, ["Password"] = Password }, "MotDePasse");
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync($"/dossiers/{dossier.Numero}")).Status);
        await story.Visitor().GetAsync($"/connexion/lien?jeton={link}");
        await story.Visitor().GetAsync($"/signature/{signing}");

        (string Name, string Value)[] secrets = [("API key", apiKey), ("link", link), ("signing link", signing), ("password", Password), ("IBAN", Iban), ("bilan", Bilan)];
        (string Name, string Value)[] personal = [("e-mail", Email), ("contact", Contact), ("first name", FirstName)];
        var found = new List<string>();
        var tables = await TablesAsync().ToListAsync();
        foreach (var (table, text) in tables)
        {
            found.AddRange(secrets.Where(x => Holds(text, x.Value)).Select(x => $"{x.Name} in table {table}"));
            found.AddRange(personal.Where(x => !Home.Contains(table) && !Carried.Contains(table) && Holds(text, x.Value)).Select(x => $"{x.Name} in table {table}"));
        }

        var logs = story.Logs.ToArray();
        Assert.NotEmpty(logs);
        found.AddRange(secrets.Concat(personal).SelectMany(x => logs.Where(line => Holds(line, x.Value)).Take(1).Select(line => $"{x.Name} in the log: {line[..Math.Min(line.Length, 300)]}")));
        Assert.True(found.Count == 0, string.Join('\n', found));

        await AssertAuditedAsync(tables);

        // The search itself finds what is there.
        Assert.True(Holds(await TableAsync(story.Administrator, "public", "beneficiaires"), FirstName));
    }

    /// <summary>Whatever the story wrote has its audit rows, or a reason for having none.</summary>
    private async Task AssertAuditedAsync(List<(string Table, string Text)> tables)
    {
        await using var fresh = await TestCommon.TestDatabase.CreateAsync();
        var subjects = (await story.WithAsync((MonOpcoDbContext db) => db.AuditEntries.Select(x => x.Subject).Distinct().ToListAsync())).ToHashSet();
        var silent = new List<string>();
        foreach (var (table, text) in tables.Where(x => !x.Table.StartsWith("workflow_", StringComparison.Ordinal) && !Unaudited.ContainsKey(x.Table)))
        {
            var parts = table.Split('.');
            if (text != await TableAsync(fresh.ConnectionString, parts.Length == 2 ? parts[0] : "public", parts[^1]) && (!Audited.TryGetValue(table, out var subject) || !subjects.Contains(subject)))
            {
                silent.Add(table);
            }
        }

        Assert.True(silent.Count == 0, "Changed without an audit row: " + string.Join(", ", silent));
    }

    private Task AddAsync(NewDocument document, string canary) => story.WithAsync((DocumentStore store) =>
        store.AddAsync(document, new MemoryStream([.. "%PDF-1.7\n"u8, .. Encoding.UTF8.GetBytes(canary), .. new byte[200]]), story.By("Nadia Keller"), CancellationToken.None));

    /// <summary>In clear, as JSON escapes it, as bytea prints it, or in base 64.</summary>
    private static bool Holds(string text, string value) =>
        text.Contains(value, StringComparison.OrdinalIgnoreCase) || text.Contains(JsonValue.Create(value).ToJsonString().Trim('"'), StringComparison.Ordinal)
        || text.Contains(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(value)), StringComparison.Ordinal) || text.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(value))[..^4], StringComparison.Ordinal);

    private async IAsyncEnumerable<(string Table, string Text)> TablesAsync()
    {
        var tables = new List<(string Schema, string Name)>();
        await using (var connection = new NpgsqlConnection(story.Administrator))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("select schemaname, tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1, 2", connection);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                tables.Add((reader.GetString(0), reader.GetString(1)));
            }
        }

        Assert.Contains(("public", "audit_entries"), tables);
        Assert.Contains(("keys", "document_keys"), tables);
        foreach (var (schema, name) in tables)
        {
            yield return (schema == "public" ? name : $"{schema}.{name}", await TableAsync(story.Administrator, schema, name));
        }
    }

    /// <summary>What <c>pg_dump</c> writes for the table.</summary>
    private static async Task<string> TableAsync(string database, string schema, string name)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        using var reader = await connection.BeginTextExportAsync($"copy \"{schema}\".\"{name}\" to stdout");
        return await reader.ReadToEndAsync();
    }
}
