using System.Text.Json.Nodes;

namespace MonOPCO.Integrations.Tests;

public sealed class NoticeTests
{
    /// <summary>A package that joins what is shipped must be named, with its licence.</summary>
    [Fact]
    public void Notice_EveryShippedPackage_IsNamed()
    {
        var notice = File.ReadAllText(Repository.Path("NOTICE"));
        var nuget = JsonNode.Parse(File.ReadAllText(Repository.Path("src/Host/packages.lock.json")))!["dependencies"]!["net10.0"]!.AsObject().Where(x => x.Value!["type"]!.ToString() != "Project").Select(x => x.Key);
        var npm = JsonNode.Parse(File.ReadAllText(Repository.Path("src/Host/package-lock.json")))!["packages"]!.AsObject()
            .Where(x => x.Key.StartsWith("node_modules/", StringComparison.Ordinal) && x.Value!["dev"] is null).Select(x => x.Key["node_modules/".Length..]);
        var missing = nuget.Concat(npm).Where(x => !notice.Contains(x, StringComparison.Ordinal) && !x.StartsWith("Microsoft.EntityFrameworkCore.", StringComparison.Ordinal)).ToList();
        Assert.Empty(missing);
    }
}
