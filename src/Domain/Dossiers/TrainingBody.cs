using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Dossiers;

public enum VatStatus
{
    /// <summary>Exempt training (attestation 3511).</summary>
    Exonere,

    /// <summary>Small business franchise (293 B).</summary>
    Franchise,

    Assujetti,
}

/// <summary>An organisme de formation that MonOPCO works for, with its own NDA, certificate and templates.</summary>
public sealed class TrainingBody
{
    public required Guid Id { get; init; }

    /// <summary>Stable key, e.g. <c>netz</c>.</summary>
    public required string Slug { get; init; }

    public required string Name { get; set; }

    public required string LegalForm { get; set; }

    public required string Siret { get; set; }

    /// <summary>Numéro de déclaration d'activité, 11 digits.</summary>
    public required string Nda { get; set; }

    public bool NdaActive { get; set; } = true;

    /// <summary>Region whose prefect registered the NDA.</summary>
    public string NdaRegion { get; set; } = "";

    public string QualiopiNumber { get; set; } = "";

    public string QualiopiCertifier { get; set; } = "";

    public DateOnly? QualiopiFrom { get; set; }

    public DateOnly? QualiopiTo { get; set; }

    /// <summary><c>AF</c> (training), <c>BC</c> (bilan), <c>VAE</c>, <c>CFA</c>.</summary>
    public string[] QualiopiCategories { get; set; } = [];

    public Guid? QualiopiDocumentId { get; set; }

    public string Address { get; set; } = "";

    public string PostalCode { get; set; } = "";

    public string City { get; set; } = "";

    public string Email { get; set; } = "";

    public string Phone { get; set; } = "";

    public string Website { get; set; } = "";

    public VatStatus VatStatus { get; set; }

    /// <summary>In percent; 0 when exempt.</summary>
    public decimal VatRate { get; set; }

    public string RepresentativeName { get; set; } = "";

    public string RepresentativeRole { get; set; } = "";

    public string RepresentativeEmail { get; set; } = "";

    public string HandicapContact { get; set; } = "";

    /// <summary>Identifiers are invented, as the interface says wherever they show.</summary>
    public bool IsFictitious { get; set; }
}

internal sealed class TrainingBodyMapping : IEntityTypeConfiguration<TrainingBody>
{
    public void Configure(EntityTypeBuilder<TrainingBody> builder)
    {
        builder.ToTable("training_bodies");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Property(x => x.Name).UseCollation("fr-x-icu");
        builder.HasIndex(x => x.Slug).IsUnique();
    }
}
