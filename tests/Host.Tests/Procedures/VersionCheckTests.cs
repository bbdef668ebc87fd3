using System.Net;
using System.Text.Json.Nodes;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Procedures;

/// <summary>Two editors: one keeps the hand, the other is told and loses nothing.</summary>
[Collection(ProcedureTests.Name)]
public sealed class VersionCheckTests(ProceduresFixture host)
{
    [Fact]
    public async Task Save_TwoTabsOfOnePerson_TheSecondIsRefusedAndItsTextKept()
    {
        var person = await host.OwnerAsync();
        var id = await person.CreateAsync();
        var (first, second) = (await person.OpenAsync(id, "un"), await person.OpenAsync(id, "deux"));
        first["description"] = "de la première fenêtre";
        second["description"] = "de la seconde fenêtre";
        Assert.Equal(HttpStatusCode.OK, (await person.SaveAsync(first, "un")).Status);

        var refused = await person.SaveAsync(second, "deux");
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains(person.Name, refused.Body["message"]!.ToString(), StringComparison.Ordinal);
        Assert.Single(refused.Body["errors"]!["generalErrors"]!.AsArray());
        Assert.Equal("de la première fenêtre", (await host.LatestAsync(id)).Description);
        Assert.Contains("de la seconde fenêtre", await person.Browser.Client.GetStringAsync(new Uri(refused.Body["copyUrl"]!.ToString(), UriKind.Relative)), StringComparison.Ordinal);

        // Its automatic saves go on: still one copy, with what was typed last.
        second["description"] = "de la seconde fenêtre, suite";
        Assert.Equal(refused.Body["copyUrl"]!.ToString(), (await person.SaveAsync(second, "deux")).Body["copyUrl"]!.ToString());
        Assert.Contains("Copies gardées", (await person.GetAsync($"/procedures/{id}")).Text, StringComparison.Ordinal);

        // The first window goes on without a fresh copy: it may overtake its own answers.
        first["description"] = "de la première fenêtre, suite";
        Assert.Equal(HttpStatusCode.OK, (await person.SaveAsync(first, "un")).Status);
        Assert.Equal(1, (await host.LatestAsync(id)).Version);
    }

    [Fact]
    public async Task Save_AnotherPersonSavedMeanwhile_IsRefused_AlsoToPublish()
    {
        var (marie, paul) = (await host.OwnerAsync(), await host.OwnerAsync());
        var id = await marie.PublishedAsync();
        var (hers, his) = (await marie.OpenAsync(id, "m"), await paul.OpenAsync(id, "p"));
        hers["description"] = "de Marie";
        his["description"] = "de Paul";
        Assert.Equal(HttpStatusCode.OK, (await marie.SaveAsync(hers, "m")).Status);
        var refused = await paul.SaveAsync(his, "p", publish: true);
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Contains(marie.Name, refused.Body["message"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, (await host.PublishedAsync(id))!.Version);

        // Loaded again, he may.
        his = await paul.OpenAsync(id, "p");
        his["description"] = "de Paul, après Marie";
        Assert.Equal(HttpStatusCode.OK, (await paul.SaveAsync(his, "p")).Status);
        Assert.Equal("de Paul, après Marie", (await host.LatestAsync(id)).Description);
    }

    [Fact]
    public async Task Save_DraftTakenUpFromAnOldVersionMeanwhile_TheOpenTabOfTheSamePersonIsRefused()
    {
        var person = await host.OwnerAsync();
        var id = await person.PublishedAsync();
        var model = await person.OpenAsync(id, "t");
        model["description"] = "tapé";
        Assert.Equal(HttpStatusCode.OK, (await person.SaveAsync(model, "t")).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await person.PostAsync($"/procedures/{id}", "Reprendre&version=1", [])).Status);
        model["description"] = "tapé encore";
        Assert.Equal(HttpStatusCode.Conflict, (await person.SaveAsync(model, "t")).Status);
        Assert.NotEqual("tapé encore", (await host.LatestAsync(id)).Description);
    }

    [Fact]
    public async Task Save_WithoutTheRight_403AndTheDesignerIsReadOnly()
    {
        var (owner, reader) = (await host.OwnerAsync(), await host.OwnerAsync(Roles.Operateur));
        var id = await owner.CreateAsync();
        var model = await reader.OpenAsync(id);
        Assert.DoesNotContain(model["links"]!.AsArray(), link => link!["rel"]!.ToString() == "publish");
        var refused = await reader.SaveAsync(model);
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Equal(403, (int)refused.Body["status"]!);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync("/procedures/importer")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync($"/procedures/{id}/publier")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.GetAsync($"/procedures/{id}/migration")).Status);
        Assert.DoesNotContain("Supprimer", (await reader.GetAsync($"/procedures/{id}")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await owner.GetAsync("/procedures/inconnue")).Status);
    }

    [Fact]
    public async Task Editors_TwoOpen_EachIsToldOfTheOther()
    {
        var (marie, paul) = (await host.OwnerAsync(), await host.OwnerAsync());
        var id = await marie.CreateAsync();
        Assert.Empty((await marie.SendAsync(HttpMethod.Post, $"/api/v1/procedures/{id}/editors?session=m")).Body["items"]!.AsArray());
        var seen = (await paul.SendAsync(HttpMethod.Post, $"/api/v1/procedures/{id}/editors?session=p")).Body["items"]!.AsArray();
        Assert.Equal((marie.Name, false), (Assert.Single(seen)!["name"]!.ToString(), (bool)seen[0]!["isSamePerson"]!));
        Assert.True((bool)(await marie.SendAsync(HttpMethod.Post, $"/api/v1/procedures/{id}/editors?session=m2")).Body["items"]!.AsArray().Single(x => x!["name"]!.ToString() == marie.Name)!["isSamePerson"]!);
        Assert.Contains($"{paul.Name} a cette procédure ouverte", (await marie.GetAsync($"/procedures/{id}")).Text, StringComparison.Ordinal);
        foreach (var session in new[] { "m", "m2" })
        {
            Assert.Equal(HttpStatusCode.NoContent, (await marie.SendAsync(HttpMethod.Post, $"/api/v1/procedures/{id}/editors?session={session}&left=true")).Status);
        }

        Assert.Empty((await paul.SendAsync(HttpMethod.Post, $"/api/v1/procedures/{id}/editors?session=p")).Body["items"]!.AsArray());
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.OwnerAsync(Roles.Operateur)).SendAsync(HttpMethod.Post, $"/api/v1/procedures/{id}/editors?session=o")).Status);
    }

    [Fact]
    public async Task Import_OverSomebodyElsesDraft_SetsItAside()
    {
        var (marie, paul) = (await host.OwnerAsync(), await host.OwnerAsync());
        var id = await marie.CreateAsync();
        await marie.ChangeAsync(id, "de Marie");
        var file = JsonNode.Parse(await paul.Browser.Client.GetStringAsync(new Uri($"/procedures/{id}/fichier", UriKind.Relative)))!.AsObject();
        file["description"] = "du fichier";
        var imported = await paul.SendAsync(HttpMethod.Post, "/elsa/api/workflow-definitions/import", file);
        Assert.Equal((HttpStatusCode.OK, 2), (imported.Status, (int)imported.Body["version"]!));
        Assert.Contains("de Marie", await marie.Browser.Client.GetStringAsync(new Uri($"/procedures/{id}/fichier?version=1", UriKind.Relative)), StringComparison.Ordinal);
        Assert.Contains("Mise de côté", (await marie.GetAsync($"/procedures/{id}")).Text, StringComparison.Ordinal);
    }
}
