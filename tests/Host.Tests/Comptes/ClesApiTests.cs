using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Comptes;

[Collection(AccountTests.Name)]
[Trait("Requirement", "S001-5.2")]
public sealed partial class ClesApiTests(AccountsFixture host)
{
    private const string Url = "/admin/cles-api";

    [Fact]
    public async Task Key_OpensWhatItsScopesName_AndTellsWhatIsMissing()
    {
        var (admin, _, _) = await host.AdminAsync();
        var (_, key) = await KeyAsync(admin, Policies.RuleReaders);
        Assert.DoesNotContain(key, (await admin.GetAsync(Url)).Html);
        Assert.Contains("En service", (await admin.GetAsync(Url)).Text);

        // Procedures may not be read with it: the answer says which scope is missing.
        var refused = await AskAsync(key, "/elsa/api/workflow-definitions");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(Policies.ProceduresView, problem.GetProperty("scope").GetString());
        Assert.Contains("a servi", (await admin.GetAsync(Url)).Text);
    }

    [Fact]
    public async Task Key_RotatedThenRevoked_OverlapsThenStops()
    {
        var (admin, _, _) = await host.AdminAsync();
        var (service, key) = await KeyAsync(admin, Policies.ProceduresView);
        var id = await host.WithAsync((MonOpcoDbContext db) => db.ApiKeys.Where(x => x.UserId == service).Select(x => x.Id).SingleAsync());
        Assert.NotEqual(HttpStatusCode.Unauthorized, (await AskAsync(key, "/elsa/api/workflow-definitions")).StatusCode);
        var shown = await admin.PostAsync(await admin.GetAsync(Url), Url, new() { ["id"] = id.ToString() }, "Remplacer");
        var second = Key().Match(shown.Html).Value;
        Assert.NotEqual(HttpStatusCode.Unauthorized, (await AskAsync(key, "/elsa/api/workflow-definitions")).StatusCode);
        Assert.NotEqual(HttpStatusCode.Unauthorized, (await AskAsync(second, "/elsa/api/workflow-definitions")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.PostAsync(await admin.GetAsync(Url), Url, new() { ["id"] = id.ToString() }, "Remplacer")).Status);

        var successor = await host.WithAsync((MonOpcoDbContext db) => db.ApiKeys.Where(x => x.UserId == service && x.Id != id).Select(x => x.Id).SingleAsync());
        await admin.PostAsync(await admin.GetAsync(Url), Url, new() { ["id"] = successor.ToString() }, "Revoquer");
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(second, "/elsa/api/workflow-definitions")).StatusCode);
        await host.SqlAsync($"update api_keys set expires_at = now() - interval '1 second' where id = '{id}'");
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(key, "/elsa/api/workflow-definitions")).StatusCode);
        Assert.Equal(["Created", "Rotated"], await host.WithAsync((MonOpcoDbContext db) => db.AuditEntries.Where(x => x.Subject == "api-key" && x.SubjectId == id.ToString()).OrderBy(x => x.Id).Select(x => x.Action).ToListAsync()));
    }

    [Fact]
    public async Task ServiceAccount_Deactivated_AllItsKeysAreRefused_AndItHasNoOtherDoor()
    {
        var (admin, _, _) = await host.AdminAsync();
        var (service, key) = await KeyAsync(admin, Policies.ProceduresView);
        await admin.PostAsync(await admin.GetAsync(Url), Url, new() { ["id"] = service.ToString() }, "Fermer");
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(key, "/elsa/api/workflow-definitions")).StatusCode);
        var account = await host.ReadAsync(service);
        Assert.True(account is { IsService: true, PasswordHash: null, Email: null, MayEnter: false });
        Assert.Equal(HttpStatusCode.NotFound, (await admin.GetAsync($"/admin/comptes/{service}")).Status);
    }

    [Theory]
    [InlineData(90, "", "ici", "Choisissez au moins un droit")]
    [InlineData(4000, Policies.ProceduresView, "ici", "Une clé expire, au plus tard")]
    [InlineData(0, Policies.ProceduresView, "ici", "Une clé expire, au plus tard")]
    [InlineData(90, Policies.Administration, "ici", "ne se donne pas à un programme")]
    [InlineData(90, Policies.ProceduresView, "", "Donnez un nom à la clé")]
    public async Task Key_Invalid_SaysWhy(int days, string scope, string name, string message)
    {
        var (admin, _, _) = await host.AdminAsync();
        var service = await ServiceAsync(admin);
        var fields = new Dictionary<string, string> { ["Compte"] = service.ToString(), ["Nom"] = name, ["Jours"] = $"{days}" };
        if (scope.Length > 0)
        {
            fields["Droits"] = scope;
        }

        var answer = await admin.PostAsync(await admin.GetAsync(Url), Url, fields, "Cle");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(message, answer.Text);
        Assert.DoesNotMatch(Key(), answer.Html);
    }

    [Fact]
    public async Task Page_AsksForTheSecondFactorAgain_AndIsAdministratorsAlone()
    {
        var (admin, _, _) = await host.AdminAsync();
        host.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.StartsWith("/mon-compte/confirmer", (await admin.GetAsync(Url)).Location);
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.SignInAsync(Roles.Operateur)).GetAsync(Url)).Status);
    }

    private async Task<Guid> ServiceAsync(Browser admin)
    {
        var name = $"Programme {Guid.NewGuid():N}";
        await admin.PostAsync(await admin.GetAsync(Url), Url, new() { ["Programme"] = name }, "Compte");
        return await host.WithAsync((MonOpcoDbContext db) => db.Users.Where(x => x.IsService && x.DisplayName == name).Select(x => x.Id).SingleAsync());
    }

    private async Task<(Guid Service, string Key)> KeyAsync(Browser admin, string scope)
    {
        var service = await ServiceAsync(admin);
        var shown = await admin.PostAsync(await admin.GetAsync(Url), Url, new() { ["Compte"] = service.ToString(), ["Nom"] = "Essai", ["Jours"] = "90", ["Droits"] = scope }, "Cle");
        Assert.Equal(HttpStatusCode.OK, shown.Status);
        return (service, Key().Match(shown.Html).Value);
    }

    private async Task<HttpResponseMessage> AskAsync(string key, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("ApiKey", key);
        return await host.Visitor().Client.SendAsync(request);
    }

    [GeneratedRegex("mopco_[A-Za-z0-9_-]{43}")]
    private static partial Regex Key();
}
