using MonOPCO.Domain.Backups;
using MonOPCO.Domain.Data;
using MonOPCO.Host.Audit;
using Npgsql;

namespace MonOPCO.Host.Commands;

/// <summary>What <c>./monopco</c> asks of the program besides serving: <c>keys …</c>, <c>audit …</c>, <c>backup …</c>, <c>restore …</c>. No page, no worker, the same configuration.</summary>
internal static class Maintenance
{
    /// <summary>The exit code; null when the arguments ask for a Host.</summary>
    public static async Task<int?> RunAsync(string[] args)
    {
        Func<IServiceProvider, string[], CancellationToken, Task<int>>? command = args.FirstOrDefault() switch
        {
            "keys" => KeysCommand.RunAsync,
            "audit" => AuditCommand.RunAsync,
            "backup" => BackupCommands.BackupAsync,
            "restore" => BackupCommands.RestoreAsync,
            _ => null,
        };
        if (command is null)
        {
            return null;
        }

        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddMonOpcoDatabase(builder.Configuration);
        builder.Services.AddSingleton<AuditCheck>();
        using var app = builder.Build();
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true;
            stop.Cancel();
        };
        try
        {
            return await command(app.Services, args[1..], stop.Token);
        }
        catch (RuleBrokenException refusal)
        {
            await Console.Error.WriteLineAsync(refusal.Message);
            return 1;
        }
        catch (BackupException refusal)
        {
            await Console.Error.WriteLineAsync(refusal.Message);
            return 1;
        }
        catch (NpgsqlException exception) when (args[0] is "backup" or "restore")
        {
            await Console.Error.WriteLineAsync($"La base ne répond pas : {exception.Message}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Interrompu ; la même commande reprend là où elle s’est arrêtée.");
            return 130;
        }
    }
}
