using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Host.Tests.Demande;

/// <summary>Each form of the front sent twice at once, then once more: one effect, and a clear message.</summary>
public sealed class DoublesTests(FrontFixture host) : IClassFixture<FrontFixture>
{
    [Fact]
    public async Task Request_EachStepSentTwice_OneMailOneAccountOneDraftOneDossier()
    {
        const string email = "rh@deux.exemple.fr";
        var browser = host.Visitor();
        var home = await browser.GetAsync("/");
        Assert.All(await TwiceAsync(() => browser.PostAsync(home, "/", new() { ["Siret"] = FrontFixture.Atlas, ["Type"] = "Bilan", ["Debut"] = host.Day(90) })), x => Assert.Equal(HttpStatusCode.Redirect, x.Status));
        Assert.Equal(1, await host.DatabaseAsync(db => db.Companies.CountAsync(x => x.Siret == FrontFixture.Atlas)));

        var page = await browser.GetAsync($"/demande?siret={FrontFixture.Atlas}&type=Bilan&debut={host.Today.AddDays(90):yyyy-MM-dd}");
        Assert.All(await TwiceAsync(() => browser.PostAsync(page, "/demande", new() { ["Name"] = "Claire Weiss", ["Email"] = email })), x => Assert.StartsWith("/demande/verifiez", x.Location));
        Assert.Single(host.Mails, x => x.Recipient == email);

        var link = await browser.GetAsync(await host.LinkToAsync(email));
        var confirmed = await TwiceAsync(() => browser.PostAsync(link, "/demande/confirmer", []));
        var opened = Assert.Single(confirmed, x => x.Status == HttpStatusCode.Redirect);
        Assert.Contains("déjà servi", Assert.Single(confirmed, x => x.Status == HttpStatusCode.Gone).Text);
        var user = await host.DatabaseAsync(db => db.Users.SingleAsync(x => x.Email == email));
        Assert.Equal(1, await host.DatabaseAsync(db => db.RequestDrafts.CountAsync(x => x.UserId == user.Id)));

        var draft = opened.Location![..^"/beneficiaires".Length];
        var people = await browser.GetAsync(draft + "/beneficiaires");
        Assert.All(await TwiceAsync(() => browser.PostAsync(people, draft + "/beneficiaires", FrontFixture.Person(0, "Martin"))), x => Assert.Equal(draft + "/action", x.Location));
        var action = await browser.GetAsync(draft + "/action");
        var fields = await host.ActionAsync("Bilan envoyé deux fois");
        Assert.All(await TwiceAsync(() => browser.PostAsync(action, draft + "/action", fields)), x => Assert.Equal(draft + "/recapitulatif", x.Location));

        var summary = await browser.GetAsync(draft + "/recapitulatif");
        var sent = await TwiceAsync(() => browser.PostAsync(summary, draft + "/recapitulatif", new() { ["ContactName"] = "Claire Weiss", ["ContactPhone"] = "" }));
        Assert.Single(sent.Select(x => x.Location).Distinct());
        Assert.Equal(1, await host.DatabaseAsync(db => db.Dossiers.CountAsync(x => x.Title == "Bilan envoyé deux fois")));
        await browser.PostAsync(summary, draft + "/recapitulatif", new() { ["ContactName"] = "Claire Weiss", ["ContactPhone"] = "" });
        Assert.Contains("Cette demande est déjà envoyée", (await browser.GetAsync(sent[0].Location!)).Text);
    }

    [Theory]
    [InlineData("/espace/demande", null)]
    [InlineData("/demande", "Commencer")]
    public async Task FurtherRequest_BegunTwice_IsOneDraft(string url, string? handler)
    {
        var siret = handler is null ? "99900411200010" : "99900548100018";
        var (browser, first) = await host.BeginAsync($"rh@{siret}.exemple.fr", siret);
        var page = await browser.GetAsync(handler is null ? url : $"{url}?siret={siret}&type=Formation&debut={host.Today.AddDays(40):yyyy-MM-dd}");
        var begun = await TwiceAsync(() => browser.PostAsync(page, url, new() { ["Siret"] = siret, ["Type"] = "Formation", ["Debut"] = host.Day(40) }, handler));
        var draft = Assert.Single(begun.Select(x => x.Location).Distinct());
        Assert.StartsWith("/demande/", draft, StringComparison.Ordinal);
        Assert.NotEqual(first + "/beneficiaires", draft);
    }

    [Fact]
    public async Task Complements_SentTwice_OneDocumentAndOneLineOnTheTimeline()
    {
        var (browser, numero) = await host.SendRequestAsync("rh@repond.exemple.fr", "99900685100011", "Bilan à compléter");
        var now = ChangeContext.System("Essai", host.Clock.GetUtcNow());
        var id = await host.DatabaseAsync(db => db.Dossiers.Where(x => x.Numero == numero).Select(x => x.Id).SingleAsync());
        var asked = await host.WithAsync((ComplementService complements) => complements.AskAsync(id, [new AskComplement("piece-calendrier"), new AskComplement("objectifs")], now, CancellationToken.None));
        await host.WithAsync((DossierService dossiers) => dossiers.ChangeStateAsync(id, DossierState.PiecesManquantes, now, CancellationToken.None));
        var url = $"/espace/dossiers/{numero}";
        var page = await browser.GetAsync(url);
        Assert.All(await TwiceAsync(SendAsync), x => Assert.Equal(url, x.Location));
        Assert.Equal(1, await host.DatabaseAsync(db => db.Documents.CountAsync(x => x.DossierId == id && x.TypeCode == DocumentTypes.Calendrier)));
        Assert.Equal(2, await host.DatabaseAsync(db => db.DossierEvents.CountAsync(x => x.DossierId == id && x.Kind == DossierEventKinds.ComplementAnswered)));
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync()).Status);

        async Task<HtmlPage> SendAsync()
        {
            using var form = new MultipartFormDataContent { { new StringContent(page.HiddenFields["__RequestVerificationToken"]), "__RequestVerificationToken" } };
            for (var i = 0; i < asked.Count; i++)
            {
                form.Add(new StringContent(asked[i].Id.ToString()), $"Answers[{i}].Id");
            }

            form.Add(new StringContent("Savoir négocier une évolution de poste."), "Answers[1].Text");
            form.Add(new ByteArrayContent(Encoding.ASCII.GetBytes("%PDF-1.7\n%%EOF\n")), "Answers[0].File", "calendrier.pdf");
            return await HtmlPage.ReadAsync(await browser.Client.PostAsync(url + "?handler=Complements", form));
        }
    }

    [Fact]
    public async Task Remainder_AcceptedTwice_IsAcceptedOnce()
    {
        var (browser, numero) = await host.SendRequestAsync("rh@reste.exemple.fr", "99900822000017", "Bilan accordé en partie");
        var now = ChangeContext.System("Essai", host.Clock.GetUtcNow());
        var id = await host.DatabaseAsync(db => db.Dossiers.Where(x => x.Numero == numero).Select(x => x.Id).SingleAsync());
        await host.WithAsync(async (DossierService dossiers) =>
        {
            foreach (var state in (DossierState[])[DossierState.AnalyseBesoin, DossierState.ConventionEnSignature, DossierState.PretAuDepot])
            {
                await dossiers.ChangeStateAsync(id, state, now, CancellationToken.None);
            }

            await dossiers.RecordDepositAsync(id, new RecordDeposit("REF-2", now.Now), now, CancellationToken.None);
            return await dossiers.RecordAccordAsync(id, new RecordAccord(1800, "ACC-2", host.Today), now, CancellationToken.None);
        });
        await host.StartAtAsync(id, "reste");
        var url = $"/espace/dossiers/{numero}";
        var page = await browser.GetAsync(url);
        Task<HtmlPage> Send() => browser.PostAsync(page, url, new() { ["issue"] = "Accepter" }, "Reste");
        Assert.All(await TwiceAsync(Send), x => Assert.Equal(url, x.Location));
        Assert.Equal(1, await host.DatabaseAsync(db => db.DossierEvents.CountAsync(x => x.DossierId == id && x.Kind == DossierEventKinds.RemainderAccepted)));
        await Send();
        Assert.Contains("déjà donnée", (await browser.GetAsync(url)).Text);
    }

    private static Task<HtmlPage[]> TwiceAsync(Func<Task<HtmlPage>> send) => Task.WhenAll(send(), send());
}
