using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Filings;

/// <summary>How a request reaches an OPCO's portal; data per portal.</summary>
public enum FilingMode
{
    /// <summary>A person files with the copilote's help.</summary>
    Assisted,

    /// <summary>The bot fills, a person confirms the values, the bot fills again and submits.</summary>
    Confirm,

    /// <summary>The bot fills and submits.</summary>
    Submit,
}

public enum FilingStatus
{
    Prepared,

    /// <summary>The bot has filled and stopped before submitting.</summary>
    Filled,

    Confirmed,
    Submitted,

    /// <summary>A difference or an obstacle: back to a person.</summary>
    Returned,

    Abandoned,
}

/// <summary>One attempt to file a dossier with its OPCO.</summary>
public sealed class Filing
{
    public required Guid Id { get; init; }

    public required Guid DossierId { get; init; }

    /// <summary>Portal script or OPCO slug, e.g. <c>atlas</c>.</summary>
    public required string Portal { get; init; }

    public required FilingMode Mode { get; init; }

    /// <summary>Our reference, typed into the portal, by which a lost submission is found again.</summary>
    public required string OurReference { get; init; }

    /// <summary>Field name → value, in the portal's order.</summary>
    public required JsonObject Values { get; set; }

    /// <summary>Field by field: expected, read, same.</summary>
    public JsonObject? Comparison { get; internal set; }

    public FilingStatus Status { get; internal set; }

    public string? Reference { get; internal set; }

    public Guid? PackageDocumentId { get; internal set; }

    public Guid? ReceiptDocumentId { get; internal set; }

    public Guid[] ScreenshotDocumentIds { get; internal set; } = [];

    public string? ReturnReason { get; internal set; }

    public string? ConfirmedBy { get; internal set; }

    public Guid? ConfirmedById { get; internal set; }

    public DateTimeOffset? ConfirmedAt { get; internal set; }

    public DateTimeOffset? SubmittedAt { get; internal set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; internal set; }
}

/// <summary>What we do with a portal, changed by an administrator without a release.</summary>
public sealed class PortalSetting
{
    public required string Slug { get; init; }

    public required FilingMode Mode { get; set; }

    public bool Enabled { get; set; } = true;

    /// <summary>Base address when it is not the script's own; the sandbox's address in development.</summary>
    public string? BaseUrl { get; set; }
}

internal sealed class FilingMapping : IEntityTypeConfiguration<Filing>
{
    public void Configure(EntityTypeBuilder<Filing> builder)
    {
        builder.ToTable("filings");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => new { x.DossierId, x.CreatedAt });
        builder.HasIndex(x => x.OurReference).IsUnique();
        builder.HasOne<Dossier>().WithMany().HasForeignKey(x => x.DossierId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class PortalSettingMapping : IEntityTypeConfiguration<PortalSetting>
{
    public void Configure(EntityTypeBuilder<PortalSetting> builder)
    {
        builder.ToTable("portal_settings");
        builder.HasKey(x => x.Slug);
    }
}
