using System.Net;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Comptes;

/// <summary>What administrators do to accounts, page by page.</summary>
[Collection(AccountTests.Name)]
[Trait("Requirement", "S002-4.1.3")]
public sealed class ComptesTests(AccountsFixture host)
{
    [Fact]
    [Trait("Requirement", "S000-10.1")]
    [Trait("Requirement", "S000-10.4")]
    [Trait("Requirement", "S000-10.5")]
    public async Task List_FindsByNameRoleAndState()
    {
        var (admin, me, _) = await host.AdminAsync();
        var other = await host.CreateUserAsync(Roles.Auditeur);
        await host.SqlAsync($"update users set display_name = 'Ursule 50%_unique', lockout_end = '{host.Clock.GetUtcNow().AddHours(1):O}' where id = '{other.Id}'");
        var all = await admin.GetAsync("/admin/comptes");
        Assert.Contains(me.Email!, all.Text);
        var found = await admin.GetAsync("/admin/comptes?recherche=50%25_uni&role=Auditeur&etat=Locked&second=non");
        Assert.Contains("Ursule 50%_unique", found.Text);
        Assert.Contains("Bloqué", found.Text);
        Assert.Contains("1 compte", found.Text);
        Assert.Contains("Aucun compte ne correspond", (await admin.GetAsync("/admin/comptes?recherche=Ursule&etat=Active")).Text);
        Assert.DoesNotContain("Ursule", (await admin.GetAsync("/admin/comptes?second=oui")).Text);
    }

    [Fact]
    public async Task Pages_OfAccounts_AreAdministratorsAlone()
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        var browser = host.Visitor();
        await browser.SignInAsync(user.Email!, HostFixture.Password);
        foreach (var path in new[] { "/admin/comptes", "/admin/comptes/inviter", $"/admin/comptes/{user.Id}", $"/admin/comptes/{user.Id}/modifier", "/admin/securite" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync(path)).Status);
        }

        var (admin, _, _) = await host.AdminAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync($"/admin/comptes/{Guid.NewGuid()}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync($"/admin/comptes/{Guid.NewGuid()}/modifier")).Status);
    }

    [Fact]
    [Trait("Requirement", "S000-10.9")]
    [Trait("Requirement", "S002-4.1.1")]
    public async Task Invitation_ActivatedWithAPassword_OpensTheAccountOnce()
    {
        var (admin, me, _) = await host.AdminAsync();
        var email = $"{Guid.NewGuid():N}@exemple.fr";
        var answer = await InviteAsync(admin, email, Roles.Operateur);
        var id = Guid.Parse(answer.Location!.Split('/')[^1]);
        Assert.Contains("Invité", (await admin.GetAsync(answer.Location!)).Text);

        // Before the activation the address opens nothing, and asking for links sends nothing.
        var visitor = host.Visitor();
        await visitor.PostAsync(await visitor.GetAsync("/connexion"), "/connexion", new() { ["Email"] = email, ["Password"] = "" }, "Lien");
        await visitor.PostAsync(await visitor.GetAsync("/connexion/mot-de-passe-oublie"), "/connexion/mot-de-passe-oublie", new() { ["Email"] = email });
        Assert.Single(host.Mails, x => x.Recipient == email);

        var url = await host.LinkToAsync(email, "invitation");
        var page = await visitor.GetAsync(url);
        Assert.Contains(email, page.Text);
        var refused = await visitor.PostAsync(page, "/connexion/invitation", new() { ["Nom"] = "Zoé Neuve", ["MotDePasse"] = "azertyuiop2026", ["Conditions"] = "false" });
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("parmi les plus courants", refused.Text);
        Assert.Contains("Sans votre accord", refused.Text);
        Assert.Equal("Zoé Neuve", HtmlPage.Attribute(refused.TagById("Nom")!, "value"));

        var done = await visitor.PostAsync(page, "/connexion/invitation", new() { ["Nom"] = "Zoé Neuve", ["MotDePasse"] = "trois mots bien choisis", ["Conditions"] = "true" });
        Assert.Equal("/console", done.Location);
        Assert.Contains("Zoé Neuve", (await visitor.GetAsync("/console")).Text);
        Assert.Equal(HttpStatusCode.Gone, (await host.Visitor().GetAsync(url)).Status);
        await host.Visitor().SignInAsync(email, "trois mots bien choisis");
        var history = await host.HistoryAsync(id);
        Assert.Contains(history, x => x.Action == "Invited" && x.UserId == me.Id);
        Assert.Contains(history, x => x.Action == "Activated");
        Assert.All(history, x => Assert.DoesNotContain("asswordHash", x.NewValues?.ToJsonString() ?? ""));
        Assert.Contains("Compte activé", (await admin.GetAsync($"/admin/comptes/{id}")).Text);
    }

    [Theory]
    [InlineData("pas une adresse", Roles.Operateur, null, "adresse électronique complète")]
    [InlineData("neuf@exemple.fr", null, null, "Choisissez au moins un rôle")]
    [InlineData("neuf@exemple.fr", Roles.Entreprise, null, "Indiquez l’entreprise")]
    [InlineData("neuf@exemple.fr", Roles.Entreprise, "123", "14 chiffres")]
    public async Task Invitation_Invalid_SaysWhy(string email, string? role, string? siret, string message)
    {
        var (admin, _, _) = await host.AdminAsync();
        var answer = await InviteAsync(admin, email, role, siret);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(message, answer.Text);
        Assert.Equal(email, HtmlPage.Attribute(answer.TagById("Email")!, "value"));
    }

    [Fact]
    public async Task Invitation_ResentOrWithdrawn_EarlierLinkOpensNothing()
    {
        var (admin, _, _) = await host.AdminAsync();
        var email = $"{Guid.NewGuid():N}@exemple.fr";
        var sheet = (await InviteAsync(admin, email, Roles.Support)).Location!;
        var first = await host.LinkToAsync(email, "invitation");
        await admin.PostAsync(await admin.GetAsync(sheet), sheet, [], "Renvoyer");
        var second = await host.LinkToAsync(email, "invitation");
        Assert.NotEqual(first, second);
        Assert.Equal(HttpStatusCode.Gone, (await host.Visitor().GetAsync(first)).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.Visitor().GetAsync(second)).Status);
        await admin.PostAsync(await admin.GetAsync(sheet), sheet, [], "Retirer");
        Assert.Equal(HttpStatusCode.Gone, (await host.Visitor().GetAsync(second)).Status);

        // Expired: seven days.
        await admin.PostAsync(await admin.GetAsync(sheet), sheet, [], "Renvoyer");
        var third = await host.LinkToAsync(email, "invitation");
        await host.SqlAsync($"update magic_links set expires_at = now() - interval '1 minute' where email = '{email}'");
        var late = await host.Visitor().GetAsync(third);
        Assert.Equal(HttpStatusCode.Gone, late.Status);
        Assert.Contains("Cette invitation a expiré", late.Text);
    }

    [Fact]
    [Trait("Requirement", "S000-10.11")]
    public async Task Deactivation_EndsEverySessionAtOnce_OnEveryHost()
    {
        var (admin, _, _) = await host.AdminAsync();
        var user = await host.CreateUserAsync(Roles.Operateur);
        var browser = host.Visitor();
        await browser.SignInAsync(user.Email!, HostFixture.Password);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/console")).Status);

        var sheet = $"/admin/comptes/{user.Id}";
        await admin.PostAsync(await admin.GetAsync(sheet), sheet, new() { ["motif"] = "A quitté Netz" }, "Desactiver");
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/console")).Status);
        var again = host.Visitor();
        var refused = await again.PostAsync(await again.GetAsync("/connexion"), "/connexion", new() { ["Email"] = user.Email!, ["Password"] = HostFixture.Password }, "MotDePasse");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains(await host.HistoryAsync(user.Id), x => x.Action == "Deactivated" && x.Reason == "A quitté Netz");

        await admin.PostAsync(await admin.GetAsync(sheet), sheet, [], "Reactiver");
        await again.SignInAsync(user.Email!, HostFixture.Password);
    }

    [Fact]
    [Trait("Requirement", "S000-10.10")]
    public async Task Roles_Changed_HoldAtTheNextRequestOfAnOpenSession()
    {
        var (admin, _, _) = await host.AdminAsync();
        var user = await host.CreateUserAsync(Roles.Operateur);
        var browser = host.Visitor();
        await browser.SignInAsync(user.Email!, HostFixture.Password);
        Assert.DoesNotContain("Auditeur", (await browser.GetAsync("/mon-compte")).Text);
        await SetRoleAsync(admin, user.Id, Roles.Auditeur);
        Assert.Contains("Auditeur", (await browser.GetAsync("/mon-compte")).Text);
        Assert.Contains(await host.HistoryAsync(user.Id), x => x.Action == "RolesChanged" && x.NewValues!.ToJsonString().Contains("Operateur", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Admin_CannotRaiseHimselfNorTouchASuperAdmin()
    {
        var (admin, me, _) = await host.AdminAsync(Roles.Admin);
        var super = await host.CreateUserAsync(Roles.SuperAdmin);
        var other = await host.CreateUserAsync(Roles.Operateur);

        Assert.Contains("Personne ne change ses propres rôles", (await SetRoleAsync(admin, me.Id, Roles.Admin, Roles.Operateur)).Text);
        Assert.Contains("Seul un super-administrateur donne ce rôle", (await SetRoleAsync(admin, other.Id, Roles.SuperAdmin)).Text);
        Assert.Contains("Seul un super-administrateur donne ce rôle", (await SetRoleAsync(admin, other.Id, Roles.Admin)).Text);
        Assert.Contains("Seul un super-administrateur agit", (await SetRoleAsync(admin, super.Id, Roles.Support)).Text);
        Assert.Contains("Seul un super-administrateur donne ce rôle", (await InviteAsync(admin, $"{Guid.NewGuid():N}@exemple.fr", Roles.SuperAdmin)).Text);
        foreach (var (handler, id) in new[] { ("Desactiver", super.Id), ("Exiger", super.Id), ("Debloquer", super.Id), ("Sessions", super.Id), ("Desactiver", me.Id) })
        {
            var sheet = $"/admin/comptes/{id}";
            await admin.PostAsync(await admin.GetAsync(sheet), sheet, [], handler);
        }

        var kept = await host.ReadAsync(super.Id);
        Assert.True(kept is { DeactivatedAt: null, MustChangePassword: false });
        Assert.Null((await host.ReadAsync(me.Id)).DeactivatedAt);
        Assert.Equal([Roles.SuperAdmin], await host.WithAsync((Accounts accounts) => accounts.RolesOfAsync(super.Id, CancellationToken.None)));
    }

    [Fact]
    public async Task LastSuperAdmin_CannotBeRemovedNorDeactivated()
    {
        var (first, second) = (await host.CreateUserAsync(Roles.SuperAdmin), await host.CreateUserAsync(Roles.SuperAdmin));
        var authority = new Authority(Guid.NewGuid(), [Roles.SuperAdmin]);
        var change = new ChangeContext(ActorKind.Human, "Essai", null, host.Clock.GetUtcNow());
        var others = await host.WithAsync((MonOpcoDbContext db) => db.UserRoles.Join(db.Roles.Where(x => x.Name == Roles.SuperAdmin), x => x.RoleId, x => x.Id, (x, _) => x.UserId).ToListAsync());
        await host.SqlAsync($"update users set deactivated_at = now() where id in ({string.Join(',', others.Where(x => x != first.Id && x != second.Id).Append(Guid.Empty).Select(x => $"'{x}'"))})");
        try
        {
            // Two administrators remove one another at the same time: one of them stays.
            var both = await Task.WhenAll(new[] { first.Id, second.Id }.Select(async id =>
            {
                try
                {
                    await host.WithAsync(async (Accounts accounts) =>
                    {
                        await accounts.DeactivateAsync(id, authority, change, CancellationToken.None);
                        return true;
                    });
                    return "";
                }
                catch (RuleBrokenException broken)
                {
                    return broken.Code;
                }
            }));
            Assert.Equal(["", "account.last-super"], both.Order());
            var left = both[0].Length > 0 ? first.Id : second.Id;
            var refused = await Assert.ThrowsAsync<RuleBrokenException>(() => host.WithAsync(async (Accounts accounts) =>
            {
                await accounts.ChangeRolesAsync(left, [Roles.Admin], authority, change, CancellationToken.None);
                return true;
            }));
            Assert.Equal("account.last-super", refused.Code);
        }
        finally
        {
            await host.SqlAsync($"update users set deactivated_at = null where id in ({string.Join(',', others.Select(x => $"'{x}'"))})");
        }
    }

    [Fact]
    [Trait("Requirement", "S000-10.12")]
    public async Task NewPassword_Required_LeadsOpenSessionsToIt()
    {
        var (admin, _, _) = await host.AdminAsync();
        var user = await host.CreateUserAsync(Roles.Operateur);
        var browser = host.Visitor();
        await browser.SignInAsync(user.Email!, HostFixture.Password);
        var sheet = $"/admin/comptes/{user.Id}";
        await admin.PostAsync(await admin.GetAsync(sheet), sheet, [], "Exiger");
        Assert.Equal("/mon-compte/mot-de-passe", (await browser.GetAsync("/console")).Location);
        var page = await browser.GetAsync("/mon-compte/mot-de-passe");
        var same = await browser.PostAsync(page, "/mon-compte/mot-de-passe", new() { ["Current"] = HostFixture.Password, ["New"] = HostFixture.Password });
        Assert.Equal(HttpStatusCode.BadRequest, same.Status);
        Assert.Equal("/console", (await browser.PostAsync(page, "/mon-compte/mot-de-passe", new() { ["Current"] = HostFixture.Password, ["New"] = "quatre mots tout neufs" })).Location);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/console")).Status);

        await admin.PostAsync(await admin.GetAsync(sheet), sheet, [], "MotDePasse");
        Assert.Contains(host.Mails, x => x.Recipient == user.Email && x.Template == "mot-de-passe");
    }

    [Fact]
    public async Task Team_RhInvitesColleagues_OfHerCompanyAlone()
    {
        var company = await host.WithAsync((Domain.Companies.CompanyService x) => x.SaveAsync(
            new Domain.Companies.CompanyFacts("99902740200018", "Atelier des comptes", Domain.Companies.CompanyOrigin.Sandbox), ChangeContext.System("Essai", host.Clock.GetUtcNow()), CancellationToken.None));
        var rh = await host.CreateUserAsync(Roles.Entreprise, company.Id);
        var browser = host.Visitor();
        await browser.SignInAsync(rh.Email!, HostFixture.Password);
        var email = $"{Guid.NewGuid():N}@exemple.fr";
        var page = await browser.GetAsync("/espace/equipe");
        Assert.Equal("/espace/equipe", (await browser.PostAsync(page, "/espace/equipe", new() { ["Nom"] = "Paul Collègue", ["Email"] = email, ["Role"] = Roles.Manager })).Location);
        Assert.Contains("Paul Collègue", (await browser.GetAsync("/espace/equipe")).Text);
        var colleague = await host.WithAsync((MonOpcoDbContext db) => db.Users.AsNoTracking().SingleAsync(x => x.Email == email));
        Assert.Equal(company.Id, colleague.CompanyId);
        Assert.Single(host.Mails, x => x.Recipient == email && x.Template == "invitation");

        // Somebody else's address: the same answer, nothing sent; a role of Netz: refused.
        var stranger = await host.CreateUserAsync(Roles.Operateur);
        Assert.Equal("/espace/equipe", (await browser.PostAsync(page, "/espace/equipe", new() { ["Nom"] = "X Y", ["Email"] = stranger.Email!, ["Role"] = Roles.Manager })).Location);
        Assert.DoesNotContain(host.Mails, x => x.Recipient == stranger.Email);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync(page, "/espace/equipe", new() { ["Nom"] = "X Y", ["Email"] = "x@exemple.fr", ["Role"] = Roles.SuperAdmin })).Status);

        var (admin, _, _) = await host.AdminAsync();
        var sheet = $"/admin/comptes/{rh.Id}";
        await admin.PostAsync(await admin.GetAsync(sheet), sheet, new() { ["permis"] = "false" }, "Equipe");
        Assert.DoesNotContain("Inviter un collègue", (await browser.GetAsync("/espace/equipe")).Text);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.PostAsync(page, "/espace/equipe", new() { ["Nom"] = "X Y", ["Email"] = "x@exemple.fr", ["Role"] = Roles.Manager })).Status);
    }

    private static async Task<HtmlPage> InviteAsync(Browser admin, string email, string? role, string? siret = null)
    {
        var fields = new Dictionary<string, string> { ["Nom"] = "Nouvelle Personne", ["Email"] = email, ["Siret"] = siret ?? "" };
        if (role is not null)
        {
            fields["Choix"] = role;
        }

        return await admin.PostAsync(await admin.GetAsync("/admin/comptes/inviter"), "/admin/comptes/inviter", fields);
    }

    private static async Task<HtmlPage> SetRoleAsync(Browser admin, Guid id, params string[] roles)
    {
        var url = $"/admin/comptes/{id}/modifier";
        var page = await admin.GetAsync(url);
        using var form = new FormUrlEncodedContent(roles.Select(x => KeyValuePair.Create("Choix", x)).Append(KeyValuePair.Create("__RequestVerificationToken", page.HiddenFields["__RequestVerificationToken"])));
        return await HtmlPage.ReadAsync(await admin.Client.PostAsync(url + "?handler=Roles", form));
    }
}

/// <summary>The tests of accounts share one Host.</summary>
[CollectionDefinition(Name)]
public sealed class AccountTests : ICollectionFixture<AccountsFixture>
{
    public const string Name = "Comptes";
}
