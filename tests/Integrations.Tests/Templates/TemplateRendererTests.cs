using System.Text.Json;
using Microsoft.Extensions.Options;
using MonOPCO.Integrations.Templates;

namespace MonOPCO.Integrations.Tests.Templates;

/// <summary>The engine's rules, on small templates of the test.</summary>
public sealed class TemplateRendererTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("monopco-modeles-").FullName;

    public TemplateRendererTests()
    {
        Directory.CreateDirectory(Path.Combine(_root, "documents"));
        Directory.CreateDirectory(Path.Combine(_root, "mails"));
        Write("documents/_entete", "entête");
        Write("documents/_pied", "pied");
        Write("documents/_mise-en-page", "<main>{{> @partial-block}}</main>");
        Write("mails/_mise-en-page", "{{#each blocs}}{{#if bouton}}<a href=\"{{bouton.url}}\">{{bouton.libelle}}</a>{{/if}}{{#if puces}}<ul>{{#each puces}}<li>{{this}}</li>{{/each}}</ul>{{/if}}{{#if lignes}}<p>{{#each lignes}}{{this}};{{/each}}</p>{{/if}}{{/each}}");
        Write("mails/_signature", "--\nsigné");
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_root, name + ".hbs"), text);

    private string Document(string template, object data, TemplateOptions? options = null)
    {
        Write("documents/essai", template);
        return Renderer(options).RenderDocument("essai", JsonSerializer.SerializeToElement(data)).Html;
    }

    private TemplateRenderer Renderer(TemplateOptions? options = null)
    {
        options ??= new TemplateOptions();
        options.Root = _root;
        return new TemplateRenderer(Options.Create(options));
    }

    [Fact]
    public void RenderDocument_Values_AreEscapedInsideTheLayout() =>
        Assert.Equal("<main>&lt;b&gt; A &amp; B</main>", Document("{{#> mise-en-page}}{{nom}}{{/mise-en-page}}", new { nom = "<b> A & B" }));

    [Theory]
    [InlineData("{{euros v}}", 1234.5, "<span class=\"n\">1\u202F234,50\u202F€</span>")]
    [InlineData("{{nombre v}}", 1234.5, "<span class=\"n\">1\u202F234,5</span>")]
    [InlineData("{{heures v}}", 1.5, "<span class=\"n\">1\u202Fh\u202F30</span>")]
    [InlineData("{{date v}}", "2026-02-03", "<span class=\"n\">03/02/2026</span>")]
    [InlineData("{{datelongue v}}", "2026-02-03", "<span class=\"n\">3\u00A0février 2026</span>")]
    [InlineData("{{siret v}}", "12345678900012", "<span class=\"n\">123\u00A0456\u00A0789\u00A000012</span>")]
    [InlineData("{{siret v}}", "<i>", "<span class=\"n\">&lt;i&gt;</span>")]
    [InlineData("{{#si-egal v \"bilan\"}}oui{{else}}non{{/si-egal}}", "bilan", "oui")]
    [InlineData("{{#si-egal v \"bilan\"}}oui{{else}}non{{/si-egal}}", "formation", "non")]
    [InlineData("{{#if v}}oui{{else}}non{{/if}}", null, "non")]
    [InlineData("a{{v}}b", null, "ab")]
    public void RenderDocument_Helpers_WriteFrench(string template, object? value, string expected) => Assert.Equal(expected, Document(template, new { v = value }));

    [Fact]
    public void RenderDocument_Lists_EnumerateAndLoop() =>
        Assert.Equal("a, b et &lt;c&gt;|a1 b2 &lt;c&gt;3 ", Document("{{liste v}}|{{#each v}}{{this}}{{nombre-un @index}} {{/each}}".Replace("{{nombre-un @index}}", "{{#if @first}}1{{else}}{{#if @last}}3{{else}}2{{/if}}{{/if}}", StringComparison.Ordinal), new { v = new[] { "a", "b", "<c>" } }));

    [Theory]
    [InlineData("{{nom}}", "nom")]
    [InlineData("{{client.siret}}", "siret")]
    [InlineData("{{euros prix.ht}}", "prix.ht")]
    [InlineData("{{date absent}}", "absent")]
    [InlineData("{{#each lignes}}{{this}}{{/each}}", "lignes")]
    [InlineData("{{#if option}}x{{/if}}", "option")]
    [InlineData("{{#si-egal role \"a\"}}x{{/si-egal}}", "role")]
    [InlineData("{{lien url \"x\"}}", "url")]
    public void RenderDocument_UnknownName_NamesTemplateAndField(string template, string field)
    {
        var problem = Assert.Throws<TemplateException>(() => Document(template, new { client = new { }, prix = new { } }));
        Assert.Equal("essai", problem.Template);
        Assert.Contains("« essai »", problem.Message, StringComparison.Ordinal);
        Assert.Contains(field, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{{nom}}}")]
    [InlineData("{{&nom}}")]
    [InlineData("{{~{nom}~}}")]
    [InlineData("{{~& nom}}")]
    [InlineData("{{ {nom} }}")]
    public void RenderDocument_UnescapedOutput_IsRejected(string template) =>
        Assert.Contains("non échappée", Assert.Throws<TemplateException>(() => Document(template, new { nom = "x" })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{{#if a}}")]
    [InlineData("{{inconnu a}}")]
    [InlineData("{{> absent}}")]
    [InlineData("{{euros a}}")]
    [InlineData("{{date a}}")]
    public void RenderDocument_BadTemplateOrValue_IsATemplateException(string template) => Assert.Throws<TemplateException>(() => Document(template, new { a = "x" }));

    [Fact]
    public void RenderDocument_OverTheLimits_Stops()
    {
        var many = new { v = Enumerable.Range(0, 200).ToArray() };
        Assert.Throws<TemplateException>(() => Document("{{#each v}}{{this}}{{/each}}", many, new TemplateOptions { MaxDataNodes = 100 }));
        Assert.Contains("trop long", Assert.Throws<TemplateException>(() => Document("{{#each v}}{{#each ../v}}{{this}}{{/each}}{{/each}}", many, new TemplateOptions { MaxOutputLength = 10_000 })).Message, StringComparison.Ordinal);
        Assert.Throws<TemplateException>(() => Document(new string('x', 100), many, new TemplateOptions { MaxTemplateLength = 50 }));
        Assert.Throws<TemplateException>(() => Document("x", new { v = new string('x', 100) }, new TemplateOptions { MaxDataLength = 50 }));
    }

    [Fact]
    public void RenderDocument_FileEdited_IsSeenWithoutARestart()
    {
        Write("documents/essai", "avant");
        var renderer = Renderer();
        var data = JsonSerializer.SerializeToElement(new { });
        Assert.Equal("avant", renderer.RenderDocument("essai", data).Html);
        Write("documents/essai", "après tout");
        Assert.Equal("après tout", renderer.RenderDocument("essai", data).Html);
        Assert.Contains("essai", Assert.Throws<TemplateException>(() => renderer.RenderDocument("absent", data)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RenderMail_TypedText_NeverBecomesALinkNorASubjectLine()
    {
        Write("mails/essai", "Objet: Refus {{titre}}\nBonjour <vous>,\n\n{{message}}\n\n- un\n- deux\n\n{{lien url \"Voir & suivre\"}}\n");
        var mail = Renderer().RenderMail("essai", JsonSerializer.SerializeToElement(new
        {
            titre = "a\r\nBcc: b@c.example",
            message = "\uE000Cliquez\uE001https://mal.example/\uE002\n<script>alert(1)</script>",
            url = "https://monopco.example/x?a=1&b=2",
        }));
        Assert.DoesNotContain(mail.Subject, char.IsControl);
        Assert.DoesNotContain("<script", mail.Html, StringComparison.Ordinal);
        Assert.Single(mail.Html.Split("<a ").Skip(1));
        Assert.Contains("Voir &amp; suivre</a>", mail.Html, StringComparison.Ordinal);
        Assert.Contains("<ul><li>un</li><li>deux</li></ul>", mail.Html, StringComparison.Ordinal);
        Assert.Contains("Voir & suivre : https://monopco.example/x?a=1&b=2\r\n", mail.Text, StringComparison.Ordinal);
        Assert.Contains("<script>alert(1)</script>", mail.Text, StringComparison.Ordinal);
        Assert.EndsWith("--\r\nsigné\r\n", mail.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://a.example/\" onclick=\"x")]
    [InlineData("/relatif")]
    public void RenderMail_LinkThatIsNotHttp_IsRejected(string url)
    {
        Write("mails/essai", "Objet: x\n{{lien url \"Voir\"}}");
        Assert.Throws<TemplateException>(() => Renderer().RenderMail("essai", JsonSerializer.SerializeToElement(new { url })));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
