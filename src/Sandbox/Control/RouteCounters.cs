using System.Collections.Concurrent;

namespace MonOPCO.Sandbox.Control;

/// <summary>Raw requests received per route, faults included: what a test compares with what the product believes it sent.</summary>
public sealed class RouteCounters
{
    private readonly ConcurrentDictionary<string, int> counts = [];

    public void Count(string route) => counts.AddOrUpdate(route, 1, (_, n) => n + 1);

    public SortedDictionary<string, int> Snapshot() => new(counts, StringComparer.Ordinal);

    public void Clear() => counts.Clear();
}

/// <summary>Counts every request under "METHOD /path".</summary>
internal sealed class CountRequests(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http, RouteCounters counters)
    {
        if (!http.Request.Path.StartsWithSegments("/control", StringComparison.Ordinal))
        {
            counters.Count($"{http.Request.Method} {http.Request.Path}");
        }

        return next(http);
    }
}
