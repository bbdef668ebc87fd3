using System.Text.Json;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using Npgsql;
using static MonOPCO.Domain.Workflows.Sql;

namespace MonOPCO.Domain.Workflows;

public sealed partial class PostgresWorkflowStore
{
    // A message that could not be drained is an incident of its instance, kept outside the instance's row.
    private const string Shown = "(select count(*)::int from workflow_mailbox m where m.instance_id = i.id and m.parked_at is not null)";

    public async Task<WorkflowInstance?> FindInstanceAsync(Guid id, CancellationToken cancellationToken) =>
        (await InstancesAsync("where i.id = $1", [P(id)], cancellationToken)).FirstOrDefault();

    public async Task<InstancePage> ListInstancesAsync(InstanceFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var parameters = new List<NpgsqlParameter>();
        var where = new List<string>();
        void And(string sql, NpgsqlParameter? parameter)
        {
            if (parameter is not null)
            {
                parameters.Add(parameter);
                where.Add(string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, "$" + parameters.Count));
            }
        }

        And("i.definition_id = {0}", filter.DefinitionId is { } d ? P(d) : null);
        And("i.correlation_id = {0}", filter.CorrelationId is { } c ? P(c) : null);
        And("i.parent_instance_id = {0}", filter.ParentInstanceId is { } p ? P(p) : null);
        And("i.status = {0}", filter.Status is { } s ? P(s.ToString()) : null);
        And("i.sub_status = {0}", filter.SubStatus is { } u ? P(u.ToString()) : null);
        And("(i.id::text = {0} or strpos(lower(i.name), lower({0})) > 0)", filter.Search is { Length: > 0 } text ? P(text) : null);
        if (filter.HasIncidents is { } incidents)
        {
            where.Add($"{(incidents ? "" : "not ")}(i.incident_count > 0 or i.id in (select instance_id from workflow_mailbox where parked_at is not null))");
        }

        var sql = where.Count == 0 ? "" : "where " + string.Join(" and ", where);
        var items = await InstancesAsync($"{sql} order by i.created_at desc, i.id limit {filter.Take} offset {filter.Skip}", [.. parameters.Select(x => x.Clone())], cancellationToken);
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        await using var count = connection.Command($"select count(*)::int from workflow_instances i {sql}", [.. parameters]);
        return new InstancePage(items, (int)(await count.ExecuteScalarAsync(cancellationToken))!);
    }

    public async Task<IReadOnlyList<JournalEntry>> JournalAsync(Guid instanceId, CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command("select id, entries from workflow_journal where instance_id = $1 order by id", P(instanceId));
        var rows = await command.ListAsync(r => (Id: r.GetInt64(0), Entries: JsonSerializer.Deserialize<List<JournalEntry>>(r.GetString(1), Json)!), cancellationToken);

        // Lines written beside bursts (late results) carry no number of the instance: the row's own, negative, tells them apart.
        return [.. rows.SelectMany(row => row.Entries.Select(e => e.Sequence == 0 ? e with { Sequence = -row.Id } : e))];
    }

    public async Task<IReadOnlyList<Bookmark>> BookmarksAsync(Guid instanceId, CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command($"select {Columns.Bookmark} from workflow_bookmarks b where b.instance_id = $1 and b.closed_at is null order by b.created_at", P(instanceId));
        return await command.ListAsync(Columns.ReadBookmark, cancellationToken);
    }

    public async Task<IReadOnlyList<EffectRecord>> EffectsAsync(Guid instanceId, CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command(
            """
            select activity_execution_id, generation, activity_id, activity_name, activity, queue, status, attempts, null::timestamptz, finished_at, worker, input::text, result::text, last_error
            from workflow_effects where instance_id = $1
            union all
            select activity_execution_id, generation, activity_id, activity_name, activity, queue, case when lease_until is null then 'Waiting' else 'Running' end, attempt, due_at, null, lease_owner, input::text, null, last_error
            from workflow_work where instance_id = $1 and kind = 'effect' order by 10 nulls last, 9
            """, P(instanceId));
        return await command.ListAsync(
            r => new EffectRecord(r.GetGuid(0), r.GetInt32(1), instanceId, r.GetString(2), r.GetString(3), r.GetString(4).Split('@')[0], r.GetString(5), Enum.Parse<EffectStatus>(r.GetString(6)), r.GetInt32(7))
            {
                DueAt = r.Time(8),
                FinishedAt = r.Time(9),
                Worker = r.Text(10),
                Input = r.Node(11),
                Result = r.IsDBNull(12) ? null : JsonSerializer.Deserialize<EffectResult>(r.GetString(12), Json),
                LastError = r.Text(13),
            }, cancellationToken);
    }

    public async Task<DefinitionVersion?> FindVersionAsync(string versionId, CancellationToken cancellationToken) => (await VersionsAsync("d.id = $1", versionId, cancellationToken)).FirstOrDefault();

    public async Task<IReadOnlyList<DefinitionVersion>> ListVersionsAsync(string? definitionId, CancellationToken cancellationToken) => definitionId is null
        ? [.. (await VersionsAsync("d.deleted_at is null and (d.version = (select max(x.version) from workflow_definitions x where x.definition_id = d.definition_id) or exists (select 1 from workflow_published p where p.version_id = d.id))", null, cancellationToken))]
        : await VersionsAsync("d.deleted_at is null and d.definition_id = $1", definitionId, cancellationToken);

    public async Task<IReadOnlyList<string>> WaitingKeysAsync(string kind, CancellationToken cancellationToken)
    {
        // Jumps from key to key in the index: the cost is the number of keys, not of waiting instances.
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command(
            """
            with recursive keys as (
                (select key from workflow_bookmarks where kind = $1 order by key limit 1)
                union all
                select (select b.key from workflow_bookmarks b where b.kind = $1 and b.key > k.key order by b.key limit 1) from keys k where k.key is not null)
            select k.key from keys k where exists (select 1 from workflow_bookmarks b where b.kind = $1 and b.key = k.key and b.closed_at is null)
            union
            select key from workflow_triggers where kind = $1
            """, P(kind));
        return await command.ListAsync(r => r.GetString(0), cancellationToken);
    }

    public async Task<Waiting> WaitingAsync(string kind, string key, Guid? instanceId, string? correlationId, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        await using var triggers = connection.Command("select definition_id, version_id, activity_id, kind, key from workflow_triggers where kind = $1 and key = $2", P(kind), P(key));
        var started = await triggers.ListAsync(ReadTrigger, cancellationToken);
        await using var bookmarks = connection.Command(
            $"""
            select {Columns.Bookmark} from workflow_bookmarks b join workflow_instances i on i.id = b.instance_id where b.kind = $1 and b.key = $2 and b.closed_at is null
                and ($3::uuid is null or b.instance_id = $3) and ($4::text is null or coalesce(b.correlation_id, i.correlation_id) = $4) order by b.created_at limit $5
            """, P(kind), P(key), P(instanceId), P(correlationId), P(limit));
        return new Waiting(started, await bookmarks.ListAsync(Columns.ReadBookmark, cancellationToken));
    }

    public async Task<IReadOnlyList<(WorkflowTrigger Trigger, DateTimeOffset Since)>> TriggersAsync(IReadOnlyCollection<string> kinds, CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command(
            "select t.definition_id, t.version_id, t.activity_id, t.kind, t.key, p.published_at from workflow_triggers t join workflow_published p on p.version_id = t.version_id where t.kind = any($1)", P(kinds));
        return await command.ListAsync(r => (ReadTrigger(r), r.GetFieldValue<DateTimeOffset>(5)), cancellationToken);
    }

    private static WorkflowTrigger ReadTrigger(NpgsqlDataReader r) => new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4));

    private async Task<List<DefinitionVersion>> VersionsAsync(string where, string? value, CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command($"select {Columns.Version} from workflow_definitions d where {where} order by d.definition_id collate \"C\", d.version desc", value is null ? [] : [P(value)]);
        return await command.ListAsync(Columns.ReadVersion, cancellationToken);
    }

    private async Task<List<WorkflowInstance>> InstancesAsync(string where, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        await using var command = connection.Command($"select {Columns.Instance}, {Shown} from workflow_instances i {where}", parameters);
        return await command.ListAsync(
            r =>
            {
                var instance = Columns.ReadInstance(r);
                instance.IncidentCount += r.GetInt32(19);
                return instance;
            }, cancellationToken);
    }
}
