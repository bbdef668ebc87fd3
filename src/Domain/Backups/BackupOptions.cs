namespace MonOPCO.Domain.Backups;

/// <summary>
/// Section <c>Backup</c>. Three places that should not burn together: the data, the wrapped keys (kept for a shorter time) and the list of what was destroyed.
/// The backup key and the master key belong to a fourth, and are in no backup.
/// </summary>
public sealed class BackupOptions
{
    /// <summary>Where the encrypted data go; null = backups are not set up.</summary>
    public string? Directory { get; set; }

    /// <summary>Where the encrypted wrapped keys go.</summary>
    public string? KeysDirectory { get; set; }

    /// <summary>Append-only file of destroyed keys and erased persons; outlives every backup.</summary>
    public string? PurgeFile { get; set; }

    /// <summary>File of the 32 bytes (raw, hexadecimal or base 64) that encrypt backups; never in the database, never beside a backup.</summary>
    public string? KeyFile { get; set; }

    /// <summary>Former keys, for reading older backups.</summary>
    public string[] OldKeyFiles { get; set; } = [];

    /// <summary>Folder of pg_dump and pg_restore; null = the newest PostgreSQL of the machine.</summary>
    public string? ToolsDirectory { get; set; }

    /// <summary>Where the restore drill makes its throw-away database; null = the owner's connection, which then needs the right to create databases.</summary>
    public string? DrillConnection { get; set; }

    public bool IsConfigured => Directory is { Length: > 0 } && KeysDirectory is { Length: > 0 } && PurgeFile is { Length: > 0 } && KeyFile is { Length: > 0 };
}

/// <summary>A backup or a restore that could not be; the message is a French sentence for the person who asked for it.</summary>
public sealed class BackupException(string message, Exception? inner = null) : Exception(message, inner);
