using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Privacy;

public enum PurgePlanStatus
{
    /// <summary>Waits for a person.</summary>
    Prepared,
    Approved,
    Refused,
    Done,
}

/// <summary>A list of what has come to the end of its retention, prepared by the procedure « conservation », decided by a person, kept as a record.</summary>
public sealed class PurgePlan
{
    public required Guid Id { get; init; }

    /// <summary>« PU-2026-0001 ».</summary>
    public required string Numero { get; init; }

    public required DateTimeOffset PreparedAt { get; init; }

    public PurgePlanStatus Status { get; set; }

    public string? DecidedBy { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }

    public string? Reason { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public Guid? CertificateId { get; set; }
}

public enum PurgeKind
{
    Document,
    Draft,
}

/// <summary>One line of a plan. For a document only what the proof of destruction needs stays: type, dates, hash.</summary>
public sealed class PurgeItem
{
    public required Guid PlanId { get; init; }

    public required PurgeKind Kind { get; init; }

    public required Guid SubjectId { get; init; }

    public required string RetentionClass { get; init; }

    /// <summary>Type of the document, never its name.</summary>
    public required string Label { get; init; }

    public string? Numero { get; init; }

    public required DateOnly DueOn { get; init; }

    public required string Basis { get; init; }

    public long Size { get; init; }

    public string? Sha256 { get; init; }

    public DateTimeOffset? DestroyedAt { get; set; }

    /// <summary>Why it was left alone at the time: its term had moved (a consent, a corrected date).</summary>
    public string? SkippedReason { get; set; }
}

internal sealed class PurgePlanMapping : IEntityTypeConfiguration<PurgePlan>, IEntityTypeConfiguration<PurgeItem>
{
    public void Configure(EntityTypeBuilder<PurgePlan> builder)
    {
        builder.ToTable("purge_plans");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => x.Numero).IsUnique();
    }

    public void Configure(EntityTypeBuilder<PurgeItem> builder)
    {
        builder.ToTable("purge_items");
        builder.HasKey(x => new { x.PlanId, x.Kind, x.SubjectId });
        builder.HasOne<PurgePlan>().WithMany().HasForeignKey(x => x.PlanId).OnDelete(DeleteBehavior.Cascade);
    }
}
