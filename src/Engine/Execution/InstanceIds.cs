using System.Buffers.Binary;

namespace MonOPCO.Engine.Execution;

/// <summary>
/// Ids of what an instance creates, derived from its own id and a number: the same burst run again gives the same ids, and the state keeps only the number.
/// Different for each number of an instance; between instances as unlikely to meet as random ids.
/// </summary>
internal static class InstanceIds
{
    internal static Guid Derive(Guid instance, long number)
    {
        Span<byte> bytes = stackalloc byte[16];
        instance.TryWriteBytes(bytes);
        var high = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var low = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);

        // Both halves are mixed one to one from the number, so two numbers never give the same id.
        var mixed = Mix((ulong)number);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Mix(high ^ mixed));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], low ^ Mix(mixed + high));
        return new Guid(bytes);
    }

    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
