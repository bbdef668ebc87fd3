using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Workflows;

/// <summary>
/// A trial: which version is played on which dossier with which answers. Nothing of what it does is kept: looking at it plays it again. With a name and an expectation it is a test
/// case, which runs again at each publication. It goes with its dossier.
/// </summary>
public sealed class WorkflowTrialRow
{
    public Guid Id { get; set; }

    public required string DefinitionId { get; set; }

    /// <summary>The version tried last.</summary>
    public required string VersionId { get; set; }

    public Guid DossierId { get; set; }

    /// <summary>Null: not a test case.</summary>
    public string? Name { get; set; }

    /// <summary>Answers in order (engine's <c>TrialAnswer</c>).</summary>
    public required string Script { get; set; }

    /// <summary>How many lines were taken over from what really happened.</summary>
    public int Recorded { get; set; }

    /// <summary>When the dossier's procedure began: where the trial's clock starts.</summary>
    public DateTimeOffset StartsAt { get; set; }

    /// <summary>Of a test case: way, end and state.</summary>
    public string? Expected { get; set; }

    /// <summary>What the last run came to.</summary>
    public string? LastResult { get; set; }

    public required string CreatedBy { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>A version played on the last finished dossiers of its procedure. Whoever holds the lease goes on with it, one dossier after the other.</summary>
public sealed class WorkflowReplayRow
{
    public Guid Id { get; set; }

    public required string DefinitionId { get; set; }

    public required string VersionId { get; set; }

    public int Version { get; set; }

    public required string Actor { get; set; }

    public DateTimeOffset RequestedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>Chosen when it was asked for, newest first.</summary>
    public Guid[] Instances { get; set; } = [];

    /// <summary>How many of them have been played.</summary>
    public int Done { get; set; }

    /// <summary>One object per instance played.</summary>
    public required string Results { get; set; }

    /// <summary>Time spent on playing, in milliseconds.</summary>
    public long Elapsed { get; set; }

    /// <summary>Fence: who lost the lease records nothing any more.</summary>
    public int Attempt { get; set; }

    public DateTimeOffset? LeaseUntil { get; set; }
}

internal sealed class WorkflowTrialMapping : IEntityTypeConfiguration<WorkflowTrialRow>, IEntityTypeConfiguration<WorkflowReplayRow>
{
    public void Configure(EntityTypeBuilder<WorkflowTrialRow> builder)
    {
        builder.ToTable("workflow_trials");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Property(x => x.Script).HasColumnType("jsonb");
        builder.Property(x => x.Expected).HasColumnType("jsonb");
        builder.Property(x => x.LastResult).HasColumnType("jsonb");
        builder.HasIndex(x => new { x.DefinitionId, x.CreatedAt });
        builder.HasOne<Dossier>().WithMany().HasForeignKey(x => x.DossierId).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<WorkflowReplayRow> builder)
    {
        builder.ToTable("workflow_replays");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Property(x => x.Results).HasColumnType("jsonb");
        builder.HasIndex(x => new { x.DefinitionId, x.RequestedAt });
        builder.HasIndex(x => x.RequestedAt, "IX_workflow_replays_unfinished").HasFilter("finished_at is null");
    }
}
