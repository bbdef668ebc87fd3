namespace MonOPCO.Seed;

/// <summary>Chance that comes out the same for the same seed on every machine.</summary>
internal sealed class Draw(ulong seed)
{
    private ulong _state = seed * 0x9E3779B97F4A7C15 + 0x1234567;

    internal ulong Next()
    {
        // SplitMix64.
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    internal double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    internal int Below(int limit) => (int)(Unit() * limit);

    internal int Between(int low, int high) => low + Below(high - low + 1);

    internal bool Chance(double probability) => Unit() < probability;

    internal T Of<T>(IReadOnlyList<T> values) => values[Below(values.Count)];

    /// <summary>Version 7, of that moment.</summary>
    internal Guid Id(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        BitConverter.TryWriteBytes(bytes, Next());
        BitConverter.TryWriteBytes(bytes[8..], Next());
        var milliseconds = at.ToUnixTimeMilliseconds();
        for (var i = 0; i < 6; i++)
        {
            bytes[i] = (byte)(milliseconds >> (40 - (8 * i)));
        }

        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
