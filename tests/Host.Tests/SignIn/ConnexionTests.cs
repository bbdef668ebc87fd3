using System.Net;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.SignIn;

[Trait("Requirement", "S000-N2.1")]
public sealed class ConnexionTests(HostFixture host) : IClassFixture<HostFixture>
{
    [Fact]
    public async Task Get_VisitorOnPrivatePage_SendsToSignInAndBack()
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        var browser = host.Visitor();

        var refused = await browser.GetAsync("/mon-compte");
        Assert.Equal(HttpStatusCode.Redirect, refused.Status);
        Assert.EndsWith("/connexion?retour=%2Fmon-compte", refused.Location);

        var form = await browser.GetAsync("/connexion?retour=%2Fmon-compte");
        var answer = await browser.PostAsync(form, "/connexion", new() { ["Email"] = user.Email!, ["Password"] = HostFixture.Password }, "MotDePasse");
        Assert.Equal("/mon-compte", answer.Location);
        Assert.Contains("Claire Martin", (await browser.GetAsync("/mon-compte")).Text);
    }

    [Theory]
    [InlineData("", "phrase", "Indiquez votre adresse électronique.")]
    [InlineData("pas une adresse", "phrase", "Indiquez une adresse électronique complète, par exemple nom@exemple.fr.")]
    [InlineData("claire@exemple.fr", "", "Indiquez votre mot de passe, ou demandez un lien.")]
    public async Task Post_Invalid_SamePageWithMessageAndWhatWasTyped(string email, string password, string message)
    {
        var browser = host.Visitor();
        var answer = await browser.PostAsync(await browser.GetAsync("/connexion"), "/connexion", new() { ["Email"] = email, ["Password"] = password }, "MotDePasse");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(message, answer.Text);
        Assert.Equal(email, HtmlPage.Attribute(answer.TagById("Email")!, "value"));
        Assert.Null(HtmlPage.Attribute(answer.TagById("Password")!, "value"));
    }

    [Fact]
    public async Task Post_WrongPasswordUnknownOrLocked_SameAnswer()
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        var (wrong, unknown) = (await TryAsync(user.Email!, "faux"), await TryAsync("personne@exemple.fr", "faux"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Contains("n’est pas le bon", wrong.Text);
        Assert.Equal(wrong.Text.Replace(user.Email!, "", StringComparison.Ordinal), unknown.Text.Replace("personne@exemple.fr", "", StringComparison.Ordinal));

        for (var i = 0; i < 6; i++)
        {
            await TryAsync(user.Email!, "faux");
        }

        // Locked: even the right password gets the same answer, until the lock ends.
        Assert.Equal(HttpStatusCode.BadRequest, (await TryAsync(user.Email!, HostFixture.Password)).Status);
    }

    [Theory]
    [InlineData("https://ailleurs.example/")]
    [InlineData("//ailleurs.example/")]
    [InlineData("/\\ailleurs.example/")]
    public async Task Post_ReturnAddressElsewhere_StaysHere(string elsewhere)
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        var browser = host.Visitor();
        var form = await browser.GetAsync("/connexion");
        var answer = await browser.PostAsync(form, "/connexion", new() { ["Email"] = user.Email!, ["Password"] = HostFixture.Password, ["Retour"] = elsewhere }, "MotDePasse");
        Assert.Equal("/console", answer.Location);
    }

    [Fact]
    public async Task Post_WithoutAntiForgeryToken_RefusedInFrench()
    {
        using var content = new FormUrlEncodedContent(new Dictionary<string, string> { ["Email"] = "a@exemple.fr" });
        var answer = await HtmlPage.ReadAsync(await host.Visitor().Client.PostAsync("/connexion?handler=MotDePasse", content));
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("Rien n’a été enregistré", answer.Text);
    }

    [Fact]
    public async Task Deconnexion_Post_ClosesTheSession()
    {
        var browser = await host.SignInAsync(Roles.Operateur);
        var done = await browser.PostAsync(await browser.GetAsync("/deconnexion"), "/deconnexion", []);
        Assert.Equal("/", done.Location);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/console")).Status);
    }

    [Fact]
    public async Task MonCompte_NewPassword_ReplacesTheOld()
    {
        var user = await host.CreateUserAsync(Roles.Entreprise);
        var browser = host.Visitor();
        await browser.SignInAsync(user.Email!, HostFixture.Password);
        var form = await browser.GetAsync("/mon-compte");

        var tooShort = await browser.PostAsync(form, "/mon-compte", new() { ["Current"] = HostFixture.Password, ["New"] = "court" }, "MotDePasse");
        Assert.Equal(HttpStatusCode.BadRequest, tooShort.Status);
        Assert.Contains("au moins 12 caractères", tooShort.Text);

        var done = await browser.PostAsync(form, "/mon-compte", new() { ["Current"] = HostFixture.Password, ["New"] = "une autre phrase longue" }, "MotDePasse");
        Assert.Equal("/mon-compte", done.Location);
        Assert.Contains("Votre mot de passe est enregistré", (await browser.GetAsync("/mon-compte")).Text);
        Assert.Equal(HttpStatusCode.BadRequest, (await TryAsync(user.Email!, HostFixture.Password)).Status);
        await host.Visitor().SignInAsync(user.Email!, "une autre phrase longue");
    }

    private async Task<HtmlPage> TryAsync(string email, string password)
    {
        var browser = host.Visitor();
        return await browser.PostAsync(await browser.GetAsync("/connexion"), "/connexion", new() { ["Email"] = email, ["Password"] = password }, "MotDePasse");
    }
}
