using MonOPCO.Sandbox.Pages;

namespace MonOPCO.Sandbox.Portals;

/// <summary>Turns a complete draft into the request the OPCO keeps, and into the lines of a recap.</summary>
internal static class DraftMapper
{
    public static PortalDossier ToDossier(IReadOnlyList<FormStep> steps, Draft draft, string portalRef, DateTimeOffset at)
    {
        var fields = steps.SelectMany(s => s.Expand(draft.Rows)).ToDictionary(f => f.Key);
        Fr.TryDate(draft["dateDebut"], out var from);
        Fr.TryDate(draft["dateFin"], out var to);
        Fr.TryAmount(draft["heures"], out var hours);
        Fr.TryAmount(draft["coutHt"], out var cost);
        return new PortalDossier
        {
            PortalRef = portalRef,
            Reference = draft["reference"],
            DeposeLe = at,
            Statut = PortalStatus.Transmise,
            Entreprise = new PortalCompany(FormReader.Digits(draft["siret"]), draft["raisonSociale"], draft["idcc"], Shown("effectif"), draft["contactNom"], draft["contactEmail"]),
            Salaries = [.. Enumerable.Range(0, draft.Rows).Select(row => new PortalEmployee(Row(row, "nom"), Row(row, "prenom"), Row(row, "dateNaissance"), Row(row, "poste"), Row(row, "contrat"), Row(row, "categorie")))],
            Action = new PortalAction(Shown("type"), draft["intitule"], FormReader.Digits(draft["nda"]), draft["organisme"], from, to, hours, Shown("modalite"), cost),
            Pieces = [.. steps.SelectMany(s => s.Expand(draft.Rows)).Where(f => draft.Pieces.ContainsKey(f.Key)).Select(f => draft.Pieces[f.Key])]
        };

        string Shown(string key) => fields.TryGetValue(key, out var field) ? Display(field, draft[key]) : draft[key];

        string Row(int row, string key) => Shown($"salaries.{row}.{key}");
    }

    /// <summary>What a field's value looks like to a reader: the label of a choice, a formatted amount, the name of a file.</summary>
    public static string Display(FormField field, Draft draft) =>
        field.Kind == FieldKind.File ? draft.Pieces.TryGetValue(field.Key, out var piece) ? piece.Fichier : "non déposée" : Display(field, draft[field.Key]);

    private static string Display(FormField field, string value) => field.Kind switch
    {
        FieldKind.Select or FieldKind.Radio => field.Options.FirstOrDefault(o => o.Value == value).Label ?? value,
        FieldKind.Amount when Fr.TryAmount(value, out var amount) => Fr.Euros(amount),
        _ => value
    };
}
