using System.Globalization;
using MonOPCO.Seed;

// ./monopco seed --dossiers 10000 --companies 1000 [--seed 1] [--remove]: made-up dossiers in the database of MONOPCO_SEED_DB (the owner's connection string).
var connection = Environment.GetEnvironmentVariable("MONOPCO_SEED_DB");
if (string.IsNullOrEmpty(connection))
{
    Console.Error.WriteLine("MONOPCO_SEED_DB manque : passez par « ./monopco seed ».");
    return 2;
}

var seeder = new Seeder(connection, Console.WriteLine);
if (args.Contains("--remove"))
{
    await seeder.RemoveAsync(CancellationToken.None);
    return 0;
}

if (Number("--dossiers", 10_000) is not (> 0 and <= 5_000_000 and var dossiers) || Number("--companies", Math.Max(1, dossiers / 10)) is not (> 0 and <= 1_000_000 and var companies) || Number("--seed", 1) is not (>= 0 and var seed))
{
    Console.Error.WriteLine("Usage : ./monopco seed --dossiers 10000 --companies 1000 [--seed 1] | --remove");
    return 2;
}

await seeder.RunAsync(new SeedOptions(dossiers, companies, (ulong)seed), CancellationToken.None);
return 0;

int Number(string name, int usual) => Array.IndexOf(args, name) is var at and >= 0 ? int.TryParse(args.ElementAtOrDefault(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : -1 : usual;
