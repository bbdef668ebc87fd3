using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace MonOPCO.Demonstration;

/// <summary>What has been played, in a small file beside the data: a play that was cut goes on where it was, a finished one is not played again.</summary>
public sealed class Progress
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };
    private readonly Lock _writing = new();
    private readonly string? _file;
    private readonly State _state;

    public Progress(string? file)
    {
        _file = file;
        _state = file is not null && File.Exists(file) ? JsonSerializer.Deserialize<State>(File.ReadAllText(file)) ?? new() : new();
    }

    public bool IsFinished => _state.Finished;

    public string? NumeroOf(string key)
    {
        lock (_writing)
        {
            return _state.Dossiers.GetValueOrDefault(key);
        }
    }

    public void Keep(string key, string numero) => Change(() => _state.Dossiers[key] = numero);

    public void Finish() => Change(() => _state.Finished = true);

    private void Change(Action change)
    {
        lock (_writing)
        {
            change();
            if (_file is not null)
            {
                File.WriteAllText(_file, JsonSerializer.Serialize(_state, Json));
            }
        }
    }

    private sealed class State
    {
        public bool Finished { get; set; }

        public Dictionary<string, string> Dossiers { get; set; } = [];
    }
}
