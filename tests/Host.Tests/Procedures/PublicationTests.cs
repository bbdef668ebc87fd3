using System.Net;
using MonOPCO.Domain;
using MonOPCO.Domain.Users;
using MonOPCO.Domain.Workflows;
using MonOPCO.Host.Workflows.Procedures;

namespace MonOPCO.Host.Tests.Procedures;

/// <summary>Which version is in force: at once, at a time, by two persons, and back.</summary>
[Collection(ProcedureTests.Name)]
public sealed class PublicationTests(ProceduresFixture host)
{
    private static readonly Dictionary<string, string> Now = new() { ["Note"] = "Le devis est relu", ["Quand"] = "maintenant" };

    [Fact]
    public async Task Publish_WithoutNote_IsRefused_WithOneItIsInForceAndTold()
    {
        var person = await host.OwnerAsync();
        var id = await person.CreateAsync();
        var refused = await person.PostAsync($"/procedures/{id}/publier", "", new() { ["Note"] = " ", ["Quand"] = "maintenant" });
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("Dites ce qui change", refused.Text, StringComparison.Ordinal);
        Assert.Null(await host.PublishedAsync(id));

        Assert.Equal(HttpStatusCode.Redirect, (await person.PostAsync($"/procedures/{id}/publier", "", Now)).Status);
        Assert.Equal(1, (await host.PublishedAsync(id))!.Version);
        var page = await person.GetAsync($"/procedures/{id}");
        Assert.Contains("Le devis est relu", page.Text, StringComparison.Ordinal);
        Assert.Contains("Version 1 publiée", page.Text, StringComparison.Ordinal);
        var entry = (await host.AuditAsync(id))[^1];
        Assert.Equal(("Published", person.Name, "Le devis est relu"), (entry.Action, entry.Actor, entry.Reason));
        Assert.Contains("Le devis est relu", (await person.GetAsync("/procedures?recherche=" + id)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_FromTheDesigner_AtOnce_AndTheNoteIsCompletedLater()
    {
        var person = await host.OwnerAsync();
        var id = await person.PublishedAsync();
        await person.ChangeAsync(id);
        var saved = await person.SaveAsync(await person.OpenAsync(id), publish: true);
        Assert.True(saved.Status == HttpStatusCode.OK, saved.Text);
        Assert.Equal(2, (await host.PublishedAsync(id))!.Version);
        Assert.Contains("publiée sans note", (await person.GetAsync($"/procedures/{id}")).Text, StringComparison.Ordinal);
        var row = await host.PublicationAsync(id);
        await person.PostAsync($"/procedures/{id}", $"Note&publication={row.Id}", new() { ["Motif"] = "Une ligne de plus" });
        var page = await person.GetAsync($"/procedures/{id}");
        Assert.Contains("Une ligne de plus", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("publiée sans note", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_WithErrors_IsRefusedAndTheStepIsNamed()
    {
        var person = await host.OwnerAsync();
        var id = await person.CreateAsync();
        await person.ChangeAsync(id);
        var model = await person.OpenAsync(id);
        model["root"]!["activities"]!.AsArray().Single(x => x!["id"]!.ToString() == "ligne")!["text"]!["expression"]!["type"] = "JavaScript";
        model["root"]!["activities"]!.AsArray().Single(x => x!["id"]!.ToString() == "ligne")!["text"]!["expression"]!["value"] = "1 +";
        Assert.Equal(HttpStatusCode.OK, (await person.SaveAsync(model)).Status);
        foreach (var url in new[] { $"/procedures/{id}", $"/procedures/{id}/publier" })
        {
            Assert.Contains("Écrire une ligne", (await person.GetAsync(url)).Text, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await person.PostAsync($"/procedures/{id}/publier", "", Now)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await person.SaveAsync(model, publish: true)).Status);
        Assert.Null(await host.PublishedAsync(id));
    }

    [Fact]
    public async Task Schedule_PublishedOnceAtItsTime_WhateverTheHosts()
    {
        var person = await host.OwnerAsync();
        var id = await person.PublishedAsync();
        await person.ChangeAsync(id);
        var (day, at) = Tomorrow();
        var planned = await person.PostAsync($"/procedures/{id}/publier", "", new() { ["Note"] = "Réforme", ["Quand"] = "date", ["Jour"] = day, ["Heure"] = "06:30" });
        Assert.Equal(HttpStatusCode.Redirect, planned.Status);
        Assert.Contains("à 06:30", (await person.GetAsync($"/procedures/{id}")).Text, StringComparison.Ordinal);
        Assert.Contains("Publication programmée", (await person.GetAsync("/procedures?etat=programmee&recherche=" + id)).Text, StringComparison.Ordinal);
        Assert.Equal(at, (await host.PublicationAsync(id)).EffectiveAt);

        // Whoever goes on editing makes the next version.
        var model = await person.OpenAsync(id);
        model["description"] = "après la demande";
        Assert.Equal(3, (int)(await person.SaveAsync(model)).Body["workflowDefinition"]!["version"]!);

        Assert.Equal(0, await DueAsync(at.AddSeconds(-1)));
        Assert.Equal(1, (await host.PublishedAsync(id))!.Version);
        Assert.Equal(1, (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => DueAsync(at)))).Sum());
        Assert.Equal(2, (await host.PublishedAsync(id))!.Version);
        Assert.Equal(0, await DueAsync(at.AddDays(1)));
        Assert.Equal(2, (await host.AuditAsync(id)).Count(entry => entry.Action == "Published"));
    }

    [Fact]
    public async Task Schedule_Withdrawn_IsNotPublished()
    {
        var person = await host.OwnerAsync();
        var id = await person.PublishedAsync();
        await person.ChangeAsync(id);
        var (day, at) = Tomorrow();
        await person.PostAsync($"/procedures/{id}/publier", "", new() { ["Note"] = "Réforme", ["Quand"] = "date", ["Jour"] = day, ["Heure"] = "06:30" });
        var row = await host.PublicationAsync(id);
        Assert.Equal(HttpStatusCode.Redirect, (await person.PostAsync($"/procedures/{id}", $"Retirer&publication={row.Id}", [])).Status);
        await DueAsync(at.AddDays(1));
        Assert.Equal(1, (await host.PublishedAsync(id))!.Version);
        Assert.Equal(PublicationState.Withdrawn, (await host.PublicationAsync(id)).State);
        Assert.Equal(HttpStatusCode.BadRequest, (await person.PostAsync($"/procedures/{id}", $"Retirer&publication={row.Id}", [])).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Schedule_CannotBePublishedAtItsTime_StaysUnpublishedAndSaysWhy(bool isInvalid)
    {
        var person = await host.OwnerAsync();
        var id = await person.PublishedAsync();
        await person.ChangeAsync(id);
        var (day, at) = Tomorrow();
        await person.PostAsync($"/procedures/{id}/publier", "", new() { ["Note"] = "Réforme", ["Quand"] = "date", ["Jour"] = day, ["Heure"] = "06:30" });
        if (isInvalid)
        {
            // As after an update that no longer knows an activity.
            await host.SqlAsync($"update workflow_definitions set body = replace(body, 'Elsa.WriteLine', 'Elsa.Disparue') where definition_id = '{id}' and version = 2");
        }
        else
        {
            var model = await person.OpenAsync(id);
            model["description"] = "plus récente";
            Assert.Equal(HttpStatusCode.OK, (await person.SaveAsync(model, publish: true)).Status);
        }

        Assert.Equal(0, await DueAsync(at));
        Assert.Equal(isInvalid ? 1 : 3, (await host.PublishedAsync(id))!.Version);
        var page = await person.GetAsync($"/procedures/{id}");
        Assert.Contains(isInvalid ? "Elsa.Disparue" : "La version 3, plus récente", page.Text, StringComparison.Ordinal);
        Assert.Contains("Non publiée", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2031-03-30", "02:30", "n’existe pas")]
    [InlineData("2020-01-01", "08:00", "à venir")]
    [InlineData("", "08:00", "Indiquez la date")]
    public async Task Schedule_MomentThatIsNone_IsRefused(string day, string hour, string says)
    {
        var person = await host.OwnerAsync();
        var id = await person.CreateAsync();
        var refused = await person.PostAsync($"/procedures/{id}/publier", "", new() { ["Note"] = "x", ["Quand"] = "date", ["Jour"] = day, ["Heure"] = hour });
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains(says, refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approval_NeedsAnotherPerson()
    {
        var (marie, paul, admin) = (await host.OwnerAsync(), await host.OwnerAsync(), await host.OwnerAsync(Roles.SuperAdmin));
        var id = await marie.PublishedAsync();

        // Who is bound by the rule cannot lift it.
        var page = await marie.GetAsync($"/procedures/{id}");
        Assert.Equal(HttpStatusCode.Forbidden, (await marie.Browser.PostAsync(page, $"/procedures/{id}", new() { ["Regle"] = "oui" }, "Regle")).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await admin.PostAsync($"/procedures/{id}", "Regle", new() { ["Regle"] = "oui" })).Status);

        await marie.ChangeAsync(id);
        var asked = await marie.SaveAsync(await marie.OpenAsync(id), publish: true);
        Assert.Equal(HttpStatusCode.Conflict, asked.Status);
        Assert.Contains("seconde personne", asked.Body["errors"]!["generalErrors"]![0]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, (await host.PublishedAsync(id))!.Version);
        var row = await host.PublicationAsync(id);

        var own = await marie.GetAsync("/procedures/approbations");
        Assert.Contains("Vous avez fait cette demande", own.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await marie.Browser.PostAsync(await marie.GetAsync($"/procedures/{id}"), "/procedures/approbations", [], $"Approuver&publication={row.Id}")).Status);
        Assert.Equal(1, (await host.PublishedAsync(id))!.Version);

        Assert.Equal(HttpStatusCode.Redirect, (await paul.PostAsync("/procedures/approbations", $"Approuver&publication={row.Id}", [])).Status);
        Assert.Equal(2, (await host.PublishedAsync(id))!.Version);
        Assert.Equal((paul.Name, marie.Name), ((await host.PublicationAsync(id)).DecidedBy, (await host.PublicationAsync(id)).RequestedBy));
        Assert.Equal(HttpStatusCode.BadRequest, (await paul.Browser.PostAsync(await paul.GetAsync($"/procedures/{id}"), "/procedures/approbations", [], $"Approuver&publication={row.Id}")).Status);

        // A refusal needs its reason, and is told to who asked. So does a roll back need approval.
        await marie.PostAsync($"/procedures/{id}", "Retablir&version=1", new() { ["Motif"] = "Erreur de ma part" });
        var back = await host.PublicationAsync(id);
        Assert.Equal((PublicationState.AwaitingApproval, 3), (back.State, back.Version));
        Assert.Equal(HttpStatusCode.BadRequest, (await paul.PostAsync("/procedures/approbations", $"Refuser&publication={back.Id}", [])).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await paul.PostAsync("/procedures/approbations", $"Refuser&publication={back.Id}", new() { ["Motif"] = "Gardons la version 2" })).Status);
        Assert.Equal(2, (await host.PublishedAsync(id))!.Version);
        Assert.Contains("Gardons la version 2", (await marie.GetAsync($"/procedures/{id}")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RollBack_FormerVersionIsInForceAgainAsTheNext_AndTheDraftIsSetAside()
    {
        var person = await host.OwnerAsync();
        var id = await person.PublishedAsync();
        await person.ChangeAsync(id);
        await person.PostAsync($"/procedures/{id}/publier", "", Now);
        var draft = await person.OpenAsync(id);
        draft["description"] = "en cours d’écriture";
        await person.SaveAsync(draft);

        Assert.Equal(HttpStatusCode.BadRequest, (await person.PostAsync($"/procedures/{id}", "Retablir&version=1", [])).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await person.PostAsync($"/procedures/{id}", "Retablir&version=1", new() { ["Motif"] = "La version 2 gênait" })).Status);
        var published = (await host.PublishedAsync(id))!;
        Assert.Equal(4, published.Version);
        Assert.DoesNotContain("ligne", published.Body, StringComparison.Ordinal);
        var page = await person.GetAsync($"/procedures/{id}");
        Assert.Contains("Mise de côté", page.Text, StringComparison.Ordinal);
        Assert.Contains("La version 2 gênait", page.Text, StringComparison.Ordinal);

        // Taken up again, it is the draft.
        Assert.Equal(HttpStatusCode.Redirect, (await person.PostAsync($"/procedures/{id}", "Reprendre&version=3", [])).Status);
        Assert.Equal((5, "en cours d’écriture"), ((await host.LatestAsync(id)).Version, (await host.LatestAsync(id)).Description));

        Assert.Equal(HttpStatusCode.Redirect, (await person.PostAsync($"/procedures/{id}", "Depublier", new() { ["Motif"] = "Plus utilisée" })).Status);
        Assert.Null(await host.PublishedAsync(id));
        Assert.Equal("Retracted", (await host.AuditAsync(id))[^1].Action);
    }

    private Task<int> DueAsync(DateTimeOffset now) => host.WithAsync((Publications x) => x.PublishDueAsync(now, CancellationToken.None));

    private (string Day, DateTimeOffset At) Tomorrow()
    {
        var day = Fr.InParis(host.Clock.GetUtcNow()).AddDays(1);
        var local = day.ToDateTime(new TimeOnly(6, 30));
        return (day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), new DateTimeOffset(local, TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris").GetUtcOffset(local)).ToUniversalTime());
    }
}
