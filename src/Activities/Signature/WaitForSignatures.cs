using System.ComponentModel.DataAnnotations;
using MonOPCO.Activities.Notifications;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Signatures;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Engine.Activities.NoOutput>;

namespace MonOPCO.Activities.Signature;

[Activity("MonOPCO.WaitForSignatures", Title = "Attendre les signatures", Category = "Signature", Description = "Attend que chacun signe. Le délai de chaque signataire vient des règles datées ; pour le salarié d'un bilan, le silence vaut refus.")]
[Outcome("Signed", "Signé par tous")]
[Outcome("Next", "Signataires suivants")]
[Outcome("Declined", "Refusé")]
[Outcome("Expired", "Délai passé")]
public sealed class WaitForSignatures(SignatureService signatures, SignatureMails mails, MonOpcoDbContext db) : Activity<WaitForSignatures.Input, NoOutput>
{
    /// <summary>Kind of the bookmark; its key is the request's id.</summary>
    public const string BookmarkKind = "signature";

    public sealed record Input
    {
        [Display(Name = "Document", Description = "Le document du dossier, par son type.")]
        [Editor("dropdown", Source = "documentTypes")]
        public required string DocumentType { get; init; }
    }

    public override Task<ActivityResult<NoOutput>> ExecuteAsync(Input input, ActivityContext context) => LookAsync(input, context);

    public override Task<ActivityResult<NoOutput>> ResumeAsync(Input input, Signal signal, ActivityContext context) => LookAsync(input, context);

    private async Task<ActivityResult<NoOutput>> LookAsync(Input input, ActivityContext context)
    {
        var request = await db.LatestRequestAsync(context.DossierId(), input.DocumentType, context.CancellationToken);
        if (request.Status == SignatureRequestStatus.Pending && (await signatures.ExpireAsync(request.Id, context.Change(), context.CancellationToken)).Count > 0)
        {
            return new Done(NoOutput.Instance, "Expired");
        }

        switch (request.Status)
        {
            case SignatureRequestStatus.Completed:
                return new Done(NoOutput.Instance, "Signed");
            case SignatureRequestStatus.Declined or SignatureRequestStatus.Cancelled:
                return new Done(NoOutput.Instance, "Declined");
            case SignatureRequestStatus.Expired:
                return new Done(NoOutput.Instance, "Expired");
            case SignatureRequestStatus.Pending when (await mails.ToInviteAsync(request.Id, context.CancellationToken)).Count > 0:
                return new Done(NoOutput.Instance, "Next");
            case SignatureRequestStatus.Pending:
                var until = request.Signers.Where(x => x.Status is SignerStatus.Invited or SignerStatus.Viewed).Min(x => x.ExpiresAt);
                return new Wait(BookmarkKind, request.Id.ToString(), until);
            default:
                throw new InvalidOperationException($"Unknown status {request.Status}.");
        }
    }
}
