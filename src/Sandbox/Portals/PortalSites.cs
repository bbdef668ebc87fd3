namespace MonOPCO.Sandbox.Portals;

/// <summary>The eleven portals of the Sandbox.</summary>
public static class PortalSites
{
    public const string DemoUser = "demo@netz.example";
    public const string DemoPassword = "Demo-Netz-2026";

    public static readonly IReadOnlyList<PortalSite> All =
    [
        new()
        {
            Slug = "atlas", Name = "Atlas (fictif)", Tagline = "Espace entreprise", Theme = "atlas", NumberFormat = "ATL-{0}-{1:D6}", FirstNumber = 123,
            Steps = AtlasForm.Steps, ChangedSteps = AtlasForm.Changed
        },
        new()
        {
            Slug = "constructys", Name = "Constructys (fictif)", Tagline = "Gestion en ligne des adhérents", Theme = "constructys", NumberFormat = "CST{2:D2}-{1:D5}", FirstNumber = 457,
            Steps = ConstructysForm.Steps, ChangedSteps = ConstructysForm.Changed, HasRecap = false,
            LoginPath = "adherent/identification", LogoutPath = "adherent/quitter", HomePath = "adherent/accueil", ListPath = "dpc", NewPath = "dpc/saisie", ReceiptPath = "recepisse",
            User = new FormField("user", "login", "login", "Courriel de l'adhérent", FieldKind.Email), Password = new FormField("password", "password", "password", "Code secret"),
            LoginTitle = "Identification de l'adhérent", LoginButton = "Valider", LoginButtonId = "valider_login", HomeTitle = "Accueil adhérent",
            NewTitle = "Saisir une DPC", NewButtonId = "saisir_dpc", ListTitle = "Suivi de vos DPC", Search = new FormField("search", "ref_interne", "filtre_ref", "Référence interne"),
            ReferenceLabel = "Référence interne", SubmitButton = "Enregistrer et transmettre la DPC", SubmitButtonId = "transmettre", ReceiptTitle = "Récépissé de dépôt",
            NumberId = "num_dpc", StatusId = "etat_dpc", DecisionPrefix = "reponse", AddRowButton = "Ajouter une ligne"
        },
        Plain("akto", "AKTO", "AKT"),
        Plain("afdas", "Afdas", "AFD"),
        Plain("lopcommerce", "L'Opcommerce", "OPC"),
        Plain("ocapiat", "OCAPIAT", "OCA"),
        Plain("opco-2i", "OPCO 2i", "O2I"),
        Plain("opco-ep", "OPCO EP", "OEP"),
        Plain("opco-mobilites", "OPCO Mobilités", "MOB"),
        Plain("opco-sante", "OPCO Santé", "SAN"),
        Plain("uniformation", "Uniformation", "UNI")
    ];

    public static PortalSite? Find(string slug) => All.FirstOrDefault(s => s.Slug == slug);

    private static PortalSite Plain(string slug, string name, string prefix) => new()
    {
        Slug = slug,
        Name = name + " (fictif)",
        Tagline = "Espace entreprise",
        Theme = "neutre",
        NumberFormat = prefix + "-{0}-{1:D6}",
        FirstNumber = 1,
        Steps = AtlasForm.Steps,
        ChangedSteps = AtlasForm.Changed
    };
}
