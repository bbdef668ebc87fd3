using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

public sealed partial class WorkflowRuntime
{
    /// <summary>What migrating these instances to a version of their definition would do. Changes nothing.</summary>
    public Task<IReadOnlyList<InstanceMigration>> PreviewMigrationAsync(IReadOnlyCollection<Guid> instanceIds, string versionId, CancellationToken cancellationToken = default) =>
        MigrateAllAsync(instanceIds, versionId, null, null, cancellationToken);

    /// <summary>Migrates those for which it is possible, each in a transaction of its own; the others keep their version and say why.</summary>
    public Task<IReadOnlyList<InstanceMigration>> MigrateAsync(IReadOnlyCollection<Guid> instanceIds, string versionId, string actor, CancellationToken cancellationToken = default) =>
        MigrateAllAsync(instanceIds, versionId, actor, null, cancellationToken);

    /// <summary>The same; <paramref name="beside"/> is told of each in its transaction and may keep what <see cref="UndoMigrationAsync"/> needs.</summary>
    public Task<IReadOnlyList<InstanceMigration>> MigrateAsync(
        IReadOnlyCollection<Guid> instanceIds, string versionId, string actor, Func<IServiceProvider, MovedInstance, Task> beside, CancellationToken cancellationToken) =>
        MigrateAllAsync(instanceIds, versionId, actor, beside, cancellationToken);

    private async Task<IReadOnlyList<InstanceMigration>> MigrateAllAsync(
        IReadOnlyCollection<Guid> instanceIds, string versionId, string? actor, Func<IServiceProvider, MovedInstance, Task>? beside, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(instanceIds);
        var results = new List<InstanceMigration>();
        foreach (var id in instanceIds)
        {
            results.Add(await InTransactionAsync(tx => MigrateAsync(tx, id, versionId, actor, beside, cancellationToken), cancellationToken));
        }

        return results;
    }

    private async Task<InstanceMigration> MigrateAsync(
        IWorkflowTransaction tx, Guid id, string versionId, string? actor, Func<IServiceProvider, MovedInstance, Task>? beside, CancellationToken cancellationToken)
    {
        if (await tx.LockAsync(id, 1, cancellationToken) is not { Instance: var instance })
        {
            return new InstanceMigration(id, 0, 0, ["L'exécution n'existe pas, ou elle avance en ce moment même : réessayez."]);
        }

        var from = await definitions.FindAsync(instance.DefinitionVersionId, () => tx.FindVersionAsync(instance.DefinitionVersionId, cancellationToken));
        var to = await definitions.FindAsync(versionId, () => tx.FindVersionAsync(versionId, cancellationToken)) ?? throw new DefinitionNotFoundException(instance.DefinitionId);
        var problems = new List<string>();
        if (instance.Status == InstanceStatus.Finished)
        {
            problems.Add("L'exécution est terminée.");
        }
        else if (to.DefinitionId != instance.DefinitionId || from is null)
        {
            problems.Add("Cette version est celle d'une autre procédure.");
        }
        else if (to.VersionId == instance.DefinitionVersionId)
        {
            problems.Add($"L'exécution est déjà dans la version {to.Version}.");
        }

        var state = problems.Count == 0 ? InstanceMigration.MoveState(instance, from!, to, problems) : null;
        var result = new InstanceMigration(id, instance.Version, to.Version, problems);
        if (state is null || actor is null || !result.IsPossible)
        {
            return result;
        }

        await FreezeAsync(tx, versionId, cancellationToken);
        var now = clock.GetUtcNow();
        var sequence = (Expressions.LenientJson.ToInt64(state["s"]) ?? 0) + 1;
        state["s"] = sequence;
        var before = instance.State;
        instance.State = state;
        instance.DefinitionVersionId = to.VersionId;
        instance.Version = to.Version;
        instance.Burst++;
        instance.UpdatedAt = now;
        var burst = new BurstResult { Instance = instance };
        burst.Journal.Add(new JournalEntry(sequence, now, JournalEvent.Resumed, Guid.Empty, null, "", "", "")
        {
            Outcome = "Migrated",
            Message = $"Passée de la version {result.FromVersion} à la version {to.Version}.",
            Data = new JsonObject { ["from"] = from!.VersionId, ["to"] = to.VersionId },
            Actor = actor,
        });
        if (beside is not null)
        {
            await beside(tx.Services, new MovedInstance(instance.Id, instance.DefinitionId, from.VersionId, from.Version, to.VersionId, to.Version, instance.Burst, before));
        }

        await tx.SaveBurstAsync(new BurstWrite { Result = burst }, cancellationToken);
        return result with { IsDone = true };
    }
}
