using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Host.Permissions;

namespace MonOPCO.Host.Tests.Droits;

/// <summary>One thing that can be asked of a running Host: method, route, and the handler of a page. <paramref name="Guess"/>: what its attributes say.</summary>
public sealed record EndpointKey(string Method, string Route, string? Handler, string Guess)
{
    /// <summary>Route parameters with their constraint, e.g. <c>guid</c>.</summary>
    public required IReadOnlyDictionary<string, string> Constraints { get; init; }

    public override string ToString() => $"{Method} {Route}{(Handler is null ? "" : "?handler=" + Handler)}";
}

/// <summary>A line of <c>endpoints.txt</c>: who may, and on which object.</summary>
public sealed record EndpointLine(string Key, string[] Rules, string? Object)
{
    public static IReadOnlyList<EndpointLine> Read() =>
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "tests", "Host.Tests", "Droits", "endpoints.txt")).Where(x => x.Length > 0 && x[0] != '#').Select(x => x.Split('|', StringSplitOptions.TrimEntries))
            .Select(x => new EndpointLine(x[0], x[1].Split('+', StringSplitOptions.TrimEntries), x.ElementAtOrDefault(2) is { Length: > 0 } thing ? thing : null)),
    ];
}

internal static partial class EndpointList
{
    /// <summary>Everything that the Host routes: pages with each handler, minimal APIs, hubs, the fallback.</summary>
    public static async Task<IReadOnlyList<EndpointKey>> ReadAsync(IServiceProvider services)
    {
        var found = new List<EndpointKey>();
        var loader = services.GetRequiredService<PageLoader>();
        foreach (var endpoint in services.GetServices<EndpointDataSource>().SelectMany(x => x.Endpoints).OfType<RouteEndpoint>().Distinct())
        {
            var route = "/" + Hole().Replace(endpoint.RoutePattern.RawText?.Trim('/') ?? "", "{$1}");
            var constraints = endpoint.RoutePattern.Parameters.ToDictionary(x => x.Name, x => x.ParameterPolicies is [{ Content: { } content }, ..] ? content : "");
            if (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is { } page)
            {
                var compiled = await loader.LoadAsync(page, endpoint.Metadata);
                // The override of OnPageHandlerExecution looks like a handler of a method « Page », which no request has.
                foreach (var handler in compiled.HandlerMethods.Where(x => x.HttpMethod != "Page"))
                {
                    var more = handler.MethodInfo.GetCustomAttribute<RequiresAttribute>()?.Permission;
                    found.Add(new EndpointKey(handler.HttpMethod.ToUpperInvariant(), route, handler.Name, Guess([.. compiled.EndpointMetadata ?? [], .. endpoint.Metadata]) + (more is null ? "" : " + " + more)) { Constraints = constraints });
                }

                if (compiled.HandlerMethods.All(x => x.HttpMethod != "Get"))
                {
                    found.Add(new EndpointKey("GET", route, null, Guess([.. compiled.EndpointMetadata ?? [], .. endpoint.Metadata])) { Constraints = constraints });
                }

                continue;
            }

            var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];
            found.AddRange((methods.Count == 0 ? ["GET", "POST"] : methods.Where(x => x != "HEAD")).Select(method => new EndpointKey(method, route, null, Guess(endpoint.Metadata)) { Constraints = constraints }));
        }

        return [.. found.DistinctBy(x => x.ToString()).OrderBy(x => x.Route, StringComparer.Ordinal).ThenBy(x => x.Method).ThenBy(x => x.Handler)];
    }

    private static string Guess(IReadOnlyList<object> metadata)
    {
        if (metadata.OfType<IAllowAnonymous>().Any())
        {
            return "public";
        }

        // The last one of a group of endpoints is the narrowest; all are asked.
        var policies = metadata.OfType<IAuthorizeData>().Select(x => x.Policy).OfType<string>().Distinct().ToList();
        return policies.Count == 0 ? "account" : string.Join(" + ", policies);
    }

    [GeneratedRegex(@"\{\*{0,2}([^}:=?]+)[^}]*\}")]
    private static partial Regex Hole();
}

internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MonOPCO.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The repository's root was not found.");
    }
}
