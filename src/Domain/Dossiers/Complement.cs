using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Audit;

namespace MonOPCO.Domain.Dossiers;

public enum ComplementTarget
{
    /// <summary>A value of the dossier, typed by the company.</summary>
    Field,

    /// <summary>A file.</summary>
    Document,
}

public enum ComplementStatus
{
    Asked,
    Answered,
    Accepted,

    /// <summary>Answered, but not good: asked again.</summary>
    Rejected,
}

/// <summary>Something that can be asked for, proposed to operators as a check list.</summary>
public sealed class ComplementType
{
    /// <summary>e.g. <c>birth-date</c>.</summary>
    public required string Code { get; init; }

    public required string Label { get; set; }

    public required ComplementTarget Target { get; set; }

    /// <summary>Path of the field (e.g. <c>objectives</c>) or code of the document type.</summary>
    public required string Key { get; set; }

    public int Position { get; set; }
}

/// <summary>One precise thing that is missing: the company sees exactly this and answers in place.</summary>
public sealed class Complement
{
    public required Guid Id { get; init; }

    public required Guid DossierId { get; init; }

    public required Guid CompanyId { get; init; }

    /// <summary>A <see cref="ComplementType"/> or free.</summary>
    public required string Code { get; init; }

    public required string Label { get; init; }

    public required ComplementTarget Target { get; init; }

    public required string Key { get; init; }

    /// <summary>Order in which it was asked for.</summary>
    public required int Position { get; init; }

    /// <summary>The operator's or the OPCO's own words.</summary>
    public string Comment { get; set; } = "";

    public required ActorKind AskedBy { get; init; }

    public ComplementStatus Status { get; internal set; }

    public string? AnswerText { get; internal set; }

    public Guid? AnswerDocumentId { get; internal set; }

    public required DateTimeOffset AskedAt { get; init; }

    public DateOnly? DueOn { get; set; }

    public DateTimeOffset? AnsweredAt { get; internal set; }

    public DateTimeOffset? AcceptedAt { get; internal set; }
}

internal sealed class ComplementTypeMapping : IEntityTypeConfiguration<ComplementType>
{
    public void Configure(EntityTypeBuilder<ComplementType> builder)
    {
        builder.ToTable("complement_types");
        builder.HasKey(x => x.Code);
    }
}

internal sealed class ComplementMapping : IEntityTypeConfiguration<Complement>
{
    public void Configure(EntityTypeBuilder<Complement> builder)
    {
        builder.ToTable("complements");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => new { x.DossierId, x.AskedAt });
        builder.HasIndex(x => x.CompanyId);
        builder.HasOne<Dossier>().WithMany().HasForeignKey(x => x.DossierId).OnDelete(DeleteBehavior.Cascade);
    }
}
