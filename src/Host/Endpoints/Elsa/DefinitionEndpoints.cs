using System.Text.Json.Nodes;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>Reading definitions: lists, versions, references.</summary>
internal static class DefinitionEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/workflow-definitions", ListAsync);
        api.MapGet("/workflow-definitions/by-definition-id/{definitionId}", async (string definitionId, string? versionOptions, DefinitionStore store, Access access, CancellationToken cancel) =>
            await OneAsync(Select(await store.ListAsync(definitionId, cancel), versionOptions ?? "Latest").FirstOrDefault(), access));
        api.MapGet("/workflow-definitions/by-id/{versionId}", async (string versionId, DefinitionStore store, Access access, CancellationToken cancel) =>
            await OneAsync(await VersionAsync(store, versionId, cancel), access));
        api.MapGet("/workflow-definitions/many-by-id", ManyAsync);
        api.MapGet("/workflow-definitions/query/count", async (DefinitionStore store, CancellationToken cancel) =>
            ElsaJson.Ok(new { Count = (await store.ListAsync(null, cancel)).Count(version => version.IsLatest) }));
        api.MapGet("/workflow-definitions/validation/is-name-unique", async (string? name, string? definitionId, DefinitionStore store, CancellationToken cancel) =>
            ElsaJson.Ok(new { IsUnique = !(await store.ListAsync(null, cancel)).Any(version => version.DefinitionId != definitionId && string.Equals(version.Name, name?.Trim(), StringComparison.OrdinalIgnoreCase)) }));
        api.MapGet("/workflow-definitions/{definitionId}/consumers", ConsumersAsync);
        api.MapGet("/workflow-definitions/subgraph/{versionId}", SubgraphAsync);
        api.MapGet("/workflow-definitions/subgraph/segments/{versionId}", SegmentsAsync);
    }

    /// <summary>The store's own list has the latest and the published version of each; anything else needs the versions of one definition.</summary>
    public static IEnumerable<DefinitionVersion> Select(IEnumerable<DefinitionVersion> versions, string? options)
    {
        var newestFirst = versions.OrderByDescending(version => version.Version);
        return options switch
        {
            null or "" or "AllVersions" => newestFirst,
            "Latest" => newestFirst.Where(version => version.IsLatest),
            "Published" => newestFirst.Where(version => version.IsPublished),
            "Draft" => newestFirst.Where(version => version is { IsLatest: true, IsPublished: false }),
            "LatestOrPublished" or "LatestAndPublished" => newestFirst.Where(version => version.IsLatest || version.IsPublished),
            "PublishedOrLatest" => newestFirst.Where(version => version.IsPublished || version.IsLatest).OrderByDescending(version => version.IsPublished),
            _ when int.TryParse(options, out var number) => newestFirst.Where(version => version.Version == number),
            _ => [],
        };
    }

    /// <summary>A version by its id, with its standing (latest, published) computed among its fellows.</summary>
    public static async Task<DefinitionVersion?> VersionAsync(DefinitionStore store, string versionId, CancellationToken cancel) =>
        await store.FindAsync(versionId, cancel) is { } found
            ? (await store.ListAsync(found.DefinitionId, cancel)).FirstOrDefault(version => version.Id == versionId) ?? found
            : null;

    public static async Task<IResult> OneAsync(DefinitionVersion? version, Access access)
    {
        if (version is null)
        {
            return ElsaJson.NotFound("La procédure");
        }

        return ElsaJson.Ok(await ForStudioAsync(version, access));
    }

    /// <summary>As Studio sees it, with what the caller may do.</summary>
    public static async Task<JsonObject> ForStudioAsync(DefinitionVersion version, Access access) =>
        DefinitionDocument.ForStudio(version, await access.MayEditAsync(), await access.MayPublishAsync());

    private static async Task<IResult> ListAsync(HttpRequest request, DefinitionStore store, Access access, CancellationToken cancel)
    {
        var query = request.Query;
        string[] definitionIds = [.. query["definitionIds"].OfType<string>(), .. query["definitionId"].OfType<string>()];
        string[] ids = [.. query["ids"].OfType<string>()];
        IReadOnlyList<DefinitionVersion> candidates;
        if (ids.Length > 0)
        {
            var found = new List<DefinitionVersion>();
            foreach (var id in ids.Distinct())
            {
                if (await VersionAsync(store, id, cancel) is { } version)
                {
                    found.Add(version);
                }
            }

            candidates = found;
        }
        else if (definitionIds.Length > 0)
        {
            var found = new List<DefinitionVersion>();
            foreach (var id in definitionIds.Distinct())
            {
                found.AddRange(await store.ListAsync(id, cancel));
            }

            candidates = found;
        }
        else
        {
            candidates = await store.ListAsync(null, cancel);
        }

        var options = query["versionOptions"].ToString() is { Length: > 0 } given ? given : ids.Length > 0 || definitionIds.Length > 0 ? "" : "Latest";
        var search = query["searchTerm"].ToString().Trim();
        var selected = Select(candidates, options)
            .Where(version => search.Length == 0 || Matches(version, search))
            .Where(version => !bool.TryParse(query["isSystem"], out var system) || !system);
        selected = (query["orderBy"].ToString(), query["orderDirection"].ToString()) switch
        {
            ("Version", "Ascending") => selected.OrderBy(version => version.Version),
            ("Version", _) => selected.OrderByDescending(version => version.Version),
            ("CreatedAt" or "Created", "Ascending") => selected.OrderBy(version => version.CreatedAt),
            ("CreatedAt" or "Created", _) => selected.OrderByDescending(version => version.CreatedAt),
            (_, "Descending") => selected.OrderByDescending(version => version.Name, StringComparer.CurrentCultureIgnoreCase),
            _ => selected.OrderBy(version => version.Name, StringComparer.CurrentCultureIgnoreCase),
        };

        var all = selected.ToList();
        var size = int.TryParse(query["pageSize"], out var asked) ? Math.Clamp(asked, 1, 500) : all.Count;
        var skip = (int.TryParse(query["page"], out var page) ? Math.Max(0, page) : 0) * size;
        var (mayEdit, mayPublish) = (await access.MayEditAsync(), await access.MayPublishAsync());

        // Without this link Studio shows the whole list read-only.
        Link[] links = mayEdit ? [new("/bulk-actions/publish/workflow-definitions/by-definition-ids", "bulk-publish", "POST")] : [];
        return ElsaJson.Page([.. all.Skip(skip).Take(size).Select(version => DefinitionDocument.Summary(version, mayEdit, mayPublish))], all.Count, links);
    }

    private static bool Matches(DefinitionVersion version, string search) =>
        new[] { version.Name, version.Description, version.DefinitionId, version.Id }.Any(text => text.Contains(search, StringComparison.OrdinalIgnoreCase));

    private static async Task<IResult> ManyAsync(HttpRequest request, DefinitionStore store, Access access, CancellationToken cancel)
    {
        var found = new List<JsonObject>();
        foreach (var id in request.Query["ids"].OfType<string>())
        {
            if (await VersionAsync(store, id, cancel) is { } version)
            {
                found.Add(await ForStudioAsync(version, access));
            }
        }

        return ElsaJson.List(found);
    }

    private static async Task<IResult> ConsumersAsync(string definitionId, DefinitionStore store, CancellationToken cancel)
    {
        if ((await store.ListAsync(definitionId, cancel)).Count == 0)
        {
            return ElsaJson.NotFound("La procédure");
        }

        // Also those who use what uses it, as in Elsa.
        var others = (await store.ListAsync(null, cancel)).Where(version => version.IsLatest && version.DefinitionId != definitionId).ToList();
        var consumers = new List<string>();
        for (var used = new Queue<string>([definitionId]); used.TryDequeue(out var id);)
        {
            foreach (var consumer in others.Where(version => References(version, id)).ToList())
            {
                others.Remove(consumer);
                consumers.Add(consumer.DefinitionId);
                used.Enqueue(consumer.DefinitionId);
            }
        }

        return ElsaJson.Ok(new { ConsumingWorkflowDefinitionIds = consumers });
    }

    private static bool References(DefinitionVersion version, string definitionId)
    {
        var found = false;
        if (DefinitionDocument.Parse(version)["root"] is JsonObject root)
        {
            DefinitionDocument.Visit(root, node => found |= node.Text("workflowDefinitionId") == definitionId);
        }

        return found;
    }

    private static async Task<IResult> SubgraphAsync(string versionId, string? parentNodeId, DefinitionStore store, CancellationToken cancel)
    {
        if (await Root(store, versionId, cancel) is not { } root)
        {
            return ElsaJson.NotFound("La procédure");
        }

        var known = await store.ListAsync(null, cancel);
        return await DefinitionDocument.FindAsync(root, parentNodeId, async node => await UsedAsync(node, known, store, cancel)) is { } found
            ? ElsaJson.Ok(new { NodeId = found.Text("nodeId"), Port = "", Activity = found, Children = Array.Empty<object>() })
            : ElsaJson.NotFound("L’activité");
    }

    /// <summary>The definition that a node uses as its activity.</summary>
    private static async Task<DefinitionVersion?> UsedAsync(JsonObject node, IReadOnlyList<DefinitionVersion> known, DefinitionStore store, CancellationToken cancel) =>
        node.Text("workflowDefinitionId") is not { } definitionId ? null
        : node.Text("workflowDefinitionVersionId") is { } versionId && await store.FindAsync(versionId, cancel) is { } exact ? exact
        : known.FirstOrDefault(version => version.DefinitionId == definitionId && version.IsPublished) ?? known.FirstOrDefault(version => version.DefinitionId == definitionId);

    /// <summary>The way from the root to a nested activity, for the viewer's breadcrumb.</summary>
    private static async Task<IResult> SegmentsAsync(string versionId, string? childNodeId, DefinitionStore store, CancellationToken cancel)
    {
        if (await Root(store, versionId, cancel) is not { } root)
        {
            return ElsaJson.NotFound("La procédure");
        }

        JsonObject? child = null, container = null;
        var parent = childNodeId?.LastIndexOf(':') is int at and > 0 ? childNodeId[..at] : "";
        DefinitionDocument.Visit(root, node =>
        {
            child = node.Text("nodeId") == childNodeId ? node : child;
            container = node.Text("nodeId") == parent ? node : container;
        });
        return child is null
            ? ElsaJson.NotFound("L’activité")
            : ElsaJson.Ok(new { ChildNode = new { NodeId = childNodeId, Port = "", Activity = child, Children = Array.Empty<object>() }, Container = container ?? root, PathSegments = Array.Empty<object>() });
    }

    private static async Task<JsonObject?> Root(DefinitionStore store, string versionId, CancellationToken cancel) =>
        await VersionAsync(store, versionId, cancel) is { } version ? DefinitionDocument.ForStudio(version, false, false)["root"] as JsonObject : null;
}
