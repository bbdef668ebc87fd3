using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Domain.Workflows;

/// <summary>What a procedure's owners say about it beside its versions. The row <see cref="Everywhere"/> holds what applies to every procedure without an own setting.</summary>
public sealed class WorkflowProcedureRow
{
    public const string Everywhere = "*";

    public required string DefinitionId { get; set; }

    public string[] Labels { get; set; } = [];

    /// <summary>Publishing needs the agreement of a second person. Null: as everywhere.</summary>
    public bool? NeedsApproval { get; set; }

    /// <summary>The open editor (a tab) that saved the draft last; null for a program.</summary>
    public string? SavedBySession { get; set; }
}

public enum PublicationState
{
    /// <summary>A second person must agree.</summary>
    AwaitingApproval,

    /// <summary>Will be published at its time.</summary>
    Scheduled,
    Published,

    /// <summary>The second person did not agree.</summary>
    Refused,

    /// <summary>Taken back before its time.</summary>
    Withdrawn,

    /// <summary>Its test cases failed at its time: a person decides.</summary>
    Held,

    /// <summary>Could not be published at its time; <see cref="WorkflowPublicationRow.Reason"/> says why.</summary>
    Failed,
}

/// <summary>A publication asked for: at once or at a time, with or without a second person; and what became of it. The version's body is frozen from then on.</summary>
public sealed class WorkflowPublicationRow
{
    public Guid Id { get; set; }

    public required string DefinitionId { get; set; }

    public required string VersionId { get; set; }

    public int Version { get; set; }

    public PublicationState State { get; set; }

    /// <summary>What changes for those who follow the procedure. Empty when published from the designer and not completed yet.</summary>
    public required string Note { get; set; }

    /// <summary>Null: as soon as possible.</summary>
    public DateTimeOffset? EffectiveAt { get; set; }

    public required string RequestedBy { get; set; }

    public Guid? RequestedById { get; set; }

    public DateTimeOffset RequestedAt { get; set; }

    public string? DecidedBy { get; set; }

    public Guid? DecidedById { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }

    /// <summary>When it was published, withdrawn, refused or failed.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    public string? Reason { get; set; }

    /// <summary>Why it is published although test cases fail.</summary>
    public string? TestOverride { get; set; }

    public bool IsPending => State is PublicationState.AwaitingApproval or PublicationState.Scheduled or PublicationState.Held;
}

/// <summary>A save that was refused because somebody else had saved: what was typed, to be downloaded. One row per tab, overwritten by its later attempts.</summary>
public sealed class WorkflowDraftCopyRow
{
    public Guid Id { get; set; }

    public required string DefinitionId { get; set; }

    /// <summary>The tab that typed it.</summary>
    public required string Session { get; set; }

    public required string Author { get; set; }

    public Guid? AuthorId { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>The version it was typed on.</summary>
    public int BasedOn { get; set; }

    public required string Body { get; set; }
}

/// <summary>An editor that is open: who, since when. Rows not seen for a minute count for nothing.</summary>
public sealed class WorkflowEditorRow
{
    public required string DefinitionId { get; set; }

    public required string Session { get; set; }

    public required string Name { get; set; }

    public Guid? UserId { get; set; }

    public DateTimeOffset Since { get; set; }

    public DateTimeOffset SeenAt { get; set; }
}

/// <summary>One instance moved to another version, with what is needed to move it back while it has done nothing since.</summary>
public sealed class WorkflowMoveRow
{
    /// <summary>Instances moved together.</summary>
    public Guid BatchId { get; set; }

    public Guid InstanceId { get; set; }

    public required string DefinitionId { get; set; }

    public required string FromVersionId { get; set; }

    public int FromVersion { get; set; }

    public required string ToVersionId { get; set; }

    public int ToVersion { get; set; }

    /// <summary>The instance's burst number after the move: unchanged means that nothing has happened.</summary>
    public long Burst { get; set; }

    /// <summary>The engine's state before the move.</summary>
    public required string StateBefore { get; set; }

    public DateTimeOffset At { get; set; }

    public required string Actor { get; set; }

    public string? Reason { get; set; }

    public DateTimeOffset? UndoneAt { get; set; }

    public string? UndoneBy { get; set; }

    /// <summary>Given to the runtime with a migration: each instance that moves leaves its row in the same transaction.</summary>
    public static Func<IServiceProvider, MovedInstance, Task> Keeper(Guid batch, string actor, DateTimeOffset at, string? reason) => async (services, moved) =>
    {
        var database = services.GetRequiredService<MonOpcoDbContext>();
        database.Add(new WorkflowMoveRow
        {
            BatchId = batch,
            InstanceId = moved.InstanceId,
            DefinitionId = moved.DefinitionId,
            FromVersionId = moved.FromVersionId,
            FromVersion = moved.FromVersion,
            ToVersionId = moved.ToVersionId,
            ToVersion = moved.ToVersion,
            Burst = moved.Burst,
            StateBefore = moved.StateBefore.ToJsonString(),
            At = at.ToUniversalTime(),
            Actor = actor,
            Reason = reason,
        });
        await database.SaveChangesAsync();
    };
}

internal sealed class WorkflowProcedureMapping
    : IEntityTypeConfiguration<WorkflowProcedureRow>, IEntityTypeConfiguration<WorkflowPublicationRow>, IEntityTypeConfiguration<WorkflowDraftCopyRow>, IEntityTypeConfiguration<WorkflowEditorRow>, IEntityTypeConfiguration<WorkflowMoveRow>
{
    public void Configure(EntityTypeBuilder<WorkflowProcedureRow> builder)
    {
        builder.ToTable("workflow_procedures");
        builder.HasKey(x => x.DefinitionId);
    }

    public void Configure(EntityTypeBuilder<WorkflowPublicationRow> builder)
    {
        builder.ToTable("workflow_publications");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Ignore(x => x.IsPending);
        builder.HasIndex(x => new { x.DefinitionId, x.RequestedAt });
        builder.HasIndex(x => x.EffectiveAt).HasFilter("state = 'Scheduled'");
    }

    public void Configure(EntityTypeBuilder<WorkflowDraftCopyRow> builder)
    {
        builder.ToTable("workflow_draft_copies");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => new { x.DefinitionId, x.Session }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<WorkflowEditorRow> builder)
    {
        builder.ToTable("workflow_editors");
        builder.HasKey(x => new { x.DefinitionId, x.Session });
    }

    public void Configure(EntityTypeBuilder<WorkflowMoveRow> builder)
    {
        builder.ToTable("workflow_moves");
        builder.HasKey(x => new { x.BatchId, x.InstanceId });
        builder.Property(x => x.StateBefore).HasColumnType("jsonb");
        builder.HasIndex(x => new { x.DefinitionId, x.At });
    }
}
