namespace MonOPCO.Integrations.Sealing;

/// <summary>What one seal says and whether it holds.</summary>
/// <param name="Fingerprint">SHA-256 of the certificate: compare it with the keys this platform has used. Chain and revocation are not examined.</param>
/// <param name="SealedLength">The file's first bytes that this seal covers (its own place apart).</param>
public sealed record SealReport(string Field, string SignerName, string Reason, DateTimeOffset? At, string? Fingerprint, int SealedLength, bool CoversWholeFile, string? Problem)
{
    public bool IsValid => Problem is null;
}

/// <summary>All seals of a file, oldest first. A valid seal alone does not mean an unchanged document: see <see cref="IsIntact"/>.</summary>
/// <param name="LastCoversWholeFile">Nothing follows the last seal.</param>
/// <param name="HasForeignRevision">Something other than a seal was added after the first one, even if it was sealed again afterwards.</param>
/// <param name="Problem">Why the file could not be examined, or what is foreign.</param>
public sealed record SealVerification(IReadOnlyList<SealReport> Seals, bool LastCoversWholeFile, bool HasForeignRevision, string? Problem)
{
    /// <summary>At least one seal, all valid, the last one covers everything, and only seals were added since the first.</summary>
    public bool IsIntact => Seals.Count > 0 && Seals.All(s => s.IsValid) && LastCoversWholeFile && !HasForeignRevision && Problem is null;
}
