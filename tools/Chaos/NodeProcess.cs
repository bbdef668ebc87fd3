using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MonOPCO.Chaos;

/// <summary>A <see cref="ChaosNode"/> as a process: killed, stopped politely, started again.</summary>
public sealed class NodeProcess(string name, IReadOnlyDictionary<string, string> settings) : IAsyncDisposable
{
    private readonly List<string> _output = [];
    private Process? _process;

    public string Name => name;

    public bool IsRunning => _process is not null;

    /// <summary>Its own port, the same after each start.</summary>
    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort()}");

    public void Start()
    {
        var info = new ProcessStartInfo("dotnet", [typeof(NodeProcess).Assembly.Location, "node", "--urls", Address.ToString(), "--roles", "web,worker"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (key, value) in settings)
        {
            info.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        _process = Process.Start(info)!;
        _process.OutputDataReceived += Note;
        _process.ErrorDataReceived += Note;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary><c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill(true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    /// <summary><c>kill -TERM</c>; the exit code once it has drained and ended.</summary>
    public async Task<int> TerminateAsync()
    {
        var process = _process!;
        _process = null;
        using (process)
        {
            _ = NativeMethods.Kill(process.Id, 15);
            await process.WaitForExitAsync();
            return process.ExitCode;
        }
    }

    /// <summary>It has started and answers.</summary>
    public async Task<bool> IsReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(1) };
        try
        {
            using var answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>The last lines it wrote.</summary>
    public string Output()
    {
        lock (_output)
        {
            return string.Join('\n', _output.TakeLast(30));
        }
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    private void Note(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.Add(line.Data ?? "");
        }
    }

    /// <summary>Below the ports that the system gives to those who connect: while a node is dead nobody else may take its port, not even somebody who tries to reach it.</summary>
    private static int FreePort()
    {
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, Random.Shared.Next(20_000, 30_000));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "kill")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Kill(int pid, int signal);
    }
}
