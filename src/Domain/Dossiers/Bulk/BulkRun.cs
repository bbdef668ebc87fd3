using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Users;

namespace MonOPCO.Domain.Dossiers.Bulk;

public enum BulkKind
{
    /// <summary>A person answers for the dossiers.</summary>
    Responsable,

    /// <summary>Reminds whoever owes something.</summary>
    Relance,

    /// <summary>A mail of a template to the company.</summary>
    Courriel,

    /// <summary>An answer to the open task of each dossier.</summary>
    Reponse,
}

public enum BulkItemStatus
{
    Pending,
    Done,

    /// <summary>It may not be done to this dossier; the message says why. Nothing to try again.</summary>
    Refused,

    /// <summary>It went wrong; may be tried again.</summary>
    Failed,

    Undone,
}

/// <summary>One act on many dossiers, carried out in the background, each dossier on its own.</summary>
public sealed class BulkRun
{
    public required Guid Id { get; init; }

    public required BulkKind Kind { get; init; }

    /// <summary>« Responsable : Nadia Keller ».</summary>
    public required string Title { get; init; }

    public required JsonObject Parameters { get; init; }

    public required Guid OwnerId { get; init; }

    public required string OwnerName { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; set; }
}

public sealed class BulkItem
{
    public required Guid RunId { get; init; }

    public required Guid DossierId { get; init; }

    public required BulkItemStatus Status { get; set; }

    public string? Message { get; set; }

    /// <summary>What stood before, for the undoing.</summary>
    public string? Before { get; set; }

    public int Attempts { get; set; }

    public DateTimeOffset? At { get; set; }
}

internal sealed class BulkRunMapping : IEntityTypeConfiguration<BulkRun>
{
    public void Configure(EntityTypeBuilder<BulkRun> builder)
    {
        builder.ToTable("bulk_runs");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => x.CreatedAt);
        builder.HasIndex(x => new { x.OwnerId, x.CreatedAt });
        builder.HasOne<User>().WithMany().HasForeignKey(x => x.OwnerId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class BulkItemMapping : IEntityTypeConfiguration<BulkItem>
{
    public void Configure(EntityTypeBuilder<BulkItem> builder)
    {
        builder.ToTable("bulk_items");
        builder.HasKey(x => new { x.RunId, x.DossierId });
        builder.HasIndex(x => x.DossierId);
        builder.HasIndex(x => new { x.RunId, x.Status });
        builder.HasIndex(x => x.RunId).HasFilter("status = 'Pending'").HasDatabaseName("IX_bulk_items_pending");
        builder.HasOne<BulkRun>().WithMany().HasForeignKey(x => x.RunId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Dossier>().WithMany().HasForeignKey(x => x.DossierId).OnDelete(DeleteBehavior.Cascade);
    }
}
