using System.Security.Cryptography;
using System.Text;

namespace MonOPCO.Engine.Storage;

/// <summary>Ids that follow from what they stand for, so that repeating an act finds the first one.</summary>
public static class StableId
{
    public static Guid Of(Guid space, string name)
    {
        var hash = SHA256.HashData([.. space.ToByteArray(), .. Encoding.UTF8.GetBytes(name)]);
        return new Guid(hash.AsSpan(0, 16));
    }

    /// <summary>Lock number of a (kind, key), the same in every process.</summary>
    public static long LockOf(string kind, string key) => BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes(kind + "\n" + key)), 0);
}
