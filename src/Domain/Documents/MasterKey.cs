using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace MonOPCO.Domain.Documents;

/// <summary>Section <c>MasterKey</c>: either a file or a value (environment variable <c>MasterKey__Value</c>); never in the database, never in a backup of it.</summary>
public sealed class MasterKeyOptions
{
    /// <summary>File of 32 raw bytes, or 64 hexadecimal digits, or base 64.</summary>
    public string? File { get; set; }

    public string? Value { get; set; }
}

/// <summary>Wraps the keys of documents. Read on first use, so that a Host without documents needs none.</summary>
public sealed class MasterKey
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly Lazy<byte[]> _key;

    public MasterKey(IOptions<MasterKeyOptions> options) => _key = new Lazy<byte[]>(() => Read(options.Value));

    /// <summary>Names the key without telling it.</summary>
    public string Id => Convert.ToHexStringLower(SHA256.HashData(_key.Value))[..16];

    internal byte[] Wrap(Guid documentId, byte[] key) => Encrypt(_key.Value, key, documentId.ToByteArray());

    internal byte[] Unwrap(Guid documentId, byte[] wrapped) => Decrypt(_key.Value, wrapped, documentId.ToByteArray());

    /// <summary>Encrypts a small secret of the application itself; <paramref name="purpose"/> is authenticated.</summary>
    public byte[] Protect(string purpose, byte[] plain) => Encrypt(_key.Value, plain, Encoding.UTF8.GetBytes(purpose));

    public byte[] Unprotect(string purpose, byte[] sealedBytes) => Decrypt(_key.Value, sealedBytes, Encoding.UTF8.GetBytes(purpose));

    /// <summary>A keyed hash for values that must be compared but not kept, such as network addresses.</summary>
    public byte[] Hash(string purpose, string value) => HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes($"{purpose}\n{value}"));

    /// <summary>AES-256-GCM; the result is nonce, tag, cipher text. <paramref name="context"/> is authenticated, so that a value cannot be moved elsewhere.</summary>
    internal static byte[] Encrypt(byte[] key, ReadOnlySpan<byte> plain, byte[] context)
    {
        var result = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceSize));
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(result.AsSpan(0, NonceSize), plain, result.AsSpan(NonceSize + TagSize), result.AsSpan(NonceSize, TagSize), context);
        return result;
    }

    internal static byte[] Decrypt(byte[] key, byte[] sealedBytes, byte[] context)
    {
        var plain = new byte[sealedBytes.Length - NonceSize - TagSize];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(sealedBytes.AsSpan(0, NonceSize), sealedBytes.AsSpan(NonceSize + TagSize), sealedBytes.AsSpan(NonceSize, TagSize), plain, context);
        return plain;
    }

    private static byte[] Read(MasterKeyOptions options)
    {
        byte[] bytes = options switch
        {
            { Value: { Length: > 0 } value } => Encoding.UTF8.GetBytes(value),
            { File: { Length: > 0 } file } => File.ReadAllBytes(file),
            _ => throw new InvalidOperationException("No master key: set MasterKey:File or MasterKey:Value."),
        };
        if (bytes.Length == 32)
        {
            return bytes;
        }

        var text = Encoding.UTF8.GetString(bytes).Trim();
        var key = text.Length == 64 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : Convert.TryFromBase64String(text, new byte[text.Length], out _) ? Convert.FromBase64String(text) : [];
        return key.Length == 32 ? key : throw new InvalidOperationException("The master key must be 32 bytes (raw, hexadecimal or base 64).");
    }
}
