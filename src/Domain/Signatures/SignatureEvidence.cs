using MonOPCO.Domain.Documents;

namespace MonOPCO.Domain.Signatures;

/// <summary>Content of the evidence file: who, when, what, by which means; hashes instead of network addresses.</summary>
public sealed record SignatureEvidence(
    Guid RequestId, string Numero, string Title, SignatureLevel Level, string Provider, string OriginalSha256, string FinalSha256, DateTimeOffset CreatedAt, DateTimeOffset? CompletedAt,
    IReadOnlyList<SignerEvidence> Signers);

public sealed record SignerEvidence(
    string Name, string Email, SignerRole Role, string Quality, SignerStatus Status, DateTimeOffset? InvitedAt, DateTimeOffset? ViewedAt, DateTimeOffset? CodeSentAt, DateTimeOffset? SignedAt,
    DateTimeOffset? DeclinedAt, string? ConsentVersion, string? SignedSha256, string? IpHash, string? UserAgent);
