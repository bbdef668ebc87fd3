using System.Globalization;
using MonOPCO.Domain.Operations;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Host.Jobs;

/// <summary>Starts the procedure « conservation »: it prepares the list and asks a person. The job itself destroys nothing.</summary>
internal sealed class RetentionWork(WorkflowRuntime runtime) : ISystemWork
{
    public const string Definition = "conservation";

    public string Job => SystemJobs.Retention;

    public string Advice => "Vérifiez que la procédure « conservation » est publiée (page Procédures), puis relancez.";

    public async Task<WorkDone> RunAsync(OperationRun run, CancellationToken cancellationToken)
    {
        // The run's id names the instance: taken over after a crash, it is started once.
        var started = await runtime.StartAsync(new StartWorkflow(Definition) { InstanceId = StableId.Of(run.Id, Definition), Actor = run.Trigger }, (_, _) => Task.CompletedTask, cancellationToken);
        return new WorkDone(
            started.Instance.Status == WorkflowStatus.Finished ? "Rien n’est arrivé au terme de sa conservation." : "La liste est prête : la tâche « Valider la purge » attend un administrateur.",
            new() { ["instance"] = started.Instance.Id.ToString("D", CultureInfo.InvariantCulture) });
    }
}
