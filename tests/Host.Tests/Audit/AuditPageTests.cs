using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Audit;

/// <summary>The pages of the audit, and what leaves as a file.</summary>
public sealed class AuditPageTests(ConsoleFixture host) : IClassFixture<ConsoleFixture>
{
    [Fact]
    [Trait("Requirement", "S000-10.13")]
    [Trait("Requirement", "S001-1.3.6.2")]
    public async Task Search_Dossier_ShowsItsHistoryToThoseWhoMay()
    {
        var dossier = await host.CreateDossierAsync();
        foreach (var role in (string[])[Roles.Operateur, Roles.Entreprise])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(role)).GetAsync("/admin/audit")).Status);
        }

        var auditor = await host.SignInAsync(Roles.Auditeur);
        var page = await auditor.GetAsync($"/admin/audit?dossier={dossier.Numero}");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("Création", page.Text, StringComparison.Ordinal);
        Assert.Contains(dossier.Numero, page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Durand", page.Text, StringComparison.Ordinal);
        Assert.Contains("Aucune ligne", (await auditor.GetAsync("/admin/audit?dossier=2001-99999")).Text, StringComparison.Ordinal);

        var invalid = await auditor.GetAsync("/admin/audit?du=2026-12-01&au=2026-11-01");
        Assert.Equal(HttpStatusCode.BadRequest, invalid.Status);
        Assert.Contains("La fin de la période précède son début.", invalid.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await auditor.GetAsync("/admin/audit?du=hier")).Status);
        Assert.Equal(HttpStatusCode.OK, (await auditor.GetAsync("/admin/audit?apres=n-importe-quoi")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await auditor.GetAsync("/admin/audit/999999999")).Status);
    }

    [Fact]
    [Trait("Requirement", "S000-N2.3")]
    public async Task PersonalValues_Shown_OnlyWithTheRightAndNoted()
    {
        var dossier = await host.CreateDossierAsync();
        var row = await host.WithAsync((MonOpcoDbContext db) => db.AuditEntries.SingleAsync(x => x.DossierId == dossier.Id && x.Subject == "dossier" && x.Action == "Created"));
        var address = $"/admin/audit/{row.Id}";
        var auditor = await host.SignInAsync(Roles.Auditeur);
        var masked = await auditor.GetAsync(address);
        Assert.Contains("Votre rôle ne permet pas de les lire", masked.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Durand", masked.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await auditor.PostAsync(await auditor.GetAsync("/admin/audit"), address, [], "Afficher")).Status);

        var admin = await host.SignInAsync(Roles.SuperAdmin);
        Assert.DoesNotContain("Durand", (await admin.GetAsync(address)).Text, StringComparison.Ordinal);
        Assert.Equal(0, await ShownAsync(row.Id));
        Assert.Contains("Marie Durand", (await admin.PostAsync(await admin.GetAsync(address), address, [], "Afficher")).Text, StringComparison.Ordinal);
        Assert.Equal(1, await ShownAsync(row.Id));
    }

    [Fact]
    [Trait("Requirement", "S000-N2.3")]
    public async Task Files_ThatLeave_LeaveATraceFirst()
    {
        var dossier = await host.CreateDossierAsync();
        var admin = await host.SignInAsync(Roles.SuperAdmin);
        var csv = await admin.Client.GetAsync(new Uri($"/admin/audit?handler=Csv&dossier={dossier.Numero}", UriKind.Relative));
        var bytes = await csv.Content.ReadAsByteArrayAsync();
        Assert.Equal(("text/csv", true), (csv.Content.Headers.ContentType!.MediaType, bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble)));
        var lines = Encoding.UTF8.GetString(bytes).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1 + await host.WithAsync((MonOpcoDbContext db) => db.AuditEntries.CountAsync(x => x.DossierId == dossier.Id)), lines.Length);
        Assert.DoesNotContain("Durand", string.Concat(lines), StringComparison.Ordinal);
        Assert.Single(await ExportsAsync("audit"), x => x.NewValues!["dossier"]!.GetValue<string>() == dossier.Numero && x.RequestId is { Length: 32 });

        // An endpoint that knows nothing of the audit.
        Assert.Equal(HttpStatusCode.OK, (await admin.Client.GetAsync(new Uri("/regles?handler=Csv", UriKind.Relative))).StatusCode);
        Assert.Single(await ExportsAsync("/regles"));

        var document = await host.WithAsync((DocumentStore store) => store.AddAsync(new NewDocument(DocumentTypes.Piece, "essai.pdf", dossier.Id), new MemoryStream([.. "%PDF-1.7\n"u8, .. new byte[100]]), host.Change(), CancellationToken.None));
        Assert.Equal(HttpStatusCode.OK, (await admin.Client.GetAsync(new Uri($"/dossiers/{dossier.Numero}/documents/{document.Id}", UriKind.Relative))).StatusCode);
        var opened = await host.WithAsync((MonOpcoDbContext db) => db.AuditEntries.Where(x => x.Subject == "document" && x.Action == "Opened" && x.SubjectId == document.Id.ToString()).ToListAsync());
        Assert.Equal(dossier.Id, Assert.Single(opened).DossierId);
    }

    [Fact]
    public async Task Verify_FromThePage_SaysThatTheChainIsIntact()
    {
        var admin = await host.SignInAsync(Roles.SuperAdmin);
        var answer = await admin.PostAsync(await admin.GetAsync("/admin/audit"), "/admin/audit", [], "Verifier");
        Assert.Equal((HttpStatusCode.Redirect, "/admin/audit"), (answer.Status, answer.Location));
        var page = await admin.GetAsync("/admin/audit");
        Assert.Contains("Journal intact", page.Text, StringComparison.Ordinal);
        Assert.Contains(", intact", page.Text, StringComparison.Ordinal);
    }

    private Task<int> ShownAsync(long id) => host.WithAsync((MonOpcoDbContext db) => db.AuditEntries.CountAsync(x => x.Subject == "audit" && x.SubjectId == id.ToString(System.Globalization.CultureInfo.InvariantCulture) && x.Action == "PersonalValuesShown"));

    private Task<List<AuditEntry>> ExportsAsync(string what) => host.WithAsync((MonOpcoDbContext db) => db.AuditEntries.Where(x => x.Subject == "export" && x.SubjectId == what).ToListAsync());
}
