using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace MonOPCO.Domain.Backups;

/// <summary>pg_dump and pg_restore as processes; passwords go by the environment, never by the command line.</summary>
internal sealed class PostgresTools(string? folder)
{
    private readonly string _folder = folder ?? Newest();

    /// <summary>Dumps schemas of one snapshot into <paramref name="target"/>.</summary>
    public Task DumpAsync(string connection, string snapshot, IEnumerable<string> schemas, Stream target, CancellationToken cancellationToken)
    {
        // Documents are encrypted already and do not shrink: the lightest compression.
        string[] arguments = ["--format=custom", "--compress=1", "--no-owner", "--no-privileges", "--no-comments", "--snapshot=" + snapshot, .. schemas];
        return RunAsync("pg_dump", arguments, connection, null, target, cancellationToken);
    }

    /// <summary>Restores a dump read from <paramref name="source"/>, whole or not at all.</summary>
    public Task RestoreAsync(string connection, Stream source, CancellationToken cancellationToken)
    {
        var database = new NpgsqlConnectionStringBuilder(connection).Database!;
        return RunAsync("pg_restore", ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "--no-comments", "--dbname=" + database], connection, source, null, cancellationToken);
    }

    private async Task RunAsync(string tool, IEnumerable<string> arguments, string connection, Stream? input, Stream? output, CancellationToken cancellationToken)
    {
        var info = new ProcessStartInfo(Path.Combine(_folder, tool)) { RedirectStandardInput = input is not null, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in EnvironmentOf(connection))
        {
            info.Environment[name] = value;
        }

        Process process;
        try
        {
            process = Process.Start(info)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new BackupException($"{tool} ne se lance pas ({exception.Message}). Installez postgresql-client ou indiquez Backup:ToolsDirectory.", exception);
        }

        using (process)
        {
            try
            {
                var errors = process.StandardError.ReadToEndAsync(cancellationToken);
                var reading = output is null ? process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, cancellationToken) : process.StandardOutput.BaseStream.CopyToAsync(output, cancellationToken);
                if (input is not null)
                {
                    await FeedAsync(process, input, cancellationToken);
                }

                await reading;
                await process.WaitForExitAsync(cancellationToken);
                if (process.ExitCode != 0)
                {
                    throw new BackupException($"{tool} a échoué : {Shorten(await errors)}");
                }
            }
            catch
            {
                if (!process.HasExited)
                {
                    process.Kill(true);
                }

                throw;
            }
        }
    }

    private static async Task FeedAsync(Process process, Stream input, CancellationToken cancellationToken)
    {
        try
        {
            await input.CopyToAsync(process.StandardInput.BaseStream, cancellationToken);
        }
        catch (IOException)
        {
            // It stopped reading: its exit code and its words say why.
        }

        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
        }
    }

    /// <summary>A failed COPY quotes the row: only what the tool says of itself is kept, no data.</summary>
    private static string Shorten(string errors)
    {
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(x => x.Contains("error:", StringComparison.OrdinalIgnoreCase)).Take(3).ToList();
        var text = string.Join(" ", lines.Count > 0 ? lines : ["sans explication."]);
        return text.Length > 400 ? text[..400] + "…" : text;
    }

    private static IEnumerable<KeyValuePair<string, string>> EnvironmentOf(string connection)
    {
        var builder = new NpgsqlConnectionStringBuilder(connection);
        yield return new("PGHOST", builder.Host ?? "127.0.0.1");
        yield return new("PGPORT", builder.Port.ToString(CultureInfo.InvariantCulture));
        yield return new("PGUSER", builder.Username ?? "");
        yield return new("PGDATABASE", builder.Database ?? "");
        yield return new("PGSSLMODE", builder.SslMode.ToString() switch { "VerifyFull" => "verify-full", "VerifyCA" => "verify-ca", var mode => mode.ToLowerInvariant() });
        yield return new("LC_ALL", "C.UTF-8");
        if (builder.Password is { Length: > 0 } password)
        {
            yield return new("PGPASSWORD", password);
        }
    }

    private static string Newest()
    {
        const string root = "/usr/lib/postgresql";
        var versions = Directory.Exists(root) ? Directory.GetDirectories(root).Where(x => File.Exists(Path.Combine(x, "bin", "pg_dump"))) : [];
        return versions.MaxBy(x => int.TryParse(Path.GetFileName(x), CultureInfo.InvariantCulture, out var n) ? n : 0) is { } newest
            ? Path.Combine(newest, "bin")
            : throw new BackupException("Les outils de PostgreSQL (pg_dump, pg_restore) manquent : installez postgresql-client ou indiquez Backup:ToolsDirectory.");
    }
}
