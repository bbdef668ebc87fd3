using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Workflows;

/// <summary>An instance: what is asked for in lists as columns, the rest as compact JSON. Its row lock is the right to run its burst.</summary>
public sealed class WorkflowInstanceRow
{
    public Guid Id { get; set; }

    public required string DefinitionId { get; set; }

    public required string DefinitionVersionId { get; set; }

    public int Version { get; set; }

    public string? CorrelationId { get; set; }

    public string? Name { get; set; }

    public Guid? ParentInstanceId { get; set; }

    public Guid? ParentExecutionId { get; set; }

    public required string Status { get; set; }

    public required string SubStatus { get; set; }

    public int IncidentCount { get; set; }

    public long Burst { get; set; }

    public short Priority { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public required string Input { get; set; }

    public required string Output { get; set; }

    public required string Properties { get; set; }

    public required string State { get; set; }
}

/// <summary>The lines of one burst. Unfolded by <see cref="PostgresWorkflowStore.JournalAsync"/>.</summary>
public sealed class WorkflowJournalRow
{
    public long Id { get; set; }

    public Guid InstanceId { get; set; }

    public long Burst { get; set; }

    public DateTimeOffset At { get; set; }

    public required string Entries { get; set; }
}

/// <summary>A place where an instance waits, or waited: a closed one tells the loser of a race who was faster.</summary>
public sealed class WorkflowBookmarkRow
{
    public Guid Id { get; set; }

    public Guid InstanceId { get; set; }

    public Guid ActivityExecutionId { get; set; }

    public required string ActivityId { get; set; }

    public required string ActivityType { get; set; }

    public required string Kind { get; set; }

    public required string Key { get; set; }

    public string? CorrelationId { get; set; }

    public DateTimeOffset? Until { get; set; }

    public string? Payload { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? ClosedAt { get; set; }

    public string? ClosedBy { get; set; }

    public bool Removed { get; set; }

    /// <summary>The message that carries its signal.</summary>
    public Guid? MessageId { get; set; }
}

/// <summary>A message to an instance, drained in order of <see cref="Sequence"/> by whoever holds the instance, and deleted by that burst.</summary>
public sealed class WorkflowMailboxRow
{
    public Guid Id { get; set; }

    public long Sequence { get; set; }

    public Guid InstanceId { get; set; }

    public required string Kind { get; set; }

    public DateTimeOffset At { get; set; }

    public Guid? BookmarkId { get; set; }

    public Guid? ActivityExecutionId { get; set; }

    public string? Payload { get; set; }

    public string? Actor { get; set; }

    public int Sweeps { get; set; }

    public DateTimeOffset VisibleAt { get; set; }

    public DateTimeOffset? ParkedAt { get; set; }
}

internal sealed class WorkflowInstanceMapping
    : IEntityTypeConfiguration<WorkflowInstanceRow>, IEntityTypeConfiguration<WorkflowJournalRow>, IEntityTypeConfiguration<WorkflowBookmarkRow>, IEntityTypeConfiguration<WorkflowMailboxRow>
{
    public void Configure(EntityTypeBuilder<WorkflowInstanceRow> builder)
    {
        builder.ToTable("workflow_instances");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Property(x => x.Input).HasColumnType("jsonb");
        builder.Property(x => x.Output).HasColumnType("jsonb");
        builder.Property(x => x.Properties).HasColumnType("jsonb");
        builder.Property(x => x.State).HasColumnType("jsonb");
        builder.HasIndex(x => x.CorrelationId).HasFilter("correlation_id is not null");
        builder.HasIndex(x => x.ParentInstanceId).HasFilter("parent_instance_id is not null");
        builder.HasIndex(x => new { x.DefinitionId, x.CreatedAt });
        builder.HasIndex(x => x.CreatedAt);

        // No index holds what an ordinary burst changes: its update then stays in the row's page (HOT), for which the pages keep room.
        builder.HasIndex(x => x.CreatedAt, "IX_workflow_instances_incidents").HasFilter("incident_count > 0");

        // For activation strategies and migrations: who runs now, beside any history. Only the burst that ends an instance changes what this one holds.
        builder.HasIndex(x => new { x.DefinitionId, x.CorrelationId }, "IX_workflow_instances_running").HasFilter("status = 'Running'");
        builder.HasStorageParameter("fillfactor", 60);
    }

    public void Configure(EntityTypeBuilder<WorkflowJournalRow> builder)
    {
        builder.ToTable("workflow_journal");
        builder.HasKey(x => new { x.InstanceId, x.Id });
        builder.Property(x => x.Id).UseIdentityByDefaultColumn();

        // Text, not jsonb: PostgreSQL looks inside only when passages are counted, and taking it apart at every burst costs more than the insertion.
        builder.Property(x => x.Entries).HasColumnType("text");

        // For PassageCounter, which reads what is new. A row costs a burst next to nothing here: only the summary of 32 pages is kept.
        builder.HasIndex(x => x.Id).HasMethod("brin").HasStorageParameter("pages_per_range", 32).HasStorageParameter("autosummarize", true);
    }

    public void Configure(EntityTypeBuilder<WorkflowBookmarkRow> builder)
    {
        builder.ToTable("workflow_bookmarks");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Property(x => x.Payload).HasColumnType("jsonb");

        // Waiting and closed apart: resuming never walks over what is history, even under a key that thousands have waited for.
        builder.HasIndex(x => new { x.Kind, x.Key, x.CreatedAt }).HasFilter("closed_at is null");
        builder.HasIndex(x => new { x.Kind, x.Key, x.ClosedAt }).HasFilter("closed_at is not null");
        builder.HasIndex(x => x.InstanceId).HasFilter("closed_at is null");
    }

    public void Configure(EntityTypeBuilder<WorkflowMailboxRow> builder)
    {
        builder.ToTable("workflow_mailbox");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Property(x => x.Sequence).UseIdentityAlwaysColumn();
        builder.Property(x => x.Payload).HasColumnType("jsonb");
        builder.HasIndex(x => new { x.InstanceId, x.Sequence });
        builder.HasIndex(x => x.VisibleAt).HasFilter("parked_at is null");
    }
}
