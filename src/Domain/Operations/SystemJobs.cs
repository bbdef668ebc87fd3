namespace MonOPCO.Domain.Operations;

/// <summary>A job of the product itself: <paramref name="Cron"/> is its first calendar, which an administrator may change; null = only on request.</summary>
public sealed record SystemJobDefinition(string Code, string Label, string Text, string? Cron);

/// <summary>Every system job.</summary>
public static class SystemJobs
{
    public const string Backup = "sauvegarde";
    public const string Drill = "exercice-restauration";
    public const string Restore = "restauration";
    public const string PurgeList = "liste-destructions";
    public const string Sweep = "menage";
    public const string Watch = "surveillance";
    public const string Retention = "conservation";

    public static IReadOnlyList<SystemJobDefinition> All { get; } =
    [
        new(Backup, "Sauvegarde", "Données et clés enveloppées, chiffrées, dans deux dossiers ; puis les sauvegardes trop anciennes sont supprimées.", "0 15 2 ? * *"),
        new(Drill, "Exercice de restauration", "La dernière sauvegarde est restaurée dans une base jetable, comparée ligne à ligne par des empreintes, puis effacée.", "0 30 3 ? * SUN"),
        new(PurgeList, "Liste des destructions", "Ce qui vient d’être détruit est inscrit hors de la base, pour qu’aucune restauration ne le fasse revenir.", "0 0/5 * ? * *"),
new(Retention, "Durées de conservation", "Prépare la liste de ce qui est arrivé au terme de sa conservation et ouvre la tâche « Valider la purge ». Rien n’est détruit sans elle.", "0 0 6 1 * ?"),
        new(Watch, "Surveillance", "Vérifie que la dernière sauvegarde et le dernier exercice sont récents et que rien n’est retenu ; sinon, un avis part aux administrateurs.", "0 10 * ? * *"),
        new(Sweep, "Ménage", "Supprime les exports de données expirés et les anciennes traces de fonctionnement.", "0 40 4 ? * *"),
    ];

    public static string Label(string code) => code == Restore ? "Restauration" : All.FirstOrDefault(x => x.Code == code)?.Label ?? code;
}
