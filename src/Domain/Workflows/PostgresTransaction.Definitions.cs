using MonOPCO.Engine.Storage;
using Npgsql;
using static MonOPCO.Domain.Workflows.Sql;

namespace MonOPCO.Domain.Workflows;

internal sealed partial class PostgresTransaction
{
    public async Task<string?> PublishedVersionIdAsync(string definitionId, CancellationToken cancellationToken)
    {
        await using var command = connection.Command("select version_id, pg_current_xact_id()::text from workflow_published where definition_id = $1", P(definitionId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        transactionId = reader.GetString(1);
        return store.Published[definitionId] = reader.GetString(0);
    }

    public Task<string?> VersionToStartAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (!store.Published.TryGetValue(definitionId, out var remembered))
        {
            return PublishedVersionIdAsync(definitionId, cancellationToken);
        }

        toProve = definitionId;
        return Task.FromResult<string?>(remembered);
    }

    public async Task<DefinitionVersion?> FindVersionAsync(string versionId, CancellationToken cancellationToken)
    {
        await using var command = connection.Command($"select {Columns.Version} from workflow_definitions d where d.id = $1", P(versionId));
        return (await command.ListAsync(Columns.ReadVersion, cancellationToken)).FirstOrDefault();
    }

    public async Task<DefinitionVersion?> LatestVersionAsync(string definitionId, CancellationToken cancellationToken)
    {
        await using var command = connection.Command($"select {Columns.Version} from workflow_definitions d where d.definition_id = $1 order by d.version desc limit 1", P(definitionId));
        return (await command.ListAsync(Columns.ReadVersion, cancellationToken)).FirstOrDefault();
    }

    public async Task<bool> KnowsSeedAsync(string definitionId, string hash, CancellationToken cancellationToken)
    {
        await using var command = connection.Command("select exists (select 1 from workflow_definitions where definition_id = $1 and seed_hash = $2)", P(definitionId), P(hash));
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task LockDefinitionAsync(string definitionId, CancellationToken cancellationToken)
    {
        await using var command = connection.Command("select pg_advisory_xact_lock($1)", P(StableId.LockOf("definition", definitionId)));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task SaveVersionAsync(DefinitionVersion v, CancellationToken cancellationToken)
    {
        // A frozen version accepts only what leaves its body as it is.
        await using var command = connection.Command(
            """
            insert into workflow_definitions (id, definition_id, version, name, description, body, is_frozen, revision, seed_hash, created_at, updated_at, author)
            values ($1, $2, $3, $4, $5, $6, $7::text = 'True', $8, $9, $10, $11, $12)
            on conflict (id) do update set name = excluded.name, description = excluded.description, body = excluded.body, is_frozen = excluded.is_frozen, revision = excluded.revision,
                seed_hash = excluded.seed_hash, updated_at = excluded.updated_at, author = excluded.author, deleted_at = null
            where not workflow_definitions.is_frozen or workflow_definitions.body = excluded.body
            """, P(v.Id), P(v.DefinitionId), P(v.Version), P(v.Name), P(v.Description), P(v.Body), P(v.IsFrozen.ToString()), P(v.Revision), P(v.SeedHash), P(v.CreatedAt), P(v.UpdatedAt), P(v.Author));
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            throw new InvalidOperationException($"Version {v.Id} is frozen.");
        }
    }

    public async Task SetPublishedAsync(string definitionId, string? versionId, IReadOnlyList<WorkflowTrigger> triggers, string? actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("delete from workflow_triggers where definition_id = $1", P(definitionId));
        if (versionId is null)
        {
            batch.Add("delete from workflow_published where definition_id = $1", P(definitionId));
        }
        else
        {
            batch.Add(
                "insert into workflow_published (definition_id, version_id, published_at, published_by) values ($1, $2, $3, $4) on conflict (definition_id) do update set version_id = excluded.version_id, published_at = excluded.published_at, published_by = excluded.published_by",
                P(definitionId), P(versionId), P(now), P(actor));
        }

        foreach (var t in triggers)
        {
            batch.Add("insert into workflow_triggers (version_id, activity_id, definition_id, kind, key) values ($1, $2, $3, $4, $5)", P(t.VersionId), P(t.ActivityId), P(t.DefinitionId), P(t.Kind), P(t.Key));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
