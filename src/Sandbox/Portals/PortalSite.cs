using System.Globalization;

namespace MonOPCO.Sandbox.Portals;

/// <summary>One portal: its addresses, words, landmarks and form. Two portals differ in data, the machinery below them is the same.</summary>
public sealed record PortalSite
{
    public required string Slug { get; init; }
    public required string Name { get; init; }
    public required string Tagline { get; init; }
    public required string Theme { get; init; }
    public required string NumberFormat { get; init; }
    public required int FirstNumber { get; init; }
    public required IReadOnlyList<FormStep> Steps { get; init; }

    /// <summary>The form with one landmark renamed and moved: what a portal looks like the day after its redesign.</summary>
    public required IReadOnlyList<FormStep> ChangedSteps { get; init; }

    /// <summary>With a recap page the request is sent from there; without, straight from the form.</summary>
    public bool HasRecap { get; init; } = true;

    // Addresses below /portails/{slug}/.
    public string LoginPath { get; init; } = "connexion";
    public string LogoutPath { get; init; } = "deconnexion";
    public string HomePath { get; init; } = "tableau-de-bord";
    public string ListPath { get; init; } = "demandes";
    public string NewPath { get; init; } = "demandes/nouvelle";
    public string ReceiptPath { get; init; } = "accuse";

    // Words and landmarks.
    public FormField User { get; init; } = new("user", "identifiant", "identifiant", "Adresse e-mail", FieldKind.Email);
    public FormField Password { get; init; } = new("password", "motDePasse", "mot-de-passe", "Mot de passe");
    public string LoginTitle { get; init; } = "Connexion à votre espace entreprise";
    public string LoginButton { get; init; } = "Se connecter";
    public string LoginButtonId { get; init; } = "btn-connexion";
    public string HomeTitle { get; init; } = "Tableau de bord";
    public string NewTitle { get; init; } = "Nouvelle demande de prise en charge";
    public string NewButtonId { get; init; } = "btn-nouvelle-demande";
    public string ListTitle { get; init; } = "Mes demandes";
    public FormField Search { get; init; } = new("search", "reference", "recherche-reference", "Votre référence");
    public string ReferenceLabel { get; init; } = "Votre référence";
    public string SubmitButton { get; init; } = "Transmettre la demande";
    public string SubmitButtonId { get; init; } = "btn-transmettre";
    public string ReceiptTitle { get; init; } = "Accusé de réception";
    public string NumberId { get; init; } = "numero-dossier";
    public string StatusId { get; init; } = "statut";
    public string DecisionPrefix { get; init; } = "decision";
    public string AddRowButton { get; init; } = "Ajouter un salarié";

    public string Path(string below) => below.Length == 0 ? $"/portails/{Slug}" : $"/portails/{Slug}/{below}";

    public string Number(int year, int sequence) => string.Format(CultureInfo.InvariantCulture, NumberFormat, year, sequence, year % 100);
}
