using System.Text;

namespace MonOPCO.Requirements;

/// <summary>What the owner asked, what the tests carry, and what stands in the product without a test.</summary>
public static class RequirementList
{
    /// <param name="root">Root of the checkout: <c>docs/requirements.csv</c>, <c>docs/requirements.md</c> and <c>tests/*/bin</c> below it.</param>
    /// <exception cref="InvalidDataException">A test or a reason names an id that the owner's list does not have, or a requirement has two reasons.</exception>
    public static IReadOnlyList<Line> Read(string root)
    {
        var asked = ReadCsv(Path.Combine(root, "docs/requirements.csv"));
        var tests = TraitReader.Read(TestAssemblies(root));
        var reasons = ReadReasons(Path.Combine(root, "docs/requirements.md"));
        var known = asked.Select(x => x.Id).ToHashSet(StringComparer.Ordinal);
        var unknown = tests.SelectMany(x => x.Select(test => (x.Key, Place: test))).Concat(reasons.Keys.Select(id => (Key: id, Place: "docs/requirements.md"))).Where(x => !known.Contains(x.Key)).ToList();
        return unknown.Count == 0
            ? [.. asked.Select(x => Stand(x, [.. tests[x.Id]], reasons.GetValueOrDefault(x.Id)))]
            : throw new InvalidDataException("Unknown requirement ids: " + string.Join(", ", unknown.Select(x => $"{x.Key} ({x.Place})")));
    }

    /// <summary>The newest build of each test project.</summary>
    public static IReadOnlyList<string> TestAssemblies(string root) =>
    [
        .. Directory.GetDirectories(Path.Combine(root, "tests"))
            .Select(folder => Path.Combine(folder, "bin") is var bin && Directory.Exists(bin)
                ? Directory.GetFiles(bin, $"MonOPCO.{Path.GetFileName(folder)}.dll", SearchOption.AllDirectories).MaxBy(File.GetLastWriteTimeUtc)
                : null)
            .OfType<string>(),
    ];

    /// <summary>Lines of the reasons' table: <c>| S000-N3.1 | why no test can prove it |</c>.</summary>
    public static IReadOnlyDictionary<string, string> ReadReasons(string path)
    {
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var cells in File.ReadLines(path).Where(x => x.StartsWith('|')).Select(x => x.Trim('|').Split('|', 2)))
        {
            if (cells.Length == 2 && cells[0].Trim() is var id && id.Contains('-') && char.IsAsciiLetterUpper(id[0]) && !reasons.TryAdd(id, cells[1].Trim()))
            {
                throw new InvalidDataException($"{path} gives two reasons for {id}.");
            }
        }

        return reasons;
    }

    private static Line Stand(Requirement requirement, IReadOnlyList<string> tests, string? reason) =>
        new(requirement, tests.Count > 0 ? Standing.Proven : reason is not null ? Standing.InProduct : Standing.Unproven, tests, reason);

    private static List<Requirement> ReadCsv(string path) =>
        [.. File.ReadLines(path).Skip(1).Where(x => x.Length > 0).Select(Cells).Select(x => new Requirement(x[0], x[1], x[2], x[3], x.ElementAtOrDefault(4) ?? ""))];

    private static List<string> Cells(string line)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"')
            {
                // A doubled quote inside a quoted cell is one quote.
                if (quoted && i + 1 < line.Length && line[i + 1] == '"')
                {
                    cell.Append(line[++i]);
                }
                else
                {
                    quoted = !quoted;
                }
            }
            else if (line[i] == ';' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
            {
                cell.Append(line[i]);
            }
        }

        cells.Add(cell.ToString());
        return cells;
    }
}
