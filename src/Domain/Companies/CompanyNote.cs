using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Companies;

/// <summary>What the house writes down about a company; only staff read it.</summary>
public sealed class CompanyNote
{
    public required Guid Id { get; init; }

    public required Guid CompanyId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Author { get; init; }

    public Guid? AuthorId { get; init; }

    public required string Text { get; init; }
}

internal sealed class CompanyNoteMapping : IEntityTypeConfiguration<CompanyNote>
{
    public void Configure(EntityTypeBuilder<CompanyNote> builder)
    {
        builder.ToTable("company_notes");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => new { x.CompanyId, x.At });
        builder.HasOne<Company>().WithMany().HasForeignKey(x => x.CompanyId).OnDelete(DeleteBehavior.Restrict);
    }
}
