using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Companies;

/// <summary>A figure or a wording that changes with time: amount, delay, threshold, circuit. Never a constant in code.</summary>
public sealed class Rule
{
    public long Id { get; init; }

    /// <summary>See <see cref="RuleCodes"/>.</summary>
    public required string Code { get; init; }

    /// <summary>An OPCO's slug, or <c>*</c>.</summary>
    public string Scope { get; init; } = "*";

    /// <summary><c>formation</c>, <c>bilan</c> or <c>*</c>.</summary>
    public string Kind { get; init; } = "*";

    public required DateOnly ValidFrom { get; init; }

    /// <summary>Last day; null = until further notice.</summary>
    public DateOnly? ValidTo { get; set; }

    /// <summary>Invariant text: a number with a dot, a date MM-DD, a code, or words.</summary>
    public required string Value { get; set; }

    public string Unit { get; set; } = "";

    public string Source { get; set; } = "";
}

internal sealed class RuleMapping : IEntityTypeConfiguration<Rule>
{
    public void Configure(EntityTypeBuilder<Rule> builder)
    {
        builder.ToTable("rules");
        builder.HasIndex(x => new { x.Code, x.Scope, x.Kind, x.ValidFrom }).IsUnique();
    }
}
