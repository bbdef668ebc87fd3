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
        await using var command = connection.Command("select id, entries::text from workflow_journal where instance_id = $1 order by id", P(instanceId));
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
