using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Dossiers.Listing;

namespace MonOPCO.Host.Pages.Dossiers;

/// <summary>What the cells of table and exports say.</summary>
public static class ListCells
{
    public static int DaysInState(ListedDossier row, DateTimeOffset now) => Math.Max(0, (int)(now - row.StateSince).TotalDays);

    public static string Decision(DossierDecision decision) => DossierFields.Decision.Choices.First(x => x.Code == decision.ToString()).Label;

    /// <summary>« 2 compléments, 1 signature ».</summary>
    public static string Missing(ListedDossier row) => string.Join(", ", new[]
    {
        row.OpenComplements > 0 ? Fr.Plural(row.OpenComplements, "complément") : null,
        row.PendingSignatures > 0 ? Fr.Plural(row.PendingSignatures, "signature") : null,
        row.OpcoMissing ? "OPCO à déterminer" : null,
    }.OfType<string>());

    /// <summary>Number, text, instant, day, or null, typed for a spreadsheet.</summary>
    public static object? Value(DossierColumn column, ListedDossier row, DateTimeOffset now) => column.Key switch
    {
        "numero" => row.Numero,
        "cree" => Fr.InParis(row.CreatedAt),
        "entreprise" => row.CompanyName,
        "beneficiaire" => row.BeneficiaireCount > 1 ? $"{row.BeneficiaireName} (+{row.BeneficiaireCount - 1})" : row.BeneficiaireName,
        "type" => row.Kind == DossierKind.Bilan ? "Bilan de compétences" : "Formation",
        "intitule" => row.Title,
        "opco" => row.OpcoName,
        "demande" => row.RequestedAmount,
        "accorde" => row.GrantedAmount,
        "reste" => row.Remainder,
        "etat" => DossierStates.Label(row.State),
        "duree" => DaysInState(row, now),
        "decision" => Decision(row.Decision),
        "manque" => Missing(row) is { Length: > 0 } missing ? missing : null,
        "limite" => row.IsToFile ? row.FilingDeadline : null,
        "depose" => row.FiledAt is { } filed ? Fr.InParis(filed) : null,
        "debut" => row.StartDate,
        "responsable" => row.ResponsableName,
        _ => throw new ArgumentOutOfRangeException(nameof(column)),
    };

    public static string Heading(DossierColumn column) => column.Key == "duree" ? "Jours dans l’état" : column.Label;
}
