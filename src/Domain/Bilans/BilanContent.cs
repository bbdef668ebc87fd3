using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Bilans;

/// <summary>What a bilan brings to light about a person.</summary>
public enum BilanContentKind
{
    /// <summary>Answers to questionnaires and tests.</summary>
    Answers,

    DetailedResults,

    Synthesis,
}

/// <summary>
/// Content of a bilan, encrypted under the person's key of this bilan. Row and key are granted to portal sessions only, and there only to the person and the
/// consultant in charge; the staff's PostgreSQL role has no right on this table, and of the wrapped keys only what changing the master key needs. Read and written through <see cref="BilanContents"/>.
/// </summary>
public sealed class BilanContent
{
    public required Guid Id { get; init; }

    public required Guid DossierId { get; init; }

    /// <summary>Lower-case address of the person it is about.</summary>
    public required string PersonKey { get; init; }

    public required BilanContentKind Kind { get; init; }

    /// <summary>Nonce, tag, cipher text.</summary>
    public required byte[] Sealed { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>The person's key of one bilan, wrapped by the master key; in the schema that is backed up apart.</summary>
internal sealed class BilanKey
{
    public required Guid DossierId { get; init; }

    public required string PersonKey { get; init; }

    /// <summary>Which master key wrapped it.</summary>
    public required string MasterKeyId { get; init; }

    public required byte[] Wrapped { get; init; }
}

internal sealed class BilanContentMapping : IEntityTypeConfiguration<BilanContent>
{
    public void Configure(EntityTypeBuilder<BilanContent> builder)
    {
        builder.ToTable("bilan_contents");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => x.DossierId);
        builder.HasIndex(x => x.PersonKey);
        builder.HasOne<Dossier>().WithMany().HasForeignKey(x => x.DossierId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class BilanKeyMapping : IEntityTypeConfiguration<BilanKey>
{
    public void Configure(EntityTypeBuilder<BilanKey> builder)
    {
        builder.ToTable("bilan_keys", "keys");
        builder.HasKey(x => new { x.DossierId, x.PersonKey });
        builder.HasIndex(x => x.PersonKey);
        builder.HasIndex(x => x.MasterKeyId);
    }
}
