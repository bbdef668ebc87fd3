using System.Diagnostics;
using System.Text.Json.Nodes;

namespace MonOPCO.Integrations.Tests;

/// <summary>The bill of materials: every package with its licence, and a build that stops at what may not be shipped.</summary>
public sealed class SbomTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("monopco-sbom").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public void Sbom_OfThisProduct_NamesEveryShippedPackageWithAnAcceptedLicence()
    {
        var file = Path.Combine(_folder, "sbom.json");
        var (code, output) = Run("--output", file);
        Assert.True(code == 0, output);
        var bom = JsonNode.Parse(File.ReadAllText(file))!;
        Assert.Equal(("CycloneDX", "1.5"), (bom["bomFormat"]!.ToString(), bom["specVersion"]!.ToString()));
        var components = bom["components"]!.AsArray();
        Assert.All(components, x => Assert.NotEmpty(x!["licenses"]!.AsArray()));
        var shipped = components.Where(x => x!["scope"]!.ToString() == "required").ToDictionary(x => x!["name"]!.ToString(), x => x!["version"]!.ToString());
        foreach (var folder in new[] { "src/Host", "src/Sandbox" })
        {
            var locked = JsonNode.Parse(File.ReadAllText(Repository.Path(folder + "/packages.lock.json")))!["dependencies"]!["net10.0"]!.AsObject().Where(x => x.Value!["type"]!.ToString() != "Project");
            Assert.All(locked, x => Assert.Equal(x.Value!["resolved"]!.ToString(), shipped[x.Key]));
        }

        var npm = JsonNode.Parse(File.ReadAllText(Repository.Path("src/Host/package-lock.json")))!["packages"]!.AsObject().Where(x => x.Key.StartsWith("node_modules/", StringComparison.Ordinal) && x.Value!["dev"] is null);
        Assert.All(npm, x => Assert.Equal(x.Value!["version"]!.ToString(), shipped[x.Key["node_modules/".Length..]]));
    }

    [Theory]
    [InlineData("""<license type="expression">MIT</license>""", "Paquet", null)]
    [InlineData("""<license type="expression">AGPL-3.0-only OR MIT</license>""", "Paquet", null)]
    [InlineData("""<license type="expression">AGPL-3.0-only</license>""", "Paquet", "licence AGPL-3.0-only is not accepted")]
    [InlineData("""<license type="expression">MIT AND GPL-3.0-only</license>""", "Paquet", "is not accepted")]
    [InlineData("""<licenseUrl>https://exemple.fr/prix</licenseUrl>""", "Paquet", "no known licence")]
    [InlineData("", "Paquet", "no known licence")]
    [InlineData("""<license type="expression">MIT</license>""", "rien", "NOTICE does not name it")]
    public void Sbom_PackageThatMayNotBeShipped_StopsAndSaysWhy(string licence, string notice, string? problem)
    {
        Write("src/Produit/packages.lock.json", """{ "version": 1, "dependencies": { "net10.0": { "Paquet": { "type": "Direct", "resolved": "1.2.3" } } } }""");
        Write("paquets/paquet/1.2.3/paquet.nuspec", $"<package><metadata><id>Paquet</id>{licence}</metadata></package>");
        Write("NOTICE", notice);
        var (code, output) = Run("--root", _folder, "--packages", Path.Combine(_folder, "paquets"));
        Assert.Equal(problem is null ? 0 : 1, code);
        if (problem is not null)
        {
            Assert.Contains("Paquet 1.2.3: ", output, StringComparison.Ordinal);
            Assert.Contains(problem, output, StringComparison.Ordinal);
        }
    }

    private void Write(string path, string content)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }

    private static (int Code, string Output) Run(params string[] arguments)
    {
        using var node = Process.Start(new ProcessStartInfo("node", [Repository.Path("tools/sbom.mjs"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = node.StandardError.ReadToEndAsync();
        var output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        return (node.ExitCode, output + errors.Result);
    }
}
