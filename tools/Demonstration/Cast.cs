namespace MonOPCO.Demonstration;

/// <summary>An employee as the company types him or her.</summary>
public sealed record Employee(string FirstName, string LastName, string BirthDate, string Email, string Job, string Category, string Contract = "CDI");

/// <summary>Who asks. <paramref name="Role"/>: the demonstration bar's button that plays this person; without one the way in is the link received by mail.</summary>
public sealed record Contact(string Name, string Email, string Phone, string Siret, string Company, string? Role = null);

/// <summary>What is asked for. <paramref name="TrainingBody"/>: the first words of its line. Days count from today.</summary>
public sealed record Training(string Kind, string Title, string TrainingBody, int StartsIn, int EndsIn, string Hours, string Cost, string Place, string Trainer, string Objectives, string Content);

/// <summary>The fictitious people and requests of the demonstration; their companies are those of the Sandbox's register.</summary>
public static class Cast
{
    public const string Operator = "Opérateur";
    public const string ConsultantEmail = "consultant@demo.monopco.test";

    public static Contact Atelier { get; } = new("Camille Roux", "rh@demo.monopco.test", "03 88 00 00 11", "99900137300011", "Atelier numérique de la Moder", "RH");

    public static Contact Cabinet { get; } = new("Marc Klein", "marc.klein@trois-epis.test", "03 88 00 00 22", "99900274400012", "Cabinet comptable des Trois Épis");

    public static Contact Proprete { get; } = new("Aminata Diallo", "aminata.diallo@net-et-clair.test", "03 88 00 00 33", "99900548100018", "Net et Clair Propreté");

    /// <summary>The employee of the demonstration bar.</summary>
    public static Employee Leo { get; } = new("Léo", "Martin", "03/05/1988", "salarie@demo.monopco.test", "Gestionnaire de stock", "Employé");

    public static Employee Ines { get; } = new("Inès", "Baumann", "17/09/1991", "ines.baumann@atelier-moder.test", "Cheffe de projet", "Ingénieur ou cadre");

    public static Employee Sarah { get; } = new("Sarah", "Lang", "22/01/1984", "sarah.lang@atelier-moder.test", "Développeuse", "Technicien ou agent de maîtrise");

    public static Employee Theo { get; } = new("Théo", "Muller", "08/11/1996", "theo.muller@atelier-moder.test", "Intégrateur", "Employé");

    public static Employee Sophie { get; } = new("Sophie", "Kuhn", "30/06/1979", "sophie.kuhn@trois-epis.test", "Collaboratrice comptable", "Employé");

    public static Employee Hugo { get; } = new("Hugo", "Wagner", "12/02/1990", "hugo.wagner@net-et-clair.test", "Chef d’équipe", "Ouvrier");

    private const string BilanObjectives = "Identifier ses compétences transférables\nConstruire un projet professionnel vérifié\nÉtablir un plan d’action daté sur douze mois";
    private const string BilanContent = "Analyser la demande et le besoin\nExplorer deux pistes et enquêter auprès de professionnels\nFormaliser le projet et la synthèse";

    public static Training Bilan(int startsIn) => new(
        "Bilan de compétences", "Bilan de compétences", "Netz", startsIn, startsIn + 56, "24", "2 400,00", "1 rue de la Démonstration, 67500 Haguenau", "Hélène Weiss", BilanObjectives, BilanContent);

    public static Training Accessibility { get; } = new(
        "Formation", "Concevoir des interfaces accessibles", "Netz", 62, 64, "21", "2 900,00", "12 rue des Tanneurs, 67500 Haguenau", "Hélène Weiss",
        "Appliquer les critères du RGAA à une page existante\nCorriger les défauts relevés\nContrôler une page au clavier et au lecteur d’écran",
        "Comprendre les usages et le cadre\nAuditer une page\nCorriger et contrôler");

    public static Training Payroll { get; } = new(
        "Formation", "Établir la déclaration sociale nominative sans erreur", "Haguenau", 55, 56, "14", "1 350,00", "4 quai des Bateliers, 67000 Strasbourg", "Paul Ritter",
        "Contrôler une déclaration avant son envoi\nCorriger les anomalies signalées\nTraiter les cas d’absence et de départ",
        "Rappeler les blocs de la déclaration\nContrôler pas à pas\nCorriger sur des cas réels");

    public static Training Team { get; } = new(
        "Formation", "Organiser et contrôler un chantier de propreté", "Haguenau", 48, 50, "21", "1 680,00", "31 rue du Doubs, 67000 Strasbourg", "Anne Fritsch",
        "Répartir le travail d’une équipe sur un site\nContrôler un chantier avec une grille\nPrévenir les risques liés aux produits",
        "Préparer un chantier\nContrôler sur site\nRendre compte au client");
}
