using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Companies;

/// <summary>How the OPCO of a company was found.</summary>
public enum OpcoOrigin
{
    None,

    /// <summary>SIRET in the table of France compétences.</summary>
    Siro,

    /// <summary>Collective agreement.</summary>
    Idcc,

    /// <summary>Activity code: only a suggestion.</summary>
    Naf,

    /// <summary>Chosen by a person.</summary>
    Manual,
}

/// <summary>How sure the answer is.</summary>
public enum OpcoConfidence
{
    Inconnue,
    AConfirmer,
    Forte,
    Certain,
}

/// <summary>One of the eleven OPCO. Figures that change are <see cref="Rule"/> rows; the rest of the reference data is kept as it came.</summary>
public sealed class Opco
{
    /// <summary>Stable key, e.g. <c>atlas</c>.</summary>
    public required string Slug { get; init; }

    public required string Name { get; set; }

    public required string OfficialName { get; set; }

    public required string Siren { get; set; }

    public required string Website { get; set; }

    public required string PortalName { get; set; }

    public required string PortalUrl { get; set; }

    public required string PortalAccess { get; set; }

    /// <summary>In words, shown beside the computed day.</summary>
    public required string FilingRule { get; set; }

    public required string PaymentRule { get; set; }

    public string? ContactEmail { get; set; }

    public string? ContactPhone { get; set; }

    /// <summary>Documents this OPCO asks for besides the usual ones.</summary>
    public string[] SpecificDocuments { get; set; } = [];

    /// <summary>The whole entry of opcos.json.</summary>
    public required JsonObject Facts { get; set; }
}

internal sealed class OpcoMapping : IEntityTypeConfiguration<Opco>
{
    public void Configure(EntityTypeBuilder<Opco> builder)
    {
        builder.ToTable("opcos");
        builder.HasKey(x => x.Slug);
        builder.Property(x => x.Name).UseCollation("fr-x-icu");
    }
}
