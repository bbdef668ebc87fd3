using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Backups;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Operations;

namespace MonOPCO.Host.Jobs;

/// <summary>The daily backup, and the end of those that the dated rules keep no longer.</summary>
internal sealed class BackupWork(BackupService backups, RuleBook rules, IOptions<DatabaseOptions> database, TimeProvider clock) : ISystemWork
{
    public string Job => SystemJobs.Backup;

    public string Advice => "Vérifiez la place et les droits des dossiers de sauvegarde, la clé des sauvegardes et pg_dump, puis « Lancer maintenant » (docs/exploitation.md, « Une sauvegarde échoue »).";

    public async Task<WorkDone> RunAsync(OperationRun run, CancellationToken cancellationToken) => await BackUpAsync(null, cancellationToken);

    /// <param name="directory">Another folder for the data than the configured one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<WorkDone> BackUpAsync(string? directory, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var made = await backups.RunAsync(Owner(database.Value), now, directory, cancellationToken);
        var today = Fr.InParis(now);
        async Task<int> Number(string code) => (int)await rules.RequireNumberAsync(code, today, cancellationToken);
        var deleted = backups.Prune(new BackupRetention(await Number(RuleCodes.BackupDays), await Number(RuleCodes.BackupWeeks), await Number(RuleCodes.BackupMonths), await Number(RuleCodes.BackupKeysDays)), now);
        var details = new JsonObject
        {
            ["id"] = made.Id,
            ["instant"] = made.TakenAt.ToString("O", CultureInfo.InvariantCulture),
            ["donnees"] = made.DataFile,
            ["cles"] = made.KeysFile,
            ["octets"] = made.Size,
            ["lignes"] = made.Rows,
            ["tables"] = made.Tables,
            ["secondes"] = Math.Round(made.Duration.TotalSeconds, 1),
            ["supprimees"] = deleted.Count,
        };
        return new WorkDone($"{Fr.Plural(made.Rows, "ligne")} de {Fr.Plural(made.Tables, "table")} sauvegardées, {Fr.Size(made.Size)} chiffrés.", details);
    }

    public static string Owner(DatabaseOptions database) => database.Owner is { Length: > 0 } owner ? owner : throw new BackupException("Ce Host n’a pas la connexion du propriétaire de la base (ConnectionStrings:Owner) : lui seul lit toutes les lignes.");
}

/// <summary>The weekly proof that backups can be restored.</summary>
internal sealed class DrillWork(RestoreService restores, IOptions<DatabaseOptions> database, TimeProvider clock) : ISystemWork
{
    public string Job => SystemJobs.Drill;

    public string Advice => "Une sauvegarde qui ne se restaure pas n’en est pas une : lisez le motif, refaites une sauvegarde, relancez l’exercice (docs/exploitation.md, « L’exercice échoue »).";

    public async Task<WorkDone> RunAsync(OperationRun run, CancellationToken cancellationToken)
    {
        var file = restores.Latest() ?? throw new BackupException("Aucune sauvegarde n’a été trouvée : il n’y a rien à restaurer.");
        var now = clock.GetUtcNow();
        var result = await restores.DrillAsync(file, BackupWork.Owner(database.Value), now, cancellationToken);
        var age = now - result.Manifest.TakenAt;
        var details = new JsonObject
        {
            ["id"] = result.Manifest.Id,
            ["rtoSecondes"] = Math.Round(result.Duration.TotalSeconds, 1),
            ["rpoSecondes"] = Math.Round(Math.Max(0, age.TotalSeconds)),
            ["lignes"] = result.Rows,
            ["tables"] = result.Tables,
            ["documents"] = result.SampledDocuments,
            ["redetruits"] = result.Purged,
        };
        return new WorkDone($"Sauvegarde du {Fr.DateTime(result.Manifest.TakenAt)} restaurée et comparée : {Fr.Plural(result.Tables, "table identique", "tables identiques")}, {Fr.Plural(result.SampledDocuments, "document déchiffré", "documents déchiffrés")}.", details);
    }
}

/// <summary>Writes down outside the database what was just destroyed.</summary>
internal sealed class PurgeListWork(PurgeJournal journal, IOptions<BackupOptions> options, IOptions<DatabaseOptions> database) : ISystemWork
{
    public string Job => SystemJobs.PurgeList;

    public string Advice => "Tant que la liste n’est pas à jour, une restauration pourrait faire revenir ce qui vient d’être effacé : vérifiez le fichier Backup:PurgeFile et la clé des sauvegardes.";

    public async Task<WorkDone> RunAsync(OperationRun run, CancellationToken cancellationToken)
    {
        if (!options.Value.IsConfigured)
        {
            return new WorkDone("Les sauvegardes ne sont pas configurées sur ce Host : il n’y a pas de liste à tenir.", Quiet: true);
        }

        var added = await journal.SyncAsync(database.Value.Staff, cancellationToken);
        return new WorkDone(added == 0 ? "La liste est à jour." : $"{Fr.Plural(added, "destruction inscrite", "destructions inscrites")} hors de la base.", new JsonObject { ["lignes"] = added }, added == 0);
    }
}
