using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Companies;

/// <summary>Where the facts of a company come from.</summary>
public enum CompanyOrigin
{
    /// <summary>The public register.</summary>
    Live,

    /// <summary>The register of the development environment; fictitious companies.</summary>
    Sandbox,

    /// <summary>Typed by a person.</summary>
    Manual,
}

/// <summary>An establishment that asks for training money. Register facts plus what people add.</summary>
public sealed class Company
{
    public required Guid Id { get; init; }

    /// <summary>14 digits, unique.</summary>
    public required string Siret { get; init; }

    public string Siren { get; private set; } = "";

    public required string Name { get; set; }

    public string? TradeName { get; set; }

    public string Address { get; set; } = "";

    public string PostalCode { get; set; } = "";

    public string City { get; set; } = "";

    /// <summary>INSEE code, e.g. 67, 2A, 974.</summary>
    public string Department { get; set; } = "";

    /// <summary>NAF rév. 2 with its dot, e.g. 62.02A.</summary>
    public string? Naf { get; set; }

    /// <summary>NAF 2025 code, from 2027 the official one.</summary>
    public string? Naf2025 { get; set; }

    /// <summary>Four digits each.</summary>
    public string[] Idcc { get; set; } = [];

    /// <summary>INSEE legal category, e.g. 5710; 7xxx = public law.</summary>
    public string? LegalCategory { get; set; }

    /// <summary>INSEE band code (00, 01, … 53, NN); see <see cref="HeadcountBand"/>.</summary>
    public string? HeadcountBand { get; set; }

    /// <summary>What the company itself declares; prevails over the band, which is old and counted otherwise.</summary>
    public int? DeclaredHeadcount { get; set; }

    public bool IsOpen { get; set; } = true;

    public DateOnly? ClosedOn { get; set; }

    public string? OpcoSlug { get; set; }

    public OpcoOrigin OpcoOrigin { get; set; } = OpcoOrigin.None;

    public OpcoConfidence OpcoConfidence { get; set; } = OpcoConfidence.Inconnue;

    public required CompanyOrigin Origin { get; set; }

    /// <summary>The register did not answer: only the SIRET is sure, the look-up is to be done again.</summary>
    public bool IsDegraded { get; set; }

    public DateTimeOffset? LookedUpAt { get; set; }

    /// <summary>Declaration number when the company is itself a training body.</summary>
    public string? Nda { get; set; }

    public bool IsQualiopi { get; set; }

    /// <summary>Made in bulk by <c>./monopco seed</c>; removed by it too.</summary>
    public bool IsGenerated { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Lower case, unaccented: name, trade name, SIRET, city.</summary>
    public string Search { get; private set; } = "";

    /// <summary>To be called after the facts changed: derived columns.</summary>
    public void Refresh()
    {
        Siren = Siret[..9];
        Search = SearchText.Of(Name, TradeName, Siret, City);
    }
}

internal sealed class CompanyMapping : IEntityTypeConfiguration<Company>
{
    public void Configure(EntityTypeBuilder<Company> builder)
    {
        builder.ToTable("companies");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.Property(x => x.Siret).HasMaxLength(14).IsFixedLength();
        builder.Property(x => x.Siren).HasMaxLength(9).IsFixedLength();
        builder.Property(x => x.Name).UseCollation("fr-x-icu");
        builder.HasIndex(x => x.Siret).IsUnique();
        builder.HasIndex(x => x.Siren);
        builder.HasIndex(x => x.Search).HasMethod("gin").HasOperators("gin_trgm_ops");
        builder.HasOne<Opco>().WithMany().HasForeignKey(x => x.OpcoSlug).OnDelete(DeleteBehavior.Restrict);
    }
}
