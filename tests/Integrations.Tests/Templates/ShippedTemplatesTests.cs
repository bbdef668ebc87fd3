using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using MonOPCO.Integrations.Templates;

namespace MonOPCO.Integrations.Tests.Templates;

/// <summary>Every template of the repository with the example data beside it.</summary>
public partial class ShippedTemplatesTests
{
    private static readonly TemplateRenderer Renderer = new(Options.Create(new TemplateOptions { Root = Repository.Path("templates") }));

    public static TheoryData<string> Documents => Names("documents");

    public static TheoryData<string> Mails => Names("mails");

    private static TheoryData<string> Names(string folder) =>
        new(Directory.EnumerateFiles(Repository.Path("templates", folder), "*.hbs").Select(f => Path.GetFileNameWithoutExtension(f)).Where(n => n[0] != '_').Order(StringComparer.Ordinal));

    internal static JsonElement Example(string folder, string name) => JsonElement.Parse(File.ReadAllText(Repository.Path("templates", folder, "exemples", name + ".json")));

    internal static RenderedDocument Render(string name) => Renderer.RenderDocument(name, Example("documents", name));

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_WithItsExample_IsWellFormedAndCarriesTheNda(string name)
    {
        var document = Render(name);
        Assert.Contains("<html lang=\"fr\">", document.Html, StringComparison.Ordinal);
        Assert.Matches("<title>[^<]{5,}</title>", document.Html);
        Assert.Single(Heading().Matches(document.Html));
        Assert.DoesNotContain("{{", document.Html, StringComparison.Ordinal);
        Assert.Contains("44\u00A067\u00A001234\u00A067", document.HeaderHtml, StringComparison.Ordinal);
        Assert.Contains("ne vaut pas agrément de l", document.FooterHtml, StringComparison.Ordinal);
        // Every amount is kept on one line.
        Assert.All(Amount().Matches(document.Html), match => Assert.StartsWith("<span class=\"n\">", match.Value, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Document_FieldMissing_SaysWhich(string name)
    {
        var data = JsonNode.Parse(Example("documents", name).GetRawText())!.AsObject();
        data["organisme"]!.AsObject().Remove("nda");
        var problem = Assert.Throws<TemplateException>(() => Renderer.RenderDocument(name, JsonSerializer.SerializeToElement(data)));
        Assert.Contains("organisme.nda", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Requirement", "S004-4.2.3")]
    public void ConventionBilan_Example_HoldsTheLegalContent()
    {
        var html = Text(Render("convention-bilan").Html);
        foreach (var expected in new[]
        {
            "Article R6313-8", "Délai de réponse.", "10 jours à compter de la transmission", "vaut refus", "ni une faute ni un motif de licenciement", "secret professionnel",
            "remis au seul bénéficiaire", "détruits dès son terme", "conseil en évolution professionnelle", "24\u202Fh", "17\u202Fh\u202F30", "2\u202F040,00\u202F€", "Le salarié", "Phase d'investigation",
        })
        {
            Assert.Contains(expected, html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ConventionFormation_Example_HoldsTheLegalContent()
    {
        var html = Text(Render("convention-formation").Html);
        foreach (var expected in new[] { "D6353-1", "Objectifs", "programme détaillé est annexé", "Horaires", "Stagiaires", "évalués par un cas pratique", "certificat de réalisation", "Règlement à trente jours", "refuse ou réduit sa prise en charge", "dédit", "force majeure", "solution amiable", "règlement intérieur", "handicap" })
        {
            Assert.Contains(expected, html, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Mails))]
    [Trait("Requirement", "S000-5.B.1")]
    public void Mail_WithItsExample_HasASubjectAndTwoEqualVersions(string name)
    {
        var mail = Renderer.RenderMail(name, Example("mails", name));
        Assert.InRange(mail.Subject.Length, 10, 100);
        Assert.StartsWith("Bonjour", mail.Text, StringComparison.Ordinal);
        Assert.Contains("Netz Informatique", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(mail.Text, c => c is >= '\uE000' and <= '\uE002');
        Assert.DoesNotContain("{{", mail.Text + mail.Html, StringComparison.Ordinal);
        foreach (var line in mail.Text.Split("\r\n").Where(l => l.Length > 2 && !l.Contains("https://", StringComparison.Ordinal)))
        {
            Assert.Contains(line.TrimStart('-', ' '), Text(mail.Html), StringComparison.Ordinal);
        }

        if (name != "code-signature")
        {
            Assert.Contains(" : https://monopco.example/l/7Qd0?suite=/dossiers&x=1", mail.Text, StringComparison.Ordinal);
        }
    }

    private static string Text(string html) => System.Net.WebUtility.HtmlDecode(Tag().Replace(html, ""));

    [GeneratedRegex("<h1>")]
    private static partial Regex Heading();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();

    [GeneratedRegex("(<span class=\"n\">)?-?[0-9\u202F]+,[0-9]{2}\u202F€")]
    private static partial Regex Amount();
}
