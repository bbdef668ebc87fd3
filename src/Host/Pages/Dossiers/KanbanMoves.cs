using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Dossiers.Listing;
using MonOPCO.Domain.Tasks;

namespace MonOPCO.Host.Pages.Dossiers;

/// <summary>A column of the Kanban with its first cards.</summary>
public sealed record KanbanLane(KanbanColumn Column, ListedPage Cards, BoundedCount Count, IReadOnlyDictionary<Guid, IReadOnlyList<KanbanMove>> Moves);

/// <summary>For <c>_Cartes</c>.</summary>
public sealed record KanbanCards(ListState State, KanbanLane Lane, DateOnly Today, bool CanWork);

/// <summary>An answer of an open task that leads the dossier into another column.</summary>
public sealed record KanbanMove(Guid TaskId, string Outcome, string Label, KanbanColumn To);

/// <summary>
/// Where a card may be moved: only where an answer that the person may give now leads. What an answer leads to is read from the procedure that the dossier follows: the first state it sets on each way.
/// </summary>
public sealed class KanbanMoves(MonOpcoDbContext database, DataSources sources, IMemoryCache cache)
{
    public static readonly IReadOnlyDictionary<Guid, IReadOnlyList<KanbanMove>> None = new Dictionary<Guid, IReadOnlyList<KanbanMove>>();

    public async Task<IReadOnlyDictionary<Guid, IReadOnlyList<KanbanMove>>> ForAsync(IReadOnlyList<Guid> dossiers, InboxKeys keys, CancellationToken cancellationToken)
    {
        if (dossiers.Count == 0)
        {
            return None;
        }

        var tasks = await database.HumanTasks.AsNoTracking().Where(x => x.DossierId != null && dossiers.Contains(x.DossierId.Value) && x.Status == HumanTaskStatus.Open && x.WorkflowInstanceId != null).ToListAsync(cancellationToken);
        tasks = [.. tasks.Where(x => TaskService.IsFor(x, keys) && (x.AssigneeId is null || x.AssigneeId == keys.UserId))];
        if (tasks.Count == 0)
        {
            return None;
        }

        var ids = tasks.Select(x => x.DossierId!.Value).ToArray();
        var states = await database.Dossiers.AsNoTracking().Where(x => ids.Contains(x.Id)).ToDictionaryAsync(x => x.Id, x => x.State, cancellationToken);
        var versions = await VersionsAsync([.. tasks.Select(x => x.WorkflowInstanceId!.Value).Distinct()], cancellationToken);
        var moves = new Dictionary<Guid, IReadOnlyList<KanbanMove>>();
        foreach (var task in tasks.Where(x => versions.ContainsKey(x.WorkflowInstanceId!.Value)))
        {
            var from = DossierStates.Column(states[task.DossierId!.Value]);
            var graph = await GraphAsync(versions[task.WorkflowInstanceId!.Value], cancellationToken);
            var found = task.Outcomes.Select(outcome => (outcome, to: Target(graph, task.Code, outcome.Name))).Where(x => x.to is { } to && to != from)
                .Select(x => new KanbanMove(task.Id, x.outcome.Name, x.outcome.Label, x.to!.Value)).ToList();
            if (found.Count > 0)
            {
                moves[task.DossierId.Value] = [.. moves.GetValueOrDefault(task.DossierId.Value, []), .. found];
            }
        }

        return moves;
    }

    /// <summary>The column into which every way from this answer leads first; null when the ways differ or none sets a state.</summary>
    internal static KanbanColumn? Target(JsonNode graph, string code, string outcome)
    {
        var activities = graph["activities"]?.AsArray().OfType<JsonObject>().ToDictionary(x => x["id"]?.ToString() ?? "", StringComparer.Ordinal) ?? [];
        var connections = graph["connections"]?.AsArray().OfType<JsonObject>().Select(x => (From: x["source"]?["activity"]?.ToString(), Port: x["source"]?["port"]?.ToString() ?? "Done", To: x["target"]?["activity"]?.ToString())).ToList() ?? [];
        var start = activities.Values.FirstOrDefault(x => x["type"]?.ToString() == "MonOPCO.HumanTask" && Literal(x["code"]) == code)?["id"]?.ToString();
        var (columns, seen) = (new HashSet<KanbanColumn>(), new HashSet<string>(StringComparer.Ordinal));
        var waiting = new Queue<string>(connections.Where(x => x.From == start && x.Port == outcome).Select(x => x.To!));
        while (waiting.TryDequeue(out var id))
        {
            if (!seen.Add(id) || !activities.TryGetValue(id, out var activity))
            {
                continue;
            }

            if (activity["type"]?.ToString() == "MonOPCO.SetDossierState" && Enum.TryParse<DossierState>(Literal(activity["state"]), out var state))
            {
                columns.Add(DossierStates.Column(state));
                continue;
            }

            // What a person decides next is another move.
            if (activity["type"]?.ToString() == "MonOPCO.HumanTask")
            {
                continue;
            }

            foreach (var next in connections.Where(x => x.From == id))
            {
                waiting.Enqueue(next.To!);
            }
        }

        return columns.Count == 1 ? columns.Single() : null;
    }

    private static string? Literal(JsonNode? input) => (input is JsonObject wrapped ? wrapped["expression"]?["value"] : input)?.ToString();

    private async Task<Dictionary<Guid, string>> VersionsAsync(Guid[] instances, CancellationToken cancellationToken)
    {
        await using var command = sources.Staff.CreateCommand("select id, definition_version_id from workflow_instances where id = any ($1)");
        command.Parameters.Add(new Npgsql.NpgsqlParameter { Value = instances });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new Dictionary<Guid, string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found[reader.GetGuid(0)] = reader.GetString(1);
        }

        return found;
    }

    // A version never changes.
    private async Task<JsonNode> GraphAsync(string version, CancellationToken cancellationToken) => (await cache.GetOrCreateAsync(
        ("kanban-graph", version),
        async entry =>
        {
            entry.SlidingExpiration = TimeSpan.FromHours(1);
            await using var command = sources.Staff.CreateCommand("select body from workflow_definitions where id = $1");
            command.Parameters.Add(new Npgsql.NpgsqlParameter { Value = version });
            var body = await command.ExecuteScalarAsync(cancellationToken) as string ?? "{}";
            return JsonNode.Parse(body, null, new System.Text.Json.JsonDocumentOptions { MaxDepth = 256 })!["root"] ?? new JsonObject();
        }))!;
}
