using System.Diagnostics;
using System.Globalization;

namespace MonOPCO.EndToEnd.Kill;

/// <summary>The Chromium processes below a Host, by <c>/proc</c>: stopped in the middle of their work, and counted after the Host is gone.</summary>
internal static class HostBrowsers
{
    /// <summary>Browser, zygotes, renderers… that descend from this process, through the driver that starts them.</summary>
    public static IReadOnlyList<int> Of(int host)
    {
        var parents = Directory.EnumerateDirectories("/proc").Select(x => int.TryParse(Path.GetFileName(x), CultureInfo.InvariantCulture, out var id) ? id : 0).Where(x => x != 0)
            .Select(id => (Id: id, Stat: Stat(id))).Where(x => x.Stat is not null).ToLookup(x => x.Stat!.Value.Parent, x => x.Id);
        var found = new List<int>();
        var queue = new Queue<int>([host]);
        while (queue.TryDequeue(out var id))
        {
            foreach (var child in parents[id])
            {
                queue.Enqueue(child);
                found.Add(child);
            }
        }

        return [.. found.Where(id => CommandLine(id).Contains("chromium", StringComparison.Ordinal))];
    }

    /// <summary>Those that draw pages: held, a document that is being printed is neither finished nor refused.</summary>
    public static IReadOnlyList<int> RenderersOf(int host) => [.. Of(host).Where(id => CommandLine(id).Contains("--type=renderer", StringComparison.Ordinal))];

    public static bool IsAlive(int id) => Stat(id) is { State: not 'Z' };

    public static void Stop(IEnumerable<int> ids)
    {
        using var kill = Process.Start("kill", ["-STOP", .. ids.Select(id => id.ToString(CultureInfo.InvariantCulture))]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private static string CommandLine(int id) => Read($"/proc/{id}/cmdline")?.Replace('\0', ' ') ?? "";

    private static (char State, int Parent)? Stat(int id)
    {
        // « 42 (name) S 7 … »: the name may hold anything, spaces and brackets included.
        var text = Read($"/proc/{id}/stat");
        var fields = text?[(text.LastIndexOf(')') + 2)..].Split(' ');
        return fields is null ? null : (fields[0][0], int.Parse(fields[1], CultureInfo.InvariantCulture));
    }

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // It ended between the list and the look.
            return null;
        }
    }
}
