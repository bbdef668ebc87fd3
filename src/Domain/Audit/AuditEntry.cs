using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Keys;

namespace MonOPCO.Domain.Audit;

/// <summary>One change, written in the transaction of the change and never altered. The sealer chains rows in batches afterwards (<see cref="AuditSeal"/>).</summary>
public sealed class AuditEntry
{
    /// <summary>What stands in the plain columns for a personal value.</summary>
    public const string Mask = "***";

    public long Id { get; init; }

    /// <summary>Number of the transaction that wrote it (<c>audit_tx()</c>), with <see cref="Id"/> its place in the chain.</summary>
    public long Tx { get; init; }

    public required DateTimeOffset At { get; init; }

    public required ActorKind ActorKind { get; init; }

    /// <summary>Name of who acted; for people outside the staff only what they are (their name is encrypted with the personal values, or the account's).</summary>
    public required string Actor { get; init; }

    public Guid? UserId { get; init; }

    /// <summary>For whom it was done, when somebody acts for somebody else.</summary>
    public string? OnBehalfOf { get; init; }

    public Guid? OnBehalfOfId { get; init; }

    /// <summary>Table-like name of what changed, e.g. <c>dossier</c>.</summary>
    public required string Subject { get; init; }

    public required string SubjectId { get; init; }

    public Guid? DossierId { get; init; }

    /// <summary>Verb in the past, e.g. <c>StateChanged</c>.</summary>
    public required string Action { get; init; }

    /// <summary>Only the properties that changed; personal values are <see cref="Mask"/>. Never bilan content, never a secret.</summary>
    public JsonObject? OldValues { get; init; }

    public JsonObject? NewValues { get; init; }

    public string? Reason { get; init; }

    /// <summary>The trace id of the request, as log lines carry it.</summary>
    public string? RequestId { get; init; }

    /// <summary>Whose key encrypts <see cref="Personal"/> (<see cref="KeySubject"/>).</summary>
    public string? PersonalSubject { get; init; }

    /// <summary><see cref="PersonalValues"/>, encrypted.</summary>
    public byte[]? Personal { get; internal set; }

    /// <summary>Before it is saved: encrypted into <see cref="Personal"/> by the DbContext.</summary>
    internal PersonalValues? Clear { get; init; }

    internal KeyPlace PersonalPlace => new("audit_entries", "personal", $"{Subject}/{SubjectId}/{Action}/{At.UtcTicks / 10}");

    /// <summary>A row about something that is no entity, or whose values say nothing.</summary>
    public static AuditEntry Of(ChangeContext change, string subject, string subjectId, Guid? dossierId, string action, JsonObject? oldValues = null, JsonObject? newValues = null) =>
        Of(change, subject, subjectId, dossierId, action, oldValues, newValues, null, null);

    internal static AuditEntry Of(
        ChangeContext change, string subject, string subjectId, Guid? dossierId, string action, JsonObject? oldValues, JsonObject? newValues, KeySubject? owner, PersonalValues? personal)
    {
        // Accountability needs the names of the staff; those of others are personal data like any value. An account's name is looked up when the row is read.
        var isOutside = change.ActorKind is ActorKind.Company or ActorKind.Beneficiary || (change.UserId is null && subject is "signer" or "signature" && change.ActorKind is ActorKind.Human);
        var hidden = isOutside && change.UserId is null ? change.ActorName : null;
        personal = owner is null ? null : hidden is null ? personal : (personal ?? new(null, null, null)) with { Actor = hidden };
        return new AuditEntry
        {
            At = change.Now,
            ActorKind = change.ActorKind,
            Actor = isOutside ? LabelOf(change.ActorKind) : change.ActorName,
            UserId = change.UserId,
            OnBehalfOf = change.OnBehalfOf,
            OnBehalfOfId = change.OnBehalfOfId,
            Subject = subject,
            SubjectId = subjectId,
            DossierId = dossierId,
            Action = action,
            OldValues = oldValues,
            NewValues = newValues,
            Reason = string.IsNullOrWhiteSpace(change.Reason) ? null : change.Reason,
            RequestId = change.RequestId ?? Activity.Current?.TraceId.ToHexString(),
            PersonalSubject = personal is null ? null : owner.ToString(),
            Clear = personal,
        };
    }

    private static string LabelOf(ActorKind kind) => kind switch
    {
        ActorKind.Company => "Entreprise",
        ActorKind.Beneficiary => "Bénéficiaire",
        _ => "Signataire",
    };
}

/// <summary>The personal part of a row.</summary>
internal sealed record PersonalValues(string? Actor, JsonObject? Old, JsonObject? New);

/// <summary>
/// A batch of the chain: which rows, in which order, with the hash of each as stored. Its head covers the previous one; its signature is keyed, so that the
/// database alone cannot make another chain.
/// </summary>
public sealed class AuditSeal
{
    public required long Number { get; init; }

    /// <summary>Which columns are hashed, and how (<see cref="AuditChain"/>).</summary>
    public required int Format { get; init; }

    public required DateTimeOffset SealedAt { get; init; }

    public required long LastTx { get; init; }

    public required long LastId { get; init; }

    public required long[] EntryIds { get; init; }

    /// <summary>32 bytes per row, in the order of <see cref="EntryIds"/>.</summary>
    public required byte[] Hashes { get; init; }

    public required byte[] Previous { get; init; }

    public required byte[] Head { get; init; }

    public required byte[] Signature { get; init; }
}

internal sealed class AuditEntryMapping : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("audit_entries");
        builder.Property(x => x.Id).UseIdentityAlwaysColumn();
        builder.Property(x => x.Tx).HasDefaultValueSql("audit_tx()");
        builder.Ignore(x => x.Clear);
        builder.Ignore(x => x.PersonalPlace);

        // The chain, then what the search page filters by, newest first.
        builder.HasIndex(x => new { x.Tx, x.Id }).IsUnique();
        builder.HasIndex(x => new { x.At, x.Id });
        builder.HasIndex(x => new { x.UserId, x.At, x.Id });
        builder.HasIndex(x => new { x.Subject, x.SubjectId, x.Id });
        builder.HasIndex(x => new { x.Subject, x.Action, x.At, x.Id });
        builder.HasIndex(x => new { x.DossierId, x.Id });
        builder.HasIndex(x => x.RequestId).HasFilter("request_id is not null");
        builder.HasIndex(x => new { x.OnBehalfOfId, x.At }).HasFilter("on_behalf_of_id is not null");
    }
}

internal sealed class AuditSealMapping : IEntityTypeConfiguration<AuditSeal>
{
    public void Configure(EntityTypeBuilder<AuditSeal> builder)
    {
        builder.ToTable("audit_seals");
        builder.HasKey(x => x.Number);
        builder.Property(x => x.Number).ValueGeneratedNever();
    }
}
