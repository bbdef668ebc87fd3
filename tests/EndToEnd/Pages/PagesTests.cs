using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using MonOPCO.Domain;
using MonOPCO.Domain.Data;
using MonOPCO.EndToEnd.Story;

namespace MonOPCO.EndToEnd.Pages;

/// <summary>The pages beside the story, empty lists and mistakes included; and no page without a place in <see cref="SiteMap"/>.</summary>
[Collection(StoryTests.Name)]
public sealed class PagesTests(StoryWorld world)
{
    private static readonly string Start = Fr.InParis(TimeProvider.System.GetUtcNow()).AddDays(60).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    [Fact]
    public void SiteMap_NamesEveryRazorPage()
    {
        var folder = Path.Combine(HostProcess.ContentRoot, "Pages");
        var routes = Directory.EnumerateFiles(folder, "*.cshtml", SearchOption.AllDirectories)
            .Select(file => (file, First: File.ReadLines(file).FirstOrDefault() ?? ""))
            .Where(x => x.First.StartsWith("@page", StringComparison.Ordinal))
            .Select(x => x.First.Split('"') is [_, var route, ..] ? route : throw new InvalidOperationException($"{x.file}: give the page a route of its own, in French."))
            .Order(StringComparer.Ordinal);
        Assert.Equal(SiteMap.AllLooked.Concat(SiteMap.WithoutPage).Order(StringComparer.Ordinal), routes);
    }

    /// <summary>What the public page answers for each kind of company that the Sandbox's register knows.</summary>
    [Theory]
    [InlineData("99902740200018", "partagee", "OCAPIAT")]
    [InlineData("99903151100010", "naf", "suggestion")]
    [InlineData("99902466400016", "cinquante", "50")]
    [InlineData("99903425900013", "public", "public")]
    [InlineData("99902192600012", "fermee", "fermé")]
    [InlineData("99903699900012", "non-diffusible", "Non diffusible")]
    [InlineData("99904795400014", "registre-en-panne", "automatiquement")]
    public async Task PublicAnswer_LooksRight(string siret, string name, string says)
    {
        await using var person = await world.ArriveAsync();
        await person.GoAsync("/");
        await person.Field("SIRET de l’établissement").FillAsync(siret);
        await person.Page.GetByLabel("Formation", new() { Exact = true }).CheckAsync();
        await person.Field("Date de début").FillAsync(Start);
        await person.Button("Finançable ?").ClickAsync();
        await Assertions.Expect(person.Page.Locator("#reponse")).ToContainTextAsync(says, new() { IgnoreCase = true, Timeout = 30_000 });
        await person.LookAsync("reponse-" + name);
        world.AssertNothingWrong();
    }

    [Fact]
    public async Task Pages_BesideTheStory_LookRight()
    {
        await using var visitor = await world.ArriveAsync();
        await visitor.GoAsync("/");
        await visitor.RefusedAsync(400, () => visitor.Button("Finançable ?").ClickAsync());
        await Assertions.Expect(visitor.Page.Locator("[data-focus]")).ToBeFocusedAsync();
        await visitor.LookAsync("accueil-erreurs");
        foreach (var path in new[] { "/mentions-legales", "/confidentialite", "/accessibilite", "/style", "/signature", "/deconnexion" })
        {
            await visitor.GoAsync(path);
            await visitor.LookAsync(path.Trim('/'));
        }

        await visitor.RefusedAsync(404, () => visitor.GoAsync("/cette-page-n-existe-pas"));
        await visitor.LookAsync("erreur-404");
        foreach (var code in new[] { 403, 500 })
        {
            await visitor.RefusedAsync(code, () => visitor.GoAsync($"/erreur/{code}"));
            await visitor.LookAsync($"erreur-{code}");
        }

        await visitor.RefusedAsync(400, async () =>
        {
            await visitor.GoAsync("/connexion");
            await visitor.Button("Se connecter", exact: true).ClickAsync();
        });
        await visitor.LookAsync("connexion-erreurs");

        await using var person = await world.ArriveAsync();
        await person.GoAsync("/");
        await person.PlayAsync("Salarié");
        await person.LookAsync("espace-salarie");
        await person.GoAsync("/mon-compte");
        await person.LookAsync("mon-compte-salarie");
        await person.GoAsync("/espace/mes-donnees");
        await person.LookAsync("mes-donnees");
        await person.RefusedAsync(400, () => person.Button("Envoyer ma demande").ClickAsync());
        await person.LookAsync("mes-donnees-erreurs");
        await person.PlayAsync("Consultant");
        await person.LookAsync("espace-consultant");
        await person.PlayAsync("Opérateur");
        await person.GoAsync("/mon-compte");
        await person.LookAsync("mon-compte");
        await person.GoAsync("/taches?liste=miennes");
        await person.LookAsync("taches-vide");
        await person.GoAsync("/dossiers?recherche=introuvable");
        await person.LookAsync("dossiers-vide");
        await person.GoAsync("/instances?recherche=introuvable");
        await person.LookAsync("instances-vide");

        await person.GoAsync("/procedures/dossier-bilan-pdc/plan");
        await person.LookAsync("plan");
        await person.GoAsync("/regles?recherche=introuvable");
        await person.LookAsync("regles-vide");

        await person.PlayAsync("Responsable des procédures");
        await person.LookAsync("console-procedures");
        await person.GoAsync("/regles");
        await person.LookAsync("regles");
        await person.GoAsync("/regles/pieces");
        await person.LookAsync("regles-pieces");
        await person.GoAsync("/regles/depot.delai-jours/akto/tous");
        await person.LookAsync("regle");
        await person.Link("Corriger").First.ClickAsync();
        await person.LookAsync("regle-correction");
        await person.GoAsync("/regles/nouvelle");
        await person.LookAsync("regle-choix");
        await person.GoAsync("/regles/nouvelle?regle=depot.delai-jours&opco=akto&type=*");
        await person.Field("Valable à partir du").FillAsync(Start);
        await person.Field("Valeur").FillAsync("45");
        await person.Field("Source").First.FillAsync("Page de l’OPCO");
        await person.Field("Motif du changement").FillAsync("Essai");
        await person.Button("Voir ce qui change").ClickAsync();
        await Assertions.Expect(person.Button("Enregistrer la valeur")).ToBeVisibleAsync();
        await person.LookAsync("regle-apercu");
        await person.GoAsync("/console");
        await person.Link("Procédures", exact: true).First.ClickAsync();
        await person.SeesTitleAsync("Procédures");
        await person.LookAsync("procedures");
        await SeesProceduresAsync(person);
        await person.GoAsync("/procedures/dossier-bilan-pdc");
        await person.Link("Modifier dans le concepteur").ClickAsync();
        await Assertions.Expect(person.Page.Locator(".x6-node").First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await person.LookAsync("concepteur");
        await SeesAdministrationAsync();
        SiteMap.AssertSeen(SiteMap.Aside);
        world.AssertNothingWrong();
    }

    /// <summary>What only an administrator opens.</summary>
    private async Task SeesAdministrationAsync()
    {
        var email = await world.CreateAdministratorAsync();
        await using var administrator = await world.ArriveAsync();
        await administrator.GoAsync("/connexion");
        await administrator.Field("Adresse électronique").FillAsync(email);
        await administrator.Field("Mot de passe").FillAsync(HostProcess.Password);
        await administrator.Button("Se connecter", exact: true).ClickAsync();
        await administrator.GoAsync("/admin/exploitation");
        await administrator.SeesTitleAsync("Exploitation");
        await administrator.LookAsync("exploitation");
        await administrator.Page.Locator("summary", new() { HasText = "Changer" }).First.ClickAsync();
        await administrator.Page.Locator("#cron-sauvegarde").FillAsync("chaque nuit");
        await administrator.RefusedAsync(400, () => administrator.Button("Enregistrer", exact: true).First.ClickAsync());
        await administrator.LookAsync("exploitation-erreur");
        await administrator.GoAsync("/admin/rgpd");
        await administrator.LookAsync("rgpd");
        await administrator.Page.Locator("summary", new() { HasText = "Inscrire une demande" }).ClickAsync();
        await administrator.Page.Locator("#Input_Adresse").FillAsync("salarie@demo.monopco.test");
        await administrator.Page.Locator("#Input_Nom").FillAsync("Léo Martin");
        await administrator.Page.Locator("#Input_Droit").SelectOptionAsync("Erasure");
        await administrator.Button("Inscrire la demande").ClickAsync();
        await administrator.SeesTitleAsync("Effacement : Léo Martin");
        await administrator.LookAsync("rgpd-demande");
        await administrator.Link("Voir ce qui serait effacé").ClickAsync();
        await administrator.SeesTitleAsync("Effacer une personne");
        await administrator.RefusedAsync(400, () => administrator.Button("Effacer définitivement").ClickAsync());
        await administrator.LookAsync("rgpd-effacement");
        await administrator.GoAsync("/admin/rgpd/registre/nouveau");
        await administrator.RefusedAsync(400, () => administrator.Button("Enregistrer", exact: true).ClickAsync());
        await administrator.LookAsync("rgpd-registre");
    }

    [Fact]
    public async Task Settings_OfAnAdministrator_LookRight()
    {
        // Nobody of the demonstration is an administrator: for this walk the process owner is one too.
        await world.Journey.WithAsync(async (MonOpcoDbContext db) => await db.Database.ExecuteSqlAsync(
            $"insert into user_roles (user_id, role_id) select u.id, r.id from users u, roles r where u.email = 'procedures@demo.monopco.test' and r.name = 'SuperAdmin' on conflict do nothing"));
        try
        {
            await using var person = await world.ArriveAsync();
            await person.GoAsync("/");
            await person.PlayAsync("Responsable des procédures");
            await person.GoAsync("/console");
            await person.Link("Paramètres", exact: true).First.ClickAsync();
            await person.SeesTitleAsync("Paramètres");
            await person.LookAsync("parametres");
            await person.Link("Netz Informatique").First.ClickAsync();
            await person.SeesTitleAsync("Netz Informatique");
            await person.LookAsync("parametres-organisme");
            await person.Field("SIRET").FillAsync("123");
            await person.RefusedAsync(400, () => person.Button("Enregistrer", exact: true).ClickAsync());
            await person.LookAsync("parametres-organisme-erreurs");
            SiteMap.AssertSeen(SiteMap.Settings);
            world.AssertNothingWrong();
        }
        finally
        {
            await world.Journey.WithAsync(async (MonOpcoDbContext db) => await db.Database.ExecuteSqlAsync(
                $"delete from user_roles where role_id = (select id from roles where name = 'SuperAdmin') and user_id = (select id from users where email = 'procedures@demo.monopco.test')"));
        }
    }

    /// <summary>A process owner's way: a new procedure, published at a date, withdrawn, published; then what stands beside.</summary>
    private static async Task SeesProceduresAsync(Person person)
    {
        await person.GoAsync("/procedures?recherche=introuvable");
        await person.LookAsync("procedures-vide");
        await person.GoAsync("/procedures");
        await person.RefusedAsync(400, async () =>
        {
            await person.Page.Locator("#Nom").EvaluateAsync("x => x.removeAttribute('required')");
            await person.Button("Créer et ouvrir le concepteur").ClickAsync();
        });
        await person.Page.Locator("#Nom").FillAsync("Procédure d’essai");
        await person.Button("Créer et ouvrir le concepteur").ClickAsync();
        await Assertions.Expect(person.Page.Locator(".x6-node")).ToHaveCountAsync(2, new() { Timeout = 60_000 });
        await person.Link("La procédure").ClickAsync();
        await person.SeesTitleAsync("Procédure d’essai");
        await person.Link("Publier la version 1").ClickAsync();
        await person.SeesTitleAsync("Publier la version 1");
        await person.LookAsync("procedure-publier");
        await person.Page.Locator("#Note").FillAsync("Première version, pour la réforme de janvier.");
        await person.Page.Locator("#Quand_date").CheckAsync();
        await person.Page.Locator("#Jour").FillAsync(Start);
        await person.Page.Locator("#Heure").FillAsync("06:30");
        await person.Button("Publier", exact: true).ClickAsync();
        await person.SeesTitleAsync("Procédure d’essai");
        await Assertions.Expect(person.Page.Locator("main")).ToContainTextAsync("à 06:30");
        await person.LookAsync("procedure-programmee");
        await person.Button("Retirer cette publication").ClickAsync();
        await person.Link("Publier la version 1").ClickAsync();
        await person.Page.Locator("#Note").FillAsync("Première version.");
        await person.Button("Publier", exact: true).ClickAsync();
        await Assertions.Expect(person.Page.Locator("tbody")).ToContainTextAsync("En vigueur");
        await person.GoAsync("/procedures/dossier-bilan-pdc");
        await person.LookAsync("procedure");
        await SeesTrialsAsync(person);
        foreach (var (path, name) in new[]
        {
            ("dossier-bilan-pdc/comparer", "procedure-comparer"), ("dossier-bilan-pdc/migration?de=1&vers=1", "procedure-migration"), ("utilisations?genre=modele&valeur=convention-bilan", "procedures-utilisations"),
            ("approbations", "procedures-approbations"), ("importer", "procedures-importer"),
        })
        {
            await person.GoAsync("/procedures/" + path);
            await person.LookAsync(name);
        }
    }

    /// <summary>A trial on the last dossier, from nothing, answered by hand, kept as a test case; and the replay.</summary>
    private static async Task SeesTrialsAsync(Person person)
    {
        await person.GoAsync("/procedures/dossier-bilan-pdc");
        await person.Link("Essais", exact: true).ClickAsync();
        await person.SeesTitleAsync("Essais et cas de test");
        await person.LookAsync("essais-vide");
        await person.RefusedAsync(400, () => person.Button("Essayer").ClickAsync());
        await person.LookAsync("essais-erreur");
        var numero = await person.Page.Locator("#dossiers-recents option").First.GetAttributeAsync("value");
        await person.Page.Locator("#Dossier").FillAsync(numero!);
        await person.Page.Locator("#Depart_vide").CheckAsync();
        await person.Button("Essayer").ClickAsync();
        await person.SeesTitleAsync($"Essai sur le dossier {numero}");
        await Assertions.Expect(person.Page.Locator(".mo-plan-here").First).ToBeVisibleAsync();
        await person.LookAsync("essai-debut");
        await person.Button("Répondre").First.ClickAsync();
        await Assertions.Expect(person.Page.GetByRole(AriaRole.Heading, new() { Name = "Valider la demande" }).First).ToBeVisibleAsync();
        await person.LookAsync("essai-tache");
        await person.Page.Locator("#Nom").FillAsync("La demande attend un opérateur");
        await person.Button("Enregistrer", exact: true).ClickAsync();
        await Assertions.Expect(person.Page.Locator("main")).ToContainTextAsync("Comme attendu");
        await person.LookAsync("essai-cas");
        await person.GoAsync("/procedures/dossier-bilan-pdc/essais");
        await person.LookAsync("essais");
        await person.Link("Rejouer les dossiers finis").ClickAsync();
        await person.SeesTitleAsync("Rejouer les dossiers finis");
        await person.LookAsync("rejeu-vide");
        await person.Button("Rejouer").First.ClickAsync();
        await person.SeesTitleAsync("Rejouer les dossiers finis");
        await person.LookAsync("rejeu");
    }
}
