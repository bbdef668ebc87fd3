using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Audit;

namespace MonOPCO.Domain.Tasks;

/// <summary>
/// What somebody decided and may still take back. The row is the decision: it is committed, survives every crash, and is removed either by the transaction that tells the
/// procedure or by the one that takes it back, whichever locks the task first. Nothing of it has left the house while it stands here.
/// </summary>
public sealed class TaskDecision
{
    public required Guid Id { get; init; }

    public required Guid TaskId { get; init; }

    public required string Outcome { get; init; }

    public string? Reason { get; init; }

    public JsonObject? Data { get; init; }

    /// <summary>The fields of the screen as they were sent, when the screen writes more than its answer.</summary>
    public JsonObject? Fields { get; init; }

    public required ActorKind ActorKind { get; init; }

    public required string ActorName { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>The bulk act it belongs to.</summary>
    public Guid? BatchId { get; init; }

    public required DateTimeOffset DecidedAt { get; init; }

    /// <summary>From then on it is told to the procedure.</summary>
    public required DateTimeOffset ApplyAt { get; set; }

    public int Attempts { get; set; }

    public CompleteTask Answer => new(Outcome, Reason, Data);

    public ChangeContext Change(DateTimeOffset now) => new(ActorKind, ActorName, UserId, now);
}

internal sealed class TaskDecisionMapping : IEntityTypeConfiguration<TaskDecision>
{
    public void Configure(EntityTypeBuilder<TaskDecision> builder)
    {
        builder.ToTable("task_decisions");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Ignore(x => x.Answer);
        builder.HasIndex(x => x.TaskId).IsUnique();
        builder.HasIndex(x => x.ApplyAt);
        builder.HasIndex(x => x.BatchId);
        builder.HasOne<HumanTask>().WithMany().HasForeignKey(x => x.TaskId).OnDelete(DeleteBehavior.Cascade);
    }
}
