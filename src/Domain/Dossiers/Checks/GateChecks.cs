using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Signatures;
using static MonOPCO.Domain.Dossiers.Checks.CheckStatus;

namespace MonOPCO.Domain.Dossiers.Checks;

/// <summary>Rules 7, 9 and 11 and the completeness of the package.</summary>
internal static class GateChecks
{
    // Free mailboxes: accepted, but an OPCO expects the company's own address.
    private static readonly string[] PrivateDomains = ["gmail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.fr", "yahoo.com", "yahoo.fr", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "laposte.net", "icloud.com", "bbox.fr"];

    internal static CheckLine Complete(PackageContent content) => new(
        "7-paquet",
        "Pièces obligatoires présentes",
        content.Missing.Count == 0 ? Ok : Blocking,
        content.Missing.Count == 0 ? $"{content.Items.Count} pièces : {string.Join(", ", content.Items.Select(x => x.Type.Label))}." : $"Il manque : {string.Join(", ", content.Missing.Select(x => x.Label))}.");

    /// <summary>Rule 7 (and 4 over documents): names, birth dates, hours, cost and dates as printed are those of the dossier.</summary>
    internal static CheckLine Coherent(CheckFacts facts, PackageContent content)
    {
        const string label = "Noms, dates de naissance, durée, coût et dates identiques dans toutes les pièces";
        var current = DocumentFacts.Of(facts.Dossier);
        var generated = content.Items.Where(x => x.Document.Facts is not null).ToList();
        var wrong = generated.Select(x => (x.Type.Label, Different: DocumentFacts.Differences(x.Document.Facts!, current))).Where(x => x.Different.Count > 0).ToList();
        return wrong.Count > 0
            ? new CheckLine("7-coherence", label, Blocking, $"À refaire : {string.Join(" ; ", wrong.Select(x => $"{x.Label} ({string.Join(", ", x.Different)})"))}.")
            : generated.Count == 0
                ? new CheckLine("7-coherence", label, Unknown, "Aucune pièce produite par MonOPCO : à comparer à l’œil.")
                : new CheckLine("7-coherence", label, Ok, $"{generated.Count} pièces comparées au dossier.");
    }

    internal static CheckLine ProfessionalEmails(CheckFacts facts)
    {
        var free = facts.Dossier.Beneficiaires.Where(x => PrivateDomains.Contains(x.EmailKey.Split('@').LastOrDefault() ?? "")).Select(x => x.FullName).ToList();
        return new CheckLine("7-courriel", "Adresses professionnelles", free.Count == 0 ? Ok : Warning, free.Count == 0 ? "Toutes les adresses sont professionnelles." : $"Adresse personnelle : {string.Join(", ", free)}.");
    }

    /// <summary>Rule 9: signed by all, before the start, and within the employee's days.</summary>
    internal static IEnumerable<CheckLine> Signatures(CheckFacts facts, PackageContent content, IReadOnlyList<SignatureRequest> requests, Dictionary<string, DocumentType> types, Dictionary<DateOnly, int> answerDays)
    {
        var needed = types.Values.Where(x => x.RequiredSignature != SignatureLevel.None && x.AllowedInPackage && content.Required.Contains(x.Code)).OrderBy(x => x.PackageOrder);
        foreach (var type in needed)
        {
            var request = requests.Where(x => x.DocumentTypeCode == type.Code).OrderByDescending(x => x.CreatedAt).FirstOrDefault();
            var code = $"9-signature-{type.Code.ToLowerInvariant()}";
            var label = $"{type.Label} : signatures";
            if (request?.Status != SignatureRequestStatus.Completed)
            {
                var missing = request is null ? "le document n’a pas été envoyé en signature" : $"manque : {string.Join(", ", request.Signers.Where(x => x.Status != SignerStatus.Signed).Select(x => x.Name))}";
                yield return new CheckLine(code, label, Blocking, $"Non signé, {missing}.");
                continue;
            }

            var sent = content.Items.FirstOrDefault(x => x.Type.Code == type.Code)?.Document;
            var last = request.Signers.Max(x => x.SignedAt!.Value);
            var employee = request.Signers.FirstOrDefault(x => x.Role == SignerRole.Beneficiaire);
            var maxDays = employee is null ? 0 : answerDays[Fr.InParis(employee.InvitedAt!.Value)];
            var late = facts.Dossier.Kind == DossierKind.Bilan && employee is not null && Fr.InParis(employee.SignedAt!.Value) > Fr.InParis(employee.InvitedAt!.Value).AddDays(maxDays);
            yield return true switch
            {
                _ when Fr.InParis(last) >= facts.Dossier.StartDate => new CheckLine(code, label, Blocking, $"Dernière signature le {Fr.Date(last)}, pour un début le {Fr.Date(facts.Dossier.StartDate)}."),
                _ when late => new CheckLine(code, label, Blocking, $"Le salarié a signé après son délai de {maxDays} jours : son silence valait refus.", "art. R6313-8 du code du travail"),
                _ when sent is not null && sent.Id != request.CurrentDocumentId => new CheckLine(code, label, Blocking, "La pièce du paquet n’est pas la version signée."),
                _ => new CheckLine(code, label, Ok, $"{request.Signers.Count} signatures, la dernière le {Fr.Date(last)} ({LevelLabel(request.Level)})."),
            };
        }
    }

    internal static CheckLine NoBilanContent(PackageContent content)
    {
        var leaking = content.Items.Where(x => x.Document.Confidential || x.Type.Confidential || !x.Type.AllowedInPackage).Select(x => x.Type.Label).ToList();
        return new CheckLine(
            "11-confidentialite", "Aucun contenu de bilan dans les pièces envoyées", leaking.Count == 0 ? Ok : Blocking, leaking.Count == 0 ? "Seuls des types de la liste autorisée partent." : $"À retirer : {string.Join(", ", leaking)}.", "art. L6313-4 du code du travail");
    }

    private static string LevelLabel(SignatureLevel level) => level switch
    {
        SignatureLevel.None => "sans niveau",
        SignatureLevel.Simple => "signature électronique simple",
        SignatureLevel.Advanced => "signature électronique avancée",
        SignatureLevel.Qualified => "signature électronique qualifiée",
        _ => throw new ArgumentOutOfRangeException(nameof(level)),
    };
}
