using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Tasks;

public enum BatchAct
{
    Complete,
    Reassign,
    Release,
    Priority,
}

/// <summary>What a bulk act is to do, the same for every task of it.</summary>
public sealed record BatchOrder(BatchAct Act, string? Outcome = null, Guid? To = null, TaskPriority? Priority = null, string? Reason = null);

/// <summary>What came of one task. <paramref name="Retryable"/>: it failed for a cause that may pass.</summary>
public sealed record BatchItem(Guid TaskId, string Title, string? Numero, bool Done, bool Retryable, string Message);

/// <summary>A bulk act and what came of each task: kept, so that its result can be read again, retried and (for decisions) taken back together.</summary>
public sealed class TaskBatch
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required BatchOrder Order { get; init; }

    public required List<BatchItem> Items { get; set; }
}

internal sealed class TaskBatchMapping : IEntityTypeConfiguration<TaskBatch>
{
    public void Configure(EntityTypeBuilder<TaskBatch> builder)
    {
        builder.ToTable("task_batches");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Property(x => x.Order).HasJson();
        builder.Property(x => x.Items).HasJson();
        builder.HasIndex(x => new { x.UserId, x.At });
    }
}
