using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Users;

namespace MonOPCO.Domain.Dossiers.Listing;

/// <summary>A list kept under a name: its address, for its owner alone or for everybody of a role.</summary>
public sealed class SavedView
{
    public required Guid Id { get; init; }

    public required Guid OwnerId { get; init; }

    public required string Name { get; set; }

    /// <summary>The query string without page.</summary>
    public required string Query { get; set; }

    /// <summary>Everybody of this role sees it too.</summary>
    public string? SharedRole { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>How one person wants the list.</summary>
public sealed class ListPreference
{
    public required Guid UserId { get; init; }

    /// <summary>Keys of <see cref="DossierColumns"/> in order; empty = the usual ones.</summary>
    public string[] Columns { get; set; } = [];

    /// <summary>What opens first.</summary>
    public Guid? DefaultViewId { get; set; }
}

internal sealed class SavedViewMapping : IEntityTypeConfiguration<SavedView>
{
    public void Configure(EntityTypeBuilder<SavedView> builder)
    {
        builder.ToTable("saved_views");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Property(x => x.Name).UseCollation("fr-x-icu");
        builder.HasIndex(x => new { x.OwnerId, x.Name }).IsUnique();
        builder.HasIndex(x => x.SharedRole);
        builder.HasOne<User>().WithMany().HasForeignKey(x => x.OwnerId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class ListPreferenceMapping : IEntityTypeConfiguration<ListPreference>
{
    public void Configure(EntityTypeBuilder<ListPreference> builder)
    {
        builder.ToTable("list_preferences");
        builder.HasKey(x => x.UserId);
        builder.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<SavedView>().WithMany().HasForeignKey(x => x.DefaultViewId).OnDelete(DeleteBehavior.SetNull);
    }
}
