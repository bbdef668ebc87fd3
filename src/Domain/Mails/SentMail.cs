using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Mails;

public enum MailStatus
{
    Queued,
    Sent,
    Failed,
}

/// <summary>A mail that left. A repeated sending has the same Message-ID and therefore the same row. The body is not kept: it may carry a personal link.</summary>
public sealed class SentMail
{
    public required Guid Id { get; init; }

    public required string MessageId { get; init; }

    public required string Template { get; init; }

    public required string Recipient { get; init; }

    public required string Subject { get; init; }

    public MailStatus Status { get; internal set; }

    public string? FailureReason { get; internal set; }

    public Guid? DossierId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? SentAt { get; internal set; }
}

internal sealed class SentMailMapping : IEntityTypeConfiguration<SentMail>
{
    public void Configure(EntityTypeBuilder<SentMail> builder)
    {
        builder.ToTable("sent_mails");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => x.MessageId).IsUnique();
        builder.HasIndex(x => new { x.DossierId, x.CreatedAt });
        builder.HasOne<Dossier>().WithMany().HasForeignKey(x => x.DossierId).OnDelete(DeleteBehavior.Cascade);
    }
}
