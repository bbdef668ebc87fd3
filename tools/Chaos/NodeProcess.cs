using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MonOPCO.Chaos;

/// <summary>A <see cref="ChaosNode"/> as a process: killed, stopped politely, started again.</summary>
public sealed class NodeProcess(string name, IReadOnlyDictionary<string, string> settings) : IAsyncDisposable
{
    private readonly List<string> _output = [];
    private Process? _process;

    public string Name => name;

    public bool IsRunning => _process is not null;

    public void Start()
    {
        var info = new ProcessStartInfo("dotnet", [typeof(NodeProcess).Assembly.Location, "node", name]) { RedirectStandardOutput = true, RedirectStandardError = true };
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

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "kill")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int Kill(int pid, int signal);
    }
}
