using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Audit;

namespace MonOPCO.Domain.Dossiers;

/// <summary>A line of the timeline: who or what did it, in French, with the documents it made.</summary>
public sealed class DossierEvent
{
    public required Guid Id { get; init; }

    /// <summary>Order within one instant; given by the database.</summary>
    public long Position { get; init; }

    public required Guid DossierId { get; init; }

    public required Guid CompanyId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required ActorKind ActorKind { get; init; }

    public required string Actor { get; init; }

    /// <summary>Past event, e.g. <c>DossierDeposited</c>; see <see cref="DossierEventKinds"/>.</summary>
    public required string Kind { get; init; }

    public required string Text { get; init; }

    public Guid[] DocumentIds { get; init; } = [];

    public JsonObject? Detail { get; init; }

    /// <summary>Internal notes and bot screenshots stay with the staff.</summary>
    public bool StaffOnly { get; init; }
}

public static class DossierEventKinds
{
    public const string Created = "DossierCreated";
    public const string StateChanged = "StateChanged";
    public const string Edited = "DossierEdited";
    public const string OpcoChanged = "OpcoChanged";
    public const string ComplementsAsked = "ComplementsAsked";
    public const string ComplementAnswered = "ComplementAnswered";
    public const string ComplementAccepted = "ComplementAccepted";
    public const string Deposited = "DossierDeposited";
    public const string Decided = "DossierDecided";
    public const string RemainderAccepted = "RemainderAccepted";
    public const string DocumentAdded = "DocumentAdded";
    public const string Signed = "DocumentSigned";
    public const string MailSent = "MailSent";
    public const string Note = "NoteAdded";
    public const string TaskCompleted = "TaskCompleted";
    public const string PortalRun = "PortalRun";
    public const string Assigned = "DossierAssigned";
    public const string Reminded = "DossierReminded";
}

internal sealed class DossierEventMapping : IEntityTypeConfiguration<DossierEvent>
{
    public void Configure(EntityTypeBuilder<DossierEvent> builder)
    {
        builder.ToTable("dossier_events");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => new { x.DossierId, x.At, x.Position });
        builder.Property(x => x.Position).UseIdentityAlwaysColumn();
        builder.HasIndex(x => x.CompanyId);
        builder.HasOne<Dossier>().WithMany().HasForeignKey(x => x.DossierId).OnDelete(DeleteBehavior.Cascade);
    }
}
