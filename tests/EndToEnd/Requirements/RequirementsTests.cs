using MonOPCO.Requirements;

namespace MonOPCO.EndToEnd.Requirements;

public sealed class RequirementsTests
{
    private static readonly string Root = FindRoot();

    // The suite builds every test project before it runs one, so that all traits are there to be read.
    [Fact]
    public void Read_TestsOfThisCheckout_NameOnlyKnownRequirements()
    {
        var lines = RequirementList.Read(Root);

        Assert.Equal(File.ReadLines(Path.Combine(Root, "docs/requirements.csv")).Count(x => x.Length > 0) - 1, lines.Count);
        Assert.Contains(lines, x => x is { Requirement.Id: "S004-6.1", Standing: Standing.Proven, Tests.Count: > 0 });
        Assert.All(lines.Where(x => x.Standing == Standing.Proven), x => Assert.Null(x.Reason));
    }

    [Fact]
    public void Read_ThisAssembly_FindsTraitsOfMethodsThatAreTests()
    {
        var found = TraitReader.Read([typeof(RequirementsTests).Assembly.Location]);

        Assert.Contains($"{typeof(RequirementsTests).FullName}.{nameof(Carrier_WithTrait_IsRead)}", found["M-P.2"]);
        Assert.DoesNotContain(found.SelectMany(x => x), x => x.EndsWith(nameof(NoTest), StringComparison.Ordinal));
    }

    [Fact]
    public void Read_UnknownIdOrTwoReasons_SaysWhichAndWhere()
    {
        var root = Directory.CreateTempSubdirectory().FullName;
        Directory.CreateDirectory(Path.Combine(root, "docs"));
        Directory.CreateDirectory(Path.Combine(root, "tests"));
        File.WriteAllText(Path.Combine(root, "docs/requirements.csv"), "id;seed;area;requirement;target\nA-1.1;A;\"An; area\";\"says \"\"so\"\"\";\n");
        File.WriteAllText(Path.Combine(root, "docs/requirements.md"), "| id | why |\n|---|---|\n| A-1.2 | because |\n");

        var refused = Assert.Throws<InvalidDataException>(() => RequirementList.Read(root));

        Assert.Contains("A-1.2 (docs/requirements.md)", refused.Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(root, "docs/requirements.md"), "| A-1.1 | because |\n");
        Assert.Equivalent(new Line(new Requirement("A-1.1", "A", "An; area", "says \"so\"", ""), Standing.InProduct, [], "because"), Assert.Single(RequirementList.Read(root)));
        File.WriteAllText(Path.Combine(root, "docs/requirements.md"), "| A-1.1 | because |\n| A-1.1 | again |\n");
        Assert.EndsWith("gives two reasons for A-1.1.", Assert.Throws<InvalidDataException>(() => RequirementList.Read(root)).Message, StringComparison.Ordinal);
        Directory.Delete(root, recursive: true);
    }

    // Carries the id that the test above looks for: what it proves is that the layout's top level is there.
    [Fact]
    [Trait("Requirement", "M-P.2")]
    public void Carrier_WithTrait_IsRead() =>
        Assert.All(["src/Host", "src/Activities", "workflows", "templates", "tests", "MonOPCO.sln", "README.md"], x => Assert.True(Path.Exists(Path.Combine(Root, x)), x));

    [Trait("Requirement", "M-P.1")]
    internal static void NoTest()
    {
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "MonOPCO.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
