using System.Globalization;
using MonOPCO.Demonstration;
using MonOPCO.Demonstration.Web;
using MonOPCO.Sandbox;
using MonOPCO.TestCommon;
using Npgsql;

namespace MonOPCO.EndToEnd.Demonstration;

/// <summary>The demonstration driver against a Host and a Sandbox, as <c>./monopco up</c> runs it the first time.</summary>
public sealed class DemonstrationTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(240);

    private static readonly string[] Stages =
    [
        "2026-00001 Bilan Accorde atlas",
        "2026-00002 Formation ComplementDemande akto repondre-complement",
        "2026-00003 Formation PretAuDepot atlas confirmer-depot",
        "2026-00004 Bilan ConventionEnSignature atlas",
        "2026-00005 Formation PiecesManquantes atlas",
        "2026-00006 Bilan Brouillon atlas valider-demande",
    ];

    [Fact]
    public async Task FirstUp_LeavesSixDossiers_AndTheBarLeadsOn()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var sandbox = await SandboxServer.StartAsync(new SandboxOptions());
        await using var process = new HostProcess(database, "web,worker,bot", new Dictionary<string, string>
        {
            ["Outside:SandboxUrl"] = sandbox.BaseUrl,
            ["Mail:Host"] = "127.0.0.1",
            ["Mail:Port"] = sandbox.SmtpPort.ToString(CultureInfo.InvariantCulture),
            ["Front:SignaturesPerMinute"] = "1000",
        });
        await process.StartAsync();
        var file = Path.Combine(Directory.CreateTempSubdirectory("monopco-demonstration").FullName, "demonstration.json");
        var options = new DriverOptions(process.Address, new Uri(sandbox.BaseUrl), file, Limit);

        var output = new StringWriter();
        Assert.True(await Driver.RunAsync(options, output, CancellationToken.None), output + process.Output());
        Assert.Equal(6, output.ToString().Split('✔').Length - 1);
        await AssertStagesAsync(database, sandbox);
        await AssertBarAsync(process.Address);
        await AssertPasswordAsync(process.Address);

        // With its file it has nothing to do; without (a play that was cut, lost) it recognises everything.
        Assert.True(await Driver.RunAsync(options with { Host = new Uri("http://127.0.0.1:1") }, output, CancellationToken.None));
        var again = new StringWriter();
        Assert.True(await Driver.RunAsync(options with { ProgressFile = null }, again, CancellationToken.None), again + process.Output());
        await AssertStagesAsync(database, sandbox);
        Directory.Delete(Path.GetDirectoryName(file)!, true);
    }

    [Fact]
    public async Task HostOutOfReach_SaysWhichStepFailed_AndEnds()
    {
        var output = new StringWriter();
        var nobody = new Uri("http://127.0.0.1:1");
        Assert.False(await Driver.RunAsync(new DriverOptions(nobody, nobody, null, Limit), output, CancellationToken.None));
        var said = output.ToString();
        Assert.Equal(6, said.Split('✘').Length - 1);
        Assert.Contains("étape « faire la demande » : l'adresse ne répond pas", said, StringComparison.Ordinal);
    }

    private static async Task AssertStagesAsync(TestDatabase database, SandboxServer sandbox)
    {
        var year = DateTime.UtcNow.Year.ToString(CultureInfo.InvariantCulture);
        Assert.Equal(
            Stages.Select(x => year + x[4..]),
            await ReadAsync(database, """
                select trim(d.numero || ' ' || d.kind || ' ' || d.state || ' ' || d.opco_slug || ' ' || coalesce(string_agg(t.code, ','), ''))
                from dossiers d left join human_tasks t on t.dossier_id = d.id and t.status = 'Open' group by d.id order by d.numero
                """));
        Assert.Equal(["1800.00 600.00 2400.00 ACC-2026-7781 True"], await ReadAsync(database, "select format('%s %s %s %s %s', granted_amount, remainder, cost_ht, accord_number, case when remainder_accepted_at is null then 'False' else 'True' end) from dossiers where state = 'Accorde'"));
        Assert.Equal(["3"], await ReadAsync(database, "select count(*)::text from filings"));
        Assert.Equal(["0"], await ReadAsync(database, "select count(*)::text from workflow_instances where incident_count > 0"));

        // The convention in signature: the company signed, the employee is invited, the training body waits.
        Assert.Equal(["Entreprise Signed", "Beneficiaire Invited", "Organisme Waiting"], await ReadAsync(database, """
            select s.role || ' ' || s.status from signers s join signature_requests r on r.id = s.request_id join dossiers d on d.id = r.dossier_id
            where d.state = 'ConventionEnSignature' and r.document_type_code = 'CONVENTION' order by s."order"
            """));
        Assert.Equal((1, 1), (sandbox.Portals.Dossiers("atlas").Count, sandbox.Portals.Dossiers("akto").Count));
    }

    /// <summary>Each role's next action is the right one, one click away.</summary>
    private static async Task AssertBarAsync(Uri host)
    {
        (string Role, string Next, string Title)[] parts =
        [
            ("RH", "éléments manquent · ", "Dossier"),
            ("Opérateur", "Confirmer les valeurs avant transmission", "Confirmer les valeurs"),
            ("Salarié", "Signer Convention", "Convention"),
            ("Consultant", "Léo Martin signe avant vous", "Convention"),
            ("Responsable des procédures", "Changer une procédure dans le concepteur", "Procédures"),
        ];
        foreach (var (role, next, title) in parts)
        {
            using var person = new Visitor(host, CancellationToken.None);
            var home = await person.PressAsync(await person.ReadAsync("/connexion"), role);
            var link = home.Document.QuerySelector(".mo-demo-next a")!;
            Assert.Contains(next, link.TextContent, StringComparison.Ordinal);
            Assert.StartsWith(title, (await person.ReadAsync(link.GetAttribute("href")!)).Title, StringComparison.Ordinal);
        }
    }

    private static async Task AssertPasswordAsync(Uri host)
    {
        using var person = new Visitor(host, CancellationToken.None);
        var page = await person.ReadAsync("/connexion");
        var space = await person.SendAsync(page.Form("Se connecter").Type("Adresse", Cast.Atelier.Email).Type("Mot de passe", HostProcess.Password));
        Assert.StartsWith("Bonjour Camille", space.Title, StringComparison.Ordinal);
        Assert.NotNull(space.LinkTo("-00001"));
    }

    private static async Task<List<string>> ReadAsync(TestDatabase database, string sql)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
