using System.Diagnostics;
using MonOPCO.Chaos;
using Npgsql;

// `node …`: a Host, to be killed. Otherwise the whole trial on the cluster of MONOPCO_CHAOS_DB, restarted by the command MONOPCO_CHAOS_RESTART.
if (args.FirstOrDefault() == "node")
{
    return await ChaosNode.RunAsync(args[1..]);
}

var cluster = Environment.GetEnvironmentVariable("MONOPCO_CHAOS_DB") ?? throw new InvalidOperationException("MONOPCO_CHAOS_DB is not set: use ./monopco chaos.");
var restart = Environment.GetEnvironmentVariable("MONOPCO_CHAOS_RESTART");
var options = new ChaosOptions
{
    Instances = int.TryParse(args.FirstOrDefault(), out var instances) ? instances : 2000,
    RestartDatabase = restart is null ? null : async () =>
    {
        using var command = Process.Start(new ProcessStartInfo("bash", ["-c", restart]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        await command.WaitForExitAsync();
    },
};
var name = "chaos_" + Guid.NewGuid().ToString("N")[..8];
await ExecuteAsync($"create database {name} template template0");
var result = await ChaosTrial.RunAsync(new NpgsqlConnectionStringBuilder(cluster) { Database = name }.ConnectionString, options, Console.WriteLine);
NpgsqlConnection.ClearAllPools();
await ExecuteAsync($"drop database {name} with (force)");
Console.WriteLine(result);
return result.Problems.Count == 0 ? 0 : 1;

async Task ExecuteAsync(string sql)
{
    await using var connection = new NpgsqlConnection(cluster);
    await connection.OpenAsync();
    await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
    await command.ExecuteNonQueryAsync();
}
