using System.Net;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Bilans;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Droits;

/// <summary>What a beneficiary can check: who opened the dossier, what the employer sees, and who becomes the consultant.</summary>
public sealed class BilanPagesTests(ConsoleFixture host) : IClassFixture<ConsoleFixture>
{
    [Fact]
    [Trait("Requirement", "S002-5.2.4")]
    [Trait("Requirement", "S001-1.3.6.2")]
    public async Task Acces_TellsEveryOpening_ByWhomAndWhat()
    {
        var (dossier, person, employer) = await BilanAsync();
        var quote = await host.AddDocumentAsync(dossier.Id, DocumentTypes.Devis);
        var url = $"/espace/dossiers/{dossier.Numero}/acces";
        var operatorBrowser = await host.OperatorAsync("Nadia Keller");
        await operatorBrowser.GetAsync($"/dossiers/{dossier.Numero}");
        await operatorBrowser.Client.GetAsync($"/dossiers/{dossier.Numero}/documents/{quote.Id}");
        await employer.GetAsync($"/espace/dossiers/{dossier.Numero}");
        await employer.Client.GetAsync($"/espace/documents/{quote.Id}");
        await (await host.SignInAsync(Roles.Support)).GetAsync($"/dossiers/{dossier.Numero}/modifier");

        var page = await person.GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("Nadia Keller", page.Text);
        Assert.Contains("notre équipe, opérateur", page.Text);
        Assert.Contains("a ouvert la fiche de votre dossier", page.Text);
        Assert.Contains("a ouvert un document du dossier", page.Text);
        Assert.Contains($"{dossier.Company!.Name}, ressources humaines", page.Text);

        // What was refused was not opened; what the person opens is there too.
        Assert.DoesNotContain("Support", page.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Vous", (await person.GetAsync(url)).Text);
        Assert.Equal(HttpStatusCode.NotFound, (await employer.GetAsync(url)).Status);
        var kept = await host.WithAsync((MonOpcoDbContext db) => db.DossierAccesses.Where(x => x.DossierId == dossier.Id).Select(x => new { x.Role, x.Thing, x.DocumentId }).ToListAsync());
        Assert.Equal(2, kept.Count(x => x.Thing == AccessedThing.Document && x.DocumentId == quote.Id));
    }

    [Fact]
    public async Task Employeur_IsTheEmployersOwnPage_WithoutForms()
    {
        var (dossier, person, employer) = await BilanAsync();
        await host.AddDocumentAsync(dossier.Id, DocumentTypes.Devis);
        await host.AddDocumentAsync(dossier.Id, DocumentTypes.Synthese, personEmail: await EmailAsync(dossier.Id));
        await host.WithAsync((ComplementService x) => x.AskAsync(dossier.Id, [new AskComplement("objectifs", "Précisez le projet.")], host.Change(), CancellationToken.None));
        var real = await employer.GetAsync($"/espace/dossiers/{dossier.Numero}");
        var shown = await person.GetAsync($"/espace/dossiers/{dossier.Numero}/employeur");
        Assert.Equal(HttpStatusCode.OK, shown.Status);
        foreach (var seen in new[] { "devis.pdf", "Précisez le projet.", "Demandé", "Suivi" })
        {
            Assert.Contains(seen, real.Text);
            Assert.Contains(seen, shown.Text);
        }

        Assert.DoesNotContain("synthese_bilan.pdf", real.Text);
        Assert.DoesNotContain("synthese_bilan.pdf", shown.Text);
        Assert.Contains("synthese_bilan.pdf", (await person.GetAsync($"/espace/dossiers/{dossier.Numero}")).Text);
        var frame = shown.Html[shown.Html.IndexOf("mo-looking-page", StringComparison.Ordinal)..shown.Html.IndexOf("</main>", StringComparison.Ordinal)];
        Assert.DoesNotContain("<form", frame);
        Assert.DoesNotContain("<button", frame);
        Assert.DoesNotContain("/espace/documents/", frame);
        Assert.Equal(HttpStatusCode.NotFound, (await employer.GetAsync($"/espace/dossiers/{dossier.Numero}/employeur")).Status);
    }

    [Fact]
    public async Task Consultant_ProposedByStaff_ConsentedInTheSpace()
    {
        var old = await host.CreateUserAsync(Roles.Consultant);
        var next = await host.CreateUserAsync(Roles.Consultant);
        var (dossier, person, employer) = await BilanAsync(old.Id);
        await host.AddDocumentAsync(dossier.Id, DocumentTypes.Synthese, personEmail: await EmailAsync(dossier.Id));
        var (before, after) = (host.Visitor(), host.Visitor());
        await before.SignInAsync(old.Email!, HostFixture.Password);
        await after.SignInAsync(next.Email!, HostFixture.Password);
        var own = $"/espace/dossiers/{dossier.Numero}";
        Assert.Contains("synthese_bilan.pdf", (await before.GetAsync(own)).Text);

        var (staff, url) = (await host.SignInAsync(Roles.ResponsablePedagogique), $"/dossiers/{dossier.Numero}/consultant");
        Assert.Equal(HttpStatusCode.Forbidden, (await (await host.OperatorAsync()).GetAsync(url)).Status);
        var empty = await staff.PostAsync(await staff.GetAsync(url), url, []);
        Assert.Equal(HttpStatusCode.BadRequest, empty.Status);
        Assert.Contains("Choisissez un consultant", empty.Text);
        Assert.Equal(HttpStatusCode.Redirect, (await staff.PostAsync(empty, url, new() { ["Consultant"] = next.Id.ToString(), ["Motif"] = "Départ de l’équipe" })).Status);
        Assert.Contains("Attend l’accord du bénéficiaire", (await staff.GetAsync(url)).Text);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), ((await before.GetAsync(own)).Status, (await after.GetAsync(own)).Status));

        Assert.Contains("Un nouveau consultant vous est proposé", (await person.GetAsync(own)).Text);
        var ask = await person.GetAsync(own + "/consultant");
        Assert.Contains("Départ de l’équipe", ask.Text);
        var unticked = await person.PostAsync(ask, own + "/consultant", [], "Accepter");
        Assert.Equal(HttpStatusCode.BadRequest, unticked.Status);
        Assert.Contains("Cochez la case", unticked.Text);
        Assert.Equal(HttpStatusCode.NotFound, (await employer.PostAsync(await employer.GetAsync("/mon-compte"), own + "/consultant", new() { ["Proposition"] = ask.HiddenFields["Proposition"], ["Accord"] = "true" }, "Accepter")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await after.GetAsync(own)).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await person.PostAsync(unticked, own + "/consultant", new() { ["Accord"] = "true" }, "Accepter")).Status);
        Assert.Contains("Vous avez accepté", (await person.GetAsync(own + "/consultant")).Text);
        Assert.Contains("synthese_bilan.pdf", (await after.GetAsync(own)).Text);
        Assert.Equal(HttpStatusCode.NotFound, (await before.GetAsync(own)).Status);
        Assert.Contains("Accepté", (await staff.GetAsync(url)).Text);
    }

    private Task<string> EmailAsync(Guid dossier) => host.WithAsync((MonOpcoDbContext db) => db.Beneficiaires.Where(x => x.DossierId == dossier).Select(x => x.Email).SingleAsync());

    private async Task<(Dossier Dossier, Browser Person, Browser Employer)> BilanAsync(Guid? consultant = null)
    {
        var dossier = await host.CreateDossierAsync();
        var (employee, rh) = (await host.CreateUserAsync(Roles.Beneficiaire), await host.CreateUserAsync(Roles.Entreprise, dossier.CompanyId));
        await host.SqlAsync($"update beneficiaires set email = '{employee.Email}', email_key = lower('{employee.Email}') where dossier_id = '{dossier.Id}'");
        if (consultant is not null)
        {
            await host.SqlAsync($"update dossiers set consultant_user_id = '{consultant}' where id = '{dossier.Id}'");
        }

        var (person, employer) = (host.Visitor(), host.Visitor());
        await person.SignInAsync(employee.Email!, HostFixture.Password);
        await employer.SignInAsync(rh.Email!, HostFixture.Password);
        return (dossier, person, employer);
    }
}
