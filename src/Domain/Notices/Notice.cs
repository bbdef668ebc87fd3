using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Notices;

/// <summary>Something that a person of the house is told: shown in the inbox until it is read and, when wanted, sent by mail as well.</summary>
public sealed class Notice
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>One sentence, in French.</summary>
    public required string Text { get; init; }

    /// <summary>Where it leads, inside the product.</summary>
    public required string Url { get; init; }

    public DateTimeOffset? ReadAt { get; internal set; }

    /// <summary>It is to leave by mail too; false again once its mail is due work.</summary>
    public bool MailWanted { get; internal set; }
}

internal sealed class NoticeMapping : IEntityTypeConfiguration<Notice>
{
    public void Configure(EntityTypeBuilder<Notice> builder)
    {
        builder.ToTable("notices");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => new { x.UserId, x.At }).HasFilter("read_at is null").HasDatabaseName("IX_notices_unread");
        builder.HasIndex(x => x.At).HasFilter("mail_wanted").HasDatabaseName("IX_notices_to_mail");
    }
}
