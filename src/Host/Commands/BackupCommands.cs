using Microsoft.Extensions.Options;
using MonOPCO.Domain.Backups;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Operations;
using MonOPCO.Host.Jobs;
using Npgsql;

namespace MonOPCO.Host.Commands;

/// <summary>
/// <c>backup [FOLDER]</c> and <c>restore FILE|derniere [--base NAME|CONNECTION] [--cles FILE] [--destructions FILE] [--sans-destructions] [--remplacer] [--verifier]</c>:
/// the same code as the jobs, with the same configuration. Answers 0, 1 (refused, with a sentence) or 2 (wrong words).
/// </summary>
internal static class BackupCommands
{
    private const string Usage = """
        monopco backup [DOSSIER]
        monopco restore FICHIER|derniere [options]
          --base NOM            autre base du même serveur (ou une chaîne de connexion) ; sinon celle du propriétaire
          --cles FICHIER        sauvegarde des clés ; sinon la plus récente
          --destructions FICHIER liste des destructions ; sinon celle de la configuration
          --sans-destructions   rien n'a jamais été détruit, ou la liste est perdue
          --remplacer           la base a du contenu : elle est renommée et gardée
          --verifier            lit et contrôle la sauvegarde, sans rien restaurer
        """;

    public static async Task<int> BackupAsync(IServiceProvider root, string[] args, CancellationToken cancellationToken)
    {
        await using var scope = root.CreateAsyncScope();
        var services = scope.ServiceProvider;
        if (args.Length > 1 || (args.Length == 1 && args[0].StartsWith('-')))
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        var (operations, clock, work) = (services.GetRequiredService<OperationsService>(), services.GetRequiredService<TimeProvider>(), ActivatorUtilities.CreateInstance<BackupWork>(services));
        var run = (await operations.BeginAsync(SystemJobs.Backup, clock.GetUtcNow(), "commande", false, clock.GetUtcNow(), cancellationToken))!;
        try
        {
            var done = await work.BackUpAsync(args.FirstOrDefault(), cancellationToken);
            await operations.SucceedAsync(run, done, clock.GetUtcNow(), cancellationToken);
            Console.WriteLine(done.Message);
            Console.WriteLine($"  Données  {done.Details!["donnees"]}");
            Console.WriteLine($"  Clés     {done.Details["cles"]}");
            Console.WriteLine("La clé maîtresse, la clé des sauvegardes et le cachet ne sont dans aucune sauvegarde : gardez-en une copie hors de cette machine (docs/exploitation.md).");
            return 0;
        }
        catch (Exception exception)
        {
            await operations.FailAsync(run, exception is BackupException ? exception.Message : "Interrompue.", work.Advice, clock.GetUtcNow(), CancellationToken.None);
            throw;
        }
    }

    public static async Task<int> RestoreAsync(IServiceProvider services, string[] args, CancellationToken cancellationToken)
    {
        string? file = null, target = null, keys = null, purges = null;
        bool replace = false, without = false, check = false;
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--base" or "--into" when value is not null: (target, i) = (value, i + 1); break;
                case "--cles" when value is not null: (keys, i) = (value, i + 1); break;
                case "--destructions" when value is not null: (purges, i) = (value, i + 1); break;
                case "--sans-destructions": without = true; break;
                case "--remplacer": replace = true; break;
                case "--verifier": check = true; break;
                case var word when file is null && !word.StartsWith('-'): file = word; break;
                default:
                    await Console.Error.WriteLineAsync(Usage);
                    return 2;
            }
        }

        if (file is null)
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        var restores = services.GetRequiredService<RestoreService>();
        file = file == "derniere" ? restores.Latest() ?? throw new BackupException("Aucune sauvegarde n’a été trouvée.") : file;
        if (check)
        {
            var manifest = await restores.CheckAsync(file, BackupManifest.Data, cancellationToken);
            Console.WriteLine($"Sauvegarde du {Fr.DateTime(manifest.TakenAt)}, entière et authentique : {manifest.Tables.Sum(x => x.Rows)} lignes de {manifest.Tables.Count} tables, version {manifest.ProductVersion}.");
            return 0;
        }

        var owner = BackupWork.Owner(services.GetRequiredService<IOptions<DatabaseOptions>>().Value);
        var connection = target is null ? owner : target.Contains('=', StringComparison.Ordinal) ? target : new NpgsqlConnectionStringBuilder(owner) { Database = target }.ConnectionString;
        var result = await restores.RestoreAsync(new RestoreRequest(file, keys, purges, connection, replace, without), services.GetRequiredService<TimeProvider>().GetUtcNow(), cancellationToken);
        Console.WriteLine($"Sauvegarde du {Fr.DateTime(result.Manifest.TakenAt)} restaurée en {result.Duration.TotalSeconds:0.0} s : {result.Rows} lignes de {result.Tables} tables, identiques à ce qui avait été sauvegardé.");
        Console.WriteLine($"  Destructions rejouées : {result.PurgeEntries} inscrites, {result.Purged} documents détruits de nouveau. Documents déchiffrés pour contrôle : {result.SampledDocuments}.");
        if (result.FormerDatabase is { } former)
        {
            Console.WriteLine($"  L'ancienne base est gardée sous le nom « {former} » ; supprimez-la quand tout est vérifié.");
        }

        Console.WriteLine("Rien ne part : courriels, dépôts et impressions sont retenus jusqu'à ce qu'un administrateur les libère sur /admin/exploitation.");
        return 0;
    }
}
