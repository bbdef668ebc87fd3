using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Host.Tests.Procedures;

/// <summary>The list, copies, files, deletion, « who uses », moves of running instances.</summary>
[Collection(ProcedureTests.Name)]
public sealed class ProcedurePagesTests(ProceduresFixture host)
{
    [Fact]
    public async Task List_FilteredByStateLabelAndText_IsItsAddress()
    {
        var person = await host.OwnerAsync();
        var (word, label) = ($"Mot{Guid.NewGuid():N}", $"étiquette-{Guid.NewGuid():N}"[..20]);
        var (draft, published) = (await person.CreateAsync(word + " un"), await person.PublishedAsync(word + " deux"));
        Assert.Equal(HttpStatusCode.Redirect, (await person.PostAsync($"/procedures/{published}", "Etiquettes", new() { ["Etiquettes"] = $" {label}, pdc ,{label}" })).Status);

        async Task<string> NamesAsync(string query)
        {
            var html = (await person.GetAsync("/procedures?" + query)).Html;
            return string.Join(',', new[] { (Id: draft, Name: "un"), (Id: published, Name: "deux") }.Where(x => html.Contains($"href=\"/procedures/{x.Id}\"", StringComparison.Ordinal)).Select(x => x.Name));
        }

        Assert.Equal("un,deux", await NamesAsync("recherche=" + word));
        Assert.Equal("deux", await NamesAsync($"recherche={word}&etat=publiee"));
        Assert.Equal("un", await NamesAsync($"recherche={word}&etat=non-publiee"));
        Assert.Equal("deux", await NamesAsync("etiquette=" + Uri.EscapeDataString(label)));
        Assert.Contains("Aucune procédure ne correspond", (await person.GetAsync("/procedures?recherche=introuvable-" + word)).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await person.PostAsync("/procedures", "Creer", [])).Status);
    }

    [Fact]
    public async Task List_RunningInstances_CountedPerProcedureAndVersion()
    {
        var person = await host.OwnerAsync();
        var id = await WaitingAsync(person);
        await StartAsync(id);
        await RenameWaitAsync(person, id, "Attendre encore");
        await StartAsync(id);
        Assert.Contains("2 exécutions en cours", (await person.GetAsync($"/procedures/{id}")).Text.Replace('\u00A0', ' '), StringComparison.Ordinal);
        Assert.Matches(">2<span class=\"visually-hidden\"> instances en cours de", (await person.GetAsync("/procedures?recherche=" + id)).Html);
    }

    [Fact]
    public async Task Copy_HasItsOwnLife()
    {
        var person = await host.OwnerAsync();
        var id = await person.PublishedAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await person.PostAsync($"/procedures/{id}", "Copier", new() { ["NomCopie"] = " " })).Status);
        var made = await person.PostAsync($"/procedures/{id}", "Copier", new() { ["NomCopie"] = "Copie d’été n° 1" });
        var copy = made.Location!.Split('/')[^1];
        Assert.StartsWith("copie-d-ete-n-1", copy, StringComparison.Ordinal);
        Assert.Equal("Copie d’été n° 1", (await host.LatestAsync(copy)).Name);
        Assert.Null(await host.PublishedAsync(copy));
        Assert.Equal(("Copied", id), ((await host.AuditAsync(copy))[0].Action, (await host.AuditAsync(copy))[0].NewValues!["from"]!.ToString()));
    }

    [Fact]
    public async Task Delete_TypedByName_RefusedWhileItRunsOrIsUsed()
    {
        var person = await host.OwnerAsync();
        var (used, name) = (await person.PublishedAsync(), "");
        name = (await host.LatestAsync(used)).Name;
        var parent = await person.CreateAsync();
        var model = await person.OpenAsync(parent);
        model["root"]!["activities"]!.AsArray().Add(new JsonObject
        {
            ["id"] = "appel",
            ["name"] = "appel",
            ["type"] = "Elsa.ExecuteWorkflow",
            ["version"] = 1,
            ["metadata"] = new JsonObject { ["displayText"] = "Appeler l’autre" },
            ["workflowDefinitionId"] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = used } },
        });
        Assert.Equal(HttpStatusCode.OK, (await person.SaveAsync(model)).Status);

        Assert.Contains("Écrivez exactement", (await person.PostAsync($"/procedures/{used}", "Supprimer", new() { ["Confirmation"] = "autre chose" })).Text, StringComparison.Ordinal);
        var refused = await person.PostAsync($"/procedures/{used}", "Supprimer", new() { ["Confirmation"] = name });
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("est utilisée par", refused.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Conflict, (await person.SendAsync(HttpMethod.Delete, $"/elsa/api/workflow-definitions/{used}")).Status);
        var uses = await person.GetAsync($"/procedures/utilisations?genre=procedure&valeur={used}");
        Assert.Contains("Appeler l’autre", uses.Text, StringComparison.Ordinal);

        var running = await WaitingAsync(person);
        await StartAsync(running);
        Assert.Contains("suit encore cette procédure", (await person.PostAsync($"/procedures/{running}", "Supprimer", new() { ["Confirmation"] = (await host.LatestAsync(running)).Name })).Text, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Redirect, (await person.PostAsync($"/procedures/{parent}", "Supprimer", new() { ["Confirmation"] = (await host.LatestAsync(parent)).Name })).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await person.PostAsync($"/procedures/{used}", "Supprimer", new() { ["Confirmation"] = name })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await person.GetAsync($"/procedures/{used}")).Status);
        Assert.Equal("Deleted", (await host.AuditAsync(used))[^1].Action);
    }

    [Fact]
    public async Task Files_ZipOfSeveral_ComesBackAsDrafts()
    {
        var person = await host.OwnerAsync();
        var (one, two) = (await person.CreateAsync(), await person.PublishedAsync());
        var bytes = await person.Browser.Client.GetByteArrayAsync(new Uri($"/procedures/archive?id={one}&id={two}", UriKind.Relative));
        using var archive = new ZipArchive(new MemoryStream(bytes));
        Assert.Equal(new[] { one + ".json", two + ".json" }.Order(), archive.Entries.Select(entry => entry.FullName).Order());

        // Untouched files change nothing; a changed one is the next version.
        Assert.Equal(HttpStatusCode.Redirect, (await UploadAsync(person, "procedures.zip", bytes)).Status);
        Assert.Equal((1, 1), ((await host.LatestAsync(one)).Version, (await host.LatestAsync(two)).Version));
        var file = JsonNode.Parse(await person.Browser.Client.GetStringAsync(new Uri($"/procedures/{two}/fichier", UriKind.Relative)))!.AsObject();
        file["description"] = "du fichier";
        Assert.Equal(HttpStatusCode.Redirect, (await UploadAsync(person, "un.json", Encoding.UTF8.GetBytes(file.ToJsonString()))).Status);
        Assert.Equal((2, "du fichier"), ((await host.LatestAsync(two)).Version, (await host.LatestAsync(two)).Description));
        Assert.Equal("Imported", (await host.AuditAsync(two))[^1].Action);

        foreach (var (name, content, says) in new[] { ("x.json", "[1", "n’est pas une procédure"), ("x.zip", "rien", "n’est pas une archive"), ("x.json", """{ "definitionId": "x", "name": "X", "root": { "id": "r", "type": "Elsa.Inconnue", "version": 1 } }""", "Elsa.Inconnue") })
        {
            var refused = await UploadAsync(person, name, Encoding.UTF8.GetBytes(content));
            Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
            Assert.Contains(says, refused.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("modele", "convention-bilan", "Dossier de bilan", true)]
    [InlineData("activite", "MonOPCO.SendMail", "Dossier de bilan", true)]
    [InlineData("texte", "valider-demande", "Dossier de bilan", true)]
    [InlineData("texte", "introuvable-nulle-part", "Aucune utilisation", false)]
    public async Task Usage_OfTheSeeds_IsFound(string kind, string value, string says, bool found)
    {
        var page = await (await host.OwnerAsync()).GetAsync($"/procedures/utilisations?genre={kind}&valeur={value}");
        Assert.Contains(says, page.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(found, page.Html.Contains("<tbody>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Compare_PublishedAgainstDraft_IsToldInWords()
    {
        var person = await host.OwnerAsync();
        var id = await person.PublishedAsync();
        await person.ChangeAsync(id);
        foreach (var url in new[] { $"/procedures/{id}/comparer", $"/procedures/{id}/comparer?de=1&a=2", $"/procedures/{id}/publier" })
        {
            Assert.Contains("« Écrire une ligne » (Écrire une ligne) est ajoutée.", (await person.GetAsync(url)).Text, StringComparison.Ordinal);
        }

        Assert.Contains("est retirée", (await person.GetAsync($"/procedures/{id}/comparer?de=2&a=1")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migration_PreviewedDoneAndUndone_NotWhereSomethingHappenedSince()
    {
        var person = await host.OwnerAsync();
        var id = await WaitingAsync(person);
        var (first, second) = (await StartAsync(id), await StartAsync(id));
        await RenameWaitAsync(person, id, "Attendre encore");
        var url = $"/procedures/{id}/migration?de=1&vers=2";

        var preview = await person.GetAsync(url);
        Assert.Contains("2 exécutions peuvent passer de la version 1 à la version 2", preview.Text.Replace('\u00A0', ' '), StringComparison.Ordinal);
        Assert.Equal(1, (await InstanceAsync(first)).Version);
        Assert.Equal(HttpStatusCode.BadRequest, (await person.Browser.PostAsync(preview, url, [], "Migrer")).Status);
        var before = await InstanceAsync(first);
        Assert.Equal(HttpStatusCode.Redirect, (await person.Browser.PostAsync(preview, url, new() { ["Motif"] = "Réforme" }, "Migrer")).Status);
        Assert.Equal((2, 2), ((await InstanceAsync(first)).Version, (await InstanceAsync(second)).Version));

        // One goes on; the other may still come back.
        await host.WithAsync(async (WorkflowRuntime x) => await x.SetVariablesAsync(second, [], "essai"));
        await host.WithAsync(async (WorkflowRuntime x) => await x.PublishAsync(new PublishedStimulus(Guid.NewGuid(), "event", id, null, second, null), "essai") is null);
        Assert.Equal(InstanceStatus.Finished, (await InstanceAsync(second)).Status);
        var done = await person.GetAsync($"/procedures/{id}/migration");
        var batch = System.Text.RegularExpressions.Regex.Match(done.Html, "lot=([0-9a-f-]{36})").Groups[1].Value;
        Assert.Equal(HttpStatusCode.Redirect, (await person.Browser.PostAsync(done, $"/procedures/{id}/migration?lot={batch}", [], "Annuler")).Status);
        var after = await InstanceAsync(first);
        Assert.Equal((1, 2), (after.Version, (await InstanceAsync(second)).Version));
        Assert.Equal(before.DefinitionVersionId, after.DefinitionVersionId);
        var (was, now) = ((JsonObject)before.State.DeepClone(), (JsonObject)after.State.DeepClone());
        was.Remove("s");
        now.Remove("s");
        Assert.True(JsonNode.DeepEquals(was, now));
        Assert.Contains("s’est terminée depuis", (await person.GetAsync($"/procedures/{id}/migration")).Text, StringComparison.Ordinal);
        Assert.Equal(new[] { "InstancesMigrated", "MigrationUndone" }, (await host.AuditAsync(id)).Select(entry => entry.Action).Where(action => action.StartsWith("Inst", StringComparison.Ordinal) || action.StartsWith("Migr", StringComparison.Ordinal)));

        // Back on version 1 it runs to its end.
        await host.WithAsync(async (WorkflowRuntime x) => await x.PublishAsync(new PublishedStimulus(Guid.NewGuid(), "event", id, null, first, null), "essai") is null);
        Assert.Equal((InstanceStatus.Finished, 1), ((await InstanceAsync(first)).Status, (await InstanceAsync(first)).Version));
    }

    /// <summary>More than the page looks at while it is made: they are looked at apart, moved and taken back by the same worker, any number of them.</summary>
    [Fact]
    public async Task Migration_OfMoreThanOnePageLooksAt_IsLookedAtMovedAndUndone()
    {
        var person = await host.OwnerAsync();
        var id = await WaitingAsync(person);
        var first = await StartAsync(id);
        await RenameWaitAsync(person, id, "Attendre encore");

        // Copies of one that the runtime has made: making each would take minutes.
        await host.SqlAsync($"insert into workflow_instances select (jsonb_populate_record(null::workflow_instances, to_jsonb(i) || jsonb_build_object('id', gen_random_uuid()))).* from workflow_instances i, generate_series(1, 520) where i.id = '{first}'");
        var url = $"/procedures/{id}/migration?de=1&vers=2";
        var page = await person.GetAsync(url);
        Assert.Contains("521 exécutions en cours suivent la version 1", Plain(page), StringComparison.Ordinal);
        Assert.DoesNotContain("Pourquoi ?", page.Text, StringComparison.Ordinal);
        await person.Browser.PostAsync(page, url, [], "Examiner");
        page = await FinishedAsync();
        Assert.Contains("521 exécutions peuvent passer de la version 1 à la version 2", Plain(page), StringComparison.Ordinal);
        await person.Browser.PostAsync(page, url, new() { ["Motif"] = "Réforme" }, "Migrer");
        page = await FinishedAsync();
        Assert.Contains("521 exécutions, de la version 1 à la version 2", Plain(page), StringComparison.Ordinal);
        Assert.Equal(2, (await InstanceAsync(first)).Version);
        var batch = System.Text.RegularExpressions.Regex.Match(page.Html, "lot=([0-9a-f-]{36})").Groups[1].Value;
        await person.Browser.PostAsync(page, $"/procedures/{id}/migration?lot={batch}", [], "Annuler");
        page = await FinishedAsync();
        Assert.Contains("521 revenue(s)", Plain(page), StringComparison.Ordinal);
        Assert.Equal(1, (await InstanceAsync(first)).Version);
        Assert.Equal(["InstancesMigrated", "MigrationUndone"], (await host.AuditAsync(id)).Select(entry => entry.Action).Where(action => action is "InstancesMigrated" or "MigrationUndone"));

        // The click works on it for some seconds; then workers do.
        async Task<HtmlPage> FinishedAsync()
        {
            while (await host.WithAsync((BulkMigrations x) => x.WorkAsync(null, TimeSpan.FromSeconds(30), default)))
            {
            }

            return await person.GetAsync(url);
        }

        static string Plain(HtmlPage page) => page.Text.Replace('\u00A0', ' ').Replace('\u202F', ' ');
    }

    [Fact]
    public async Task Migration_StepThatIsGone_SaysWhoCannotAndWhy()
    {
        var person = await host.OwnerAsync();
        var id = await WaitingAsync(person);
        await StartAsync(id);
        var model = await person.OpenAsync(id);
        var activities = model["root"]!["activities"]!.AsArray();
        activities.Remove(activities.Single(x => x!["id"]!.ToString() == "attente"));
        model["root"]!["connections"] = new JsonArray(new JsonObject { ["source"] = new JsonObject { ["activity"] = "debut", ["port"] = "Done" }, ["target"] = new JsonObject { ["activity"] = "fin", ["port"] = "In" } });
        var saved = await person.SaveAsync(model, publish: true);
        Assert.True(saved.Status == HttpStatusCode.OK, saved.Text);
        var page = await person.GetAsync($"/procedures/{id}/migration?de=1&vers=2");
        Assert.Contains("1 exécution ne peut pas passer", page.Text.Replace('\u00A0', ' '), StringComparison.Ordinal);
        Assert.Contains("« Attendre » n’existe pas dans la version 2", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Migrer 1", page.Text.Replace('\u00A0', ' '), StringComparison.Ordinal);
    }

    /// <summary>A published procedure that waits for the event of its own name.</summary>
    private static async Task<string> WaitingAsync(Person person)
    {
        var id = await person.CreateAsync();
        var model = await person.OpenAsync(id);
        model["root"]!["activities"]!.AsArray().Add(new JsonObject
        {
            ["id"] = "attente",
            ["name"] = "attente",
            ["type"] = "Elsa.Event",
            ["version"] = 1,
            ["metadata"] = new JsonObject { ["displayText"] = "Attendre" },
            ["eventName"] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = id } },
        });
        model["root"]!["connections"]!.AsArray()[0]!["target"]!["activity"] = "attente";
        model["root"]!["connections"]!.AsArray().Add(new JsonObject { ["source"] = new JsonObject { ["activity"] = "attente", ["port"] = "Done" }, ["target"] = new JsonObject { ["activity"] = "fin", ["port"] = "In" } });
        var saved = await person.SaveAsync(model, publish: true);
        Assert.True(saved.Status == HttpStatusCode.OK, saved.Text);
        return id;
    }

    private static async Task RenameWaitAsync(Person person, string id, string title)
    {
        var model = await person.OpenAsync(id);
        model["root"]!["activities"]!.AsArray().Single(x => x!["id"]!.ToString() == "attente")!["metadata"]!["displayText"] = title;
        Assert.Equal(HttpStatusCode.OK, (await person.SaveAsync(model, publish: true)).Status);
    }

    private async Task<Guid> StartAsync(string id) => (await host.WithAsync((WorkflowRuntime x) => x.StartAsync(new StartWorkflow(id)))).Instance.Id;

    private async Task<WorkflowInstance> InstanceAsync(Guid id) => (await host.WithAsync((IWorkflowReads x) => x.FindInstanceAsync(id, default)))!;

    private static async Task<HtmlPage> UploadAsync(Person person, string name, byte[] bytes)
    {
        var page = await person.GetAsync("/procedures/importer");
        using var content = new MultipartFormDataContent();
        foreach (var (key, value) in page.HiddenFields)
        {
            content.Add(new StringContent(value), key);
        }

        var file = new ByteArrayContent(bytes);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Add(file, "Fichiers", name);
        return await HtmlPage.ReadAsync(await person.Browser.Client.PostAsync(new Uri("/procedures/importer", UriKind.Relative), content));
    }
}
