using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Signatures;

namespace MonOPCO.Activities.Notifications;

/// <summary>Invitations to sign: one stable Message-ID per signer and link, so that it is known who has been invited.</summary>
public sealed class SignatureMails(MonOpcoDbContext db, MailData data, SignatureService signatures, RuleBook rules)
{
    public static string MessageIdOf(Signer signer) => MessageIds.Of($"signature-{signer.Id:N}-{signer.InvitationGeneration}");

    /// <summary>Signers whose turn has come and who have no mail yet.</summary>
    public async Task<List<Signer>> ToInviteAsync(Guid requestId, CancellationToken cancellationToken)
    {
        var invited = await db.Signers.AsNoTracking().Include(x => x.Request).Where(x => x.RequestId == requestId && x.Status == SignerStatus.Invited).ToListAsync(cancellationToken);
        var ids = invited.Select(MessageIdOf).ToList();
        var sent = await db.SentMails.AsNoTracking().Where(x => ids.Contains(x.MessageId)).Select(x => x.MessageId).ToListAsync(cancellationToken);
        return [.. invited.Where(x => !sent.Contains(MessageIdOf(x))).OrderBy(x => x.Order).ThenBy(x => x.Id)];
    }

    /// <summary>Data of the template <c>signature-a-faire</c>.</summary>
    public async Task<JsonObject> InvitationAsync(Signer signer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var dossier = await db.Dossiers.AsNoTracking().SingleAsync(x => x.Id == signer.Request!.DossierId, cancellationToken);
        var lastDay = Fr.InParis(signer.ExpiresAt ?? now).AddDays(-1);
        var employee = signer.Role == SignerRole.Beneficiaire && dossier.Kind == DossierKind.Bilan;
        var days = employee ? await rules.RequireNumberAsync(RuleCodes.EmployeeAnswerDays, Fr.InParis(now), cancellationToken) : (decimal?)null;
        return new JsonObject
        {
            ["expediteur"] = await data.SenderAsync(dossier.TrainingBodyId, cancellationToken),
            ["destinataire"] = new JsonObject { ["nom"] = signer.Name },
            ["dossier"] = new JsonObject { ["numero"] = dossier.Numero, ["intitule"] = dossier.Title },
            ["document"] = new JsonObject { ["titre"] = signer.Request!.Title, ["delaiReponseJours"] = days, ["limiteReponse"] = MailData.Iso(lastDay) },
            ["lien"] = data.Link($"/signature/{signatures.TokenOf(signer)}", signer.ExpiresAt),
        };
    }
}
