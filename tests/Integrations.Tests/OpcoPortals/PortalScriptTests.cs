using System.Text.Json;
using Microsoft.Extensions.Options;
using MonOPCO.Integrations.Browsers;
using MonOPCO.Integrations.OpcoPortals;

namespace MonOPCO.Integrations.Tests.OpcoPortals;

public class PortalScriptTests
{
    private static string Script(string phase, string step) => $$"""{ "portail": "x", "titre": "X", "opco": "atlas", "version": 1, "phases": { "{{phase}}": [ {{step}} ] } }""";

    [Fact]
    public void Load_EveryShippedScript_IsWellFormedAndComplete()
    {
        var runner = new PortalRunner(Options.Create(new PortalOptions { Root = Repository.Path("portals") }), Options.Create(new ChromiumOptions()));
        Assert.Equal(["atlas-sandbox", "constructys-sandbox"], runner.Scripts.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("constructys-sandbox", runner.ScriptOf("constructys"));
        Assert.All(runner.Scripts.Values, script =>
        {
            Assert.Equal(Enum.GetValues<PortalPhase>().Order(), script.Phases.Keys.Order());
            Assert.False(runner.IsConfigured(script.Portail));

            // Before anything is submitted, landmarks are checked on each page.
            Assert.NotNull(script.Phases[PortalPhase.Transmettre][0].Expect?.Heading);
        });
    }

    [Theory]
    [InlineData("remplir", """{ "click": { "button": "a" }, "goto": "b" }""", "une action et une seule")]
    [InlineData("remplir", """{ "click": { "button": "a", "id": "b" } }""", "d'une seule façon")]
    [InlineData("remplir", """{ "click": { } }""", "d'une seule façon")]
    [InlineData("remplir", """{ "fill": { "id": "a" } }""", "valeur")]
    [InlineData("remplir", """{ "fill": { "id": "a" }, "secret": "motDePasse" }""", "qu'à la connexion")]
    [InlineData("remplir", """{ "upload": { "id": "a" } }""", "pièce")]
    [InlineData("remplir", """{ "read": { "id": "a" } }""", "valeur lue")]
    [InlineData("remplir", """{ "repeat": "a" }""", "étapes répétées")]
    [InlineData("remplir", """{ "repeat": "a", "steps": [ { } ] }""", "une action et une seule")]
    [InlineData("connexion", """{ "refused": { "id": "a" } }""", "unless")]
    [InlineData("remplir", """{ "search": { "id": "a" }, "unless": { "id": "b" } }""", "pas à cette phase")]
    [InlineData("remplir", """{ "fill": { "url": "a" }, "literal": "x" }""", "vérifiée")]
    [InlineData("remplir", """{ "clic": { "id": "a" } }""", "mal écrit")]
    [InlineData("inconnue", """{ "goto": "a" }""", "mal écrit")]
    public void Parse_BadStep_SaysWhatIsWrong(string phase, string step, string complaint) =>
        Assert.Contains(complaint, Assert.Throws<PortalScriptException>(() => PortalScript.Parse(Script(phase, step))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("montant", "2400", "2400,00")]
    [InlineData("montant", "1234.5", "1234,50")]
    [InlineData("nombre", "17.50", "17,5")]
    [InlineData("date:dd/MM/yyyy", "\"2027-01-11\"", "11/01/2027")]
    [InlineData("chiffres", "\"123 456 782 00010\"", "12345678200010")]
    [InlineData(null, "\"texte\"", "texte")]
    [InlineData(null, "12", "12")]
    public void Text_Formats_AreThoseOfPortals(string? format, string json, string expected)
    {
        var step = new PortalStep { Fill = new PortalTarget { Id = "a" }, Value = "v", Format = format };
        Assert.Equal(expected, PortalValues.Text(step, JsonElement.Parse($$"""{ "v": {{json}} }"""), null));
    }

    [Theory]
    [InlineData("montant", "2\u202F400,00\u202F€", "2400,00")]
    [InlineData("montant", "deux mille", "deux mille")]
    [InlineData("chiffres", "123 456", "123456")]
    [InlineData(null, "  Atelier \u00A0 Démo\n", "Atelier Démo")]
    public void Clean_Shown_LosesTypographyOnly(string? format, string shown, string expected) => Assert.Equal(expected, PortalValues.Clean(format, shown));

    [Theory]
    [InlineData("http://portail.example/x", true)]
    [InlineData("http://portail.example:81/x", false)]
    [InlineData("http://portail.example.mal.example/", false)]
    [InlineData("http://mal.example/?portail.example", false)]
    [InlineData("https://cdn.example/a.css", true)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("data:text/plain,x", true)]
    public void Allows_OnlyConfiguredHosts(string address, bool allowed) =>
        Assert.Equal(allowed, new PortalHosts(new Uri("http://portail.example/espace"), ["cdn.example"]).Allows(new Uri(address)));

    [Fact]
    public void Credentials_Printed_ShowNothing() =>
        Assert.DoesNotContain("secret", new PortalRequest { Portal = "x", Phases = [], Data = default, Credentials = new PortalCredentials("moi", "secret") }.ToString(), StringComparison.Ordinal);
}
