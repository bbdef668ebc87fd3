using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace MonOPCO.TestCommon;

/// <summary>A PostgreSQL of its own, as on a machine where nothing was installed before: for restores. Root runs it as <c>postgres</c>, like <c>./monopco</c>.</summary>
public sealed class ScratchCluster : IAsyncDisposable
{
    private readonly string _folder;
    private readonly int _port;

    private ScratchCluster(string folder, int port)
    {
        (_folder, _port) = (folder, port);
    }

    /// <summary>Owner of what will be restored: may create roles and databases, no superuser.</summary>
    public string OwnerConnection(string database) => new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = _port, Username = "monopco_owner", Database = database, Pooling = false }.ConnectionString;

    public static async Task<ScratchCluster> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("monopco-vide").FullName;
        if (Environment.UserName == "root")
        {
            await RunAsync("chown", "postgres:", folder);
        }

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        await AsPostgresAsync("initdb", "-D", folder, "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync");
        await AsPostgresAsync("pg_ctl", "-D", folder, "-w", "-l", Path.Combine(folder, "server.log"), "-o", $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off", "start");
        var cluster = new ScratchCluster(folder, port);
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = port, Username = "postgres", Database = "postgres", Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("create role monopco_owner login createrole createdb", connection);
        await command.ExecuteNonQueryAsync();
        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        await AsPostgresAsync("pg_ctl", "-D", _folder, "-m", "immediate", "-w", "stop");
        Directory.Delete(_folder, true);
    }

    private static Task AsPostgresAsync(string tool, params string[] arguments)
    {
        var path = Directory.GetDirectories("/usr/lib/postgresql").Select(x => Path.Combine(x, "bin", tool)).Where(File.Exists).Order(StringComparer.Ordinal).Last();
        return Environment.UserName == "root" ? RunAsync("runuser", ["-u", "postgres", "--", path, .. arguments]) : RunAsync(path, arguments);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // Nothing is read from it: the server that pg_ctl leaves behind would keep a pipe open.
        var info = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        info.ArgumentList.Add("-c");
        info.ArgumentList.Add("\"$@\" >/dev/null 2>&1");
        info.ArgumentList.Add("sh");
        info.ArgumentList.Add(program);
        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        using var process = Process.Start(info)!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {process.ExitCode}");
        }
    }
}
