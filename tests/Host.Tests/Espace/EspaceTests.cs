using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Tests.Demande;

namespace MonOPCO.Host.Tests.Espace;

public sealed class EspaceTests(FrontFixture host) : IClassFixture<FrontFixture>
{
    private static readonly byte[] Pdf = Encoding.ASCII.GetBytes("%PDF-1.7\n%%EOF\n");

    private ChangeContext Now => ChangeContext.System("Essai", host.Clock.GetUtcNow());

    [Fact]
    public async Task Space_OfCompany_ShowsItsDossiersAndWhatWaits()
    {
        var (browser, numero) = await host.SendRequestAsync("rh@espace.exemple.fr");
        await AskAsync(numero, new AskComplement("objectifs", "Précisez le projet."));
        var home = await browser.GetAsync("/espace");
        Assert.Contains(numero, home.Text);
        Assert.Contains("Répondre : 1\u00A0élément manque", WebUtility.HtmlDecode(home.Html));
        Assert.Contains("À vous de jouer", (await browser.GetAsync("/espace/dossiers")).Text);

        var page = await browser.GetAsync($"/espace/dossiers/{numero}");
        Assert.Contains("Précisez le projet.", page.Text);
        Assert.Contains("2\u202F400,00\u202F€", WebUtility.HtmlDecode(page.Html));
        Assert.Contains("Compléments demandés", page.Text);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/espace/dossiers/1999-00001")).Status);
    }

    [Fact]
    public async Task Dossier_OfAnotherCompany_NotFoundWithItsDocuments()
    {
        var (owner, numero) = await host.SendRequestAsync("rh@epis.exemple.fr", "99900274400012");
        var document = await AddDocumentAsync(numero, DocumentTypes.Programme);
        var (stranger, _) = await host.BeginAsync("rh@ciseaux.exemple.fr", "99901096000014");
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/espace/dossiers/{numero}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/espace/documents/{document}")).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await host.Visitor().GetAsync($"/espace/dossiers/{numero}")).Status);

        var download = await owner.Client.GetAsync($"/espace/documents/{document}");
        Assert.Equal(HttpStatusCode.OK, download.StatusCode);
        Assert.Equal("attachment", download.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("application/pdf", download.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", download.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal(Pdf, await download.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Timeline_HidesWhatIsForStaff()
    {
        var (browser, numero) = await host.SendRequestAsync("rh@proprete.exemple.fr", "99900548100018");
        var id = await IdAsync(numero);
        await host.WithAsync(async (DossierService dossiers) =>
        {
            await dossiers.AddEventAsync(id, DossierEventKinds.Note, "Note interne.", Now, CancellationToken.None, staffOnly: true);
            await dossiers.AddEventAsync(id, DossierEventKinds.Note, "Note partagée.", Now, CancellationToken.None);
            return true;
        });
        var page = await browser.GetAsync($"/espace/dossiers/{numero}");
        Assert.Contains("Note partagée.", page.Text);
        Assert.DoesNotContain("Note interne.", page.Text);
    }

    [Fact]
    public async Task Complements_TextAndFile_AnsweredInPlaceWakeTheProcedure()
    {
        var (browser, numero) = await host.SendRequestAsync("rh@maconnerie.exemple.fr", "99900685100011");
        var id = await IdAsync(numero);
        var asked = await AskAsync(numero, new AskComplement("objectifs"), new AskComplement("piece-calendrier", "Celui de l’organisme."));
        var instance = await WaitAsync("MonOPCO.WaitForComplements", id, "{}");
        var url = $"/espace/dossiers/{numero}";

        // One of two: kept, the other is still asked.
        var first = await SendAsync(browser, url, asked, ("Text", "Savoir négocier une évolution de poste."), null);
        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        var page = await browser.GetAsync(url);
        Assert.Contains("Calendrier des séances", page.Text);
        Assert.Null(page.TagById("Answers_1__File"));

        var last = await SendAsync(browser, url, [asked[1]], null, ("calendrier.pdf", Pdf));
        Assert.Equal(HttpStatusCode.Redirect, last.StatusCode);
        Assert.Contains("tout est répondu", (await browser.GetAsync(url)).Text);
        var dossier = await host.DatabaseAsync(db => db.Dossiers.SingleAsync(x => x.Id == id));
        Assert.Equal(DossierState.Brouillon, dossier.State);
        Assert.Equal(InstanceStatus.Finished, (await host.Services.GetRequiredService<IWorkflowReads>().FindInstanceAsync(instance, CancellationToken.None))!.Status);
        Assert.Equal("calendrier.pdf", await host.DatabaseAsync(db => db.Documents.Where(x => x.DossierId == id && x.TypeCode == DocumentTypes.Calendrier).Select(x => x.Name).SingleAsync()));
    }

    [Theory]
    [InlineData("virus.exe", "MZ", "n’est pas accepté")]
    [InlineData("vide.pdf", "", "Ajoutez le document|Répondez à un élément|est vide")]
    public async Task Complements_WrongFile_SaysSoAtTheFieldAndKeepsTheOthers(string name, string content, string expected)
    {
        var (browser, numero) = await host.SendRequestAsync("rh@ried.exemple.fr", "99900822000017", title: "Bilan " + name);
        var asked = await AskAsync(numero, new AskComplement("piece-calendrier"), new AskComplement("objectifs"));
        var page = await SendAsync(browser, $"/espace/dossiers/{numero}", asked, ("Text", "Un projet."), (name, Encoding.ASCII.GetBytes(content)));
        var html = await HtmlPage.ReadAsync(page);
        Assert.Equal(HttpStatusCode.BadRequest, html.Status);
        Assert.Contains(expected.Split('|'), x => html.Text.Contains(x, StringComparison.Ordinal));
        var (file, text) = (asked[0], asked[1]);
        Assert.Equal(ComplementStatus.Answered, await host.DatabaseAsync(db => db.Complements.Where(x => x.Id == text).Select(x => x.Status).SingleAsync()));
        Assert.Equal(ComplementStatus.Asked, await host.DatabaseAsync(db => db.Complements.Where(x => x.Id == file).Select(x => x.Status).SingleAsync()));
    }

    [Fact]
    public async Task Complements_TooLargeFile_SaysTheLimit()
    {
        var (browser, numero) = await host.SendRequestAsync("rh@bati.exemple.fr", "99900959000012");
        var asked = await AskAsync(numero, new AskComplement("piece-calendrier"));
        var big = new byte[(11 * 1024 * 1024) + 1];
        Pdf.CopyTo(big, 0);
        var page = await HtmlPage.ReadAsync(await SendAsync(browser, $"/espace/dossiers/{numero}", asked, null, ("gros.pdf", big)));
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains("dépasse la limite de 10 Mo", page.Text);
    }

    [Fact]
    public async Task Remainder_Accepted_CompletesTheTaskOnce()
    {
        var (browser, numero) = await host.SendRequestAsync("rh@commerce.exemple.fr", "99901233900019");
        var id = await IdAsync(numero);
        await GrantAsync(id);
        const string task = """{ "code": "accepter-reste", "title": "Accepter le reste à charge", "role": "Entreprise", "outcomes": ["Accepter", "Renoncer"] }""";
        await WaitAsync("MonOPCO.HumanTask", id, task);
        var url = $"/espace/dossiers/{numero}";
        var page = await browser.GetAsync(url);
        Assert.Contains("Accepter 600,00\u202F€", WebUtility.HtmlDecode(page.Html));
        Assert.Equal(url, (await browser.PostAsync(page, url, new() { ["issue"] = "Accepter" }, "Reste")).Location);
        var done = await host.DatabaseAsync(db => db.HumanTasks.SingleAsync(x => x.DossierId == id && x.Code == "accepter-reste"));
        Assert.Equal((HumanTaskStatus.Completed, "Accepter", "Claire Weiss"), (done.Status, done.Outcome, done.CompletedByName));

        // The second click finds it done.
        await browser.PostAsync(page, url, new() { ["issue"] = "Accepter" }, "Reste");
        Assert.Contains("déjà donnée", (await browser.GetAsync(url)).Text);
    }

    [Fact]
    public async Task Employee_SeesFactsAndOwnPapersOnly()
    {
        var employee = await host.CreateUserAsync(Roles.Beneficiaire);
        var (_, numero) = await host.SendRequestAsync("rh@viticole.exemple.fr", "99901370900012", employee: employee.Email!);
        var accord = await AddDocumentAsync(numero, DocumentTypes.Accord);
        var browser = host.Visitor();
        await browser.SignInAsync(employee.Email!, HostFixture.Password);
        Assert.Contains(numero, (await browser.GetAsync("/espace")).Text);
        var page = await browser.GetAsync($"/espace/dossiers/{numero}");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("24\u00A0heures", WebUtility.HtmlDecode(page.Html));
        Assert.DoesNotContain("2\u202F400,00", WebUtility.HtmlDecode(page.Html));
        Assert.DoesNotContain("Suivi", page.Text);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/espace/documents/{accord}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/espace/demande")).Status);
    }

    [Fact]
    public async Task Consultant_SeesTheDossiersInCharge()
    {
        var consultant = await host.CreateUserAsync(Roles.Consultant);
        var (_, numero) = await host.SendRequestAsync("rh@precision.exemple.fr", "99901507600014");
        var devis = await AddDocumentAsync(numero, DocumentTypes.Devis);
        var browser = host.Visitor();
        await browser.SignInAsync(consultant.Email!, HostFixture.Password);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/espace/dossiers/{numero}")).Status);
        var id = await IdAsync(numero);
        await host.WithAsync((DossierService dossiers) => dossiers.EditAsync(id, new EditDossier { ConsultantUserId = consultant.Id }, Now, CancellationToken.None));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/espace/dossiers/{numero}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/espace/documents/{devis}")).Status);
    }

    [Fact]
    public async Task Staff_HasNoSpace() => Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(Roles.Operateur)).GetAsync("/espace/dossiers")).Status);

    private Task<Guid> IdAsync(string numero) => host.DatabaseAsync(db => db.Dossiers.Where(x => x.Numero == numero).Select(x => x.Id).SingleAsync());

    private async Task<Guid[]> AskAsync(string numero, params AskComplement[] items)
    {
        var id = await IdAsync(numero);
        var asked = await host.WithAsync((ComplementService complements) => complements.AskAsync(id, items, Now, CancellationToken.None));
        await host.WithAsync((DossierService dossiers) => dossiers.ChangeStateAsync(id, DossierState.PiecesManquantes, Now, CancellationToken.None));
        return [.. items.Select(item => asked.Single(x => x.Code == item.Code).Id)];
    }

    private async Task<Guid> AddDocumentAsync(string numero, string type)
    {
        var id = await IdAsync(numero);
        return (await host.WithAsync((DocumentStore store) => store.AddAsync(new NewDocument(type, "piece.pdf", id), new MemoryStream(Pdf), Now, CancellationToken.None))).Id;
    }

    private Task GrantAsync(Guid id) => host.WithAsync(async (DossierService dossiers) =>
    {
        foreach (var state in (DossierState[])[DossierState.AnalyseBesoin, DossierState.ConventionEnSignature, DossierState.PretAuDepot])
        {
            await dossiers.ChangeStateAsync(id, state, Now, CancellationToken.None);
        }

        await dossiers.RecordDepositAsync(id, new RecordDeposit("REF-1", Now.Now), Now, CancellationToken.None);
        return await dossiers.RecordAccordAsync(id, new RecordAccord(1800, "ACC-1", host.Today), Now, CancellationToken.None);
    });

    /// <summary>A procedure of one step, waiting on a dossier.</summary>
    private async Task<Guid> WaitAsync(string activity, Guid dossierId, string inputs)
    {
        var step = new JsonObject { ["id"] = "etape", ["nodeId"] = "W:etape", ["name"] = "Etape", ["type"] = activity, ["version"] = 1 };
        foreach (var (name, value) in JsonNode.Parse(inputs)!.AsObject())
        {
            step[name] = new JsonObject { ["typeName"] = "Object", ["expression"] = new JsonObject { ["type"] = "Object", ["value"] = value is JsonValue text ? text.DeepClone() : value!.ToJsonString() } };
            if (value is JsonValue)
            {
                step[name]!["typeName"] = "String";
                step[name]!["expression"]!["type"] = "Literal";
            }
        }

        var definition = $"essai-{Guid.NewGuid():N}";
        var body = new JsonObject { ["definitionId"] = definition, ["name"] = definition, ["version"] = 1, ["isPublished"] = true, ["root"] = step };
        await host.Services.GetRequiredService<DefinitionStore>().SeedAsync(definition, definition, body.ToJsonString(), CancellationToken.None);
        var started = await host.Services.GetRequiredService<WorkflowRuntime>().StartAsync(new StartWorkflow(definition) { CorrelationId = dossierId.ToString() });
        Assert.Equal(InstanceStatus.Running, started.Instance.Status);
        return started.Instance.Id;
    }

    private static async Task<HttpResponseMessage> SendAsync(Browser browser, string url, Guid[] asked, (string Field, string Text)? answer, (string Name, byte[] Content)? file)
    {
        var page = await browser.GetAsync(url);
        using var form = new MultipartFormDataContent { { new StringContent(page.HiddenFields["__RequestVerificationToken"]), "__RequestVerificationToken" } };
        for (var i = 0; i < asked.Length; i++)
        {
            form.Add(new StringContent(asked[i].ToString()), $"Answers[{i}].Id");
            if (answer is var (field, text))
            {
                form.Add(new StringContent(text), $"Answers[{i}].{field}");
            }

            if (file is var (name, content))
            {
                var part = new ByteArrayContent(content);
                part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
                form.Add(part, $"Answers[{i}].File", name);
            }
        }

        return await browser.Client.PostAsync(url + "?handler=Complements", form);
    }
}
