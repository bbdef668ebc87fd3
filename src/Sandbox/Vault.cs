using System.Security.Cryptography;
using System.Text.Json;

namespace MonOPCO.Sandbox;

/// <summary>Where the Sandbox keeps what must survive a restart: in the data folder when there is one, else in memory.</summary>
public sealed class Vault(SandboxOptions options)
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping
    };

    private readonly Dictionary<string, byte[]> memory = [];
    private readonly Lock gate = new();
    private readonly string? root = options.DataDirectory;

    /// <summary>Stores bytes and returns their key (their hash, hence the same file twice is kept once).</summary>
    public string Keep(byte[] content)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(content));
        if (root is null)
        {
            lock (gate)
            {
                memory[key] = content;
            }
        }
        else if (!File.Exists(PathOf("pieces", key)))
        {
            WriteAtomically(PathOf("pieces", key), content);
        }

        return key;
    }

    public byte[] Fetch(string key)
    {
        lock (gate)
        {
            return root is null ? memory[key] : File.ReadAllBytes(PathOf("pieces", key));
        }
    }

    public void SaveJson<T>(string name, T value)
    {
        if (root is not null)
        {
            WriteAtomically(PathOf("", name + ".json"), JsonSerializer.SerializeToUtf8Bytes(value, Json));
        }
    }

    public T? LoadJson<T>(string name) where T : class
    {
        var path = root is null ? null : PathOf("", name + ".json");
        return path is not null && File.Exists(path) ? JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), Json) : null;
    }

    private string PathOf(string folder, string name)
    {
        var directory = Path.Combine(root!, folder);
        Directory.CreateDirectory(directory);
        return Path.Combine(directory, name);
    }

    // A kill in the middle of a write leaves the old file whole: the new one takes its name only when complete.
    private void WriteAtomically(string path, byte[] content)
    {
        lock (gate)
        {
            var draft = path + ".tmp";
            using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(draft, path, overwrite: true);
        }
    }
}
