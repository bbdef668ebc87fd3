using MonOPCO.Activities.Notifications;
using MonOPCO.Domain.Operations;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Host.Jobs;

/// <summary>Tells the administrators: a line on the page and a mail to each, once per key.</summary>
internal sealed class OperationNotices(OperationsService operations, WorkflowRuntime runtime, TimeProvider clock)
{
    public async Task TellAsync(string key, string title, string text, string advice, CancellationToken cancellationToken)
    {
        foreach (var alert in await operations.AlertAsync(key, title, text, advice, clock.GetUtcNow(), cancellationToken))
        {
            await PersonalMails.StartAsync(runtime, PersonalMailKind.OperationsAlert, alert, (_, _) => Task.CompletedTask, cancellationToken);
        }
    }
}
