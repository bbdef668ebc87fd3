using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Activities.Notifications;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Signatures;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Integrations.Sealing;

namespace MonOPCO.Activities.Signature;

/// <summary>
/// What the signature page does: ask for a code, sign, refuse. Signing checks the code, seals the PDF by an incremental update and wakes the procedure, in one
/// transaction. Rules that are broken come as <see cref="Domain.RuleBrokenException"/> with a French sentence.
/// </summary>
public sealed class SigningDesk(WorkflowRuntime runtime, IServiceScopeFactory scopes, SealingKey key)
{
    /// <summary>A new one-time code, sent by mail as due work: the mail is not lost when the process dies.</summary>
    public Task SendCodeAsync(Guid signerId, ChangeContext change, CancellationToken cancellationToken) => PersonalMails.StartAsync(
        runtime,
        PersonalMailKind.SignatureCode,
        signerId,
        (services, _) => services.GetRequiredService<SignatureService>().SendCodeAsync(signerId, change, cancellationToken),
        cancellationToken);

    /// <summary>A new link for somebody whose link was lost or is too old; not twice within <paramref name="pause"/>.</summary>
    public Task RenewLinkAsync(Guid signerId, ChangeContext change, CancellationToken cancellationToken, TimeSpan pause = default) => PersonalMails.StartAsync(
        runtime,
        PersonalMailKind.SignatureLink,
        signerId,
        (services, _) => services.GetRequiredService<SignatureService>().RenewLinkAsync(signerId, change, cancellationToken, pause),
        cancellationToken);

    public async Task SignAsync(Guid requestId, Guid signerId, Sign command, ChangeContext change, CancellationToken cancellationToken)
    {
        await using (var scope = scopes.CreateAsyncScope())
        {
            // Before the burst's transaction: a wrong try must count although nothing else is kept.
            await scope.ServiceProvider.GetRequiredService<SignatureService>().CheckCodeAsync(signerId, command.Code, change, cancellationToken);
        }

        await ActAsync(
            requestId,
            change,
            async services =>
            {
                var signed = await services.GetRequiredService<SignatureService>().SignAsync(signerId, command, change, cancellationToken, codeChecked: true);
                await SealAsync(services, requestId, signed.Signer, change, cancellationToken);
            },
            cancellationToken);
    }

    public Task DeclineAsync(Guid requestId, Guid signerId, string reason, ChangeContext change, CancellationToken cancellationToken) => ActAsync(
        requestId, change, services => services.GetRequiredService<SignatureService>().DeclineAsync(signerId, reason, change, cancellationToken), cancellationToken);

    /// <summary>
    /// With the procedure waiting, everything happens in its burst. Between two waits (an invitation is just leaving) the signature is recorded alone: the
    /// procedure looks at the request before it waits again, and the stimulus reaches it if it waited meanwhile.
    /// </summary>
    private async Task ActAsync(Guid requestId, ChangeContext change, Func<IServiceProvider, Task> act, CancellationToken cancellationToken)
    {
        var outcome = await runtime.ResumeAsync(
            WaitForSignatures.BookmarkKind, requestId.ToString(), new JsonObject(), change.ActorName, (services, _) => act(services), cancellationToken);
        if (outcome is ResumeOutcome.Resumed)
        {
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MonOpcoDbContext>();
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            await act(scope.ServiceProvider);
            await transaction.CommitAsync(cancellationToken);
        }

        await runtime.PublishAsync(new PublishedStimulus(Guid.CreateVersion7(), WaitForSignatures.BookmarkKind, requestId.ToString(), null, null, new JsonObject()), change.ActorName, cancellationToken);
    }

    private async Task SealAsync(IServiceProvider services, Guid requestId, Signer signer, ChangeContext change, CancellationToken cancellationToken)
    {
        var db = services.GetRequiredService<MonOpcoDbContext>();
        var store = services.GetRequiredService<DocumentStore>();
        var request = await db.SignatureRequests.SingleAsync(x => x.Id == requestId, cancellationToken);
        var current = await db.Documents.AsNoTracking().SingleAsync(x => x.Id == request.CurrentDocumentId, cancellationToken);
        var reason = $"Signature électronique simple – {request.Title}";
        var pdf = PdfSealer.Seal(await store.ReadAsync(current.Id, cancellationToken), new SealRequest(signer.Name, reason, change.Now), key);
        var name = current.Name.Contains("-signe", StringComparison.Ordinal) ? current.Name : Path.GetFileNameWithoutExtension(current.Name) + "-signe.pdf";
        var signed = await store.AddAsync(
            new NewDocument(current.TypeCode, name, current.DossierId) { SignatureLevel = SignatureLevel.Simple, SourceDocumentId = current.Id, Facts = (JsonObject?)current.Facts?.DeepClone() },
            new MemoryStream(pdf),
            change,
            cancellationToken);
        await services.GetRequiredService<SignatureService>().AttachAsync(requestId, signed.Id, null, change, cancellationToken);
    }
}
