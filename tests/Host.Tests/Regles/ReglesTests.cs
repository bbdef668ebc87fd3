using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Regles;

/// <summary>The pages of dated rules: who reads, who writes, and what a change leaves behind.</summary>
public sealed class ReglesTests(ConsoleFixture host) : IClassFixture<ConsoleFixture>
{
    [Fact]
    public async Task Pages_ByRole_ReadByStaff_WrittenByOwners()
    {
        foreach (var path in new[] { "/regles", "/regles/pieces", "/regles/depot.delai-jours/akto/tous" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(Roles.Entreprise)).GetAsync(path)).Status);
            var page = await (await host.OperatorAsync()).GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            Assert.DoesNotContain("/regles/nouvelle", page.Html, StringComparison.Ordinal);
            Assert.Contains("/regles/nouvelle", (await (await host.SignInAsync(Roles.ResponsableProcedures)).GetAsync(path)).Html, StringComparison.Ordinal);
        }

        var id = await host.WithAsync((MonOpcoDbContext x) => x.Rules.Select(r => r.Id).FirstAsync());
        foreach (var path in new[] { "/regles/nouvelle", $"/regles/correction/{id}" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await (await host.OperatorAsync()).GetAsync(path)).Status);
            Assert.Equal(HttpStatusCode.OK, (await (await host.SignInAsync(Roles.SuperAdmin)).GetAsync(path)).Status);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await (await host.OperatorAsync()).GetAsync("/regles/inconnue/tous/tous")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await (await host.SignInAsync(Roles.SuperAdmin)).GetAsync("/regles/correction/999999")).Status);
    }

    [Fact]
    public async Task Index_OnADay_ShowsWhatHeldThen()
    {
        var staff = await host.OperatorAsync();
        Assert.Contains("Subrogation", Row(await staff.GetAsync("/regles?opco=constructys&recherche=circuit&au=2026-09-30")), StringComparison.Ordinal);
        Assert.Contains("puis Remboursement le 01/10/2026", Row(await staff.GetAsync("/regles?opco=constructys&recherche=circuit&au=2026-09-30")), StringComparison.Ordinal);
        Assert.Contains("Remboursement", Row(await staff.GetAsync("/regles?opco=constructys&recherche=circuit&au=2026-10-01")), StringComparison.Ordinal);
        Assert.Contains("Aucune règle ne correspond", (await staff.GetAsync("/regles?recherche=introuvable")).Text, StringComparison.Ordinal);
        var csv = await staff.Client.GetAsync(new Uri("/regles?handler=Csv&opco=constructys", UriKind.Relative));
        Assert.Equal("text/csv", csv.Content.Headers.ContentType!.MediaType);
        Assert.Contains("paiement.circuit;Constructys;", await csv.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        static string Row(HtmlPage page) => Regex.Replace(WebUtility.HtmlDecode(Regex.Replace(Regex.Match(page.Html, "<tbody>.*?</tbody>", RegexOptions.Singleline).Value, "<[^>]+>", " ")), "\\s+", " ");
    }

    [Fact]
    public async Task NewValue_SeenFirst_ThenSaved_CorrectedAndTakenBack_LeavesItsTrace()
    {
        var dossier = await host.CreateDossierAsync(startInDays: 400);
        var from = dossier.StartDate.AddDays(-5);
        var owner = await host.SignInAsync(Roles.ResponsableProcedures);
        const string address = "/regles/depot.delai-jours/atlas/tous";
        const string create = "/regles/nouvelle?regle=depot.delai-jours&opco=atlas&type=*";
        var form = await owner.GetAsync(create);
        Assert.Contains("Aujourd’hui : 1 jour", form.Text.Replace('\u00A0', ' '), StringComparison.Ordinal);
        var fields = new Dictionary<string, string> { ["Form.Valeur"] = "21", ["Form.Du"] = from.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), ["Form.Source"] = "atlas.fr", ["Form.Certitude"] = "Indicative", ["Form.Motif"] = "Nouvelle page de l’OPCO" };

        var preview = await owner.PostAsync(form, "/regles/nouvelle?handler=Apercu", fields);
        Assert.Contains("1 dossier en cours suivra cette valeur", preview.Text.Replace('\u00A0', ' '), StringComparison.Ordinal);
        Assert.Contains(dossier.Numero, preview.Text, StringComparison.Ordinal);
        Assert.Equal(dossier.StartDate.AddDays(-1), (await host.DossierAsync(dossier.Id)).FilingDeadline);

        Assert.Equal(HttpStatusCode.BadRequest, (await owner.PostAsync(form, "/regles/nouvelle", new(fields) { ["Form.Motif"] = "" })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await owner.PostAsync(form, "/regles/nouvelle", new(fields) { ["Form.Valeur"] = "bientôt" })).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await owner.PostAsync(form, "/regles/nouvelle", fields)).Status);
        Assert.Equal(dossier.StartDate.AddDays(-21), (await host.DossierAsync(dossier.Id)).FilingDeadline);
        var again = await owner.PostAsync(form, "/regles/nouvelle", fields);
        Assert.Equal(HttpStatusCode.BadRequest, again.Status);
        Assert.Contains("commence déjà le " + Fr.Date(from), again.Text, StringComparison.Ordinal);

        var id = await IdAsync();
        var correction = await owner.GetAsync($"/regles/correction/{id}");
        Assert.Equal(HttpStatusCode.Redirect, (await owner.PostAsync(correction, $"/regles/correction/{id}", new(fields) { ["Form.Valeur"] = "20", ["Form.Motif"] = "Faute de frappe" })).Status);
        Assert.Equal(dossier.StartDate.AddDays(-20), (await host.DossierAsync(dossier.Id)).FilingDeadline);
        var rule = await owner.GetAsync(address);
        Assert.Contains("Faute de frappe", rule.Text, StringComparison.Ordinal);
        Assert.Contains("<s>21", rule.Html, StringComparison.Ordinal);

        // An operator who knows the address cannot.
        var worker = await host.OperatorAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await worker.PostAsync(await worker.GetAsync(address), $"{address}?handler=Retirer&id={await IdAsync()}", new() { ["motif"] = "non" })).Status);
        await owner.PostAsync(rule, $"{address}?handler=Retirer&id={await IdAsync()}", new() { ["motif"] = "Décision annulée" });
        Assert.Equal(dossier.StartDate.AddDays(-1), (await host.DossierAsync(dossier.Id)).FilingDeadline);
        Assert.Equal(6, await host.WithAsync((MonOpcoDbContext x) => x.AuditEntries.CountAsync(a => a.Subject == "rule" && a.SubjectId == "depot.delai-jours|atlas|*")));

        Task<long> IdAsync() => host.WithAsync((MonOpcoDbContext x) => x.Rules.Where(r => r.Code == "depot.delai-jours" && r.Scope == "atlas" && r.ValidFrom == from && r.WithdrawnAt == null).Select(r => r.Id).SingleAsync());
    }
}
