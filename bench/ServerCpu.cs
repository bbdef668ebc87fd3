using System.Globalization;
using Npgsql;

namespace MonOPCO.Bench;

/// <summary>Processor time spent by the processes of the database cluster, read from /proc: it does not depend on who else uses the machine.</summary>
internal static class ServerCpu
{
    /// <summary>Milliseconds so far, zero where /proc or the right to know the cluster's process is missing.</summary>
    internal static async Task<double> ReadAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int");
        var parent = (int)(await command.ExecuteScalarAsync())!;
        double ticks = 0;
        foreach (var folder in Directory.Exists("/proc") ? Directory.EnumerateDirectories("/proc") : [])
        {
            if (!int.TryParse(Path.GetFileName(folder), out var pid))
            {
                continue;
            }

            try
            {
                var stat = await File.ReadAllTextAsync(Path.Combine(folder, "stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                if (pid == parent || int.Parse(fields[1], CultureInfo.InvariantCulture) == parent)
                {
                    ticks += long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
                }
            }
            catch (IOException)
            {
                // The process ended meanwhile.
            }
        }

        return ticks * 10;
    }
}
