using System.Text.Json.Nodes;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Activities.Notifications;

/// <summary>Mails that carry a personal secret leave through the procedure <c>courriel</c>: durable, retried, and visible like any other.</summary>
public static class PersonalMails
{
    public const string Definition = "courriel";

    /// <param name="runtime">The door to workflows.</param>
    /// <param name="kind">What is sent.</param>
    /// <param name="subject">Id of the link or signer.</param>
    /// <param name="alongside">Writes what the mail is about in the same transaction.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    public static Task StartAsync(WorkflowRuntime runtime, PersonalMailKind kind, Guid subject, Func<IServiceProvider, Guid, Task> alongside, CancellationToken cancellationToken) =>
        runtime.StartAsync(
            new StartWorkflow(Definition) { Input = new JsonObject { ["Kind"] = kind.ToString(), ["Id"] = subject.ToString() }, Priority = 2 },
            alongside,
            cancellationToken);
}
