namespace MonOPCO.Domain.Keys;

/// <summary>Section <c>MasterKey</c>: where the versions of the master key are; never in the database, never in a backup of it.</summary>
public sealed class MasterKeyOptions
{
    /// <summary>
    /// A folder (each <c>*.key</c> in it is a version, numbered by the digits at the end of its name, <c>master.key</c> being the first), a file, or several of
    /// these separated by semicolons. A version is 32 raw bytes, 64 hexadecimal digits, or base 64. Only a folder can receive a new version.
    /// </summary>
    public string? File { get; set; }

    /// <summary>The key itself (environment variable <c>MasterKey__Value</c>); such an installation cannot rotate.</summary>
    public string? Value { get; set; }

    /// <summary>How often a Host looks for new versions and says which it holds.</summary>
    public TimeSpan RefreshEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A Host that said nothing for so long counts as stopped.</summary>
    public TimeSpan HostCountsAsStoppedAfter { get; set; } = TimeSpan.FromSeconds(30);
}
