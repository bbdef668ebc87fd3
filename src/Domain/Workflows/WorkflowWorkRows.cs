using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Workflows;

/// <summary>Due work: an effect to run (kind <c>effect</c>) or a bookmark's time (kind <c>timer</c>). Deleted when done.</summary>
public sealed class WorkflowWorkRow
{
    public Guid Id { get; set; }

    public required string Kind { get; set; }

    public Guid InstanceId { get; set; }

    public Guid ActivityExecutionId { get; set; }

    /// <summary>0 for timers.</summary>
    public int Generation { get; set; }

    /// <summary>Timers only.</summary>
    public Guid? BookmarkId { get; set; }

    public string ActivityId { get; set; } = "";

    public string ActivityName { get; set; } = "";

    /// <summary><c>type@version</c>: a worker claims only what it knows.</summary>
    public string Activity { get; set; } = "";

    public string Queue { get; set; } = "";

    public DateTimeOffset DueAt { get; set; }

    /// <summary>Due time plus a minute per level of priority: claiming in this order lets waiting make up for priority.</summary>
    public DateTimeOffset RankAt { get; set; }

    public int Attempt { get; set; }

    public int Failures { get; set; }

    public int Unanswered { get; set; }

    public int MaxAttempts { get; set; }

    public string? LeaseOwner { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }

    public DateTimeOffset? CancelledAt { get; set; }

    public string? LastError { get; set; }

    public string? Input { get; set; }
}

/// <summary>What an effect left.</summary>
public sealed class WorkflowEffectRow
{
    public Guid ActivityExecutionId { get; set; }

    public int Generation { get; set; }

    public Guid InstanceId { get; set; }

    public required string ActivityId { get; set; }

    public required string ActivityName { get; set; }

    public required string Activity { get; set; }

    public required string Queue { get; set; }

    public required string Status { get; set; }

    public int Attempts { get; set; }

    public string? Worker { get; set; }

    public string? Input { get; set; }

    public string? Result { get; set; }

    public string? LastError { get; set; }

    public DateTimeOffset FinishedAt { get; set; }
}

/// <summary>A stimulus, unique by its sender's id: <c>Pending</c> (stored, not yet acted upon), <c>Waiting</c> for a bookmark, or <c>Consumed</c>.</summary>
public sealed class WorkflowStimulusRow
{
    public Guid SenderId { get; set; }

    public required string Kind { get; set; }

    public required string Key { get; set; }

    public string? CorrelationId { get; set; }

    public Guid? OnlyInstanceId { get; set; }

    public string? Payload { get; set; }

    public string? Actor { get; set; }

    public DateTimeOffset ReceivedAt { get; set; }

    public required string State { get; set; }

    public DateTimeOffset? ConsumedAt { get; set; }
}

internal sealed class WorkflowWorkMapping : IEntityTypeConfiguration<WorkflowWorkRow>, IEntityTypeConfiguration<WorkflowEffectRow>, IEntityTypeConfiguration<WorkflowStimulusRow>
{
    public void Configure(EntityTypeBuilder<WorkflowWorkRow> builder)
    {
        builder.ToTable("workflow_work");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Property(x => x.Input).HasColumnType("jsonb");
        builder.HasIndex(x => new { x.ActivityExecutionId, x.Generation }).IsUnique().HasFilter("kind = 'effect'");
        builder.HasIndex(x => new { x.Queue, x.RankAt }).HasFilter("kind = 'effect' and cancelled_at is null");
        builder.HasIndex(x => x.DueAt).HasFilter("kind = 'timer'");
        builder.HasIndex(x => x.BookmarkId).HasFilter("bookmark_id is not null");
        builder.HasIndex(x => x.InstanceId);
    }

    public void Configure(EntityTypeBuilder<WorkflowEffectRow> builder)
    {
        builder.ToTable("workflow_effects");
        builder.HasKey(x => new { x.ActivityExecutionId, x.Generation });
        builder.Property(x => x.Input).HasColumnType("jsonb");
        builder.Property(x => x.Result).HasColumnType("jsonb");
        builder.HasIndex(x => x.InstanceId);
    }

    public void Configure(EntityTypeBuilder<WorkflowStimulusRow> builder)
    {
        builder.ToTable("workflow_stimuli");
        builder.HasKey(x => x.SenderId);
        builder.Property(x => x.SenderId).ValueGeneratedNever();
        builder.Property(x => x.Payload).HasColumnType("jsonb");
        builder.HasIndex(x => new { x.Kind, x.Key }).HasFilter("state = 'Waiting'");
        builder.HasIndex(x => x.ReceivedAt, "IX_workflow_stimuli_pending").HasFilter("state = 'Pending'");
    }
}
