using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using MonOPCO.Domain.Users.Permissions;

namespace MonOPCO.Host.Tests.Droits;

/// <summary>The matrix and its page.</summary>
public sealed class DroitsTests(HostFixture host) : IClassFixture<HostFixture>
{
    private const string Url = "/admin/droits";

    [Fact]
    public async Task Get_OperatorForbidden_AdminReads_SuperAdminEdits()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(Roles.Operateur)).GetAsync(Url)).Status);
        var admin = await host.SignInAsync(Roles.Admin);
        var page = await admin.GetAsync(Url);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("Lecture seule", page.Text);
        Assert.DoesNotContain("Examiner les changements", page.Text);
        Assert.Equal(HttpStatusCode.Forbidden, (await admin.PostAsync(await admin.GetAsync("/mon-compte"), Url, new() { ["Version"] = "1" }, "Examiner")).Status);
        Assert.Contains("Examiner les changements", (await (await host.SignInAsync(Roles.SuperAdmin)).GetAsync(Url)).Text);
    }

    [Fact]
    [Trait("Requirement", "S001-1.3.6.1")]
    [Trait("Requirement", "S002-4.1.3")]
    public async Task Change_ActsAtOnceOnEveryHost_WithReasonAndAudit()
    {
        await using var other = host.AnotherHost();
        var support = await host.CreateUserAsync(Roles.Support);
        var here = host.Visitor();
        await here.SignInAsync(support.Email!, HostFixture.Password);
        var there = new Browser(other.CreateClient(new() { AllowAutoRedirect = false, BaseAddress = new Uri("https://localhost") }));
        await there.SignInAsync(support.Email!, HostFixture.Password);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), ((await here.GetAsync("/regles")).Status, (await there.GetAsync("/regles")).Status));

        var browser = await host.SignInAsync(Roles.SuperAdmin);
        var filter = "?Recherche=" + Uri.EscapeDataString("Lire les règles") + "&Role=" + Roles.Support;
        var page = await browser.GetAsync(Url + filter);
        var preview = await browser.PostAsync(page, Url, [], "Examiner");
        Assert.Equal(HttpStatusCode.OK, preview.Status);
        Assert.Contains("Qui perd l’accès", preview.Text);
        Assert.Contains(support.Email!, preview.Text);
        Assert.Contains("Support", preview.Text);

        var refused = await browser.PostAsync(preview, Url, new() { ["Motif"] = " " }, "Enregistrer");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("Indiquez le motif", refused.Text);
        Assert.Contains("Qui perd l’accès", refused.Text);
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/regles")).Status);

        var kept = await browser.PostAsync(refused, Url, new() { ["Motif"] = "Le support ne lit pas les règles" }, "Enregistrer");
        Assert.Equal(HttpStatusCode.Redirect, kept.Status);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), ((await here.GetAsync("/regles")).Status, (await there.GetAsync("/regles")).Status));
        Assert.DoesNotContain("href=\"/regles\"", (await here.GetAsync("/console")).Html);

        var entry = await host.WithAsync((MonOpcoDbContext db) => db.AuditEntries.Where(x => x.Subject == PermissionService.Subject && x.SubjectId == $"{Roles.Support}:{Policies.RuleReaders}").SingleAsync());
        Assert.Equal(("Withdrawn", "Le support ne lit pas les règles"), (entry.Action, entry.Reason));
        var history = await browser.GetAsync(Url);
        Assert.Contains("Lire les règles : retiré à Support", history.Text);
        Assert.Contains("différent de l’origine", history.Text);

        // The default comes back by one button, looked at first as any change.
        var origin = await browser.PostAsync(history, Url, [], "Origine");
        Assert.Contains("Qui gagne l’accès", origin.Text);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync(origin, Url, new() { ["Motif"] = "Retour" }, "Enregistrer")).Status);
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync("/regles")).Status);
    }

    [Fact]
    public async Task Change_OnAnOldVersion_RefusedAndShownAnew()
    {
        var browser = await host.SignInAsync(Roles.SuperAdmin);
        var preview = await browser.PostAsync(await browser.GetAsync($"{Url}?Recherche=emporter&Role={Roles.Comptable}"), Url, [], "Examiner");
        await ChangeAsync(new PermissionChange(Roles.Auditeur, Policies.Exports, false));
        var refused = await browser.PostAsync(preview, Url, new() { ["Motif"] = "Essai" }, "Enregistrer");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("vient d’être modifiée par une autre personne", refused.Text);
        Assert.Contains("Essai", refused.Html);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync(refused, Url, new() { ["Motif"] = "Essai" }, "Enregistrer")).Status);
        await ChangeAsync(new PermissionChange(Roles.Auditeur, Policies.Exports, true), new PermissionChange(Roles.Comptable, Policies.Exports, true));
    }

    /// <summary>Cells that nobody may change: neither by a forged form, nor by the service, nor by a row in the table.</summary>
    [Theory]
    [InlineData(Roles.SuperAdmin, Policies.PermissionsManage, false)]
    [InlineData(Roles.SuperAdmin, Policies.Staff, false)]
    [InlineData(Roles.Entreprise, Policies.DossiersView, true)]
    [InlineData(Roles.Operateur, Policies.Portal, true)]
    [InlineData(Roles.SuperAdmin, Policies.BilanContent, true)]
    [InlineData(Roles.Entreprise, Policies.BilanContent, true)]
    public async Task Protected_CannotBeChanged(string role, string permission, bool granted)
    {
        await Assert.ThrowsAsync<RuleBrokenException>(() => ChangeAsync(new PermissionChange(role, permission, granted)));
        await host.SqlAsync($"update role_permissions set granted = {granted} where role = '{role}' and permission = '{permission}'");
        var (_, matrix) = await host.WithAsync((PermissionService permissions) => permissions.ReadAsync(CancellationToken.None));
        Assert.Equal(!granted, matrix.Contains((role, permission)));
        await host.SqlAsync($"update role_permissions set granted = {!granted} where role = '{role}' and permission = '{permission}'");
    }

    [Fact]
    public async Task Csv_HasEveryCell_AndIsAnExport()
    {
        var text = await (await (await host.SignInAsync(Roles.SuperAdmin)).Client.GetAsync(Url + "?handler=Csv")).Content.ReadAsStringAsync();
        Assert.Equal(Policies.All.Count + 1, text.Trim().Split("\r\n").Length);
        Assert.Contains("Opérateur grand compte", text);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(Roles.Support)).GetAsync("/regles?handler=Csv")).Status);
    }

    [Theory]
    [InlineData(new string[] { }, HttpStatusCode.Forbidden)]
    [InlineData(new[] { Policies.DossiersView }, HttpStatusCode.Forbidden)]
    [InlineData(new[] { Policies.RuleReaders }, HttpStatusCode.OK)]
    [InlineData(new[] { "rules.*" }, HttpStatusCode.OK)]
    [InlineData(new[] { "*" }, HttpStatusCode.OK)]
    public async Task ApiKey_ScopesRestrict(string[] scopes, HttpStatusCode expected)
    {
        var user = await host.CreateUserAsync(Roles.Operateur);
        var (_, key) = await host.WithAsync((ApiKeyService keys) => keys.CreateAsync("essai", user.Id, scopes, TimeSpan.FromDays(1), ChangeContext.System("test", host.Clock.GetUtcNow()), CancellationToken.None));
        Assert.Equal(expected, await StatusAsync("/regles", key));

        // Its owner's rights are the limit, whatever the scopes say; one's own account is for people.
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("/admin/droits", key));
        Assert.Equal(scopes is ["*"] ? HttpStatusCode.OK : HttpStatusCode.Forbidden, await StatusAsync("/mon-compte", key));
    }

    [Fact]
    public async Task Seed_KeepsWhatWasChanged_FollowsTheCodeElsewhere()
    {
        await host.SqlAsync($"update role_permissions set granted = not granted, changed_at = case when role = '{Roles.Auditeur}' then now() end where permission = '{Policies.Accounting}' and role in ('{Roles.Auditeur}', '{Roles.Admin}')");
        await host.SqlAsync($"delete from role_permissions where permission = '{Policies.Accounting}' and role = '{Roles.Comptable}'");
        await host.WithAsync((PermissionService permissions) => permissions.SeedAsync(CancellationToken.None));
        var (_, matrix) = await host.WithAsync((PermissionService permissions) => permissions.ReadAsync(CancellationToken.None));
        Assert.Contains((Roles.Auditeur, Policies.Accounting), matrix);
        Assert.DoesNotContain((Roles.Admin, Policies.Accounting), matrix);
        Assert.Contains((Roles.Comptable, Policies.Accounting), matrix);
        Assert.False(await host.WithAsync((PermissionService permissions) => permissions.SeedAsync(CancellationToken.None)));
    }

    private async Task ChangeAsync(params PermissionChange[] changes)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var permissions = scope.ServiceProvider.GetRequiredService<PermissionService>();
        var (version, _) = await permissions.ReadAsync(CancellationToken.None);
        await permissions.ChangeAsync(changes, version, ChangeContext.System("test", host.Clock.GetUtcNow(), "Essai"), CancellationToken.None);
    }

    private async Task<HttpStatusCode> StatusAsync(string url, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = new("ApiKey", key);
        return (await host.Visitor().Client.SendAsync(request)).StatusCode;
    }
}
