using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Data;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Domain.Workflows;

/// <summary>A scheduled time of a trigger that has been taken: by the instance it started, or by nobody when the activation strategy refused one.</summary>
public sealed class WorkflowScheduledStartRow
{
    public required string DefinitionId { get; set; }

    public required string ActivityId { get; set; }

    public DateTimeOffset ScheduledAt { get; set; }

    public DateTimeOffset TakenAt { get; set; }
}

/// <summary>
/// Each scheduled time starts at most one instance, whatever becomes of that instance: deleting it does not bring its time back. A row is kept far longer than a
/// Host looks back for missed times.
/// </summary>
public static class ScheduledStarts
{
    /// <summary>How long a row is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    /// <summary>Takes the time inside the caller's transaction; false when it has been taken before. Waits for a racing caller to end.</summary>
    public static async Task<bool> TakeAsync(MonOpcoDbContext db, WorkflowTrigger trigger, DateTimeOffset scheduledAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(trigger);
        var (definition, activity, at, taken) = (trigger.DefinitionId, trigger.ActivityId, scheduledAt.ToUniversalTime(), now.ToUniversalTime());
        return await db.Database.ExecuteSqlAsync(
            $"insert into workflow_scheduled_starts (definition_id, activity_id, scheduled_at, taken_at) values ({definition}, {activity}, {at}, {taken}) on conflict do nothing", cancellationToken) == 1;
    }
}

internal sealed class WorkflowScheduledStartMapping : IEntityTypeConfiguration<WorkflowScheduledStartRow>
{
    public void Configure(EntityTypeBuilder<WorkflowScheduledStartRow> builder)
    {
        builder.ToTable("workflow_scheduled_starts");
        builder.HasKey(x => new { x.DefinitionId, x.ActivityId, x.ScheduledAt });
        builder.HasIndex(x => x.TakenAt);
    }
}
