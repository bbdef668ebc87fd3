using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Signatures;

public enum SignatureRequestStatus
{
    Pending,
    Completed,
    Declined,

    /// <summary>The time to answer has passed.</summary>
    Expired,

    Cancelled,
}

public enum SignerRole
{
    Entreprise,
    Beneficiaire,
    Organisme,
}

public enum SignerStatus
{
    /// <summary>Others sign first.</summary>
    Waiting,

    Invited,
    Viewed,
    Signed,
    Declined,

    /// <summary>Silence beyond the time to answer; for the employee of a bilan a refusal.</summary>
    RefusTacite,

    Expired,
}

/// <summary>A document to be signed by one to three parties. The current version grows with each signature.</summary>
public sealed class SignatureRequest
{
    public required Guid Id { get; init; }

    public required Guid DossierId { get; init; }

    public required Guid CompanyId { get; init; }

    /// <summary>Type of the document, e.g. <c>CONVENTION</c>.</summary>
    public required string DocumentTypeCode { get; init; }

    /// <summary>The document as it was sent out.</summary>
    public required Guid DocumentId { get; init; }

    /// <summary>The latest version, with the signatures so far.</summary>
    public required Guid CurrentDocumentId { get; set; }

    public Guid? EvidenceDocumentId { get; set; }

    public required string Title { get; init; }

    public SignatureRequestStatus Status { get; internal set; }

    /// <summary>Built-in: simple signature in eIDAS terms.</summary>
    public SignatureLevel Level { get; init; } = SignatureLevel.Simple;

    /// <summary>Adapter: <c>builtin</c>, <c>docusign</c>, <c>yousign</c>.</summary>
    public string Provider { get; init; } = "builtin";

    /// <summary>Envelope or request id at an outside provider.</summary>
    public string? ProviderReference { get; set; }

    /// <summary>What the procedure waits under; the signature page publishes it.</summary>
    public string? BookmarkKey { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; internal set; }

    public List<Signer> Signers { get; init; } = [];
}

/// <summary>One party. Reached by a personal link, checked by a one-time code.</summary>
public sealed class Signer
{
    public required Guid Id { get; init; }

    public required Guid RequestId { get; init; }

    public SignatureRequest? Request { get; init; }

    public required Guid CompanyId { get; init; }

    public required SignerRole Role { get; init; }

    /// <summary>Signers of the same order may sign in any order; the next order is invited when all have signed.</summary>
    public required int Order { get; init; }

    public required string Name { get; init; }

    public required string Email { get; init; }

    public string EmailKey { get; private set; } = "";

    /// <summary>e.g. « Gérante ».</summary>
    public string Quality { get; init; } = "";

    public SignerStatus Status { get; internal set; }

    /// <summary>SHA-256 of the link's token; the token itself is only in the mail.</summary>
    public byte[]? InvitationHash { get; internal set; }

    /// <summary>Rises with each new link; the token is derived from it (<see cref="SignatureService.TokenOf"/>).</summary>
    public int InvitationGeneration { get; internal set; }

    public DateTimeOffset? InvitedAt { get; internal set; }

    /// <summary>Last instant to answer.</summary>
    public DateTimeOffset? ExpiresAt { get; internal set; }

    public byte[]? CodeHash { get; internal set; }

    public DateTimeOffset? CodeSentAt { get; internal set; }

    public DateTimeOffset? CodeExpiresAt { get; internal set; }

    public int CodeAttempts { get; internal set; }

    /// <summary>Version of the consent text that the person accepted.</summary>
    public string? ConsentVersion { get; internal set; }

    public DateTimeOffset? ViewedAt { get; internal set; }

    public DateTimeOffset? SignedAt { get; internal set; }

    public DateTimeOffset? DeclinedAt { get; internal set; }

    public string? DeclineReason { get; internal set; }

    /// <summary>Keyed hash of the network address: proves equality without keeping the address.</summary>
    public byte[]? IpHash { get; internal set; }

    public string? UserAgent { get; internal set; }

    /// <summary>SHA-256 of the document that the person saw when signing.</summary>
    public string? SignedSha256 { get; internal set; }

    internal void Refresh() => EmailKey = SearchText.EmailKey(Email);
}

internal sealed class SignatureRequestMapping : IEntityTypeConfiguration<SignatureRequest>
{
    public void Configure(EntityTypeBuilder<SignatureRequest> builder)
    {
        builder.ToTable("signature_requests");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => x.DossierId);
        builder.HasIndex(x => x.CompanyId);
        builder.HasIndex(x => x.ProviderReference);
        builder.HasOne<Dossier>().WithMany().HasForeignKey(x => x.DossierId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Document>().WithMany().HasForeignKey(x => x.DocumentId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<Document>().WithMany().HasForeignKey(x => x.CurrentDocumentId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class SignerMapping : IEntityTypeConfiguration<Signer>
{
    public void Configure(EntityTypeBuilder<Signer> builder)
    {
        builder.ToTable("signers");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Property(x => x.Name).UseCollation("fr-x-icu");
        builder.HasIndex(x => x.InvitationHash).IsUnique();
        builder.HasIndex(x => new { x.EmailKey, x.RequestId });
        builder.HasIndex(x => x.CompanyId);
        builder.HasIndex(x => x.ExpiresAt).HasFilter("status in ('Invited', 'Viewed')");
        builder.HasOne(x => x.Request).WithMany(x => x.Signers).HasForeignKey(x => x.RequestId).OnDelete(DeleteBehavior.Cascade);
    }
}
