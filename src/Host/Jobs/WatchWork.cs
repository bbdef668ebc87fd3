using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Backups;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Operations;

namespace MonOPCO.Host.Jobs;

/// <summary>Something that an administrator should know, on the page and by mail.</summary>
public sealed record Concern(string Key, string Tone, string Title, string Text, string Advice);

/// <summary>What is not as it should be: one reading for the page and for the mails.</summary>
public sealed class OperationConcerns(MonOpcoDbContext db, IOptions<BackupOptions> options)
{
    /// <summary>A daily backup that is so late was missed.</summary>
    private static readonly TimeSpan BackupLate = TimeSpan.FromHours(26);
    private static readonly TimeSpan DrillLate = TimeSpan.FromDays(8);

    public async Task<IReadOnlyList<Concern>> FindAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var concerns = new List<Concern>();
        var day = Fr.InParis(now).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        if (await db.EffectHolds.AsNoTracking().Where(x => x.ReleasedAt == null).OrderBy(x => x.HeldAt).FirstOrDefaultAsync(cancellationToken) is { } hold)
        {
            concerns.Add(new($"retenu:{hold.Id}", "warning", "Rien ne part", $"{hold.Reason} Courriels, dépôts et impressions sont retenus depuis le {Fr.DateTime(hold.HeldAt)}.", "Vérifiez la liste des effets retenus sur la page Exploitation, puis laissez-les partir."));
        }

        if (!options.Value.IsConfigured)
        {
            concerns.Add(new($"sauvegarde-absente:{day}", "danger", "Les sauvegardes ne sont pas configurées", "Une panne de disque ferait tout perdre.", "Indiquez Backup:Directory, Backup:KeysDirectory, Backup:PurgeFile et Backup:KeyFile (docs/exploitation.md)."));
            return concerns;
        }

        foreach (var (job, late, title, what) in new[] { (SystemJobs.Backup, BackupLate, "Sauvegarde manquante", "sauvegarde réussie"), (SystemJobs.Drill, DrillLate, "Exercice de restauration manquant", "exercice de restauration réussi") })
        {
            var runs = db.OperationRuns.AsNoTracking().Where(x => x.Job == job);
            var good = await runs.Where(x => x.Outcome == OperationOutcome.Succeeded).MaxAsync(x => (DateTimeOffset?)x.StartedAt, cancellationToken);
            var failed = await runs.Where(x => x.Outcome == OperationOutcome.Failed && (good == null || x.StartedAt > good)).OrderByDescending(x => x.StartedAt).FirstOrDefaultAsync(cancellationToken);

            // A new installation has until its first time.
            var since = good ?? await db.HostPresences.MinAsync(x => (DateTimeOffset?)x.From, cancellationToken) ?? now;
            if (failed is not null)
            {
                concerns.Add(new($"echec:{failed.Id}", "danger", $"{SystemJobs.Label(job)} : dernier essai en échec", failed.Message, failed.Advice ?? ""));
            }
            else if (now - since > late)
            {
                concerns.Add(new($"manque:{job}:{day}", "danger", title, good is { } last ? $"La dernière {what} date du {Fr.DateTime(last)}.".Replace("dernière exercice", "dernier exercice", StringComparison.Ordinal).Replace("La dernier", "Le dernier", StringComparison.Ordinal) : $"Aucun essai n’a encore réussi.", "Un Host de rôle worker tourne-t-il ? Lancez le travail maintenant et lisez son résultat."));
            }
        }

        return concerns;
    }
}

/// <summary>Looks each hour; each concern is told once, a backup that stays missing once a day.</summary>
internal sealed class WatchWork(OperationConcerns concerns, OperationNotices notices, TimeProvider clock) : ISystemWork
{
    public string Job => SystemJobs.Watch;

    public string Advice => "La surveillance elle-même a échoué : lisez le journal du Host.";

    public async Task<WorkDone> RunAsync(OperationRun run, CancellationToken cancellationToken)
    {
        var found = await concerns.FindAsync(clock.GetUtcNow(), cancellationToken);
        foreach (var concern in found)
        {
            await notices.TellAsync(concern.Key, concern.Title, concern.Text, concern.Advice, cancellationToken);
        }

        return new WorkDone(found.Count == 0 ? "Rien à signaler." : string.Join(" ; ", found.Select(x => x.Title)) + ".", new JsonObject { ["signalements"] = found.Count }, found.Count == 0);
    }
}

/// <summary>Traces that serve nobody any more.</summary>
internal sealed class SweepWork(MonOpcoDbContext db, TimeProvider clock) : ISystemWork
{
    private static readonly TimeSpan RunsKept = TimeSpan.FromDays(400);
    private static readonly TimeSpan AlertsKept = TimeSpan.FromDays(180);

    public string Job => SystemJobs.Sweep;

    public string Advice => "Rien n’est perdu : le prochain ménage reprendra. Lisez le journal du Host.";

    public async Task<WorkDone> RunAsync(OperationRun run, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var runs = await db.OperationRuns.Where(x => x.StartedAt < now - RunsKept).ExecuteDeleteAsync(cancellationToken);
        var alerts = await db.OperationAlerts.Where(x => x.CreatedAt < now - AlertsKept).ExecuteDeleteAsync(cancellationToken);
        var presences = await db.HostPresences.Where(x => x.Until < now - RunsKept).ExecuteDeleteAsync(cancellationToken);
        var count = runs + alerts + presences;
        return new WorkDone(count == 0 ? "Rien à ranger." : $"{Fr.Plural(count, "trace ancienne supprimée", "traces anciennes supprimées")}.", new JsonObject { ["lignes"] = count }, count == 0);
    }
}
