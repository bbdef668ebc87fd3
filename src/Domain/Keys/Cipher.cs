using System.Security.Cryptography;

namespace MonOPCO.Domain.Keys;

/// <summary>AES-256-GCM; what is stored is nonce (12), tag (16), cipher text. The context is authenticated, so that a value cannot be moved elsewhere.</summary>
internal static class Cipher
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    internal static byte[] Encrypt(byte[] key, ReadOnlySpan<byte> plain, byte[] context)
    {
        var result = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceSize));
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(result.AsSpan(0, NonceSize), plain, result.AsSpan(NonceSize + TagSize), result.AsSpan(NonceSize, TagSize), context);
        return result;
    }

    internal static byte[] Decrypt(byte[] key, ReadOnlySpan<byte> sealedBytes, byte[] context)
    {
        if (sealedBytes.Length < NonceSize + TagSize)
        {
            throw new CryptographicException("The encrypted value is cut short.");
        }

        var plain = new byte[sealedBytes.Length - NonceSize - TagSize];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(sealedBytes[..NonceSize], sealedBytes[(NonceSize + TagSize)..], sealedBytes.Slice(NonceSize, TagSize), plain, context);
        return plain;
    }
}
