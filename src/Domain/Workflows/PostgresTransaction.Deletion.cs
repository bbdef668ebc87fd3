using Npgsql;
using static MonOPCO.Domain.Workflows.Sql;

namespace MonOPCO.Domain.Workflows;

internal sealed partial class PostgresTransaction
{
    public async Task DeleteDefinitionAsync(string definitionId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("delete from workflow_triggers where definition_id = $1", P(definitionId));
        batch.Add("delete from workflow_published where definition_id = $1", P(definitionId));
        batch.Add("delete from workflow_definitions where definition_id = $1 and not is_frozen", P(definitionId));
        batch.Add("update workflow_definitions set deleted_at = $2 where definition_id = $1", P(definitionId), P(now));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<bool> DeleteInstanceAsync(Guid instanceId, CancellationToken cancellationToken)
    {
        // A burst under way holds the row: it ends first, then everything it wrote goes too.
        await using var owner = connection.Command("select 1 from workflow_instances where id = $1 for update", P(instanceId));
        if (await owner.ExecuteScalarAsync(cancellationToken) is null)
        {
            return false;
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var table in new[] { "workflow_bookmarks", "workflow_mailbox", "workflow_work", "workflow_effects", "workflow_journal" })
        {
            batch.Add($"delete from {table} where instance_id = $1", P(instanceId));
        }

        batch.Add("delete from workflow_instances where id = $1", P(instanceId));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return true;
    }
}
