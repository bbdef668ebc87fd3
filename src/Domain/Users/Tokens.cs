using System.Security.Cryptography;
using System.Text;

namespace MonOPCO.Domain.Users;

/// <summary>Secrets that people and programs carry; only their hash is stored.</summary>
public static class Tokens
{
    /// <summary>256 random bits, safe in an address.</summary>
    public static string New() => Text(RandomNumberGenerator.GetBytes(32));

    public static string Text(byte[] secret) => Convert.ToBase64String(secret).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>Enough for random tokens; a short code is hashed with its owner's id as well.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Six digits.</summary>
    public static string NewCode() => RandomNumberGenerator.GetInt32(1_000_000).ToString("000000", System.Globalization.CultureInfo.InvariantCulture);

    public static byte[] HashCode(Guid owner, string code) => Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(Digits(code)), owner.ToByteArray(), 50_000, HashAlgorithmName.SHA256, 32);

    public static bool SameCode(Guid owner, string code, byte[] hash) => CryptographicOperations.FixedTimeEquals(HashCode(owner, code), hash);

    private static string Digits(string code) => new([.. code.Where(char.IsAsciiDigit)]);
}
