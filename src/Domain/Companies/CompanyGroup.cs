using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Companies;

/// <summary>Companies that are one client. Establishments with the same SIREN belong together without one.</summary>
public sealed class CompanyGroup
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed class CompanyGroupMapping : IEntityTypeConfiguration<CompanyGroup>
{
    public void Configure(EntityTypeBuilder<CompanyGroup> builder)
    {
        builder.ToTable("company_groups");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Property(x => x.Name).UseCollation("fr-x-icu");
        builder.HasIndex(x => x.Name).IsUnique();
    }
}
