using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Storage;

public sealed partial class WorkflowRuntime
{
    /// <summary>
    /// Moves an instance back to the version and the very state it came from. Only while its burst number is the one of the move: after anything has happened, the
    /// former state would undo that too.
    /// </summary>
    /// <param name="moved">What the migration told of.</param>
    /// <param name="actor">Who undoes it.</param>
    /// <param name="beside">Told in the transaction, when it is possible.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Null when it is undone, otherwise why not.</returns>
    public Task<string?> UndoMigrationAsync(MovedInstance moved, string actor, Func<IServiceProvider, Task>? beside, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(moved);
        return InTransactionAsync<string?>(async tx =>
        {
            if (await tx.LockAsync(moved.InstanceId, 1, cancellationToken) is not { Instance: var instance })
            {
                return "L'exécution n'existe plus, ou elle avance en ce moment même : réessayez.";
            }

            if (instance.Burst != moved.Burst || instance.DefinitionVersionId != moved.ToVersionId)
            {
                return instance.Status == InstanceStatus.Finished ? "L'exécution s'est terminée depuis." : "L'exécution a avancé depuis.";
            }

            var now = clock.GetUtcNow();
            var sequence = (Expressions.LenientJson.ToInt64(instance.State["s"]) ?? 0) + 1;
            var state = (JsonObject)moved.StateBefore.DeepClone();
            state["s"] = sequence;
            instance.State = state;
            instance.DefinitionVersionId = moved.FromVersionId;
            instance.Version = moved.FromVersion;
            instance.Burst++;
            instance.UpdatedAt = now;
            var burst = new BurstResult { Instance = instance };
            burst.Journal.Add(new JournalEntry(sequence, now, JournalEvent.Resumed, Guid.Empty, null, "", "", "")
            {
                Outcome = "Migrated",
                Message = $"Revenue de la version {moved.ToVersion} à la version {moved.FromVersion} : la migration est annulée.",
                Data = new JsonObject { ["from"] = moved.ToVersionId, ["to"] = moved.FromVersionId },
                Actor = actor,
            });
            if (beside is not null)
            {
                await beside(tx.Services);
            }

            await tx.SaveBurstAsync(new BurstWrite { Result = burst }, cancellationToken);
            return null;
        }, cancellationToken);
    }
}
