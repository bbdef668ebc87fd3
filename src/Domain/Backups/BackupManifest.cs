using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MonOPCO.Domain.Backups;

/// <summary>What one table held: number of rows, and a hash of their contents that does not depend on their order.</summary>
public sealed record TableContent(string Name, long Rows, string Hash);

/// <summary>One encrypted file of a backup.</summary>
public sealed record BackupFile(string Name, long Size, string Sha256);

/// <summary>
/// What stands in clear beside an encrypted file, authenticated by the backup key: nothing of anybody, only counts and hashes. The wrapped keys have a
/// manifest of their own, beside them.
/// </summary>
public sealed record BackupManifest
{
    public const string Data = "donnees";
    public const string Keys = "cles";

    public required string Id { get; init; }

    /// <summary><see cref="Data"/> or <see cref="Keys"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Moment of the snapshot.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    public required string ProductVersion { get; init; }

    /// <summary>Last migration of the schema.</summary>
    public required string Migration { get; init; }

    public required string PostgresVersion { get; init; }

    public required string BackupKeyId { get; init; }

    /// <summary>Master keys that wrapped the keys of this moment: without them documents cannot be read.</summary>
    public required IReadOnlyList<string> MasterKeyIds { get; init; }

    public required BackupFile File { get; init; }

    public required IReadOnlyList<TableContent> Tables { get; init; }

    /// <summary>HMAC of everything else.</summary>
    public string Mac { get; init; } = "";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    internal string Write(BackupKey key) => JsonSerializer.Serialize(this with { Mac = MacOf(key) }, Json);

    internal static BackupManifest Read(string path, BackupKeys keys)
    {
        BackupManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<BackupManifest>(System.IO.File.ReadAllText(path), Json) ?? throw new JsonException();
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"Le manifeste {path} ne peut pas être lu.", exception);
        }

        var expected = Convert.FromHexString(manifest.MacOf(keys.Find(manifest.BackupKeyId)));
        return manifest.Mac.Length == 64 && manifest.Mac.All(char.IsAsciiHexDigit) && CryptographicOperations.FixedTimeEquals(expected, Convert.FromHexString(manifest.Mac))
            ? manifest
            : throw new BackupException($"Le manifeste {path} a été modifié.");
    }

    private string MacOf(BackupKey key) => Convert.ToHexStringLower(HMACSHA256.HashData(key.Derive("manifeste"), Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this with { Mac = "" }, Json))));
}
