using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Companies;

/// <summary>
/// A figure or a wording that changes with time: amount, delay, threshold, circuit, required document. Never a constant in code. A value that was wrong is
/// withdrawn and another one takes its place: what stood there can always be read. Changed only through <see cref="Rules.RuleEditor"/>.
/// </summary>
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

    /// <summary>Where the source can be read again.</summary>
    public string? SourceUrl { get; init; }

    public RuleCertainty Certainty { get; init; } = RuleCertainty.Indicative;

    /// <summary>Who brought this value, when and why.</summary>
    public string ChangedBy { get; init; } = "MonOPCO";

    public DateTimeOffset? ChangedAt { get; init; }

    public string Reason { get; init; } = "";

    /// <summary>A withdrawn value is read by nobody any more and stays in the history.</summary>
    public DateTimeOffset? WithdrawnAt { get; internal set; }

    public string? WithdrawnBy { get; internal set; }

    public string? WithdrawnReason { get; internal set; }
}

/// <summary>How sure the value is.</summary>
public enum RuleCertainty
{
    /// <summary>Read in the law, or our own setting.</summary>
    Verified,

    /// <summary>As the OPCO publishes it: only its written accord binds it.</summary>
    Indicative,

    /// <summary>Still to be read at the source.</summary>
    ToConfirm,
}

internal sealed class RuleMapping : IEntityTypeConfiguration<Rule>
{
    public void Configure(EntityTypeBuilder<Rule> builder)
    {
        builder.ToTable("rules");
        builder.HasIndex(x => new { x.Code, x.Scope, x.Kind, x.ValidFrom }).IsUnique().HasFilter("withdrawn_at is null");
    }
}
