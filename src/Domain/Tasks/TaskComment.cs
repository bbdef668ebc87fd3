using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Documents;

namespace MonOPCO.Domain.Tasks;

public sealed class TaskComment
{
    public required Guid Id { get; init; }

    public required Guid TaskId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Author { get; init; }

    public Guid? AuthorId { get; init; }

    public required string Text { get; init; }
}

/// <summary>A file that somebody joined to a task; the file itself is a document like any other.</summary>
public sealed class TaskAttachment
{
    public required Guid TaskId { get; init; }

    public required Guid DocumentId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string ByName { get; init; }
}

internal sealed class TaskCommentMapping : IEntityTypeConfiguration<TaskComment>
{
    public void Configure(EntityTypeBuilder<TaskComment> builder)
    {
        builder.ToTable("task_comments");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => new { x.TaskId, x.At });
        builder.HasOne<HumanTask>().WithMany().HasForeignKey(x => x.TaskId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class TaskAttachmentMapping : IEntityTypeConfiguration<TaskAttachment>
{
    public void Configure(EntityTypeBuilder<TaskAttachment> builder)
    {
        builder.ToTable("task_attachments");
        builder.HasKey(x => new { x.TaskId, x.DocumentId });
        builder.HasIndex(x => x.DocumentId);
        builder.HasOne<HumanTask>().WithMany().HasForeignKey(x => x.TaskId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<Document>().WithMany().HasForeignKey(x => x.DocumentId).OnDelete(DeleteBehavior.Cascade);
    }
}
