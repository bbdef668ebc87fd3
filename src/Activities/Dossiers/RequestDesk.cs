using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Activities.Dossiers;

/// <summary>Where a request becomes a dossier: the dossier and the first burst of its procedure are one transaction.</summary>
public sealed class RequestDesk(WorkflowRuntime runtime)
{
    /// <summary>Definition that carries a dossier of this kind.</summary>
    public static string DefinitionOf(DossierKind kind) => kind switch
    {
        DossierKind.Bilan => "dossier-bilan-pdc",
        DossierKind.Formation => "dossier-formation-pdc",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>A request typed twice gives back the first dossier and starts nothing.</summary>
    /// <exception cref="Domain.RuleBrokenException">The request is not complete; French sentence.</exception>
    public async Task<CreatedDossier> OpenAsync(CreateDossier command, ChangeContext change, CancellationToken cancellationToken)
    {
        CreatedDossier? created = null;
        try
        {
            // The instance is correlated by the dossier, whose id must be known before: it is chosen here.
            var dossierId = Guid.CreateVersion7(change.Now);
            await runtime.StartAsync(
                new StartWorkflow(DefinitionOf(command.Kind)) { CorrelationId = dossierId.ToString(), Actor = change.ActorName },
                async (services, instanceId) =>
                {
                    var dossiers = services.GetRequiredService<DossierService>();
                    created = await dossiers.CreateAsync(command with { Id = dossierId }, change, cancellationToken);
                    if (created.AlreadyExisted)
                    {
                        throw new AlreadyRequestedException();
                    }

                    await dossiers.SetWorkflowInstanceAsync(dossierId, instanceId, change, cancellationToken);
                },
                cancellationToken);
        }
        catch (AlreadyRequestedException)
        {
            // Vetoes the start; the first dossier is the answer.
        }

        return created!;
    }

    private sealed class AlreadyRequestedException : Exception;
}
