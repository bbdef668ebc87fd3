using System.Globalization;
using MonOPCO.Domain.Keys;

namespace MonOPCO.Host.Commands;

/// <summary><c>./monopco keys status | rotate | retire ID</c>.</summary>
internal static class KeysCommand
{
    public static async Task<int> RunAsync(IServiceProvider services, string[] args, CancellationToken cancellationToken)
    {
        var keys = services.GetRequiredService<MasterKeys>();
        switch (args)
        {
            case [] or ["status"]:
                await keys.RefreshAsync(cancellationToken);
                await keys.LeaveAsync(cancellationToken);
                Show(await keys.StatusAsync(cancellationToken));
                return 0;
            case ["rotate"]:
                await RotateAsync(keys, cancellationToken);
                return 0;
            case ["retire", var id]:
                await keys.RefreshAsync(cancellationToken);
                await keys.LeaveAsync(cancellationToken);
                var aside = await keys.RetireAsync(id, cancellationToken);
                Console.WriteLine($"La version {id} est retirée.{(aside is null ? "" : $" Son fichier est mis de côté : {aside}.")}");
                Console.WriteLine("Conservez-le hors ligne tant que vous gardez des sauvegardes plus anciennes que cette rotation, puis détruisez-le.");
                return 0;
            default:
                await Console.Error.WriteLineAsync("Usage : ./monopco keys status | rotate | retire IDENTIFIANT");
                return 2;
        }
    }

    // A rotation that was interrupted is taken up: nothing new is made while a version waits or keys are left.
    private static async Task RotateAsync(MasterKeys keys, CancellationToken cancellationToken)
    {
        await keys.RefreshAsync(cancellationToken);
        var status = await keys.StatusAsync(cancellationToken);
        if (status is { Pending: null, Left: 0 })
        {
            Console.WriteLine($"Nouvelle version : {await keys.CreateAsync(cancellationToken)}");
            Console.WriteLine("Si des Hosts tournent sur d’autres machines, copiez-y ce fichier, au même endroit.");
        }
        else
        {
            Console.WriteLine("Une rotation est en cours : elle est reprise.");
        }

        var told = false;
        while ((await keys.StatusAsync(cancellationToken)).Pending is { } pending)
        {
            await keys.RefreshAsync(cancellationToken);
            if (await keys.ActivateAsync(cancellationToken))
            {
                break;
            }

            if (!told && (await keys.StatusAsync(cancellationToken)).Holders.FirstOrDefault(x => !x.KeyIds.Contains(pending.Id)) is { } missing)
            {
                told = true;
                Console.WriteLine($"En attente du Host {missing.Host}, qui n’a pas encore cette version…");
            }

            await Task.Delay(500, cancellationToken);
        }

        await keys.RefreshAsync(cancellationToken);
        var (done, next) = (0, 0);
        while (await keys.RewrapAsync(cancellationToken) is var count and > 0)
        {
            done += count;
            if (done >= next)
            {
                next = done + 10_000;
                Console.WriteLine($"{Fr.Number(done)} clés reprises…");
            }
        }

        Console.WriteLine($"Terminé : {Fr.Number(done)} clés reprises par cette commande.");
        await keys.LeaveAsync(cancellationToken);
        Show(await keys.StatusAsync(cancellationToken));
    }

    private static void Show(MasterKeyStatus status)
    {
        Console.WriteLine();
        Console.WriteLine("Versions de la clé maîtresse");
        foreach (var version in status.Versions)
        {
            var state = version switch
            {
                { RetiredAt: not null } => $"retirée le {Fr.DateTime(version.RetiredAt.Value)}",
                { IsCurrent: true } => $"en service depuis le {Fr.DateTime(version.ActivatedAt!.Value)}",
                { ActivatedAt: not null, Uses: 0 } => "inutilisée : peut être retirée (./monopco keys retire)",
                { ActivatedAt: not null } => "en cours de remplacement",
                { CreatedAt: not null } => "attend que tous les Hosts l’aient",
                _ => "jamais mise en service",
            };
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  n° {version.Number,-3} {version.Id}  {version.Uses,9} clés  {state}{(version.AtHand || version.RetiredAt is not null ? "" : "  — FICHIER ABSENT")}"));
        }

        Console.WriteLine(status.Left == 0 ? "Toutes les clés sont chiffrées par la version en service." : $"Restent {Fr.Number(status.Left)} clés à reprendre : les Hosts « worker » le font, ou ./monopco keys rotate.");
        Console.WriteLine($"Hosts en marche : {(status.Holders.Count == 0 ? "aucun" : string.Join(", ", status.Holders.Select(x => $"{x.Host} ({x.CurrentId})")))}");
    }
}
