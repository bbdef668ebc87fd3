using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Dossiers;

/// <summary>Catégorie socio-professionnelle as OPCO forms ask for it.</summary>
public enum Csp
{
    Ouvrier,
    Employe,
    TechnicienAgentDeMaitrise,
    IngenieurCadre,
    Dirigeant,
}

public enum ContractKind
{
    Cdi,
    Cdd,
    Interim,
    Alternance,
    Autre,
}

/// <summary>The employee who is trained or makes the bilan.</summary>
public sealed class Beneficiaire
{
    public required Guid Id { get; init; }

    public required Guid DossierId { get; init; }

    /// <summary>The dossier's company, repeated for the row-level policy.</summary>
    public required Guid CompanyId { get; init; }

    public required string LastName { get; set; }

    public required string FirstName { get; set; }

    public required DateOnly BirthDate { get; set; }

    public required string Email { get; set; }

    /// <summary>Lower-case address, for the row-level policy.</summary>
    public string EmailKey { get; private set; } = "";

    public string Phone { get; set; } = "";

    public string Job { get; set; } = "";

    public Csp Category { get; set; }

    public ContractKind Contract { get; set; }

    public DateOnly? HiredOn { get; set; }

    /// <summary>Order of entry.</summary>
    public int Position { get; set; }

    public string FullName => $"{FirstName} {LastName}";

    /// <summary>As lists show and sort it.</summary>
    public string SurnameFirst => $"{LastName} {FirstName}";

    internal void Refresh() => EmailKey = SearchText.EmailKey(Email);
}

internal sealed class BeneficiaireMapping : IEntityTypeConfiguration<Beneficiaire>
{
    public void Configure(EntityTypeBuilder<Beneficiaire> builder)
    {
        builder.ToTable("beneficiaires");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Property(x => x.LastName).UseCollation("fr-x-icu");
        builder.Property(x => x.FirstName).UseCollation("fr-x-icu");
        builder.Ignore(x => x.FullName);
        builder.Ignore(x => x.SurnameFirst);
        builder.HasIndex(x => x.CompanyId);
        builder.HasIndex(x => new { x.EmailKey, x.DossierId });
        builder.HasOne<Dossier>().WithMany(x => x.Beneficiaires).HasForeignKey(x => x.DossierId).OnDelete(DeleteBehavior.Cascade);
    }
}
