using System.Globalization;
using System.Net.Sockets;

namespace MonOPCO.Sandbox;

public static class Program
{
    private const string Usage = "MonOPCO.Sandbox [--urls http://127.0.0.1:5090] [--smtp-port 5025] [--data DOSSIER]";

    public static async Task<int> Main(string[] args)
    {
        var options = new SandboxOptions { Urls = "http://127.0.0.1:5090", SmtpPort = 5025, LogToConsole = true };
        for (var i = 0; i < args.Length; i++)
        {
            // Both "--name value" and "--name=value" are taken, as the .NET command line does.
            var (name, value) = args[i].Split('=', 2) is [var key, var inline] ? (key, inline) : (args[i], i + 1 < args.Length ? args[++i] : null);
            switch (name)
            {
                case "--urls" when value is not null: options = options with { Urls = value }; break;
                case "--data" when value is not null: options = options with { DataDirectory = value }; break;
                case "--smtp-port" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port): options = options with { SmtpPort = port }; break;
                default:
                    await Console.Error.WriteLineAsync($"Argument non compris : {args[i]}\n{Usage}");
                    return 2;
            }
        }

        try
        {
            await using var server = await SandboxServer.StartAsync(options);
            Console.WriteLine($"Sandbox prêt : {server.BaseUrl} ; SMTP sur 127.0.0.1:{server.SmtpPort}");
            await server.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await Console.Error.WriteLineAsync($"Démarrage impossible (adresses {options.Urls}, SMTP {options.SmtpPort}) : {e.Message}");
            return 1;
        }
    }
}
