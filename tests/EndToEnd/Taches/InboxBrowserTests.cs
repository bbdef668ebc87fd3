using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Tasks;
using MonOPCO.EndToEnd.Pages;
using MonOPCO.EndToEnd.Story;
using static Microsoft.Playwright.Assertions;

namespace MonOPCO.EndToEnd.Taches;

/// <summary>A Host whose decisions can be taken back for fifteen seconds.</summary>
public sealed class InboxWorld : StoryWorld
{
    protected override string UndoWindow => "00:00:15";
}

/// <summary>The inbox in real browsers: keyboard, drafts, undo, two people, and a Host that is killed while a decision waits.</summary>
public sealed class InboxBrowserTests(InboxWorld world) : IClassFixture<InboxWorld>
{
    [Fact]
    public async Task Keyboard_MovesClaimsOpensSearchesAndCanBeSwitchedOff()
    {
        var (first, second) = (await TaskAsync(61), await TaskAsync(62));
        await using var nadia = await OperatorAsync();
        await nadia.GoAsync("/taches?liste=a-prendre&tri=anciennete");
        var page = nadia.Page;
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync("j");
        await Expect(page.Locator("[data-keys] > li").Nth(0).Locator("h2 a")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("j");
        await Expect(page.Locator("[data-keys] > li").Nth(1).Locator("h2 a")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("k");
        await page.Keyboard.PressAsync("x");
        await Expect(page.Locator("[data-keys] > li").Nth(0).Locator("input[type=checkbox]")).ToBeCheckedAsync();
        await nadia.LookAsync("taches-a-prendre");
        await page.Keyboard.PressAsync("?");
        await Expect(page.Locator("dialog[open]")).ToContainTextAsync("Raccourcis clavier");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("/");
        await Expect(page.Locator("#recherche")).ToBeFocusedAsync();

        // In a field letters are letters.
        await page.Keyboard.TypeAsync("jk?");
        await Expect(page.Locator("#recherche")).ToHaveValueAsync("jk?");
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("abse");
        await Expect(page.Locator("dialog[open] [role=option]").First).ToContainTextAsync("Annoncer une absence");
        await page.Keyboard.PressAsync("Enter");
        await nadia.SeesTitleAsync("Mes absences");
        await nadia.LookAsync("taches-absence");

        await nadia.GoAsync("/mon-compte/raccourcis");
        await nadia.LookAsync("raccourcis");
        await nadia.Button("Désactiver les raccourcis à une touche").ClickAsync();
        await nadia.SeesAsync("désactivés");
        await nadia.GoAsync("/taches?liste=a-prendre");
        await page.Keyboard.PressAsync("j");
        await Expect(page.Locator("[data-keys] h2 a:focus")).ToHaveCountAsync(0);
        await nadia.GoAsync("/mon-compte/raccourcis");
        await nadia.Button("Activer les raccourcis à une touche").ClickAsync();

        await nadia.GoAsync($"/taches?liste=a-prendre&t={first.Id}&t={second.Id}");
        await nadia.GoAsync($"/taches/lot?t={first.Id}&t={second.Id}");
        await page.GetByLabel("Changer leur priorité").CheckAsync();
        await page.Locator("#Priorite").SelectOptionAsync("High");
        await page.Locator("#Motif").FillAsync("Départ en congé");
        await nadia.Button("Voir ce qui arrivera").ClickAsync();
        await nadia.SeesAsync("seront traitées");
        await nadia.LookAsync("taches-lot");
        await nadia.Button("Traiter ces 2 tâches").ClickAsync();
        await nadia.SeesTitleAsync("traitées");
        await nadia.LookAsync("taches-lot-resultat");
        SiteMap.AssertSeen(SiteMap.Inbox);
        world.AssertNothingWrong();
    }

    [Fact]
    public async Task Undo_WithinTheWindow_TheTaskIsBackAndTheColleaguesListFollowsLive()
    {
        var task = await TaskAsync(63);
        await using var nadia = await OperatorAsync();
        await using var karim = await OperatorAsync();
        await karim.GoAsync($"/taches?liste=a-prendre&recherche={await NumeroAsync(task)}");
        var row = karim.Page.Locator($"[data-task='{task.Id}']");
        await Expect(row).ToBeVisibleAsync();
        await nadia.GoAsync($"/taches/{task.Id}");
        await nadia.LookAsync("tache-valider-15s");
        await nadia.Button("Valider la demande").ClickAsync();
        await Expect(nadia.Page.Locator("[data-undo]")).ToContainTextAsync("Annulable encore");

        // Nobody reloads: what Nadia has done is gone from the open list of the other.
        await Expect(row).ToHaveCountAsync(0);
        await nadia.Page.Keyboard.PressAsync("z");
        await nadia.SeesTitleAsync("Valider la demande");
        await Expect(nadia.Page.Locator(".mo-flash")).ToContainTextAsync("rien n’a été transmis");
        Assert.Equal(DossierState.Brouillon, await world.Journey.WithAsync((MonOpcoDbContext db) => db.Dossiers.Where(x => x.Id == task.DossierId).Select(x => x.State).SingleAsync()));

        await nadia.Button("Valider la demande").ClickAsync();
        await Expect(nadia.Page.Locator("[data-undo]")).ToContainTextAsync("transmise à la procédure", new() { Timeout = 40_000 });
        await world.Journey.StateAsync(task.DossierId!.Value, DossierState.DevisEnvoye);
        world.AssertNothingWrong();
    }

    [Fact]
    public async Task Draft_SavesItself_AndAnOlderTabIsToldInsteadOfOverwriting()
    {
        var task = await TaskAsync(64);
        await using var nadia = await OperatorAsync();
        await nadia.GoAsync($"/taches/{task.Id}");
        var page = nadia.Page;
        await page.Locator("summary", new() { HasText = "Demander des compléments" }).ClickAsync();
        await page.Locator("textarea[name='Input.Comment']").FillAsync("Il manque le programme détaillé.");
        await Expect(page.Locator("[data-draft]")).ToContainTextAsync("Brouillon enregistré à");
        await page.ReloadAsync();
        await Expect(page.Locator("textarea[name='Input.Comment']")).ToHaveValueAsync("Il manque le programme détaillé.");

        // Another tab writes; this one has not seen it.
        var other = await page.Context.NewPageAsync();
        await other.GotoAsync(page.Url);
        await other.Locator("textarea[name='Input.Comment']").FillAsync("Version de l’autre onglet.");
        await Expect(other.Locator("[data-draft]")).ToContainTextAsync("Brouillon enregistré à");
        await nadia.RefusedAsync(409, () => page.Locator("textarea[name='Input.Comment']").FillAsync("Ancienne version."));
        await Expect(page.Locator("[data-draft]")).ToContainTextAsync("Rien n’a été écrasé");
        Assert.Equal("Version de l’autre onglet.", (await world.Journey.WithAsync((MonOpcoDbContext db) => db.HumanTasks.AsNoTracking().SingleAsync(x => x.Id == task.Id))).Draft!["Input.Comment"]![0]!.ToString());
        await other.CloseAsync();
        world.AssertNothingWrong();
    }

    [Fact]
    public async Task Presence_TwoBrowsers_SeeEachOtherAndTheHandPasses()
    {
        var task = await TaskAsync(65);
        await using var nadia = await OperatorAsync();
        await using var karim = await OperatorAsync("Responsable des procédures");
        await nadia.GoAsync($"/taches/{task.Id}");
        await karim.GoAsync($"/taches/{task.Id}");
        await Expect(nadia.Page.Locator("[data-presence]")).ToContainTextAsync("est ici");
        await Expect(karim.Page.Locator("[data-presence]")).ToContainTextAsync("est ici");
        await nadia.Page.Locator("#texte").FillAsync("Je m’en occupe.");
        await Expect(karim.Page.Locator("[data-presence]")).ToContainTextAsync("est en train de modifier");
        await karim.LookAsync("tache-presence");
        await karim.Button("Prendre la main").ClickAsync();
        await Expect(nadia.Page.Locator("[data-presence]")).ToContainTextAsync("a pris la main");
        await karim.GoAsync("/taches");
        await Expect(nadia.Page.Locator("[data-presence] .mo-chip")).ToHaveCountAsync(0);
        world.AssertNothingWrong();
    }

    /// <summary><c>kill -9</c> while a decision waits: nothing happened yet and nothing is lost; the Host that comes back applies it once.</summary>
    [Fact]
    public async Task Kill_WhileADecisionWaits_ItIsAppliedOnceByTheNextHost()
    {
        var task = await TaskAsync(66);
        await world.Journey.WithAsync((TaskService x) => x.DecideAsync(task.Id, new CompleteTask("Valider", null, []), null, TimeSpan.FromSeconds(3), null, new ChangeContext(ActorKind.Human, "Nadia Keller", Guid.NewGuid(), TimeProvider.System.GetUtcNow()), default));
        await world.Journey.Process.KillAsync();
        Assert.Equal((HumanTaskStatus.Deciding, 1), (await StatusAsync(), await DecisionsAsync()));
        await Task.WhenAll(world.Journey.Process.StartAsync(), Task.Delay(3000));
        await world.Journey.StateAsync(task.DossierId!.Value, DossierState.DevisEnvoye);
        Assert.Equal((HumanTaskStatus.Completed, 0), (await StatusAsync(), await DecisionsAsync()));
        Assert.Equal(1, await world.Journey.WithAsync((MonOpcoDbContext db) => db.AuditEntries.CountAsync(x => x.SubjectId == task.Id.ToString() && x.Action == "Completed")));

        Task<HumanTaskStatus> StatusAsync() => world.Journey.WithAsync((MonOpcoDbContext db) => db.HumanTasks.Where(x => x.Id == task.Id).Select(x => x.Status).SingleAsync());
        Task<int> DecisionsAsync() => world.Journey.WithAsync((MonOpcoDbContext db) => db.TaskDecisions.CountAsync(x => x.TaskId == task.Id));
    }

    private async Task<HumanTask> TaskAsync(int inDays) => await world.Journey.TaskAsync((await world.Journey.OpenAsync(inDays)).Id, "valider-demande");

    private Task<string> NumeroAsync(HumanTask task) => world.Journey.WithAsync((MonOpcoDbContext db) => db.Dossiers.Where(x => x.Id == task.DossierId).Select(x => x.Numero).SingleAsync());

    private async Task<Person> OperatorAsync(string role = "Opérateur")
    {
        var person = await world.ArriveAsync();
        await person.GoAsync("/");
        await person.PlayAsync(role);
        return person;
    }
}
