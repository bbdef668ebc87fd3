using MonOPCO.Requirements;

// ./monopco requirements [prefix…] [--tests]: a summary per area; with a prefix (S000-2) each requirement, with --tests also who proves it.
var root = args.FirstOrDefault(x => x.StartsWith("--root=", StringComparison.Ordinal))?["--root=".Length..] ?? ".";
var prefixes = args.Where(x => !x.StartsWith("--", StringComparison.Ordinal)).ToList();
IReadOnlyList<Line> lines;
try
{
    lines = RequirementList.Read(root);
}
catch (Exception refused) when (refused is InvalidDataException or IOException)
{
    Console.Error.WriteLine(refused.Message);
    return 1;
}

var shown = lines.Where(x => prefixes.Count == 0 || prefixes.Any(prefix => x.Requirement.Id.StartsWith(prefix, StringComparison.Ordinal))).ToList();
foreach (var area in shown.GroupBy(x => (x.Requirement.Id.Split('.')[0], x.Requirement.Area)))
{
    Console.WriteLine($"{area.Key.Item1,-9} {area.Key.Area,-52} {Of(area, Standing.Proven),4} proven {Of(area, Standing.InProduct),4} in product {Of(area, Standing.Unproven),4} unproven");
    foreach (var line in prefixes.Count == 0 ? [] : area.AsEnumerable())
    {
        Console.WriteLine($"  {Mark(line.Standing)} {line.Requirement.Id,-12} {line.Requirement.Text}{(line.Requirement.Target.Length > 0 ? $" [{line.Requirement.Target}]" : "")}{(line.Reason is null ? "" : $" — {line.Reason}")}");
        foreach (var test in args.Contains("--tests") ? line.Tests : [])
        {
            Console.WriteLine($"      {test}");
        }
    }
}

Console.WriteLine($"{shown.Count} requirements: {Of(shown, Standing.Proven)} proven, {Of(shown, Standing.InProduct)} in the product but not provable by a test, {Of(shown, Standing.Unproven)} unproven");
return 0;

static int Of(IEnumerable<Line> lines, Standing standing) => lines.Count(x => x.Standing == standing);

static string Mark(Standing standing) => standing switch
{
    Standing.Proven => "✔",
    Standing.InProduct => "·",
    Standing.Unproven => "✘",
    _ => throw new ArgumentOutOfRangeException(nameof(standing)),
};
