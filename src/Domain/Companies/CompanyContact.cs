using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Companies;

/// <summary>Somebody we talk to in a company. At most one is the main contact.</summary>
public sealed class CompanyContact
{
    public required Guid Id { get; init; }

    public required Guid CompanyId { get; init; }

    public required string LastName { get; set; }

    public required string FirstName { get; set; }

    public string Job { get; set; } = "";

    public string Email { get; set; } = "";

    public string Phone { get; set; } = "";

    public bool IsMain { get; set; }
}

internal sealed class CompanyContactMapping : IEntityTypeConfiguration<CompanyContact>
{
    public void Configure(EntityTypeBuilder<CompanyContact> builder)
    {
        builder.ToTable("company_contacts");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Property(x => x.LastName).UseCollation("fr-x-icu");
        builder.HasIndex(x => x.CompanyId).IsUnique().HasFilter("is_main").HasDatabaseName("IX_company_contacts_main");
        builder.HasIndex(x => new { x.CompanyId, x.LastName });
        builder.HasOne<Company>().WithMany().HasForeignKey(x => x.CompanyId).OnDelete(DeleteBehavior.Restrict);
    }
}
