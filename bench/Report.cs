using System.Globalization;
using System.Text;

namespace MonOPCO.Bench;

/// <summary>What was measured, on which machine and when, as Markdown on the console and in a file. A section replaces the one of the same title.</summary>
internal sealed class Report(string file)
{
    private readonly StringBuilder _text = new();

    internal async Task<int> RunAsync(params Func<Report, Task>[] parts)
    {
        foreach (var part in parts)
        {
            await part(this);
            await SaveAsync();
        }

        return 0;
    }

    internal static int Unknown(string? mode)
    {
        Console.Error.WriteLine($"Unknown bench '{mode}': engine, memory, durable, race, flat, steady or host.");
        return 2;
    }

    internal void Section(string title)
    {
        Line($"## {title}");
        Line("");
        Line(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores ({Processor()}), .NET {Environment.Version}, load before: {Load()}."));
        Line("");
    }

    internal void Line(FormattableString text) => Line(text.ToString(CultureInfo.InvariantCulture));

    internal void Line(string text)
    {
        Console.WriteLine(text);
        _text.AppendLine(text);
    }

    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    internal static double Percentile(IEnumerable<double> values, double p)
    {
        var sorted = values.Order().ToList();
        return sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * p))];
    }

    private static string Processor() =>
        File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "?" : "?";

    private static string Load() => File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : "?";

    private async Task SaveAsync()
    {
        var old = File.Exists(file) ? await File.ReadAllTextAsync(file) : "# Bench results\n\nWritten by `./monopco bench`; each section says when and where. Machines are shared: trust ratios.\n";
        var sections = old.ReplaceLineEndings("\n").Split("\n## ").ToList();
        foreach (var section in _text.ToString().ReplaceLineEndings("\n").Split("## ", StringSplitOptions.RemoveEmptyEntries))
        {
            var title = section.Split('\n')[0];
            var place = sections.FindIndex(1, s => s.Split('\n')[0] == title);
            if (place >= 0)
            {
                sections[place] = section.TrimEnd() + "\n";
            }
            else
            {
                sections.Add(section.TrimEnd() + "\n");
            }
        }

        _text.Clear();
        await File.WriteAllTextAsync(file, string.Join("\n## ", sections.Select(s => s.TrimEnd() + "\n")));
    }
}
