using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.News;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Taches;

/// <summary>Events over one connection, presence with its soft lock, the palette, the switch of the shortcuts; two Hosts on one database.</summary>
public sealed class LiveTests(InboxFixture host) : IClassFixture<InboxFixture>
{
    [Fact]
    public async Task Evenements_Visitor_SignsInFirstAndCompanyIsRefused()
    {
        Assert.Equal(HttpStatusCode.Redirect, (await host.Visitor().Client.GetAsync("/evenements")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(Roles.Entreprise)).Client.GetAsync("/evenements")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(Roles.Entreprise)).Client.GetAsync("/palette?q=a")).StatusCode);
    }

    [Fact]
    public async Task Evenements_TellOfAChangeOfThisHostAndOfAnother_AndOfNobodysNotices()
    {
        var (nadia, nadiaId) = await host.PersonAsync("Nadia Keller");
        var (_, karimId) = await host.PersonAsync("Karim Ziani");
        using var ending = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var answer = await nadia.Client.GetAsync("/evenements", HttpCompletionOption.ResponseHeadersRead, ending.Token);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(ending.Token));
        var task = await host.AddAsync("Entendue");
        Assert.Contains($"task:{task.Id}", await NextAsync(lines, $"task:{task.Id}", ending.Token));

        await using var other = host.AnotherHost();
        await using (var scope = other.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<TaskService>().ClaimAsync(task.Id, InboxFixture.By("Karim Ziani", karimId, host.Clock.GetUtcNow()), default);
        }

        Assert.Contains($"task:{task.Id}", await NextAsync(lines, $"task:{task.Id}", ending.Token));
        other.Services.GetRequiredService<NewsDesk>().Send([$"notices:{karimId}", $"notices:{nadiaId}"]);
        var told = await NextAsync(lines, "notices:", ending.Token);
        Assert.Contains($"notices:{nadiaId}", told);
        Assert.DoesNotContain($"notices:{karimId}", told);
    }

    [Fact]
    public async Task Presence_TwoPeople_SeeEachOtherAndTheHandPasses()
    {
        var task = await host.AddAsync("À deux");
        var (nadia, _) = await host.PersonAsync("Nadia Keller");
        var (karim, _) = await host.PersonAsync("Karim Ziani");
        var (a, b) = (await nadia.GetAsync($"/taches/{task.Id}"), await karim.GetAsync($"/taches/{task.Id}"));
        var subject = $"sujet=task:{task.Id}";
        Assert.Empty((await BeatAsync(nadia, a, $"?{subject}&modifie=true")).GetProperty("others").EnumerateArray());
        var seen = await BeatAsync(karim, b, $"?{subject}&modifie=false");
        Assert.Equal("Nadia Keller est ici, modifie", Assert.Single(seen.GetProperty("others").EnumerateArray()).GetProperty("words").GetString());
        Assert.Equal("Nadia Keller", seen.GetProperty("locked").GetString());
        Assert.True((await BeatAsync(karim, b, $"/main?{subject}")).GetProperty("mine").GetBoolean());
        var told = await BeatAsync(nadia, a, $"?{subject}&modifie=true");
        Assert.Contains("Karim Ziani a pris la main", told.GetProperty("takenBy").GetString());
        Assert.Equal("Karim Ziani", told.GetProperty("locked").GetString());
        Assert.Null((await BeatAsync(nadia, a, $"?{subject}&modifie=true")).GetProperty("takenBy").GetString());

        // A browser that fell silent has left.
        await host.SqlAsync($"update presences set seen_at = now() - interval '2 minutes' where user_name = 'Karim Ziani' and subject = 'task:{task.Id}'");
        var alone = await BeatAsync(nadia, a, $"?{subject}&modifie=true");
        Assert.Empty(alone.GetProperty("others").EnumerateArray());
        Assert.True(alone.GetProperty("mine").GetBoolean());
    }

    [Fact]
    public async Task Presence_WithoutTokenOrOfSomethingElse_Refused()
    {
        var (nadia, _) = await host.PersonAsync("Nadia Keller");
        Assert.Equal(HttpStatusCode.BadRequest, (await nadia.Client.PostAsync($"/presence?sujet=task:{Guid.NewGuid()}&modifie=false", null)).StatusCode);
        var page = await nadia.GetAsync("/taches");
        using var wrong = Request(page, "?sujet=compte:1&modifie=false");
        Assert.Equal(HttpStatusCode.BadRequest, (await nadia.Client.SendAsync(wrong)).StatusCode);
    }

    [Fact]
    public async Task Palette_FindsDossiersTasksAndPages_ThatThePersonMayOpen()
    {
        var dossier = await host.CreateDossierAsync();
        var task = await host.StartAtAsync(dossier, "valider");
        var (nadia, _) = await host.PersonAsync("Nadia Keller");
        var found = JsonDocument.Parse(await nadia.Client.GetStringAsync($"/palette?q={dossier.Numero}")).RootElement.EnumerateArray().Select(x => x.GetProperty("url").GetString()).ToList();
        Assert.Equal([$"/taches/{task.Id}", $"/dossiers/{dossier.Numero}"], found);
        var pages = await nadia.Client.GetStringAsync("/palette?q=boîte");
        Assert.Contains("\"/taches\"", pages);
        Assert.DoesNotContain("/admin/", await nadia.Client.GetStringAsync("/palette"));
    }

    [Fact]
    public async Task Raccourcis_SwitchedOff_StayOffForThisAccount()
    {
        var (nadia, _) = await host.PersonAsync("Nadia Keller");
        var page = await nadia.GetAsync("/mon-compte/raccourcis");
        Assert.DoesNotContain("data-shortcuts=\"off\"", page.Html);
        await nadia.PostAsync(page, "/mon-compte/raccourcis", new() { ["actifs"] = "false" });
        Assert.Contains("data-shortcuts=\"off\"", (await nadia.GetAsync("/taches")).Html);
        await nadia.PostAsync(await nadia.GetAsync("/mon-compte/raccourcis"), "/mon-compte/raccourcis", new() { ["actifs"] = "true" });
        Assert.DoesNotContain("data-shortcuts=\"off\"", (await nadia.GetAsync("/taches")).Html);
    }

    private static async Task<string> NextAsync(StreamReader lines, string holding, CancellationToken cancellationToken)
    {
        while (true)
        {
            var line = await lines.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("The stream ended.");
            if (line.StartsWith("data: ", StringComparison.Ordinal) && line.Contains(holding, StringComparison.Ordinal))
            {
                return line;
            }
        }
    }

    private static async Task<JsonElement> BeatAsync(Browser browser, HtmlPage page, string query)
    {
        using var request = Request(page, query);
        using var answer = await browser.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.Clone();
    }

    private static HttpRequestMessage Request(HtmlPage page, string query)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/presence" + query);
        request.Headers.Add("X-Anti-Forgery", page.HiddenFields["__RequestVerificationToken"]);
        return request;
    }
}
