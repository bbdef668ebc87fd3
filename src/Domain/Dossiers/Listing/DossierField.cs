namespace MonOPCO.Domain.Dossiers.Listing;

/// <summary>How a field is typed, compared and asked for.</summary>
public enum FieldKind
{
    /// <summary>The words of the global search.</summary>
    Text,

    /// <summary>One of a known list.</summary>
    Choice,

    Opco,

    Company,

    /// <summary>An account of the house; <c>moi</c> is whoever looks.</summary>
    Person,

    Amount,

    /// <summary>A whole number of things.</summary>
    Count,

    /// <summary>A number of days counted from now.</summary>
    Days,

    /// <summary>A calendar day.</summary>
    Date,

    /// <summary>An instant, asked for by its day in France.</summary>
    Moment,
}

public enum FilterOperator
{
    Est,
    Pas,
    Contient,
    Sauf,
    Avant,
    Apres,
    Inf,
    Sup,
    Entre,
    Vide,
    Rempli,
}

/// <summary>A value that a <see cref="FieldKind.Choice"/> may have.</summary>
public sealed record FieldChoice(string Code, string Label);

/// <summary>What the list can be filtered by: the <see cref="Key"/> stands in addresses and is never renamed.</summary>
public sealed record DossierField(string Key, string Label, FieldKind Kind, string Group, string Sql, bool CanBeEmpty = false)
{
    public IReadOnlyList<FieldChoice> Choices { get; init; } = [];

    public IReadOnlyList<FilterOperator> Operators => Kind switch
    {
        FieldKind.Text => [FilterOperator.Contient, FilterOperator.Sauf],
        FieldKind.Choice or FieldKind.Opco or FieldKind.Person => [FilterOperator.Est, FilterOperator.Pas, .. Empty],
        FieldKind.Company => [FilterOperator.Contient, FilterOperator.Sauf, FilterOperator.Est, FilterOperator.Pas],
        FieldKind.Amount or FieldKind.Count => [FilterOperator.Inf, FilterOperator.Sup, FilterOperator.Entre, FilterOperator.Est, .. Empty],
        FieldKind.Days => [FilterOperator.Sup, FilterOperator.Inf, FilterOperator.Entre, .. Empty],
        _ => [FilterOperator.Est, FilterOperator.Avant, FilterOperator.Apres, FilterOperator.Entre, .. Empty],
    };

    private FilterOperator[] Empty => CanBeEmpty ? [FilterOperator.Vide, FilterOperator.Rempli] : [];
}

/// <summary>The fields of the filter language, in the order in which they are proposed.</summary>
public static class DossierFields
{
    private const string InDossier = "Dossier";
    private const string Who = "Entreprise et personnes";
    private const string Money = "Argent";
    private const string Time = "Dates et délais";

    public static readonly DossierField Text = new("texte", "Texte", FieldKind.Text, InDossier, "d.search");

    public static readonly DossierField State = new("etat", "État", FieldKind.Choice, InDossier, "d.state") { Choices = [.. Enum.GetValues<DossierState>().Select(x => new FieldChoice(x.ToString(), DossierStates.Label(x)))] };

    public static readonly DossierField Group = new("groupe", "Statut", FieldKind.Choice, InDossier, "d.state") { Choices = [.. Enum.GetValues<DossierGroup>().Select(x => new FieldChoice(x.ToString(), DossierStates.Label(x)))] };

    public static readonly DossierField Column = new("colonne", "Colonne du Kanban", FieldKind.Choice, InDossier, "d.state")
    {
        Choices = [.. Enum.GetValues<KanbanColumn>().Select(x => new FieldChoice(x.ToString(), x == KanbanColumn.Arrete ? "Arrêté" : DossierStates.Label(x).Replace('\'', '’')))],
    };

    public static readonly DossierField Kind = new("type", "Type", FieldKind.Choice, InDossier, "d.kind") { Choices = [new("Bilan", "Bilan de compétences"), new("Formation", "Formation")] };

    public static readonly DossierField Decision = new("decision", "Décision", FieldKind.Choice, InDossier, "d.decision")
    {
        Choices = [new("Accord", "Accord"), new("AccordPartiel", "Accord partiel"), new("RefusDeLOpco", "Refus de l’OPCO"), new("RefusAvantDepot", "Refus avant dépôt"), new("Aucune", "Aucune")],
    };

    public static readonly DossierField Missing = new("manque", "Ce qui manque", FieldKind.Choice, InDossier, "", CanBeEmpty: true)
    {
        Choices = [new("complement", "Un complément de l’entreprise"), new("signature", "Une signature"), new("opco", "L’OPCO, à déterminer")],
    };

    public static readonly DossierField Opco = new("opco", "OPCO", FieldKind.Opco, InDossier, "d.opco_slug", CanBeEmpty: true);

    public static readonly DossierField Company = new("entreprise", "Entreprise", FieldKind.Company, Who, "d.company_id");

    public static readonly DossierField Responsable = new("responsable", "Responsable", FieldKind.Person, Who, "d.responsable_id", CanBeEmpty: true);

    public static readonly DossierField People = new("salaries", "Nombre de salariés", FieldKind.Count, Who, "d.beneficiaire_count");

    public static readonly DossierField Requested = new("demande", "Montant demandé", FieldKind.Amount, Money, "d.requested_amount");

    public static readonly DossierField Granted = new("accorde", "Montant accordé", FieldKind.Amount, Money, "d.granted_amount", CanBeEmpty: true);

    public static readonly DossierField Remainder = new("reste", "Reste à charge", FieldKind.Amount, Money, "d.remainder", CanBeEmpty: true);

    public static readonly DossierField Created = new("cree", "Création", FieldKind.Moment, Time, "d.created_at");

    public static readonly DossierField Duration = new("duree", "Durée dans l’état", FieldKind.Days, Time, "d.state_since");

    /// <summary>Only of what is still to be filed with an OPCO.</summary>
    public static readonly DossierField Window = new("delai", "Délai de dépôt restant", FieldKind.Days, Time, "d.filing_deadline", CanBeEmpty: true);

    public static readonly DossierField Deadline = new("limite", "Dépôt au plus tard", FieldKind.Date, Time, "d.filing_deadline", CanBeEmpty: true);

    public static readonly DossierField Filed = new("depose", "Dépôt", FieldKind.Moment, Time, "d.filed_at", CanBeEmpty: true);

    public static readonly DossierField Granting = new("accord", "Date de l’accord", FieldKind.Date, Time, "d.accord_date", CanBeEmpty: true);

    public static readonly DossierField Start = new("debut", "Début de l’action", FieldKind.Date, Time, "d.start_date");

    public static IReadOnlyList<DossierField> All { get; } =
    [
        Group, State, Opco, Kind, Decision, Missing, Column, Text, Company, Responsable, People, Requested, Granted, Remainder, Created, Duration, Window, Deadline, Filed, Granting, Start,
    ];

    public static DossierField? Find(string? key) => All.FirstOrDefault(x => x.Key == key);
}

/// <summary>A column of the table, and the order it gives.</summary>
/// <param name="Key">Stands in addresses and settings; never renamed.</param>
/// <param name="Label">Heading.</param>
/// <param name="Sql">Key of the order; null = not sortable.</param>
/// <param name="Nullable">Rows without value stand last in both directions.</param>
/// <param name="Reversed">The shown value falls while the key rises (a duration since an instant).</param>
/// <param name="Default">Shown unless the person chose otherwise.</param>
public sealed record DossierColumn(string Key, string Label, string? Sql, bool Nullable = false, bool Reversed = false, bool Default = true)
{
    public bool IsNumber { get; init; }
}

public static class DossierColumns
{
    public static readonly DossierColumn Numero = new("numero", "Numéro", "number_key");

    public static IReadOnlyList<DossierColumn> All { get; } =
    [
        Numero,
        new("cree", "Création", "created_at"),
        new("entreprise", "Entreprise", "company_name"),
        new("beneficiaire", "Salarié(s)", "beneficiaire_name"),
        new("type", "Type", "kind"),
        new("intitule", "Intitulé", "title", Default: false),
        new("opco", "OPCO", "opco_name", Nullable: true),
        new("demande", "Demandé HT", "requested_amount") { IsNumber = true },
        new("accorde", "Accordé HT", "granted_amount", Nullable: true) { IsNumber = true },
        new("reste", "Reste à charge", "remainder", Nullable: true, Default: false) { IsNumber = true },
        new("etat", "État", "state_rank"),
        new("duree", "Depuis", "state_since", Reversed: true),
        new("decision", "Décision", "decision", Default: false),
        new("manque", "Manque", null, Default: false),
        new("limite", "Dépôt au plus tard", "filing_deadline", Nullable: true),
        new("depose", "Déposé le", "filed_at", Nullable: true, Default: false),
        new("debut", "Début", "start_date", Default: false),
        new("responsable", "Responsable", "responsable_name", Nullable: true),
    ];

    public static IReadOnlyList<DossierColumn> Usual { get; } = [.. All.Where(x => x.Default)];

    public static DossierColumn? Find(string? key) => All.FirstOrDefault(x => x.Key == key);
}
