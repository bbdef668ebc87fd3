using System.Globalization;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Keys;
using MonOPCO.Host.Audit;

namespace MonOPCO.Host.Commands;

/// <summary><c>./monopco audit verify | restored NUMÉRO MOTIF</c>. 0: intact; 1: broken; 3: intact, but nothing has been sealed for a quarter of an hour.</summary>
internal static class AuditCommand
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    public static async Task<int> RunAsync(IServiceProvider services, string[] args, CancellationToken cancellationToken)
    {
        var clock = services.GetRequiredService<TimeProvider>();
        switch (args)
        {
            case ["verify"]:
                var keys = services.GetRequiredService<MasterKeys>();
                await keys.RefreshAsync(cancellationToken);
                await keys.LeaveAsync(cancellationToken);
                return Tell(await services.GetRequiredService<AuditCheck>().RunAsync(ChangeContext.System("./monopco audit verify", clock.GetUtcNow()), cancellationToken), services.GetRequiredService<AuditAnchors>(), clock.GetUtcNow());
            case ["restored", var number, .. { Length: > 0 } reason] when long.TryParse(number, CultureInfo.InvariantCulture, out var seal):
                await services.GetRequiredService<AuditAnchors>().AcknowledgeRestoreAsync(seal, string.Join(' ', reason), cancellationToken);
                Console.WriteLine($"Noté dans le fichier des ancres : la base a été restaurée au scellement n° {seal}.");
                return 0;
            default:
                await Console.Error.WriteLineAsync("Usage : ./monopco audit verify | restored NUMÉRO MOTIF");
                return 2;
        }
    }

    private static int Tell(AuditVerdict verdict, AuditAnchors anchors, DateTimeOffset now)
    {
        if (verdict.Problem is { } problem)
        {
            Console.WriteLine($"JOURNAL ALTÉRÉ. {problem}");
            return 1;
        }

        Console.WriteLine($"Journal intact : {Fr.Number(verdict.Rows)} lignes, {Fr.Number(verdict.Seals)} scellements, vérifiés en {Fr.Number((decimal)Math.Round(verdict.Took.TotalSeconds, 1))} s.");
        Console.WriteLine(anchors.Path is { } path ? $"Ancres concordantes : {Fr.Number(verdict.Anchors)} ({path})." : "Aucun fichier d’ancres (Audit:AnchorFile) : la réécriture complète par quelqu’un qui a aussi la clé ne serait pas vue.");
        if (verdict.Unsealed > 0)
        {
            Console.WriteLine($"En attente de scellement : {Fr.Number(verdict.Unsealed)} lignes, la plus ancienne du {Fr.DateTime(verdict.OldestUnsealed!.Value)}.");
        }

        return verdict.OldestUnsealed < now - LongestWait ? 3 : 0;
    }
}
