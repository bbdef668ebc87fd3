using System.Net;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Tests.Demande;

namespace MonOPCO.Host.Tests.Signature;

public sealed class SignatureTests(FrontFixture host) : IClassFixture<FrontFixture>
{
    private ChangeContext Now => ChangeContext.System("Essai", host.Clock.GetUtcNow());

    [Fact]
    public async Task Sign_CodeAndConsent_SealsAndThanks()
    {
        var request = await RequestAsync("99900137300011");
        var (signer, url) = await LinkAsync(request, SignerRole.Entreprise);
        var browser = host.Visitor();
        var page = await browser.GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("Signature électronique simple", page.Text);
        Assert.Contains("J'ai lu le document", page.Text);
        Assert.Contains("Léo Martin", page.Text);

        // A scanner that only follows the link has read nothing.
        Assert.Equal(SignerStatus.Invited, (await SignerAsync(signer)).Status);
        var file = await browser.Client.GetAsync(url + "/document");
        Assert.Equal("inline", file.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(SignerStatus.Viewed, (await SignerAsync(signer)).Status);
        Assert.Equal("attachment", (await browser.Client.GetAsync(url + "/document?telecharger=1")).Content.Headers.ContentDisposition!.DispositionType);

        Assert.Equal(url + "#signer", (await browser.PostAsync(page, url, [], "Code")).Location);
        var asked = await browser.GetAsync(url);
        Assert.Equal(url, (await browser.PostAsync(asked, url, new() { ["Consent"] = "true", ["Code"] = await CodeAsync(signer) }, "Signer")).Location);
        var thanks = await browser.GetAsync(url);
        Assert.Contains("Merci, votre signature est enregistrée", thanks.Text);
        Assert.Contains("C’est maintenant au tour de Léo Martin", thanks.Text);
        var signed = await SignerAsync(signer);
        Assert.Equal(SignerStatus.Signed, signed.Status);
        Assert.StartsWith("mentions.consentement:", signed.ConsentVersion);
        Assert.NotEqual(request.DocumentId, await host.DatabaseAsync(db => db.SignatureRequests.Where(x => x.Id == request.Id).Select(x => x.CurrentDocumentId).SingleAsync()));

        // Pressing again changes nothing.
        Assert.Contains("Merci", (await browser.PostAsync(asked, url, new() { ["Consent"] = "true", ["Code"] = "000000" }, "Signer")).Text);
    }

    [Fact]
    public async Task Sign_WrongMissingAndExpiredCode_SaySoInPlace()
    {
        var (signer, url) = await LinkAsync(await RequestAsync("99900274400012"), SignerRole.Entreprise);
        var browser = host.Visitor();
        var page = await browser.GetAsync(url);
        var nothing = await browser.PostAsync(page, url, [], "Signer");
        Assert.Equal(HttpStatusCode.BadRequest, nothing.Status);
        Assert.Contains("Cochez la case pour signer", nothing.Text);
        Assert.Contains("Tapez les six chiffres", nothing.Text);
        Assert.Contains("Demandez d’abord un code", (await SignAsync(browser, page, url, "123456")).Text);

        await browser.PostAsync(page, url, [], "Code");
        Assert.Contains("Attendez une minute", (await browser.PostAsync(page, url, [], "Code")).Text);
        var good = await CodeAsync(signer);
        var bad = good == "000000" ? "000001" : "000000";
        Assert.Contains("n’est pas le bon", (await SignAsync(browser, page, url, bad)).Text);
        Assert.Equal(1, (await SignerAsync(signer)).CodeAttempts);
        for (var i = 0; i < 4; i++)
        {
            await SignAsync(browser, page, url, bad);
        }

        Assert.Contains("Trop d’essais", (await SignAsync(browser, page, url, good)).Text);
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        await browser.PostAsync(page, url, [], "Code");
        host.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Contains("expiré", (await SignAsync(browser, page, url, await CodeAsync(signer))).Text);
        Assert.NotEqual(SignerStatus.Signed, (await SignerAsync(signer)).Status);
    }

    [Fact]
    public async Task Sign_DocumentChangedMeanwhile_AsksToReadAgain()
    {
        var (signer, url) = await LinkAsync(await RequestAsync("99900411200010"), SignerRole.Entreprise);
        var browser = host.Visitor();
        var page = await browser.GetAsync(url);
        await browser.PostAsync(page, url, [], "Code");
        var stale = await browser.PostAsync(page, url, new() { ["Consent"] = "true", ["Code"] = await CodeAsync(signer), ["Sha256"] = new string('0', 64) }, "Signer");
        Assert.Equal(HttpStatusCode.BadRequest, stale.Status);
        Assert.Contains("Le document a changé", stale.Text);
        Assert.NotEqual(new string('0', 64), stale.HiddenFields["Sha256"]);
    }

    [Fact]
    public async Task Employee_OfBilan_KnowsTenDaysAndMayRefuse()
    {
        var request = await RequestAsync("99900548100018", SignerRole.Beneficiaire);
        var (signer, url) = await LinkAsync(request, SignerRole.Beneficiaire);
        var browser = host.Visitor();
        var page = await browser.GetAsync(url);
        Assert.Contains("Vous avez 10\u00A0jours pour répondre", WebUtility.HtmlDecode(page.Html));
        Assert.Contains("R6313-8", page.Text);
        var empty = await browser.PostAsync(page, url, [], "Refuser");
        Assert.Equal(HttpStatusCode.BadRequest, empty.Status);
        Assert.Contains("Indiquez en quelques mots", empty.Text);
        Assert.Equal(url, (await browser.PostAsync(page, url, new() { ["Reason"] = "Je change de poste." }, "Refuser")).Location);
        Assert.Contains("Votre refus est enregistré", (await browser.GetAsync(url)).Text);
        Assert.Equal((SignerStatus.Declined, "Je change de poste."), ((await SignerAsync(signer)).Status, (await SignerAsync(signer)).DeclineReason));
    }

    [Fact]
    public async Task Link_TooLate_SaysThatSilenceIsRefusal()
    {
        var (_, url) = await LinkAsync(await RequestAsync("99900685100011", SignerRole.Beneficiaire), SignerRole.Beneficiaire);
        host.Clock.Advance(TimeSpan.FromDays(12));
        var page = await host.Visitor().GetAsync(url);
        Assert.Equal(HttpStatusCode.Gone, page.Status);
        Assert.Contains("Le délai pour signer est passé", page.Text);
        Assert.Contains("tient votre silence pour un refus", page.Text);
    }

    [Fact]
    public async Task Link_Unknown_OffersANewOneByMailAndTellsNothing()
    {
        var browser = host.Visitor();
        Assert.Equal("/signature?lien=inconnu", (await browser.GetAsync("/signature/nimporte")).Location);
        var page = await browser.GetAsync("/signature?lien=inconnu");
        Assert.Equal(HttpStatusCode.NotFound, page.Status);
        Assert.Contains("Ce lien ne s’ouvre pas", page.Text);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/signature/nimporte/document")).Status);

        var (signer, old) = await LinkAsync(await RequestAsync("99900822000017"), SignerRole.Entreprise);
        var before = (await SignerAsync(signer)).InvitationGeneration;
        Assert.Equal("/signature", (await browser.PostAsync(page, "/signature", new() { ["Email"] = "inconnu@exemple.fr" })).Location);
        Assert.Equal("/signature", (await browser.PostAsync(page, "/signature", new() { ["Email"] = (await SignerAsync(signer)).Email })).Location);
        Assert.Equal(before + 1, (await SignerAsync(signer)).InvitationGeneration);
        Assert.Equal("/signature?lien=inconnu", (await browser.GetAsync(old)).Location);
        var renewed = await SignerAsync(signer);
        var fresh = await browser.GetAsync("/signature/" + await host.WithAsync((SignatureService signatures) => Task.FromResult(signatures.TokenOf(renewed))));
        Assert.Equal(HttpStatusCode.OK, fresh.Status);
        Assert.Contains("J'ai lu le document", fresh.Text);

        // Not twice in a row.
        await browser.PostAsync(page, "/signature", new() { ["Email"] = (await SignerAsync(signer)).Email });
        Assert.Equal(before + 1, (await SignerAsync(signer)).InvitationGeneration);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync(page, "/signature", new() { ["Email"] = "" })).Status);
    }

    [Fact]
    public async Task Forms_SentTwice_ActOnceAndSaySo()
    {
        var request = await RequestAsync("99900959000012");
        var (signer, url) = await LinkAsync(request, SignerRole.Entreprise);
        var browser = host.Visitor();
        var page = await browser.GetAsync(url);
        var codes = await TwiceAsync(() => browser.PostAsync(page, url, [], "Code"));
        Assert.Single(codes, x => x.Status == HttpStatusCode.Redirect);
        Assert.Contains("Un code vient de vous être envoyé", Assert.Single(codes, x => x.Status == HttpStatusCode.BadRequest).Text);
        Assert.Equal(1, await ActsAsync("CodeSent"));

        var code = await CodeAsync(signer);
        var signed = await TwiceAsync(() => SignAsync(browser, page, url, code));
        Assert.Contains(signed, x => x.Location == url);
        Assert.All(signed.Where(x => x.Location != url), x => Assert.Contains("Merci, votre signature est enregistrée", x.Text));
        Assert.Equal(1, await ActsAsync("Signed"));
        Assert.Equal(2, await host.DatabaseAsync(db => db.Documents.CountAsync(x => x.DossierId == request.DossierId && x.TypeCode == DocumentTypes.Convention)));

        // A lost link asked for twice: two mails would kill the first one's link.
        var lost = await browser.GetAsync("/signature?lien=inconnu");
        var (employee, _) = await LinkAsync(request, SignerRole.Beneficiaire);
        var email = (await SignerAsync(employee)).Email;
        var before = (await SignerAsync(employee)).InvitationGeneration;
        Assert.All(await TwiceAsync(() => browser.PostAsync(lost, "/signature", new() { ["Email"] = email })), x => Assert.Equal("/signature", x.Location));
        Assert.Equal(before + 1, (await SignerAsync(employee)).InvitationGeneration);

        Task<int> ActsAsync(string action) => host.DatabaseAsync(db => db.AuditEntries.CountAsync(x => x.Subject == "signer" && x.SubjectId == signer.ToString() && x.Action == action));
    }

    [Fact]
    public async Task Refusal_SentTwice_IsRecordedOnce()
    {
        var (signer, url) = await LinkAsync(await RequestAsync("99903836700010", SignerRole.Beneficiaire), SignerRole.Beneficiaire);
        var browser = host.Visitor();
        var page = await browser.GetAsync(url);
        var answers = await TwiceAsync(() => browser.PostAsync(page, url, new() { ["Reason"] = "Je change de poste." }, "Refuser"));
        Assert.Contains(answers, x => x.Location == url);
        Assert.All(answers.Where(x => x.Location != url), x => Assert.Contains("Votre refus est enregistré", x.Text));
        Assert.Equal(1, await host.DatabaseAsync(db => db.AuditEntries.CountAsync(x => x.SubjectId == signer.ToString() && x.Action == "Declined")));
    }

    [Fact]
    public async Task Space_LeadsItsOwnerToTheLinkAndNobodyElse()
    {
        var employee = await host.CreateUserAsync(Roles.Beneficiaire);
        var request = await RequestAsync("99901096000014", SignerRole.Beneficiaire, employee.Email);
        var (signer, url) = await LinkAsync(request, SignerRole.Beneficiaire);
        var browser = host.Visitor();
        await browser.SignInAsync(employee.Email!, HostFixture.Password);
        Assert.Contains("Signer :", (await browser.GetAsync("/espace")).Text);
        Assert.Equal(url, (await browser.GetAsync($"/espace/signatures/{signer}")).Location);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/espace/documents/{request.DocumentId}")).Status);
        var other = await host.SignInAsync(Roles.Beneficiaire);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/espace/signatures/{signer}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/espace/documents/{request.DocumentId}")).Status);

        // Outside the demonstration there is no short cut.
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/demonstration/signature/{signer}")).Status);
    }

    /// <summary>A convention in signature: by default company, then employee.</summary>
    private async Task<SignatureRequest> RequestAsync(string siret, SignerRole first = SignerRole.Entreprise, string? employee = null)
    {
        var email = $"rh@{siret}.exemple.fr";
        var (_, numero) = await host.SendRequestAsync(email, siret, employee: employee ?? "leo.martin@exemple.fr");
        var dossier = await host.DatabaseAsync(db => db.Dossiers.SingleAsync(x => x.Numero == numero));
        var document = await host.WithAsync((DocumentStore store) => store.AddAsync(new NewDocument(DocumentTypes.Convention, $"convention-{numero}.pdf", dossier.Id), new MemoryStream(MinimalPdf.Bytes), Now, CancellationToken.None));
        NewSigner[] signers = [new(SignerRole.Entreprise, first == SignerRole.Entreprise ? 1 : 2, "Claire Weiss", email), new(SignerRole.Beneficiaire, first == SignerRole.Entreprise ? 2 : 1, "Léo Martin", employee ?? "leo.martin@exemple.fr")];
        return await host.WithAsync((SignatureService signatures) => signatures.CreateAsync(new NewSignatureRequest(dossier.Id, DocumentTypes.Convention, document.Id, $"Convention {numero}", signers), Now, CancellationToken.None));
    }

    private async Task<(Guid Signer, string Url)> LinkAsync(SignatureRequest request, SignerRole role)
    {
        var signer = request.Signers.Single(x => x.Role == role);
        return (signer.Id, "/signature/" + await host.WithAsync((SignatureService signatures) => Task.FromResult(signatures.TokenOf(signer))));
    }

    private Task<Signer> SignerAsync(Guid id) => host.DatabaseAsync(db => db.Signers.AsNoTracking().SingleAsync(x => x.Id == id));

    private async Task<string> CodeAsync(Guid signer)
    {
        var current = await SignerAsync(signer);
        return await host.WithAsync((SignatureService signatures) => Task.FromResult(signatures.CodeOf(current)));
    }

    private static Task<HtmlPage[]> TwiceAsync(Func<Task<HtmlPage>> send) => Task.WhenAll(send(), send());

    private static Task<HtmlPage> SignAsync(Browser browser, HtmlPage page, string url, string code) => browser.PostAsync(page, url, new() { ["Consent"] = "true", ["Code"] = code }, "Signer");
}
