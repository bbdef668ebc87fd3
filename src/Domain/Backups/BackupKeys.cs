using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace MonOPCO.Domain.Backups;

/// <summary>The key that encrypts backups today, and former ones for reading.</summary>
public sealed class BackupKeys(IOptions<BackupOptions> options)
{
    /// <summary>The key in use.</summary>
    internal BackupKey Current()
    {
        var settings = options.Value;
        if (settings.KeyFile is not { Length: > 0 } file)
        {
            throw new BackupException("La clé des sauvegardes n’est pas configurée (Backup:KeyFile).");
        }

        foreach (var folder in new[] { settings.Directory, settings.KeysDirectory }.OfType<string>())
        {
            if (Path.GetFullPath(file).StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw new BackupException($"La clé des sauvegardes ({file}) est rangée avec les sauvegardes : qui vole les unes aurait l’autre. Rangez-la ailleurs.");
            }
        }

        return Read(file);
    }

    /// <summary>The key of that name, old ones included.</summary>
    internal BackupKey Find(string id)
    {
        var files = new[] { options.Value.KeyFile }.Concat(options.Value.OldKeyFiles).OfType<string>().Where(x => x.Length > 0).ToList();
        return files.Select(Read).FirstOrDefault(x => x.Id == id)
            ?? throw new BackupException($"Cette sauvegarde a été chiffrée avec la clé « {id} », que cette installation n’a pas. Remettez cette clé (Backup:KeyFile ou Backup:OldKeyFiles).");
    }

    private static BackupKey Read(string file)
    {
        if (!File.Exists(file))
        {
            throw new BackupException($"La clé des sauvegardes manque : {file}.");
        }

        var bytes = File.ReadAllBytes(file);
        if (bytes.Length != 32)
        {
            var text = Encoding.UTF8.GetString(bytes).Trim();
            bytes = text.Length == 64 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : Convert.TryFromBase64String(text, new byte[text.Length], out _) ? Convert.FromBase64String(text) : [];
        }

        return bytes.Length == 32 ? new BackupKey(bytes) : throw new BackupException($"La clé des sauvegardes ({file}) doit faire 32 octets (bruts, hexadécimaux ou base 64).");
    }
}

/// <summary>One backup key; every use derives a key of its own from it.</summary>
internal sealed class BackupKey(byte[] secret)
{
    /// <summary>Names the key without telling it.</summary>
    public string Id { get; } = Convert.ToHexStringLower(SHA256.HashData([.. "monopco-sauvegarde"u8, .. secret]))[..16];

    public byte[] Derive(string purpose, byte[]? salt = null) => HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, salt, Encoding.UTF8.GetBytes("monopco\n" + purpose));
}
