using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace MonOPCO.Integrations.Browsers;

/// <summary>
/// Browsers of a process that was killed. Usually they end with it; a page that does not answer stays behind for ever, without its browser. So each browser carries
/// the mark of the process it works for, and the next start ends what works for nobody. Several Hosts on one machine do not touch each other's.
/// </summary>
public static class ChromiumOrphans
{
    private const string Switch = "--monopco-host=";

    /// <summary>A switch that Chromium ignores; a process id alone may be somebody else's tomorrow, hence the start time.</summary>
    internal static string Mark { get; } = Switch + (OperatingSystem.IsLinux() ? IdentityOf(Environment.ProcessId) : Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

    /// <summary>Ends the browsers, with all their processes, whose owner does not live any more; how many browsers that were.</summary>
    public static int Sweep()
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        var processes = Directory.EnumerateDirectories("/proc").Select(x => int.TryParse(Path.GetFileName(x), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0).ToList();
        // Somebody's own browser may run in the group of a launcher that has ended: it lives, so its pages do.
        var served = processes.Where(id => IsBrowser(id) && !IsPart(id)).Select(id => Stat(id)?[2]).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var groups = processes.Where(id => IsOrphan(id, served)).Select(id => Stat(id)?[2]).OfType<string>().ToHashSet(StringComparer.Ordinal);

        // The browser leads a group; its pages and helpers stay in it, whoever their parent has become.
        foreach (var id in groups.Count == 0 ? [] : processes.Where(id => Stat(id) is { } stat && groups.Contains(stat[2]) && IsBrowser(id)))
        {
            End(id);
        }

        return groups.Count;
    }

    /// <summary>A browser whose owner is gone, or a page whose browser is gone (Playwright starts each browser in a session of its own).</summary>
    private static bool IsOrphan(int id, HashSet<string> served)
    {
        if (!IsBrowser(id) || Stat(id) is not { } stat)
        {
            return false;
        }

        var line = CommandLine(id);
        if (line.IndexOf(Switch, StringComparison.Ordinal) is var at and >= 0)
        {
            var owner = line[(at + Switch.Length)..].Split(' ')[0];
            return int.TryParse(owner.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var process) && owner != IdentityOf(process);
        }

        return IsPart(id) && stat[2] == stat[3] && !served.Contains(stat[2]) && IdentityOf(int.Parse(stat[2], CultureInfo.InvariantCulture)).Length == 0;
    }

    private static bool IsBrowser(int id) => CommandLine(id).Split(' ')[0].Contains("chrom", StringComparison.OrdinalIgnoreCase);

    /// <summary>A page or helper of a browser, not the browser itself.</summary>
    private static bool IsPart(int id) => CommandLine(id).Contains(" --type=", StringComparison.Ordinal);

    private static void End(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended by itself, or belongs to another user of the machine.
        }
    }

    // Chromium's helpers write theirs anew, with spaces.
    private static string CommandLine(int id) => Read($"/proc/{id}/cmdline")?.Replace('\0', ' ') ?? "";

    private static string IdentityOf(int id) => Stat(id) is { } stat && stat[0] != "Z" ? $"{id}-{stat[19]}" : "";

    /// <summary>From the third field of <c>/proc/ID/stat</c> on: 0 state, 2 group, 3 session, 19 start time. The second field may hold spaces and brackets.</summary>
    private static string[]? Stat(int id) => Read($"/proc/{id}/stat") is { } text ? text[(text.LastIndexOf(')') + 2)..].Split(' ') : null;

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
