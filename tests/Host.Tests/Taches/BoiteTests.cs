using System.Net;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Tasks;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Taches;

[Trait("Requirement", "M-I.1")]
public sealed class BoiteTests(ConsoleFixture host) : IClassFixture<ConsoleFixture>
{
    [Fact]
    public async Task Get_Company_Forbidden() => Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(Roles.Entreprise)).GetAsync("/taches")).Status);

    [Fact]
    public async Task Get_NothingForTheRole_SaysSoAndWhatToDo()
    {
        var page = await (await host.SignInAsync(Roles.Auditeur)).GetAsync("/taches");
        Assert.Contains("Rien à prendre", page.Text);
        Assert.Contains("href=\"/dossiers\"", page.Html);
        Assert.Contains("Vous n’avez pris aucune tâche", (await (await host.SignInAsync(Roles.Auditeur)).GetAsync("/taches?liste=miennes")).Text);
    }

    [Fact]
    public async Task Get_Tasks_MostUrgentFirstWithWordsForTheDeadline()
    {
        await AddAsync(Roles.Comptable, "Plus tard", TimeSpan.FromDays(14));
        await AddAsync(Roles.Comptable, "En retard", TimeSpan.FromDays(-7), TaskPriority.Urgent);
        await AddAsync(Roles.Comptable, "Bientôt", TimeSpan.FromHours(5.5));
        var text = (await (await host.SignInAsync(Roles.Comptable)).GetAsync("/taches")).Text;
        Assert.Matches("En retard.*Urgent.*En retard de [3-5].jours ouvrés.*Bientôt.*(Reste|À traiter dès|Échéance).*Plus tard.*Reste ([5-9]|10).jours ouvrés", text);
    }

    [Fact]
    public async Task Get_ManyTasks_PagesByKey()
    {
        for (var i = 0; i < 27; i++)
        {
            await AddAsync(Roles.ResponsableProcedures, $"Tâche {i:00} à lire", TimeSpan.FromDays(1 + i));
        }

        var browser = await host.SignInAsync(Roles.ResponsableProcedures);
        var first = await browser.GetAsync("/taches");
        Assert.Contains("Tâche 24 à lire", first.Text);
        Assert.DoesNotContain("Tâche 25 à lire", first.Text);
        var next = System.Text.RegularExpressions.Regex.Match(first.Html, "rel=\"next\" href=\"([^\"]+)\"").Groups[1].Value;
        var second = await browser.GetAsync(WebUtility.HtmlDecode(next));
        Assert.Contains("Tâche 26 à lire", second.Text);
        Assert.DoesNotContain("Tâche 24 à lire", second.Text);
    }

    [Fact]
    public async Task Prendre_Free_IsMineAndOpens()
    {
        var task = await AddAsync(Roles.Operateur, "À prendre d’abord", TimeSpan.FromHours(2));
        var browser = await host.OperatorAsync("Nadia Keller");
        var answer = await browser.PostAsync(await browser.GetAsync("/taches"), "/taches", new() { ["id"] = $"{task}" }, "Prendre");
        Assert.Equal($"/taches/{task}", answer.Location);
        Assert.Equal("Nadia Keller", (await host.TaskAsync(task)).AssigneeName);
        Assert.Contains("À prendre d’abord", (await browser.GetAsync("/taches?liste=miennes")).Text);
    }

    [Fact]
    public async Task Prendre_TakenMeanwhile_NamesTheColleague()
    {
        var task = await AddAsync(Roles.Operateur, "Convoitée", TimeSpan.FromHours(3));
        var (first, second) = (await host.OperatorAsync("Nadia Keller"), await host.OperatorAsync("Paul Adam"));
        var page = await second.GetAsync("/taches");
        await first.PostAsync(await first.GetAsync("/taches"), "/taches", new() { ["id"] = $"{task}" }, "Prendre");
        await second.PostAsync(page, "/taches", new() { ["id"] = $"{task}" }, "Prendre");
        Assert.Contains("déjà prise par Nadia Keller", (await second.GetAsync("/taches")).Text);
        Assert.Equal("Nadia Keller", (await host.TaskAsync(task)).AssigneeName);
    }

    [Fact]
    public async Task Prendre_UnknownOrNotForMe_Refused()
    {
        var task = await AddAsync(Roles.ResponsableProcedures, "Autre rôle", TimeSpan.FromDays(100));
        var browser = await host.OperatorAsync();
        var page = await browser.GetAsync("/taches");
        Assert.Equal(HttpStatusCode.NotFound, (await browser.PostAsync(page, "/taches", new() { ["id"] = $"{Guid.NewGuid()}" }, "Prendre")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync(page, "/taches", new() { ["id"] = $"{task}" }, "Prendre")).Status);
        Assert.Null((await host.TaskAsync(task)).AssigneeId);
    }

    [Fact]
    public async Task Prendre_WithoutToken_Refused()
    {
        var task = await AddAsync(Roles.Operateur, "Sans jeton", TimeSpan.FromDays(50));
        var browser = await host.OperatorAsync();
        using var content = new FormUrlEncodedContent(new Dictionary<string, string> { ["id"] = $"{task}" });
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.Client.PostAsync("/taches?handler=Prendre", content)).StatusCode);
        Assert.False(await host.WithAsync((MonOpcoDbContext x) => x.HumanTasks.AnyAsync(t => t.Id == task && t.AssigneeId != null)));
    }

    private async Task<Guid> AddAsync(string role, string title, TimeSpan due, TaskPriority priority = TaskPriority.Normal) => (await host.WithAsync((TaskService x) => x.CreateAsync(
        new NewTask("libre", title, [new TaskOutcome("Fait", "Fait")]) { CandidateRole = role, DueAt = host.Clock.GetUtcNow() + due, Priority = priority }, host.Change(), CancellationToken.None))).Id;
}
