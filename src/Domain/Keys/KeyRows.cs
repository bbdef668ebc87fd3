using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Keys;

// All in schema « keys », which is backed up apart from the data. No foreign keys across: the two are dumped and restored apart.

/// <summary>The data key of a subject, wrapped by the master key.</summary>
internal sealed class SubjectKey
{
    public required string Kind { get; init; }

    public required string Id { get; init; }

    public required string MasterKeyId { get; init; }

    public required byte[] Wrapped { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Destroyed keys, replayed by every restore: an old backup gives none back, and no new one is ever made for the subject.</summary>
internal sealed class SubjectPurge
{
    public required string Kind { get; init; }

    public required string Id { get; init; }

    public required DateTimeOffset DestroyedAt { get; init; }
}

/// <summary>A version of the master key: what is known of it without knowing it.</summary>
internal sealed class MasterKeyVersion
{
    public required string Id { get; init; }

    public required int Number { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when it wraps: the version activated last does. Null: not every Host holds it yet.</summary>
    public DateTimeOffset? ActivatedAt { get; init; }

    public DateTimeOffset? RetiredAt { get; init; }
}

/// <summary>Which versions a running Host holds.</summary>
internal sealed class KeyHolder
{
    public required string Host { get; init; }

    public required string[] KeyIds { get; init; }

    public required string CurrentId { get; init; }

    public required DateTimeOffset SeenAt { get; init; }
}

internal sealed class SubjectKeyMapping : IEntityTypeConfiguration<SubjectKey>
{
    public void Configure(EntityTypeBuilder<SubjectKey> builder)
    {
        builder.ToTable("subject_keys", "keys");
        builder.HasKey(x => new { x.Kind, x.Id });
        builder.HasIndex(x => x.MasterKeyId);
    }
}

internal sealed class SubjectPurgeMapping : IEntityTypeConfiguration<SubjectPurge>
{
    public void Configure(EntityTypeBuilder<SubjectPurge> builder)
    {
        builder.ToTable("subject_purges", "keys");
        builder.HasKey(x => new { x.Kind, x.Id });
    }
}

internal sealed class MasterKeyVersionMapping : IEntityTypeConfiguration<MasterKeyVersion>
{
    public void Configure(EntityTypeBuilder<MasterKeyVersion> builder) => builder.ToTable("master_keys", "keys");
}

internal sealed class KeyHolderMapping : IEntityTypeConfiguration<KeyHolder>
{
    public void Configure(EntityTypeBuilder<KeyHolder> builder)
    {
        builder.ToTable("key_holders", "keys");
        builder.HasKey(x => x.Host);
    }
}
