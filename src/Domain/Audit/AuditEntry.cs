using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Audit;

/// <summary>
/// One change, written in the transaction of the change and never altered. A sealer later fills <see cref="ChainHash"/> in batches (a chain inside the
/// transaction would make all commits queue).
/// </summary>
public sealed class AuditEntry
{
    public long Id { get; init; }

    public required DateTimeOffset At { get; init; }

    public required ActorKind ActorKind { get; init; }

    public required string Actor { get; init; }

    public Guid? UserId { get; init; }

    /// <summary>Table-like name of what changed, e.g. <c>dossier</c>.</summary>
    public required string Subject { get; init; }

    public required string SubjectId { get; init; }

    public Guid? DossierId { get; init; }

    /// <summary>Verb in the past, e.g. <c>StateChanged</c>.</summary>
    public required string Action { get; init; }

    /// <summary>Only the properties that changed. Never bilan content, never a secret.</summary>
    public JsonObject? OldValues { get; init; }

    public JsonObject? NewValues { get; init; }

    public string? Reason { get; init; }

    /// <summary>Hash of this row as stored; set by the sealer.</summary>
    public byte[]? RowHash { get; init; }

    /// <summary>Hash over the previous row's chain hash and <see cref="RowHash"/>; set by the sealer.</summary>
    public byte[]? ChainHash { get; init; }

    public DateTimeOffset? SealedAt { get; init; }

    /// <summary>A row about something that is no entity, or whose values say nothing.</summary>
    public static AuditEntry Of(ChangeContext change, string subject, string subjectId, Guid? dossierId, string action, JsonObject? oldValues = null, JsonObject? newValues = null) => new()
    {
        At = change.Now,
        ActorKind = change.ActorKind,
        Actor = change.ActorName,
        UserId = change.UserId,
        Subject = subject,
        SubjectId = subjectId,
        DossierId = dossierId,
        Action = action,
        OldValues = oldValues,
        NewValues = newValues,
        Reason = change.Reason,
    };
}

internal sealed class AuditEntryMapping : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("audit_entries");
        builder.Property(x => x.Id).UseIdentityAlwaysColumn();
        builder.HasIndex(x => new { x.Subject, x.SubjectId, x.Id });
        builder.HasIndex(x => new { x.DossierId, x.Id });
        builder.HasIndex(x => x.Id).HasFilter("sealed_at is null").HasDatabaseName("IX_audit_entries_unsealed");
    }
}
