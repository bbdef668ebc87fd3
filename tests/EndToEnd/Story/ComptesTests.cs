using System.Text.RegularExpressions;
using Microsoft.Playwright;
using MonOPCO.Domain.Users;
using MonOPCO.EndToEnd.Pages;
using static Microsoft.Playwright.Assertions;

namespace MonOPCO.EndToEnd.Story;

/// <summary>
/// An account from its invitation to its second factor and its passkey, in a real browser: the WebAuthn ceremonies run against Chromium's virtual authenticator,
/// which really makes keys and signs challenges.
/// </summary>
[Collection(StoryTests.Name)]
[Trait("Requirement", "S002-4.1.4")]
public sealed class ComptesTests(StoryWorld world)
{
    private const string Zoe = "zoe.braun@netz.example";
    private const string Phrase = "quatre mots très faciles";

    [Fact]
    public async Task Account_InvitedActivatedProtected_SignsInByPasskey()
    {
        await using var admin = await world.ArriveAsync();
        await admin.GoAsync("/");
        await admin.PlayAsync("Administrateur");
        await InviteAsync(admin, Zoe, "Zoé Braun-Schweighofer", "Administrateur");

        await using var zoe = await world.ArriveAsync(byName: true);
        await using var device = await VirtualDevice.AttachAsync(zoe.Page);
        await ActivateAsync(zoe);
        var secret = await EnrolAsync(zoe);
        await AddPasskeyAsync(zoe);
        Assert.Equal(1, await device.CountAsync());

        // The passkey alone opens the account: no name typed, no code.
        await SignOutAsync(zoe);
        await zoe.GoAsync("/connexion");
        await zoe.LookAsync("connexion-cle-acces");
        await zoe.Button("Utiliser une clé d’accès").ClickAsync();
        await Expect(zoe.Page).ToHaveURLAsync(new Regex("/console$"));
        await zoe.GoAsync("/mon-compte/sessions");
        await Expect(zoe.Page.Locator("main")).ToContainTextAsync("clé d’accès");
        await zoe.LookAsync("mon-compte-sessions");

        // As a second factor after the password it serves too; a device whose owner is not verified does not.
        await SignOutAsync(zoe);
        await PasswordAsync(zoe);
        await zoe.SeesTitleAsync("Confirmez que c’est vous");
        await zoe.LookAsync("second-facteur");
        await device.SetVerifiedAsync(false);
        await zoe.Button("Utiliser ma clé d’accès").ClickAsync();
        await Expect(zoe.Page.Locator("[data-passkey-error]")).ToContainTextAsync("Rien n’a été fait");
        await device.SetVerifiedAsync(true);
        await zoe.Button("Utiliser ma clé d’accès").ClickAsync();
        await Expect(zoe.Page).ToHaveURLAsync(new Regex("/console$"));

        // A key that the Host does not know any more opens nothing.
        await zoe.GoAsync("/mon-compte/cles-acces");
        await zoe.Page.GetByText("Modifier").First.ClickAsync();
        await zoe.Page.Locator("input[name=nouveau]").FillAsync("Téléphone de Zoé");
        await zoe.Button("Renommer").ClickAsync();
        await zoe.SeesAsync("Téléphone de Zoé");
        await zoe.Page.GetByText("Modifier").First.ClickAsync();
        await zoe.Button("Retirer").ClickAsync();
        await zoe.SeesAsync("Aucune clé d’accès");
        await SignOutAsync(zoe);
        await zoe.GoAsync("/connexion");
        await zoe.RefusedAsync(400, () => zoe.Button("Utiliser une clé d’accès").ClickAsync());
        await zoe.SeesAsync("n’ouvre aucun compte");

        // The code still does.
        await PasswordAsync(zoe);
        await zoe.Field("Code").FillAsync(NextCode(secret));
        await zoe.Button("Continuer").ClickAsync();
        await Expect(zoe.Page).ToHaveURLAsync(new Regex("/console$"));

        await SeesOwnPagesAsync(zoe);
        await SeesAdminPagesAsync(admin);
        await SeesResetAsync();
        SiteMap.AssertSeen(SiteMap.Accounts);
        world.AssertNothingWrong();
    }

    private static async Task InviteAsync(Person admin, string email, string name, string role)
    {
        await admin.GoAsync("/admin/comptes/inviter");
        await admin.RefusedAsync(400, () => admin.Button("Envoyer l’invitation").ClickAsync());
        await admin.LookAsync("compte-inviter-erreurs");
        await admin.Field("Prénom et nom").FillAsync(name);
        await admin.Field("Adresse électronique").FillAsync(email);
        await admin.Page.GetByLabel(role, new() { Exact = true }).CheckAsync();
        await admin.LookAsync("compte-inviter");
        await admin.Button("Envoyer l’invitation").ClickAsync();
        await admin.SeesTitleAsync(name);
        await admin.LookAsync("compte-invite");
    }

    private async Task ActivateAsync(Person zoe)
    {
        await zoe.GoAsync(await LinkAsync(Zoe, "Votre accès", "/connexion/invitation"));
        await zoe.LookAsync("invitation");
        await zoe.Field("Mot de passe").FillAsync("azertyuiop123");
        await zoe.RefusedAsync(400, () => zoe.Button("Activer avec ce mot de passe").ClickAsync());
        await zoe.LookAsync("invitation-erreurs");
        await zoe.Page.Locator("#Conditions").CheckAsync();
        await zoe.Field("Mot de passe").FillAsync(Phrase);
        await zoe.Button("Activer avec ce mot de passe").ClickAsync();
    }

    /// <summary>The role asks for a second factor: nothing else opens before.</summary>
    private static async Task<byte[]> EnrolAsync(Person zoe)
    {
        await zoe.SeesTitleAsync("Protégez votre compte");
        await zoe.GoAsync("/dossiers");
        await zoe.SeesTitleAsync("Protégez votre compte");
        await Expect(zoe.Page.Locator(".mo-qr svg")).ToBeVisibleAsync();
        await zoe.LookAsync("second-facteur-obligatoire");
        var secret = Totp.Decode((await zoe.Page.Locator(".mo-secret").TextContentAsync())!);
        await zoe.Field("Code affiché par l’application").FillAsync(Totp.CodeAt(secret, Totp.StepOf(TimeProvider.System.GetUtcNow())));
        await zoe.Button("Associer l’application").ClickAsync();
        await zoe.SeesTitleAsync("Vos codes de secours");
        await Expect(zoe.Page.Locator(".mo-codes li")).ToHaveCountAsync(10);
        await zoe.LookAsync("codes-de-secours");
        await zoe.Link("Je les ai rangés").ClickAsync();
        await Expect(zoe.Page).ToHaveURLAsync(new Regex("/console$"));
        return secret;
    }

    private static async Task AddPasskeyAsync(Person zoe)
    {
        await zoe.GoAsync("/mon-compte/second-facteur");
        await zoe.LookAsync("mon-compte-second-facteur");
        await zoe.GoAsync("/mon-compte/cles-acces");
        await zoe.LookAsync("cles-acces-vide");
        await zoe.Field("Nom de la clé").FillAsync("Portable");
        await zoe.Button("Créer une clé d’accès").ClickAsync();
        await zoe.SeesAsync("est prête");
        await zoe.LookAsync("cles-acces");
    }

    private async Task SeesOwnPagesAsync(Person zoe)
    {
        await zoe.GoAsync("/mon-compte/adresse");
        await zoe.LookAsync("mon-compte-adresse");
        await zoe.Field("Nouvelle adresse électronique").FillAsync("zoe.nouvelle@netz.example");
        await zoe.Button("Demander le changement").ClickAsync();
        await zoe.SeesTitleAsync("Mon compte");
        await zoe.GoAsync("/mon-compte/confirmer?retour=/admin/comptes");
        await zoe.LookAsync("confirmer");
        await zoe.GoAsync(await LinkAsync("zoe.nouvelle@netz.example", "nouvelle adresse", "/connexion/adresse"));
        await zoe.LookAsync("adresse-confirmer");
    }

    private static async Task SeesAdminPagesAsync(Person admin)
    {
        await admin.GoAsync("/admin/comptes");
        await admin.LookAsync("comptes");
        await admin.GoAsync("/admin/comptes?recherche=introuvable");
        await admin.LookAsync("comptes-vide");
        await admin.GoAsync("/admin/comptes?recherche=zoe.braun");
        await admin.Link("Zoé Braun-Schweighofer").ClickAsync();
        await admin.LookAsync("compte");
        await admin.Link("Rôles et second facteur").ClickAsync();
        await admin.LookAsync("compte-modifier");
        await admin.RefusedAsync(400, () => admin.Button("Réinitialiser le second facteur").ClickAsync());
        await admin.GoAsync("/admin/securite");
        await admin.LookAsync("securite");

        await admin.GoAsync("/admin/cles-api");
        await admin.LookAsync("cles-api-vide");
        await admin.Field("Nom du programme").FillAsync("Logiciel de paie");
        await admin.Button("Ouvrir un compte de service").ClickAsync();
        await admin.Field("Nom de la clé").FillAsync("paie, production");
        await admin.Page.Locator("#Droits input").First.CheckAsync();
        await admin.Button("Créer la clé").ClickAsync();
        await admin.SeesAsync("Copiez cette clé maintenant");
        await admin.LookAsync("cles-api-nouvelle");
        await admin.RefusedAsync(400, () => admin.GoAsync("/connexion/externe?refus=annuaire"));
        await admin.LookAsync("connexion-externe-refusee");

        await admin.PlayAsync("RH");
        await admin.GoAsync("/espace/equipe");
        await admin.LookAsync("equipe");
    }

    /// <summary>A forgotten password, then one that an administrator wants changed.</summary>
    private async Task SeesResetAsync()
    {
        await using var marc = await world.ArriveAsync();
        await marc.GoAsync("/connexion/mot-de-passe-oublie");
        await marc.LookAsync("mot-de-passe-oublie");
        await marc.Field("Adresse électronique").FillAsync("procedures@demo.monopco.test");
        await marc.Button("Recevoir le lien").ClickAsync();
        await marc.SeesTitleAsync("Regardez votre messagerie");
        await marc.LookAsync("mot-de-passe-envoye");
        await marc.GoAsync(await LinkAsync("procedures@demo.monopco.test", "nouveau mot de passe", "/connexion/nouveau-mot-de-passe"));
        await marc.LookAsync("nouveau-mot-de-passe");

        await using var admin = await world.ArriveAsync();
        await admin.GoAsync("/");
        await admin.PlayAsync("Administrateur");
        await admin.GoAsync("/admin/comptes?recherche=procedures@demo");
        await admin.Link("Marc Schmitt").ClickAsync();
        await admin.Button("Exiger un nouveau mot de passe").ClickAsync();
        await admin.SeesAsync("Un nouveau mot de passe sera demandé");
        await marc.PlayAsync("Responsable des procédures");
        await marc.SeesTitleAsync("Choisissez un nouveau mot de passe");
        await marc.LookAsync("mot-de-passe-exige");
        await marc.Field("Mot de passe actuel").FillAsync(HostProcess.Password);
        await marc.Field("Nouveau mot de passe").FillAsync("une tout autre phrase longue");
        await marc.Button("Enregistrer le mot de passe").ClickAsync();
        await Expect(marc.Page).ToHaveURLAsync(new Regex("/console$"));

        // As the other tests know it.
        await marc.GoAsync("/mon-compte");
        await marc.Field("Mot de passe actuel").FillAsync("une tout autre phrase longue");
        await marc.Field("Nouveau mot de passe").FillAsync(HostProcess.Password);
        await marc.Button("Enregistrer le mot de passe").ClickAsync();
        await marc.SeesAsync("Votre mot de passe est enregistré");
    }

    private static async Task SignOutAsync(Person person)
    {
        await person.GoAsync("/deconnexion");
        await person.Button("Me déconnecter").ClickAsync();
        await Expect(person.Page.Locator("main")).ToContainTextAsync("Votre session est fermée");
    }

    private static async Task PasswordAsync(Person person)
    {
        await person.GoAsync("/connexion");
        await person.Field("Adresse électronique").FillAsync(Zoe);
        await person.Field("Mot de passe").FillAsync(Phrase);
        await person.Button("Se connecter", exact: true).ClickAsync();
    }

    /// <summary>A code that has not served: the next step's, which the Host takes too.</summary>
    private static string NextCode(byte[] secret) => Totp.CodeAt(secret, Totp.StepOf(TimeProvider.System.GetUtcNow()) + 1);

    private async Task<string> LinkAsync(string to, string subject, string path)
    {
        var mail = await world.Journey.UntilAsync($"a mail « {subject} » to {to}", () => Task.FromResult(world.Journey.Sandbox.Mail.Find(to, subject).OrderBy(x => x.Id).LastOrDefault()));
        return Token(path).Match(mail.Text!).Value is { Length: > 0 } link ? link : throw new InvalidOperationException($"No link to {path} in: {mail.Text}");
    }

    private static Regex Token(string path) => new(Regex.Escape(path) + @"\?jeton=[\w-]+");
}

/// <summary>Chromium's virtual authenticator: as a telephone with a fingerprint reader, by the DevTools protocol.</summary>
internal sealed class VirtualDevice(ICDPSession session, string id) : IAsyncDisposable
{
    public static async Task<VirtualDevice> AttachAsync(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("WebAuthn.enable");
        var made = await session.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object> { ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true },
        });
        return new VirtualDevice(session, made!.Value.GetProperty("authenticatorId").GetString()!);
    }

    public Task SetVerifiedAsync(bool verified) => session.SendAsync("WebAuthn.setUserVerified", new() { ["authenticatorId"] = id, ["isUserVerified"] = verified });

    public async Task<int> CountAsync() => (await session.SendAsync("WebAuthn.getCredentials", new() { ["authenticatorId"] = id }))!.Value.GetProperty("credentials").GetArrayLength();

    public ValueTask DisposeAsync() => new(session.DetachAsync());
}
