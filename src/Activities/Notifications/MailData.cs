using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MonOPCO.Activities.Documents;
using MonOPCO.Domain;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Signatures;

namespace MonOPCO.Activities.Notifications;

/// <summary>The plain data that mail templates read (<c>templates/mails/exemples</c> shows the shape).</summary>
public sealed class MailData(MonOpcoDbContext db, RuleBook rules, IOptions<SiteOptions> site)
{
    public JsonObject Link(string path, DateTimeOffset? expires = null) =>
        new() { ["url"] = site.Value.Link(path), ["expire"] = expires?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) };

    /// <summary>Who writes: the dossier's training body, or the first one.</summary>
    public async Task<JsonObject> SenderAsync(Guid? trainingBodyId, CancellationToken cancellationToken)
    {
        var body = await db.TrainingBodies.AsNoTracking().OrderByDescending(x => x.Id == trainingBodyId).ThenBy(x => x.Slug != "netz").FirstAsync(cancellationToken);
        return new JsonObject
        {
            ["nom"] = body.Name,
            ["adresse"] = $"{body.Address}, {body.PostalCode} {body.City}",
            ["contact"] = string.Join(" · ", new[] { body.Email, body.Phone }.Where(x => x.Length > 0)),
        };
    }

    /// <summary>Everything any mail about a dossier may say.</summary>
    public async Task<JsonObject> ForDossierAsync(Guid dossierId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var dossier = await db.Dossiers.AsNoTracking().Include(x => x.Company).SingleAsync(x => x.Id == dossierId, cancellationToken);
        var today = Fr.InParis(now);
        var opco = dossier.OpcoSlug is null ? null : await db.Opcos.AsNoTracking().SingleAsync(x => x.Slug == dossier.OpcoSlug, cancellationToken);
        var reason = dossier.RefusalCode is null ? null : await db.RefusalReasons.AsNoTracking().SingleAsync(x => x.Code == dossier.RefusalCode, cancellationToken);
        var complements = await db.Complements.AsNoTracking().Where(x => x.DossierId == dossierId && (x.Status == ComplementStatus.Asked || x.Status == ComplementStatus.Rejected)).OrderBy(x => x.AskedAt).ToListAsync(cancellationToken);
        var answerDays = dossier.OpcoSlug is null ? null : await rules.NumberAsync(RuleCodes.AnswerDays, dossier.FiledAt is { } day ? Fr.InParis(day) : today, cancellationToken, dossier.OpcoSlug);
        var requestDays = (int)await rules.RequireNumberAsync(RuleCodes.RequestAnswerDays, today, cancellationToken, dossier.OpcoSlug, dossier.Kind);
        var lateSignature = await db.SignatureRequests.AsNoTracking().Include(x => x.Signers).Where(x => x.DossierId == dossierId && x.Status == SignatureRequestStatus.Expired).OrderByDescending(x => x.CreatedAt).FirstOrDefaultAsync(cancellationToken);
        return new JsonObject
        {
            ["expediteur"] = await SenderAsync(dossier.TrainingBodyId, cancellationToken),
            ["destinataire"] = new JsonObject { ["nom"] = dossier.ContactName, ["role"] = "entreprise" },
            ["dossier"] = new JsonObject { ["numero"] = dossier.Numero, ["intitule"] = dossier.Title, ["reponseAvant"] = Iso(today.AddDays(requestDays)) },
            ["lien"] = Link($"/espace/dossiers/{dossier.Numero}"),
            ["opco"] = new JsonObject { ["nom"] = DocumentData.OpcoName(opco) },
            ["prix"] = new JsonObject { ["ht"] = dossier.CostHt },
            ["depot"] = new JsonObject
            {
                ["date"] = dossier.FiledAt is { } filed ? Iso(Fr.InParis(filed)) : null,
                ["reference"] = dossier.PortalReference,
                ["reponseAttendue"] = dossier.FiledAt is { } since && answerDays is { } days ? Iso(Fr.InParis(since).AddDays((int)days)) : null,
            },
            ["accord"] = new JsonObject
            {
                ["partiel"] = dossier.State == DossierState.AccordePartiel || dossier.Remainder > 0,
                ["date"] = dossier.AccordDate is { } accorded ? Iso(accorded) : null,
                ["numero"] = dossier.AccordNumber,
                ["montant"] = dossier.GrantedAmount,
                ["reste"] = dossier.Remainder ?? 0,
                ["circuit"] = CircuitText(dossier.Circuit),
                ["aAccepter"] = dossier.State == DossierState.AccordePartiel,
            },
            ["motif"] = new JsonObject { ["libelle"] = reason?.Label, ["explication"] = Empty(dossier.RefusalComment), ["remede"] = reason?.RemedyText },
            ["refus"] = new JsonObject { ["date"] = Iso(Fr.InParis(dossier.StateSince)), ["motif"] = reason?.Label, ["message"] = Empty(dossier.RefusalComment), ["remede"] = reason?.RemedyText },
            ["elements"] = new JsonArray([.. complements.Select(x => new JsonObject { ["libelle"] = x.Label, ["precision"] = Empty(x.Comment) })]),
            ["limite"] = complements.Min(x => x.DueOn) is { } due ? Iso(due) : Iso(today),
            ["rappel"] = new JsonObject
            {
                ["objet"] = complements.Count > 0 ? $"il manque des éléments à votre demande {dossier.Numero}" : $"votre dossier {dossier.Numero}",
                ["texte"] = complements.Count > 0 ? "Nous attendons toujours : " + string.Join(", ", complements.Select(x => x.Label)) + "." : "Votre dossier attend une action de votre part.",
                ["limite"] = complements.Min(x => x.DueOn) is { } limit ? Iso(limit) : null,
            },
            ["document"] = lateSignature is null ? null : new JsonObject { ["titre"] = lateSignature.Title, ["limiteReponse"] = Iso(Fr.InParis(lateSignature.Signers.Max(x => x.ExpiresAt) ?? now).AddDays(-1)) },
        };
    }

    public static string CircuitText(PaymentCircuit? circuit) => circuit switch
    {
        PaymentCircuit.Subrogation => "directement par l'OPCO à l'organisme (subrogation)",
        PaymentCircuit.Remboursement => "vous réglez l'organisme, l'OPCO vous rembourse hors taxes",
        PaymentCircuit.Mixte => "en partie par l'OPCO à l'organisme, en partie par remboursement",
        PaymentCircuit.FondsPropres => "par l'entreprise, sur ses fonds propres",
        null => "précisé dans l'accord",
        _ => throw new ArgumentOutOfRangeException(nameof(circuit)),
    };

    internal static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string? Empty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
