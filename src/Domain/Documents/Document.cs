using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Documents;

/// <summary>What the signatures in a document are, in the words of the eIDAS regulation.</summary>
public enum SignatureLevel
{
    None,
    Simple,
    Advanced,
    Qualified,
}

/// <summary>A kind of document and what may be done with it.</summary>
public sealed class DocumentType
{
    public required string Code { get; init; }

    public required string Label { get; set; }

    /// <summary>On the white list of what may leave for an OPCO.</summary>
    public bool AllowedInPackage { get; set; }

    /// <summary>Place in the package; file names begin with it.</summary>
    public int PackageOrder { get; set; }

    /// <summary>Name in the package, without number and extension.</summary>
    public string PackageName { get; set; } = "";

    /// <summary>Content of a bilan: seen by the beneficiary (and the assigned consultant) only.</summary>
    public bool Confidential { get; set; }

    public SignatureLevel RequiredSignature { get; set; }

    /// <summary>Key of the retention schedule.</summary>
    public required string RetentionClass { get; set; }

    public long MaxBytes { get; set; }

    public string[] AllowedMimes { get; set; } = [];

    /// <summary>People may upload it.</summary>
    public bool Uploadable { get; set; }
}

/// <summary>A stored file. Its bytes are encrypted chunks; its key stands in another schema, so that destroying the key destroys the document.</summary>
public sealed class Document
{
    public required Guid Id { get; init; }

    public required string TypeCode { get; init; }

    /// <summary>File name shown and used for downloads.</summary>
    public required string Name { get; init; }

    public required string Mime { get; init; }

    public required long Size { get; init; }

    /// <summary>SHA-256 of the clear content, lower-case hexadecimal. Kept after destruction.</summary>
    public required string Sha256 { get; init; }

    public Guid? DossierId { get; init; }

    /// <summary>The dossier's company, for the row-level policy; null = not for the company.</summary>
    public Guid? CompanyId { get; init; }

    /// <summary>Beneficiary it belongs to (lower-case e-mail): lets that person read it.</summary>
    public string? PersonKey { get; init; }

    public SignatureLevel SignatureLevel { get; init; }

    /// <summary>The document this one is a signed version of.</summary>
    public Guid? SourceDocumentId { get; init; }

    public required string RetentionClass { get; init; }

    public required bool Confidential { get; init; }

    /// <summary>The values a generated document prints (<see cref="DocumentFacts"/>), so that a stale one is seen before filing. Emptied on destruction.</summary>
    public JsonObject? Facts { get; internal set; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its key was destroyed; the row stays as proof.</summary>
    public DateTimeOffset? DestroyedAt { get; internal set; }
}

/// <summary>One megabyte of cipher text.</summary>
internal sealed class DocumentChunk
{
    public required Guid DocumentId { get; init; }

    public required int Position { get; init; }

    /// <summary>Nonce (12), tag (16), cipher text.</summary>
    public required byte[] Bytes { get; init; }
}

/// <summary>In schema <c>keys</c>, backed up apart from the data.</summary>
internal sealed class DocumentKey
{
    public required Guid DocumentId { get; init; }

    /// <summary>Which master key wrapped it.</summary>
    public required string MasterKeyId { get; init; }

    /// <summary>Nonce, tag and the wrapped 32 bytes.</summary>
    public required byte[] Wrapped { get; init; }
}

/// <summary>Destroyed documents, replayed by every restore: an old backup gives no key back.</summary>
internal sealed class DocumentPurge
{
    public required Guid DocumentId { get; init; }

    public required DateTimeOffset DestroyedAt { get; init; }
}

internal sealed class DocumentPurgeMapping : IEntityTypeConfiguration<DocumentPurge>
{
    public void Configure(EntityTypeBuilder<DocumentPurge> builder)
    {
        builder.ToTable("document_purges", "keys");
        builder.HasKey(x => x.DocumentId);
        builder.Property(x => x.DocumentId).ValueGeneratedNever();
    }
}

internal sealed class DocumentTypeMapping : IEntityTypeConfiguration<DocumentType>
{
    public void Configure(EntityTypeBuilder<DocumentType> builder)
    {
        builder.ToTable("document_types");
        builder.HasKey(x => x.Code);
    }
}

internal sealed class DocumentMapping : IEntityTypeConfiguration<Document>
{
    public void Configure(EntityTypeBuilder<Document> builder)
    {
        builder.ToTable("documents");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => new { x.DossierId, x.CreatedAt });
        builder.HasIndex(x => x.CompanyId);
        builder.HasIndex(x => x.PersonKey);
        builder.HasOne<Dossier>().WithMany().HasForeignKey(x => x.DossierId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne<DocumentType>().WithMany().HasForeignKey(x => x.TypeCode).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class DocumentChunkMapping : IEntityTypeConfiguration<DocumentChunk>
{
    public void Configure(EntityTypeBuilder<DocumentChunk> builder)
    {
        builder.ToTable("document_chunks");
        builder.HasKey(x => new { x.DocumentId, x.Position });
        builder.HasOne<Document>().WithMany().HasForeignKey(x => x.DocumentId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class DocumentKeyMapping : IEntityTypeConfiguration<DocumentKey>
{
    public void Configure(EntityTypeBuilder<DocumentKey> builder)
    {
        // No foreign key: the two schemas are dumped and restored apart.
        builder.ToTable("document_keys", "keys");
        builder.HasKey(x => x.DocumentId);
        builder.Property(x => x.DocumentId).ValueGeneratedNever();
        builder.HasIndex(x => x.MasterKeyId);
    }
}
