using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace MonOPCO.Domain.Keys;

/// <summary>
/// Wraps the keys of documents, of subjects (<see cref="KeyRing"/>) and of ASP.NET. Read on first use, so that a Host without secrets needs none. Which version
/// wraps is said by the database (<see cref="MasterKeys"/>), so that all Hosts change together; every version that is at hand unwraps.
/// </summary>
public sealed class MasterKey(IOptions<MasterKeyOptions> options)
{
    private readonly Lock _loading = new();
    private FrozenDictionary<string, MasterKeyFile>? _versions;
    private string? _currentId;

    /// <summary>Names the version that wraps, without telling it.</summary>
    public string Id => Current.Id;

    /// <summary>The versions at hand, oldest first.</summary>
    internal IReadOnlyList<MasterKeyFile> Versions => [.. Loaded.Values.OrderBy(x => x.Number).ThenBy(x => x.Id, StringComparer.Ordinal)];

    internal string? Folder => options.Value is { Value: not { Length: > 0 }, File: { Length: > 0 } file } ? file.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(Directory.Exists) : null;

    private FrozenDictionary<string, MasterKeyFile> Loaded => _versions ?? Reload();

    // Until the database has been asked, the oldest: the one that every other Host certainly has too.
    private MasterKeyFile Current => _currentId is { } id && Loaded.TryGetValue(id, out var named) ? named : Loaded.Values.OrderBy(x => x.Number).ThenBy(x => x.Id, StringComparer.Ordinal).First();

    internal (string KeyId, byte[] Wrapped) Wrap(byte[] context, byte[] key) => (Current is var current) ? (current.Id, Cipher.Encrypt(current.Bytes, key, context)) : default;

    /// <summary>A version that has just been put in the folder is found here, before the next round.</summary>
    internal byte[] Unwrap(string keyId, byte[] context, byte[] wrapped) =>
        Loaded.TryGetValue(keyId, out var version) || Reload().TryGetValue(keyId, out version)
            ? Cipher.Decrypt(version.Bytes, wrapped, context)
            : throw new CryptographicException($"Master key {keyId} is not at hand: put its file back where MasterKey:File says.");

    internal void Use(string keyId) => _currentId = keyId;

    /// <summary>Reads the files again. A version whose file has vanished is kept until <see cref="Forget"/>: what is being read just now still needs it.</summary>
    internal FrozenDictionary<string, MasterKeyFile> Reload()
    {
        lock (_loading)
        {
            var found = Read(options.Value);
            foreach (var known in _versions?.Values ?? [])
            {
                found.TryAdd(known.Id, known);
            }

            return _versions = found.Count > 0 ? found.ToFrozenDictionary() : throw new InvalidOperationException("No master key: set MasterKey:File or MasterKey:Value.");
        }
    }

    internal void Forget(string keyId)
    {
        lock (_loading)
        {
            if (_versions is { } known && known.TryGetValue(keyId, out var version) && (version.Path is null || !File.Exists(version.Path)))
            {
                _versions = known.Where(x => x.Key != keyId).ToFrozenDictionary();
            }
        }
    }

    internal static string IdOf(byte[] key) => Convert.ToHexStringLower(SHA256.HashData(key))[..16];

    private static Dictionary<string, MasterKeyFile> Read(MasterKeyOptions options)
    {
        var found = new Dictionary<string, MasterKeyFile>(StringComparer.Ordinal);
        if (options.Value is { Length: > 0 } value)
        {
            Add(Parse(Encoding.UTF8.GetBytes(value), "MasterKey:Value"), 1, null);
            return found;
        }

        foreach (var place in (options.File ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var path in Directory.Exists(place) ? Directory.EnumerateFiles(place, "*.key") : [place])
            {
                Add(Parse(File.ReadAllBytes(path), path), NumberOf(path), path);
            }
        }

        return found;

        void Add(byte[] bytes, int number, string? path) => found.TryAdd(IdOf(bytes), new MasterKeyFile(IdOf(bytes), number, path, bytes));
    }

    private static int NumberOf(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        return int.TryParse(name.AsSpan(name.AsSpan().TrimEnd("0123456789").Length), out var number) ? number : 1;
    }

    private static byte[] Parse(byte[] bytes, string place)
    {
        if (bytes.Length == 32)
        {
            return bytes;
        }

        var text = Encoding.UTF8.GetString(bytes).Trim();
        var key = text.Length == 64 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : Convert.TryFromBase64String(text, new byte[text.Length], out _) ? Convert.FromBase64String(text) : [];
        return key.Length == 32 ? key : throw new InvalidOperationException($"The master key in {place} must be 32 bytes (raw, hexadecimal or base 64).");
    }
}

/// <summary>One version, as its file gives it.</summary>
internal sealed record MasterKeyFile(string Id, int Number, string? Path, byte[] Bytes);
