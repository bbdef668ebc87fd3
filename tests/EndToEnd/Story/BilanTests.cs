using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MonOPCO.Domain;
using MonOPCO.EndToEnd.Pages;
using static Microsoft.Playwright.Assertions;

namespace MonOPCO.EndToEnd.Story;

/// <summary>A bilan from a SIRET to the OPCO's accord, as the people of the story see it: by pages, mails and the demonstration bar alone.</summary>
[Collection(StoryTests.Name)]
public sealed partial class BilanTests(StoryWorld world)
{
    private const string Company = "camille.roux@atelier.example";
    private const string Employee = "lea.muller@atelier.example";
    private const string Portal = "/agent/atlas/";

    [Fact]
    [Trait("Requirement", "S004-6.1")]
    [Trait("Requirement", "S004-6.2")]
    [Trait("Requirement", "S004-6.3")]
    public async Task Bilan_ClickedThrough_GoesFromSiretToAccord()
    {
        await using var company = await world.ArriveAsync();
        var numero = await AskAsync(company);

        await using var netz = await world.ArriveAsync();
        await netz.GoAsync("/");
        await netz.PlayAsync("Opérateur");
        await AskAComplementAsync(netz, numero);
        await AnswerAsync(company, numero);
        await ValidateAsync(netz, numero);

        await SignAsync(numero, "Devis", Company, "signature-devis");
        await SignAsync(numero, "Convention", Company, "signature-convention-entreprise");
        await SignAsync(numero, "Convention", Employee, "signature-convention-salarie");
        await SignAsync(numero, "Convention", null, "signature-convention-organisme");
        await SignAsync(numero, "Mandat", Company, "signature-mandat");

        await ConfirmAsync(netz, numero);
        await AgentAsksAsync(netz, numero);
        await ReplyAsync(netz, numero);
        await AgentGrantsAsync(netz, numero);
        await AcceptRemainderAsync(company, numero);
        await SeesTheWholeAsync(netz, numero);
        SiteMap.AssertSeen(SiteMap.OnTheWay);
        world.AssertNothingWrong();
    }

    /// <summary>Public answer, verified address, the request's steps.</summary>
    private static async Task<string> AskAsync(Person person)
    {
        var start = Fr.InParis(TimeProvider.System.GetUtcNow()).AddDays(75);
        await person.GoAsync("/");
        await person.LookAsync("01-accueil");
        await person.Field("SIRET de l’établissement").FillAsync("999 001 373 00011");
        await person.Page.GetByLabel("Bilan de compétences").CheckAsync();
        await person.Field("Date de début").FillAsync(Iso(start));
        await person.Button("Finançable ?").ClickAsync();
        await person.SeesTitleAsync("Finançable");
        await person.SeesAsync("Atlas");
        await person.SeesAsync("ATELIER NUMERIQUE DE LA MODER");
        await person.SeesAsync("999 001 373 00011");
        await person.LookAsync("02-reponse");

        await person.Link("Faire une demande").ClickAsync();
        await person.SeesTitleAsync("Votre demande");
        await person.LookAsync("03-demande");
        await person.Page.GetByLabel("nom", new() { Exact = false }).First.FillAsync("Camille Roux");
        await person.Page.Locator("input[type=email]").FillAsync(Company);
        await person.Button("Recevoir le lien").ClickAsync();
        await person.SeesTitleAsync("Regardez votre messagerie");
        await person.SeesAsync(Company);
        await person.LookAsync("04-demande-verifiez");

        // The mail opens in the tab of the mailbox, and the request goes on there.
        await person.Link("Ouvrir la boîte aux lettres").EvaluateAsync("link => link.removeAttribute('target')");
        await person.Link("Ouvrir la boîte aux lettres").ClickAsync();
        await person.ReadMailAsync(Company, "");
        await person.FollowAsync("/demande/confirmer");
        await person.LookAsync("05-demande-confirmer");
        await person.Button("Continuer ma demande").ClickAsync();

        await person.SeesTitleAsync("Qui fait le bilan ?");
        await person.LookAsync("06-demande-personnes");
        await person.Field("Prénom").FillAsync("Léa");
        await person.Field("Nom").FillAsync("Muller");
        await person.Field("Date de naissance").FillAsync("1988-05-03");
        await person.Field("Adresse électronique").FillAsync(Employee);
        await person.Field("Poste occupé").FillAsync("Gestionnaire de stock");
        await person.Field("Catégorie").SelectOptionAsync(new SelectOptionValue { Label = "Employé" });
        await person.Field("Contrat").SelectOptionAsync(new SelectOptionValue { Label = "CDI" });
        await person.Button("Continuer").Last.ClickAsync();

        await person.SeesTitleAsync("Le bilan");
        await person.Page.GetByRole(AriaRole.Radio, new() { NameRegex = new Regex("^Netz") }).CheckAsync();
        await person.Field("Intitulé").FillAsync("Bilan de compétences");
        await person.Field("Début").FillAsync(Iso(start));
        await person.Field("Fin").FillAsync(Iso(start.AddDays(60)));
        await person.Field("Durée").FillAsync("24");
        await person.Field("Coût pédagogique").FillAsync("2 400");
        await person.Field("Modalité").SelectOptionAsync(new SelectOptionValue { Label = "En présence" });
        await person.Field("Formateur ou consultant").FillAsync("Hélène Weiss");
        await person.Field("Objectifs").FillAsync("Identifier ses compétences transférables\nConstruire un projet professionnel vérifié\nÉtablir un plan d’action daté sur douze mois");
        await person.Field("Contenu").FillAsync("Analyser la demande et le besoin\nExplorer deux pistes et enquêter\nFormaliser le projet");
        await person.LookAsync("07-demande-action");
        await person.Button("Continuer").ClickAsync();

        await person.SeesTitleAsync("Vérifiez et envoyez");
        await person.SeesAsync("2 400,00 €");
        await person.LookAsync("08-demande-recapitulatif");
        await person.Button("Envoyer la demande").ClickAsync();
        await person.SeesTitleAsync("Dossier ");
        await person.LookAsync("09-espace-dossier-envoye");
        return Number().Match(await person.Page.Locator("h1").InnerTextAsync()).Value;
    }

    private static async Task AskAComplementAsync(Person netz, string numero)
    {
        await netz.SeesTitleAsync("Bonjour Nadia");
        await netz.LookAsync("10-console");
        await netz.Link("Boîte de réception").First.ClickAsync();
        await (await netz.UntilAsync("/taches?liste=a-prendre", x => x.Job(numero, "Valider la demande"))).IsVisibleAsync();
        await netz.LookAsync("11-taches");
        await netz.Job(numero, "Valider la demande").ClickAsync();
        await netz.SeesTitleAsync("Valider la demande");
        await netz.SeesAsync("Atlas, d’après la convention collective");
        await netz.LookAsync("12-tache-valider");
        await netz.Page.GetByText("Demander des compléments").First.ClickAsync();
        await netz.Page.Locator("textarea[name='Input.Free']").FillAsync("Précisez le lieu des séances");
        await netz.Button("Demander des compléments").ClickAsync();
        await netz.SeesTitleAsync(numero);
        await netz.SeesAsync("Précisez le lieu des séances");
        await netz.LookAsync("13-dossier-complement");
    }

    private static async Task AnswerAsync(Person company, string numero)
    {
        await company.ReadMailAsync(Company, "", "Précisez le lieu des séances");
        await company.FollowAsync("/espace/dossiers/" + numero);
        await company.SeesAsync("Ce qui manque");
        await company.LookAsync("14-espace-complement");
        await company.Field("Précisez le lieu des séances").SetInputFilesAsync(Paper("lieu-des-seances.pdf"));
        await company.Button("Envoyer mes réponses").ClickAsync();
        await Expect(company.Page.Locator("#complements")).ToHaveCountAsync(0);
        await company.LookAsync("15-espace-repondu");
    }

    private static async Task ValidateAsync(Person netz, string numero)
    {
        await (await netz.UntilAsync("/taches?liste=a-prendre", x => x.Job(numero, "Valider la demande"))).ClickAsync();
        await netz.SeesAsync("Réponses de l’entreprise");
        await netz.LookAsync("16-tache-valider-reponses");
        await netz.Button("Valider la demande").ClickAsync();
        await netz.SeesTitleAsync(numero);
    }

    /// <summary>A signer opens the link of his mail on his own device, reads, asks for the code, signs.</summary>
    private async Task SignAsync(string numero, string document, string? signer, string name)
    {
        await using var person = await world.ArriveAsync();
        var to = signer ?? await BodySignerAsync(numero);
        await person.ReadMailAsync(to, document, numero);
        await person.FollowAsync("/signature/");
        await person.SeesTitleAsync(document);
        await person.LookAsync(name);
        await person.Button("Recevoir le code").ClickAsync();
        await Expect(person.Button("Recevoir un autre code")).ToBeVisibleAsync();
        var title = await person.Page.Locator("h1").InnerTextAsync();
        var here = person.Page.Url;
        await person.ReadMailAsync(to, "code", title);
        var code = Regex.Match(await person.Page.Locator(".lettre").InnerTextAsync(), @"^\s*(\d{6})\s*$", RegexOptions.Multiline).Groups[1].Value;
        await person.Page.GotoAsync(here);
        await person.Page.GetByRole(AriaRole.Checkbox).CheckAsync();
        await person.Page.Locator("input[name=Code]").FillAsync(code);
        await person.Button("Signer électroniquement").ClickAsync();
        await person.SeesTitleAsync("Merci, votre signature est enregistrée");
        await person.LookAsync(name + "-faite");
    }

    private static async Task ConfirmAsync(Person netz, string numero)
    {
        await (await netz.UntilAsync("/taches?liste=a-prendre", x => x.Job(numero, "Confirmer les valeurs"))).IsVisibleAsync();
        await netz.GoAsync($"/dossiers/{numero}/depot");
        await netz.LookAsync("20-copilote");
        await netz.GoAsync($"/dossiers/{numero}/modifier");
        await netz.LookAsync("21-modifier");
        await netz.GoAsync("/taches?liste=a-prendre");
        await netz.Job(numero, "Confirmer les valeurs").ClickAsync();
        await netz.SeesAsync("Tout est identique");
        await netz.LookAsync("22-tache-confirmer");
        await netz.Button("Confirmer ces valeurs").ClickAsync();
        await netz.SeesTitleAsync(numero);
        await netz.UntilAsync("/dossiers/" + numero, x => x.Page.GetByText("En instruction", new() { Exact = true }));
        await netz.LookAsync("23-dossier-instruction");
    }

    /// <summary>The newcomer plays the OPCO's agent from the demonstration bar.</summary>
    private static Task AgentAsksAsync(Person netz, string numero) => AgentAsync(netz, numero, async page =>
    {
        await page.GetByText("Demander un complément").First.ClickAsync();
        await page.GetByLabel("Ce qui manque").FillAsync("Merci de préciser le calendrier des séances.");
        await page.GetByLabel(new Regex("^Pièces attendues")).FillAsync("Calendrier");
        await page.GetByRole(AriaRole.Button, new() { Name = "Demander le complément" }).ClickAsync();
        await Expect(page.Locator("#statut")).ToContainTextAsync("omplément");
    });

    private static async Task ReplyAsync(Person netz, string numero)
    {
        await netz.GoAsync("/dossiers/" + numero);
        await netz.Button("Relire le portail maintenant").ClickAsync();
        await (await netz.UntilAsync("/dossiers/" + numero, x => x.Link("Répondre au complément"))).ClickAsync();
        await netz.SeesAsync("Merci de préciser le calendrier des séances.");
        await netz.LookAsync("24-tache-repondre");
        await netz.Page.Locator("textarea[name='Input.Text']").FillAsync("Le calendrier est joint.");
        await netz.Page.Locator("input[type=file]").SetInputFilesAsync(Paper("calendrier.pdf"));
        await netz.Button("Répondre par le robot").ClickAsync();
        await netz.SeesTitleAsync(numero);
        await netz.UntilAsync("/dossiers/" + numero, x => x.Button("Relire le portail maintenant"));
    }

    private static async Task AgentGrantsAsync(Person netz, string numero)
    {
        await AgentAsync(netz, numero, async page =>
        {
            await page.GetByText("Accorder, en tout ou partie").ClickAsync();
            await page.GetByLabel("Montant accordé HT (€)").FillAsync("1 800");
            await page.GetByRole(AriaRole.Button, new() { Name = "Accorder" }).ClickAsync();
            await Expect(page.Locator("#statut")).ToContainTextAsync("ccord");
        });
        await netz.GoAsync("/dossiers/" + numero);
        await netz.Button("Relire le portail maintenant").ClickAsync();
        await netz.UntilAsync("/dossiers/" + numero, x => x.Page.GetByText("Accord partiel", new() { Exact = true }));
        await netz.LookAsync("25-dossier-accord-partiel");
    }

    /// <summary>Later, on another day: the company signs in by a link.</summary>
    private static async Task AcceptRemainderAsync(Person company, string numero)
    {
        await company.GoAsync("/espace");
        await company.LookAsync("26-espace");
        await company.Link("Mes dossiers").First.ClickAsync();
        await company.LookAsync("27-espace-dossiers");
        await company.Link("Nouvelle demande").First.ClickAsync();
        await company.SeesTitleAsync("Nouvelle demande");
        await company.LookAsync("27-espace-demande");
        await company.Page.Locator("details.menu summary").ClickAsync();
        await company.Button("Se déconnecter").ClickAsync();
        await company.GoAsync("/connexion");
        await company.LookAsync("28-connexion");
        await company.Page.Locator("input[type=email]").FillAsync(Company);
        await company.Button("Recevoir un lien de connexion").ClickAsync();
        await company.SeesTitleAsync("Regardez votre messagerie");
        await company.LookAsync("29-connexion-lien-envoye");
        await company.ReadMailAsync(Company, "", "/connexion/lien");
        await company.FollowAsync("/connexion/lien");
        await company.LookAsync("30-connexion-lien");
        await company.Button("Me connecter").ClickAsync();
        await company.SeesTitleAsync("Bonjour Camille");
        await company.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("reste à charge") }).First.ClickAsync();
        await company.SeesAsync("600,00 €");
        await company.LookAsync("31-espace-reste");
        await company.Button("Accepter 600,00 €").ClickAsync();
        await company.UntilAsync("/espace/dossiers/" + numero, x => x.Page.Locator(".mo-page-head").GetByText("Accordé", new() { Exact = true }));
        await company.LookAsync("32-espace-accorde");
    }

    /// <summary>The end: state, money, timeline, papers, screenshots, and the procedure that led there.</summary>
    /// <summary>The list in its shapes, a filter, and an act on everything in view.</summary>
    private static async Task LooksAtTheListAsync(Person netz)
    {
        foreach (var (query, name) in new[] { ("vue=kanban", "kanban"), ("vue=matrice", "matrice"), ("f=groupe:est:Valide,EnExamen&f=demande:entre:1000..5000&tri=-demande", "puces"), ("ajout=etat", "puce-nouvelle") })
        {
            await netz.GoAsync("/dossiers?" + query);
            await netz.LookAsync("34-dossiers-" + name);
        }

        await netz.GoAsync("/dossiers?vue=table");
        await netz.Page.Locator("input[name=tout]").CheckAsync();
        await netz.Page.Locator("#lot-action").SelectOptionAsync("Responsable");
        await netz.Button("Continuer").ClickAsync();
        await netz.Page.Locator("#responsable").SelectOptionAsync(new Microsoft.Playwright.SelectOptionValue { Label = "Nadia Keller" });
        await netz.Button("Vérifier").ClickAsync();
        await netz.SeesAsync("Ce qui se passerait");
        await netz.LookAsync("34-dossiers-lot");
        await netz.Page.Locator("#responsable").SelectOptionAsync("personne");
        await netz.Button("Vérifier").ClickAsync();
        await netz.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Lancer pour" }).ClickAsync();
        await netz.SeesAsync("Terminé");
        await netz.LookAsync("34-dossiers-lot-suivi");
    }

    private static async Task SeesTheWholeAsync(Person netz, string numero)
    {
        await netz.UntilAsync("/dossiers/" + numero, x => x.Page.GetByText("Accordé", new() { Exact = true }));
        foreach (var text in new[] { "1 800,00 €", "600,00 €", "ATL-", "Convention", "Mandat", "Devis", "Programme", "captures d’écran" })
        {
            await netz.SeesAsync(text);
        }

        foreach (var by in new[] { "Camille Roux", "Nadia Keller", "Léa Muller" })
        {
            await Expect(netz.Page.Locator("section[aria-labelledby=historique]")).ToContainTextAsync(by);
        }

        // Papers and pictures of the robot, each reachable.
        Assert.True(await netz.Page.Locator("section[aria-labelledby=historique] a[href*='/documents/']").CountAsync() > 30);
        Assert.True(await netz.Page.Locator("section[aria-labelledby=depot] img").CountAsync() > 10);
        var broken = await netz.Page.EvaluateAsync<string[]>("""
            async () => {
              const links = [...new Set([...document.querySelectorAll('main a[href^="/dossiers/"]')].map(x => x.href.split('#')[0]))];
              const answers = await Promise.all(links.map(async x => [(await fetch(x)).status, x]));
              return answers.filter(x => x[0] !== 200).map(x => x.join(' '));
            }
            """);
        Assert.Empty(broken);
        await netz.LookAsync("33-dossier-accorde");
        await netz.GoAsync("/dossiers");
        await netz.LookAsync("34-dossiers");
        await LooksAtTheListAsync(netz);
        await netz.GoAsync("/dossiers");
        await netz.Link(numero).ClickAsync();
        await netz.SeesTitleAsync(numero);
        await netz.GoAsync("/instances");
        await netz.LookAsync("35-instances");
        await netz.Page.Locator("tbody th a").Filter(new() { HasText = numero }).First.ClickAsync();
        await netz.SeesAsync("Ce qu’elle attend");
        await netz.LookAsync("35-execution");
        await netz.GoAsync("/dossiers/" + numero);
        await netz.Link("Voir l’exécution dans le concepteur").ClickAsync();
        await Expect(netz.Page.Locator(".x6-node").First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await netz.LookAsync("36-execution");
    }

    private static Task AgentAsync(Person netz, string numero, Func<IPage, Task> act) => netz.InNewTabAsync(
        async () =>
        {
            await netz.GoAsync("/dossiers/" + numero);
            await netz.Page.Locator(".mo-demo").GetByRole(AriaRole.Link, new() { Name = "Agent OPCO" }).ClickAsync();
        },
        async () =>
        {
            Assert.Contains(Portal, netz.Page.Url, StringComparison.Ordinal);
            await act(netz.Page);
        });

    /// <summary>Who signs for the training body, as the mailbox knows.</summary>
    private async Task<string> BodySignerAsync(string numero) =>
        (await world.Journey.UntilAsync("the body's invitation", () => Task.FromResult(world.Journey.Sandbox.Mail.All().FirstOrDefault(x => !x.To.Contains(Company) && !x.To.Contains(Employee) && x.Text!.Contains("/signature/", StringComparison.Ordinal) && x.Text.Contains(numero, StringComparison.Ordinal))))).To[0];

    private static FilePayload Paper(string name) => new() { Name = name, MimeType = "application/pdf", Buffer = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\nxref\n0 3\n0000000000 65535 f \ntrailer<</Size 3/Root 1 0 R>>\nstartxref\n9\n%%EOF"u8.ToArray() };

    private static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\d{4}-\d{5}")]
    private static partial Regex Number();
}
