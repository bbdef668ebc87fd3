using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Workflows;

/// <summary>One version of a definition. The runtime writes it through <see cref="PostgresWorkflowStore"/>.</summary>
public sealed class WorkflowDefinitionRow
{
    public required string Id { get; set; }

    public required string DefinitionId { get; set; }

    public int Version { get; set; }

    public required string Name { get; set; }

    public required string Description { get; set; }

    /// <summary>Text, not jsonb: export gives back what was saved.</summary>
    public required string Body { get; set; }

    public bool IsFrozen { get; set; }

    public int Revision { get; set; }

    public string? SeedHash { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public string? Author { get; set; }

    /// <summary>Set with all versions of a deleted definition; kept for the instances that ran on them.</summary>
    public DateTimeOffset? DeletedAt { get; set; }
}

/// <summary>The published pointer.</summary>
public sealed class WorkflowPublishedRow
{
    public required string DefinitionId { get; set; }

    public required string VersionId { get; set; }

    public DateTimeOffset PublishedAt { get; set; }

    public string? PublishedBy { get; set; }
}

/// <summary>What starts the published version.</summary>
public sealed class WorkflowTriggerRow
{
    public required string VersionId { get; set; }

    public required string ActivityId { get; set; }

    public required string DefinitionId { get; set; }

    public required string Kind { get; set; }

    public required string Key { get; set; }
}

internal sealed class WorkflowDefinitionMapping : IEntityTypeConfiguration<WorkflowDefinitionRow>, IEntityTypeConfiguration<WorkflowPublishedRow>, IEntityTypeConfiguration<WorkflowTriggerRow>
{
    public void Configure(EntityTypeBuilder<WorkflowDefinitionRow> builder)
    {
        builder.ToTable("workflow_definitions");
        builder.HasIndex(x => new { x.DefinitionId, x.Version }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<WorkflowPublishedRow> builder)
    {
        builder.ToTable("workflow_published");
        builder.HasKey(x => x.DefinitionId);
        builder.HasOne<WorkflowDefinitionRow>().WithMany().HasForeignKey(x => x.VersionId).OnDelete(DeleteBehavior.Restrict);
    }

    public void Configure(EntityTypeBuilder<WorkflowTriggerRow> builder)
    {
        builder.ToTable("workflow_triggers");
        builder.HasKey(x => new { x.VersionId, x.ActivityId, x.Kind, x.Key });
        builder.HasIndex(x => new { x.Kind, x.Key });
        builder.HasIndex(x => x.DefinitionId);
    }
}
