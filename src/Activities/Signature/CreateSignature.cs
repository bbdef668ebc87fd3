using System.ComponentModel.DataAnnotations;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Signatures;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Activities.Signature.CreateSignature.Output>;

namespace MonOPCO.Activities.Signature;

[Activity("MonOPCO.CreateSignature", Title = "Mettre à la signature", Category = "Signature", Description = "Ouvre la signature du dernier document de ce type. Signature simple au sens d'eIDAS : lien personnel, consentement, code à usage unique, cachet du serveur.")]
public sealed class CreateSignature(SignatureService signatures, MonOpcoDbContext db) : Activity<CreateSignature.Input, CreateSignature.Output>
{
    public sealed record Input
    {
        [Display(Name = "Document", Description = "Le document du dossier, par son type.", Order = 1)]
        [Editor("dropdown", Source = "documentTypes")]
        public required string DocumentType { get; init; }

        [Display(Name = "Signataires, dans l'ordre", Description = "entreprise, beneficiaire, organisme", Order = 2)]
        [Editor("multitext")]
        public required string[] Signers { get; init; }
    }

    public sealed record Output([property: Display(Name = "Demande de signature")] Guid RequestId);

    public override async Task<ActivityResult<Output>> ExecuteAsync(Input input, ActivityContext context)
    {
        var dossier = await db.Dossiers.AsNoTracking().Include(x => x.TrainingBody).Include(x => x.Beneficiaires).SingleAsync(x => x.Id == context.DossierId(), context.CancellationToken);
        var document = await db.Documents.AsNoTracking().Where(x => x.DossierId == dossier.Id && x.TypeCode == input.DocumentType).OrderByDescending(x => x.CreatedAt).FirstOrDefaultAsync(context.CancellationToken);
        var title = await db.DocumentTypes.Where(x => x.Code == input.DocumentType).Select(x => x.Label).SingleAsync(context.CancellationToken);
        if (document is null)
        {
            return new Failed("document-missing", $"Le document « {title} » n'existe pas encore : il ne peut pas être signé.");
        }

        if (await db.SignatureRequests.AsNoTracking().Where(x => x.DossierId == dossier.Id && x.DocumentTypeCode == input.DocumentType).OrderByDescending(x => x.CreatedAt).FirstOrDefaultAsync(context.CancellationToken)
            is { Status: SignatureRequestStatus.Completed } signed && signed.CurrentDocumentId == document.Id)
        {
            // The last document of this type is the one that all have signed: nobody signs it again.
            return new Done(new Output(signed.Id));
        }

        var signers = new List<NewSigner>();
        for (var i = 0; i < input.Signers.Length; i++)
        {
            switch (input.Signers[i].Trim().ToLowerInvariant())
            {
                case "entreprise":
                    signers.Add(new NewSigner(SignerRole.Entreprise, i + 1, dossier.ContactName, dossier.ContactEmail, "représentant l'entreprise"));
                    break;
                case "beneficiaire":
                    signers.AddRange(dossier.Beneficiaires.OrderBy(x => x.Position).Select(x => new NewSigner(SignerRole.Beneficiaire, i + 1, x.FullName, x.Email, "bénéficiaire")));
                    break;
                case "organisme" when dossier.TrainingBody is { } body:
                    signers.Add(new NewSigner(SignerRole.Organisme, i + 1, body.RepresentativeName, body.RepresentativeEmail, body.RepresentativeRole));
                    break;
                default:
                    return new Failed("signer-unknown", $"Signataire inconnu : « {input.Signers[i]} ». Indiquez entreprise, beneficiaire ou organisme.");
            }
        }

        var request = await signatures.CreateAsync(
            new NewSignatureRequest(dossier.Id, input.DocumentType, document.Id, $"{title} {dossier.Numero}", signers) { Id = context.ActivityExecutionId, BookmarkKey = context.ActivityExecutionId.ToString() },
            context.Change(),
            context.CancellationToken);
        return new Done(new Output(request.Id));
    }
}
