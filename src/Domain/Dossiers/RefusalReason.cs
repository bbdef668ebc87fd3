using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Dossiers;

/// <summary>What can be done after a refusal, so that a procedure opens the right loop.</summary>
public enum Remedy
{
    Resubmit,
    Appeal,
    SelfFunding,
    None,
}

/// <summary>Coded motive of a refusal (facts §10.3) with what to do next.</summary>
public sealed class RefusalReason
{
    public required string Code { get; init; }

    public required string Label { get; set; }

    public required Remedy Remedy { get; set; }

    /// <summary>French advice shown to the company.</summary>
    public required string RemedyText { get; set; }

    public int Position { get; set; }
}

internal sealed class RefusalReasonMapping : IEntityTypeConfiguration<RefusalReason>
{
    public void Configure(EntityTypeBuilder<RefusalReason> builder)
    {
        builder.ToTable("refusal_reasons");
        builder.HasKey(x => x.Code);
    }
}
