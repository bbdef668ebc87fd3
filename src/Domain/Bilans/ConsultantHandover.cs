using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Bilans;

/// <summary>
/// A consultant leaves, another is proposed; only the beneficiary's consent gives the new one access. The staff may propose and take back, the answer belongs to the
/// beneficiary's portal session (column rights and policies), and the dossier follows by a trigger.
/// </summary>
public sealed class ConsultantHandover
{
    public required Guid Id { get; init; }

    public required Guid DossierId { get; init; }

    /// <summary>Who had the dossier until the proposal.</summary>
    public Guid? FromUserId { get; init; }

    public required Guid ToUserId { get; init; }

    public required string ToName { get; init; }

    /// <summary>Why, as the beneficiary reads it.</summary>
    public required string Reason { get; init; }

    /// <summary>The sentence that the beneficiary agrees to, as it was shown.</summary>
    public required string Wording { get; init; }

    public required string ProposedBy { get; init; }

    public required DateTimeOffset ProposedAt { get; init; }

    public DateTimeOffset? AnsweredAt { get; set; }

    public bool? Accepted { get; set; }

    public string? AnsweredBy { get; set; }

    public DateTimeOffset? WithdrawnAt { get; set; }

    public bool IsPending => AnsweredAt is null && WithdrawnAt is null;
}

internal sealed class ConsultantHandoverMapping : IEntityTypeConfiguration<ConsultantHandover>
{
    public void Configure(EntityTypeBuilder<ConsultantHandover> builder)
    {
        builder.ToTable("consultant_handovers");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Ignore(x => x.IsPending);
        builder.HasIndex(x => x.DossierId);

        // One question at a time.
        builder.HasIndex(x => x.DossierId, "IX_consultant_handovers_pending").IsUnique().HasFilter("answered_at is null and withdrawn_at is null");
        builder.HasOne<Dossier>().WithMany().HasForeignKey(x => x.DossierId).OnDelete(DeleteBehavior.Cascade);
    }
}
