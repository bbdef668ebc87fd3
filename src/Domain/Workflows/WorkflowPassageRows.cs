using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Workflows;

/// <summary>
/// How often a step of a procedure was passed on a day (in France) with an outcome, by how long it took. Counted from the journal by
/// <see cref="PassageCounter"/>, never inside a burst.
/// </summary>
public sealed class WorkflowPassageRow
{
    public required string DefinitionId { get; init; }

    public int Version { get; init; }

    public required string ActivityId { get; init; }

    public DateOnly Day { get; init; }

    /// <summary><c>!</c> when the step was cancelled.</summary>
    public required string Outcome { get; init; }

    /// <summary>0 = under a second; n = from 1.1^(n-1) to 1.1^n seconds.</summary>
    public short Bucket { get; init; }

    public int Passages { get; init; }

    /// <summary>Of these, how many were not the first of their instance.</summary>
    public int Again { get; init; }
}

/// <summary>Up to which journal row the passages are counted; one row.</summary>
public sealed class WorkflowPassageMark
{
    public short Id { get; init; }

    public long Position { get; init; }

    /// <summary>When the last count ended.</summary>
    public DateTimeOffset At { get; init; }
}

internal sealed class WorkflowPassageMapping : IEntityTypeConfiguration<WorkflowPassageRow>, IEntityTypeConfiguration<WorkflowPassageMark>
{
    public void Configure(EntityTypeBuilder<WorkflowPassageRow> builder)
    {
        builder.ToTable("workflow_passages");

        // The day early: a map reads a period of one procedure.
        builder.HasKey(x => new { x.DefinitionId, x.Day, x.Version, x.ActivityId, x.Outcome, x.Bucket });
    }

    public void Configure(EntityTypeBuilder<WorkflowPassageMark> builder)
    {
        builder.ToTable("workflow_passage_mark");
        builder.Property(x => x.Id).ValueGeneratedNever();
    }
}
