using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Host.Tests.Plans;

/// <summary>The map of a procedure: for every member of staff, drawn and written, with the times of the journal or the way of one dossier.</summary>
public sealed class PlanTests(ConsoleFixture host) : IClassFixture<ConsoleFixture>
{
    private const string Url = "/procedures/dossier-bilan-pdc/plan";

    [Fact]
    public async Task Get_CompanyOrVisitor_IsRefused_UnknownIsNotFound()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(Roles.Entreprise)).GetAsync(Url)).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await host.Visitor().GetAsync(Url)).Status);
        var staff = await host.SignInAsync(Roles.Comptable);
        Assert.Equal(HttpStatusCode.NotFound, (await staff.GetAsync("/procedures/inconnue/plan")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await staff.GetAsync(Url + "?version=99")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await staff.GetAsync($"{Url}?instance={Guid.NewGuid()}")).Status);
    }

    [Fact]
    public async Task Get_WithoutDesignerRights_ShowsEveryStep_InTheDrawingAndInTheList()
    {
        var page = await (await host.SignInAsync(Roles.Auditeur)).GetAsync(Url);
        var activities = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "workflows", "dossier-bilan-pdc.json")))!["root"]!["activities"]!.AsArray();
        Assert.Equal(activities.Count, Regex.Count(page.Html, "<g class=\"mo-plan-node "));
        Assert.All(activities, x => Assert.NotNull(page.TagById("etape-" + x!["id"])));
        Assert.DoesNotContain("/designer/", page.Html[page.Html.IndexOf("<main", StringComparison.Ordinal)..], StringComparison.Ordinal);

        // Each drawing has a name and says where its text is; outcomes have their French names; who acts is written.
        Assert.All(Regex.Matches(page.Html, "<svg class=\"mo-plan\"[^>]*aria-labelledby=\"(\\S+) (\\S+)\"").Select(x => x), x => Assert.True(page.TagById(x.Groups[1].Value) is not null && page.TagById(x.Groups[2].Value) is not null));
        Assert.Contains("À compléter", page.Text, StringComparison.Ordinal);
        Assert.Contains("(Tâche d’une personne, Entreprise)", page.Text, StringComparison.Ordinal);
        Assert.Contains("(Action vers l’extérieur, Robot)", page.Text, StringComparison.Ordinal);
        Assert.Equal(activities.Count, Regex.Count((await (await host.SignInAsync(Roles.Auditeur)).GetAsync(Url + "?vue=entier")).Html, "<g class=\"mo-plan-node "));
    }

    [Fact]
    public async Task Get_AfterPassages_WritesTimesShareAndWhoStandsThere_AndExportsThem()
    {
        var dossier = await host.CreateDossierAsync();
        var task = await host.StartAtAsync(dossier, "valider");
        var definition = (await FindAsync(dossier.Id)).DefinitionId;
        host.Clock.Advance(TimeSpan.FromHours(3));
        var worker = await host.OperatorAsync();
        await host.WithAsync(async (Activities.Tasks.TaskDesk x) =>
        {
            await x.CompleteAsync(task.Id, new CompleteTask("Refuser", null, JsonNode.Parse("""{ "motif": "incomplet", "comment": "secret-77" }""")!.AsObject()), host.Change(), null, CancellationToken.None);
            return 0;
        });
        Assert.True(await host.Services.GetRequiredService<PassageCounter>().RunAsync(default));

        var page = await worker.GetAsync($"/procedures/{definition}/plan?tri=mediane");
        Assert.Contains("Court : 3 h", page.Text.Replace('\u00A0', ' '), StringComparison.Ordinal);
        Assert.Contains("Refuser 100 %", page.Text.Replace('\u00A0', ' '), StringComparison.Ordinal);
        Assert.Contains("aria-sort=\"descending\"", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-77", page.Html, StringComparison.Ordinal);

        var csv = await (await worker.Client.GetAsync(new Uri($"/procedures/{definition}/plan?handler=Csv&tri=mediane", UriKind.Relative))).Content.ReadAsStringAsync();
        var first = csv.Split("\r\n")[1].Split(';');
        Assert.Equal(("Valider la demande", "Opérateur", "1"), (first[0], first[2], first[3]));
        Assert.InRange(int.Parse(first[4], System.Globalization.CultureInfo.InvariantCulture), 3 * 3600 * 0.95, 3 * 3600 * 1.05);

        var later = host.Clock.GetUtcNow().AddDays(2).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        Assert.DoesNotContain("Court : 3 h", (await worker.GetAsync($"/procedures/{definition}/plan?depuis={later}")).Text.Replace('\u00A0', ' '), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_OfOneInstance_ShowsItsWayAndWhereItStands_WithoutItsValues()
    {
        var dossier = await host.CreateDossierAsync();
        await host.StartAtAsync(dossier, "valider");
        var instance = await FindAsync(dossier.Id);
        var worker = await host.OperatorAsync();
        var page = await worker.GetAsync($"/procedures/{instance.DefinitionId}/plan?instance={instance.Id}");
        Assert.Contains("Chemin du dossier " + dossier.Numero, page.Text, StringComparison.Ordinal);
        Assert.Equal(1, Regex.Count(page.Html, "mo-plan-node [^\"]*mo-plan-here"));
        Assert.Contains("Valider la demande (Tâche d’une personne, Opérateur) Le dossier est ici", page.Text, StringComparison.Ordinal);
        Assert.Contains("Demande reçue (Début, MonOPCO) Passé une fois", page.Text, StringComparison.Ordinal);
        Assert.Contains("mo-plan-walked", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("lea.petit@atelier.fr", page.Html, StringComparison.Ordinal);
        Assert.Contains($"/plan?instance={instance.Id}", (await worker.GetAsync($"/dossiers/{dossier.Numero}")).Html, StringComparison.Ordinal);

        // Another procedure's address shows nothing of it.
        Assert.Equal(HttpStatusCode.NotFound, (await worker.GetAsync($"{Url}?instance={instance.Id}")).Status);
    }

    /// <summary>A name is text, also inside a drawing.</summary>
    [Fact]
    public async Task Get_NamesFromADefinition_AreEscaped_AndADraftCanBeLookedAt()
    {
        var definition = $"essai-{Guid.NewGuid():N}";
        await host.Services.GetRequiredService<DefinitionStore>().SaveDraftAsync(new SaveDraft(definition, $$"""
            { "definitionId": "{{definition}}", "name": "Essai", "root": { "type": "Elsa.Flowchart", "id": "f", "connections": [], "activities": [
              { "id": "a\"><script>", "type": "Inconnue.Activite", "metadata": { "displayText": "<script>alert(1)</script>" } } ] } }
            """) { Name = "Essai" });
        var page = await (await host.SignInAsync(Roles.ResponsableProcedures)).GetAsync($"/procedures/{definition}/plan");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.DoesNotContain("<script>alert", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("a\"><script>", page.Html, StringComparison.Ordinal);
    }

    private async Task<Engine.Execution.WorkflowInstance> FindAsync(Guid dossierId)
    {
        var id = (await host.DossierAsync(dossierId)).WorkflowInstanceId!.Value;
        return (await host.Services.GetRequiredService<IWorkflowReads>().FindInstanceAsync(id, default))!;
    }
}
