using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MonOPCO.Domain.Users;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Workflows.Procedures;

namespace MonOPCO.Host.Tests.Instances;

/// <summary>What an operator does to an instance that met an incident, by page and by API.</summary>
public sealed class ExecutionTests(ConsoleFixture host) : IClassFixture<ConsoleFixture>
{
    [Fact]
    public async Task Get_Company_Forbidden() =>
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(Roles.Entreprise)).GetAsync($"/instances/{Guid.NewGuid()}")).Status);

    [Fact]
    public async Task Get_Unknown_NotFound() =>
        Assert.Equal(HttpStatusCode.NotFound, (await (await host.SignInAsync(Roles.ResponsableProcedures)).GetAsync($"/instances/{Guid.NewGuid()}")).Status);

    [Fact]
    public async Task Operator_SeesTheIncident_AndMayNotAct()
    {
        var (id, _) = await StoppedAsync();
        var browser = await host.OperatorAsync();
        var page = await browser.GetAsync($"/instances/{id}");
        Assert.Contains("en panne", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Relancer", page.Text, StringComparison.Ordinal);
        var incident = Assert.Single(InstanceStateView.Incidents(await FindAsync(id)));
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Client.PostAsJsonAsync(new Uri($"/api/v1/instances/{id}/incidents/{incident.ExecutionId}/retry", UriKind.Relative), new JsonObject())).StatusCode);
        Assert.Single(InstanceStateView.Incidents(await FindAsync(id)));
    }

    [Fact]
    public async Task Skip_FromThePage_GoesOn()
    {
        var (id, _) = await StoppedAsync();
        var browser = await host.SignInAsync(Roles.ResponsableProcedures);
        var page = await browser.GetAsync($"/instances/{id}");
        var incident = Assert.Single(InstanceStateView.Incidents(await FindAsync(id)));
        var answer = await browser.PostAsync(page, $"/instances/{id}?handler=Passer&etape={incident.ExecutionId}", new() { ["Issue"] = "Done" });
        Assert.Equal(HttpStatusCode.Redirect, answer.Status);
        var instance = await FindAsync(id);
        Assert.Equal((InstanceSubStatus.Finished, "fini"), (instance.SubStatus, instance.Name));
    }

    [Fact]
    public async Task Variables_EditedAndResumed_TheStepSucceeds()
    {
        var (id, _) = await StoppedAsync();
        var browser = await host.SignInAsync(Roles.ResponsableProcedures);
        var page = await browser.GetAsync($"/instances/{id}");
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync(page, $"/instances/{id}?handler=Variables", new() { ["Valeurs"] = "[1" })).Status);
        await browser.PostAsync(page, $"/instances/{id}?handler=Variables", new() { ["Valeurs"] = """{ "Etat": "bon" }""", ["reprendre"] = "true" });
        Assert.Equal((InstanceSubStatus.Finished, "fini"), ((await FindAsync(id)).SubStatus, (await FindAsync(id)).Name));
    }

    /// <summary>Values are data of dossiers: only who may see them does, by page, by Studio's API and by whatever it answers; the others see names and steps.</summary>
    [Theory]
    [InlineData(Roles.Operateur, true, true)]
    [InlineData(Roles.SuperAdmin, true, true)]
    [InlineData(Roles.ResponsableProcedures, false, true)]
    [InlineData(Roles.Comptable, false, false)]
    [InlineData(Roles.Auditeur, false, false)]
    public async Task Values_PerRole_ShownOrMasked(string role, bool values, bool reasons)
    {
        var (id, _) = await StoppedAsync();
        var browser = await host.SignInAsync(role);
        var runs = await browser.GetAsync($"/elsa/api/activity-executions/list?workflowInstanceId={id}");
        var run = JsonNode.Parse(runs.Html)!["items"]!.AsArray().Single(r => r!["activityId"]!.ToString() == "ecrire")!["id"]!.ToString();
        foreach (var path in new[] { $"workflow-instances/{id}/variables", $"workflow-instances/{id}/journal", $"activity-executions/list?workflowInstanceId={id}", $"activity-execution-summaries/list?workflowInstanceId={id}", $"activity-executions/by-id?id={run}", $"activity-executions/{run}/call-stack", $"workflow-instances/{id}" })
        {
            var answer = await browser.GetAsync("/elsa/api/" + path);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.Equal((path, values), (path, answer.Html.Contains("secret-4", StringComparison.Ordinal)));
        }

        var whole = await browser.GetAsync($"/elsa/api/workflow-instances/{id}");
        Assert.Contains("\"Salarie\"", whole.Html, StringComparison.Ordinal);
        Assert.Equal(reasons, whole.Html.Contains("en panne", StringComparison.Ordinal));
        var page = await browser.GetAsync($"/instances/{id}");
        Assert.Equal((values, reasons), (page.Text.Contains("secret-4", StringComparison.Ordinal), page.Text.Contains("en panne", StringComparison.Ordinal)));
        Assert.Contains("Salarie", page.Text, StringComparison.Ordinal);
        Assert.Equal(!values, page.Text.Contains("Les valeurs sont des données de dossiers", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Variables_EditedByWhoSeesNone_MaskedOnesKeepTheirValue()
    {
        var (id, _) = await StoppedAsync();
        var browser = await host.SignInAsync(Roles.ResponsableProcedures);
        await browser.PostAsync(await browser.GetAsync($"/instances/{id}"), $"/instances/{id}?handler=Variables", new() { ["Valeurs"] = """{ "Etat": "•••", "Autre": "neuf" }""" });
        var variables = JsonNode.Parse((await (await host.OperatorAsync()).GetAsync($"/elsa/api/workflow-instances/{id}/variables")).Html)!["items"]!.AsArray();
        Assert.Equal(["secret-42", "neuf"], variables.Select(v => v!["value"]!.ToString()));
    }

    [Fact]
    public async Task Api_ChangesVariablesAndResumes_PreviewsAMigration_AndAnswers409WhenItIsOver()
    {
        var (id, definitionId) = await StoppedAsync();
        var target = await PublishAsync(definitionId, "autre");
        var client = (await host.SignInAsync(Roles.ResponsableProcedures)).Client;
        async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpMethod method, string path, JsonObject body)
        {
            using var request = new HttpRequestMessage(method, new Uri("/api/v1/instances/" + path, UriKind.Relative)) { Content = JsonContent.Create(body) };
            request.Headers.Add("Origin", client.BaseAddress!.GetLeftPart(UriPartial.Authority));
            using var answer = await client.SendAsync(request);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }

        var preview = await SendAsync(HttpMethod.Post, "migration", new() { ["instanceIds"] = new JsonArray(id.ToString()), ["versionId"] = target.Id, ["preview"] = true });
        Assert.Equal(HttpStatusCode.OK, preview.Status);
        Assert.Contains("\"isPossible\":true", preview.Body, StringComparison.Ordinal);
        Assert.Equal(1, (await FindAsync(id)).Version);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Put, $"{id}/variables", [])).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Put, $"{id}/variables", new() { ["values"] = new JsonObject { ["Etat"] = "bon" }, ["resume"] = true })).Status);
        Assert.Equal("fini", (await FindAsync(id)).Name);
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(HttpMethod.Post, $"{id}/cancel", [])).Status);
    }

    [Fact]
    public async Task Cancel_WithItsReason_IsJournalled()
    {
        var (id, _) = await StoppedAsync();
        var browser = await host.SignInAsync(Roles.ResponsableProcedures);
        await browser.PostAsync(await browser.GetAsync($"/instances/{id}"), $"/instances/{id}?handler=Annuler", new() { ["Motif"] = "Doublon" });
        Assert.Equal(InstanceSubStatus.Cancelled, (await FindAsync(id)).SubStatus);
    }

    [Fact]
    public async Task Migration_PreviewedThenDoneForAll_ChangesTheVersion()
    {
        var (first, definitionId) = await StoppedAsync();
        var second = (await host.WithAsync((WorkflowRuntime x) => x.StartAsync(new StartWorkflow(definitionId)))).Instance.Id;
        var target = await PublishAsync(definitionId, "migré");
        var browser = await host.SignInAsync(Roles.ResponsableProcedures);
        var page = await browser.GetAsync($"/instances/{first}");
        var form = new Dictionary<string, string> { ["Version"] = target.Id, ["Toutes"] = "true" };
        var preview = await browser.PostAsync(page, $"/instances/{first}?handler=Apercu", form);
        Assert.Contains("2 exécution(s) sur 2 peuvent passer", preview.Text, StringComparison.Ordinal);
        Assert.Equal(1, (await FindAsync(first)).Version);
        await browser.PostAsync(page, $"/instances/{first}?handler=Migrer", form);
        Assert.Equal((2, 2), ((await FindAsync(first)).Version, (await FindAsync(second)).Version));

        // One alone, from its page and by program: each move is kept with what it takes to come back.
        var third = await PublishAsync(definitionId, "migré encore");
        await browser.PostAsync(page, $"/instances/{first}?handler=Migrer", new() { ["Version"] = third.Id });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/v1/instances/migration", UriKind.Relative))
        {
            Content = JsonContent.Create(new JsonObject { ["instanceIds"] = new JsonArray(second.ToString()), ["versionId"] = third.Id }),
        };
        request.Headers.Add("Origin", browser.Client.BaseAddress!.GetLeftPart(UriPartial.Authority));
        using var answer = await browser.Client.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, 3, 3), (answer.StatusCode, (await FindAsync(first)).Version, (await FindAsync(second)).Version));
        var batches = await host.WithAsync((Migrations x) => x.BatchesAsync(definitionId, default));
        Assert.Equal((4, 0), (batches.Sum(b => b.Count), batches.Sum(b => b.Undone)));
    }

    /// <summary>An instance parked at a step that fails while the variable Etat is not « bon ».</summary>
    private async Task<(Guid Id, string DefinitionId)> StoppedAsync()
    {
        var definitionId = "essai-" + Guid.NewGuid().ToString("N");
        await PublishAsync(definitionId, "fini");
        var id = (await host.WithAsync((WorkflowRuntime x) => x.StartAsync(new StartWorkflow(definitionId) { Input = new JsonObject { ["Salarie"] = "secret-43" } }))).Instance.Id;
        Assert.Single(InstanceStateView.Incidents(await FindAsync(id)));
        return (id, definitionId);
    }

    private Task<DefinitionVersion> PublishAsync(string definitionId, string last) => host.WithAsync(async (DefinitionStore store) =>
    {
        var json = $$"""
            { "name": "Essai", "options": { "incidentStrategyType": "Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy" },
              "variables": [ { "id": "v", "name": "Etat", "typeName": "String", "value": "secret-42" }, { "id": "w", "name": "Autre", "typeName": "String", "value": "ancien" } ],
              "inputs": [ { "name": "Salarie", "type": "String" } ],
              "root": { "id": "flow", "type": "Elsa.Flowchart", "version": 1,
                "activities": [
                  { "id": "ecrire", "name": "ecrire", "type": "Elsa.WriteLine", "version": 1, "text": { "typeName": "String", "expression": { "type": "JavaScript", "value": "getVariable('Etat')" } } },
                  { "id": "essai", "name": "essai", "type": "Elsa.RunJavaScript", "version": 1, "script": { "typeName": "String", "expression": { "type": "Literal", "value": "if (getVariable('Etat') !== 'bon') { throw new Error('en panne'); }" } } },
                  { "id": "fin", "type": "Elsa.SetName", "version": 1, "value": { "typeName": "String", "expression": { "type": "Literal", "value": "{{last}}" } } } ],
                "connections": [ { "source": { "activity": "ecrire", "port": "Done" }, "target": { "activity": "essai", "port": "In" } }, { "source": { "activity": "essai", "port": "Done" }, "target": { "activity": "fin", "port": "In" } } ] } }
            """;
        await store.SaveDraftAsync(new SaveDraft(definitionId, json) { Name = "Essai" });
        return await store.PublishAsync(definitionId, "test");
    });

    private async Task<WorkflowInstance> FindAsync(Guid id) => (await host.WithAsync((IWorkflowReads x) => x.FindInstanceAsync(id, default)))!;
}
