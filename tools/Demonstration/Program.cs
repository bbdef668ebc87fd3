using System.Text;
using MonOPCO.Demonstration;

// demonstration --host http://127.0.0.1:5080 --sandbox http://127.0.0.1:5090 [--progress FILE] [--limit SECONDS]
Console.OutputEncoding = Encoding.UTF8;
var given = args.Chunk(2).Where(x => x.Length == 2).ToDictionary(x => x[0], x => x[1]);
if (!given.TryGetValue("--host", out var host) || !given.TryGetValue("--sandbox", out var sandbox))
{
    Console.Error.WriteLine("Usage : --host ADRESSE --sandbox ADRESSE [--progress FICHIER] [--limit SECONDES]");
    return 2;
}

var limit = int.TryParse(given.GetValueOrDefault("--limit"), out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromMinutes(4);
var options = new DriverOptions(new Uri(host), new Uri(sandbox), given.GetValueOrDefault("--progress"), limit);
return await Driver.RunAsync(options, Console.Out, CancellationToken.None) ? 0 : 1;
