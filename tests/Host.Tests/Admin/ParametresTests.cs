using System.Net;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Users;

namespace MonOPCO.Host.Tests.Admin;

/// <summary>Settings of the platform: what is data is changed and audited, what is configuration is shown, secrets never are.</summary>
public sealed class ParametresTests(ParametresTests.Fixture host) : IClassFixture<ParametresTests.Fixture>
{
    private const string Path = "/admin/parametres";

    [Theory]
    [InlineData(Roles.Operateur)]
    [InlineData(Roles.ResponsableProcedures)]
    [InlineData(Roles.Entreprise)]
    public async Task Get_NotAnAdministrator_Forbidden(string role)
    {
        var browser = await host.SignInAsync(role);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync(Path)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync(Path + "/organismes/netz")).Status);
    }

    [Fact]
    public async Task Get_UnknownOrganisme_NotFound() => Assert.Equal(HttpStatusCode.NotFound, (await (await host.SignInAsync(Roles.SuperAdmin)).GetAsync(Path + "/organismes/inconnu")).Status);

    [Fact]
    [Trait("Requirement", "S002-3.A.5")]
    public async Task Get_Administrator_SeesSettingsByTheirNames_AndNoSecret()
    {
        var page = await (await host.SignInAsync(Roles.SuperAdmin)).GetAsync(Path);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        foreach (var shown in new[] { "https://monopco.test", "Site:PublicUrl", "12 heures", "SignIn:SessionLifetime", "facteur@exemple.fr", "smtp.exemple.fr, port 587, chiffré", "Netz Informatique", "non défini", "10 minutes" })
        {
            Assert.Contains(shown, page.Text.Replace('\u00A0', ' '), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("phrase-tres-secrete", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(new string('a', 64), page.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"/regles\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"/admin/parametres\"", (await (await host.SignInAsync(Roles.SuperAdmin)).GetAsync("/console")).Html, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S002-3.A.5")]
    public async Task Organisme_Changed_IsSavedAndAuditedOnce()
    {
        var browser = await host.SignInAsync(Roles.SuperAdmin);
        var url = Path + "/organismes/haguenau-formation";
        var page = await browser.GetAsync(url);
        var fields = Fields("Haguenau Formation", "900 000 027 00012");
        Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync(page, url, fields)).Status);
        var body = await host.WithAsync((MonOpcoDbContext x) => x.TrainingBodies.AsNoTracking().SingleAsync(b => b.Slug == "haguenau-formation"));
        Assert.Equal(("Haguenau Formation", "90000002700012", "44670123456", false, 20m), (body.Name, body.Siret, body.Nda, body.IsFictitious, body.VatRate));
        Assert.Equal(["AF"], body.QualiopiCategories);
        var line = Assert.Single(await AuditAsync(body.Id.ToString()));
        Assert.Equal(("Changed", "Numéros officiels"), (line.Action, line.Reason));
        Assert.Equal("44670123456", line.NewValues!["nda"]!.ToString());

        // The same again changes nothing and is not noted.
        await browser.PostAsync(await browser.GetAsync(url), url, fields);
        Assert.Single(await AuditAsync(body.Id.ToString()));
    }

    [Theory]
    [InlineData("Siret", "90000002700013", "clé de contrôle")]
    [InlineData("Siret", "90000001900019", "déjà ce SIRET")]
    [InlineData("Nda", "123", "11 chiffres")]
    [InlineData("QualiopiTo", "2024-01-01", "finir avant")]
    [InlineData("QualiopiNumber", "", "numéro de certificat")]
    [InlineData("VatRate", "0", "taux de TVA")]
    [InlineData("PostalCode", "675", "5 chiffres")]
    [InlineData("Name", "", "nom de l’organisme")]
    public async Task Organisme_WrongValue_SaysWhy_KeepsWhatWasTyped_WritesNothing(string field, string value, string says)
    {
        var browser = await host.SignInAsync(Roles.SuperAdmin);
        var url = Path + "/organismes/nouveau";
        var fields = Fields("Nouvel organisme", "99902740200018");
        fields["Input." + field] = value;
        var page = await browser.PostAsync(await browser.GetAsync(url), url, fields);
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains(says, page.Text, StringComparison.Ordinal);
        Assert.Contains("value=\"Directrice typée\"", page.Html, StringComparison.Ordinal);
        Assert.False(await host.WithAsync((MonOpcoDbContext x) => x.TrainingBodies.AnyAsync(b => b.Name == "Nouvel organisme")));
    }

    [Fact]
    public async Task Organisme_Added_HasAnAddressFromItsName()
    {
        var browser = await host.SignInAsync(Roles.SuperAdmin);
        var url = Path + "/organismes/nouveau";
        await browser.PostAsync(await browser.GetAsync(url), url, Fields("Élan & Métiers d’Alsace", "99903151100010"));
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(Path + "/organismes/elan-metiers-d-alsace")).Status);
    }

    [Fact]
    public async Task LargestFile_Changed_HoldsForTheNextUpload()
    {
        var browser = await host.SignInAsync(Roles.SuperAdmin);
        var page = await browser.GetAsync(Path);
        var wrong = await browser.PostAsync(page, Path + "?type=RIB", new() { ["mo"] = "99" }, "Taille");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Contains("de 1 à 10 Mo", wrong.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.PostAsync(page, Path + "?type=PAQUET_OPCO", new() { ["mo"] = "5" }, "Taille")).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.PostAsync(page, Path + "?type=RIB", new() { ["mo"] = "1" }, "Taille")).Status);
        Assert.Single(await AuditAsync("RIB"));
        var refused = await Assert.ThrowsAsync<Domain.RuleBrokenException>(() => host.WithAsync((DocumentStore x) =>
            x.AddAsync(new NewDocument("RIB", "rib.pdf", null), new MemoryStream(ConsoleFixture.Pdf(2_000_000)), ChangeContext.System("Essai", host.Clock.GetUtcNow()), CancellationToken.None)));
        Assert.Contains("1", refused.Message, StringComparison.Ordinal);
    }

    private Task<List<AuditEntry>> AuditAsync(string id) => host.WithAsync((MonOpcoDbContext x) => x.Set<AuditEntry>().AsNoTracking().Where(e => e.SubjectId == id && (e.Subject == "training-body" || e.Subject == "document-type")).ToListAsync());

    private static Dictionary<string, string> Fields(string name, string siret) => new()
    {
        ["Input.Name"] = name,
        ["Input.LegalForm"] = "SARL",
        ["Input.Siret"] = siret,
        ["Input.Nda"] = "44 67 01234 56",
        ["Input.NdaActive"] = "true",
        ["Input.QualiopiNumber"] = "FR-2025-001",
        ["Input.QualiopiFrom"] = "2025-01-01",
        ["Input.QualiopiTo"] = "2027-12-31",
        ["Input.QualiopiCategories"] = "AF",
        ["Input.PostalCode"] = "67500",
        ["Input.VatStatus"] = nameof(VatStatus.Assujetti),
        ["Input.VatRate"] = "20",
        ["Input.RepresentativeRole"] = "Directrice typée",
        ["Input.IsFictitious"] = "false",
        ["Input.Motif"] = "Numéros officiels",
    };

    /// <summary>With a mail server whose password must never show.</summary>
    public sealed class Fixture : HostFixture
    {
        protected override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
        {
            ["roles"] = "web",
            ["Mail:Host"] = "smtp.exemple.fr",
            ["Mail:Port"] = "587",
            ["Mail:UseStartTls"] = "true",
            ["Mail:From"] = "facteur@exemple.fr",
            ["Mail:Password"] = "phrase-tres-secrete",
        };
    }
}
