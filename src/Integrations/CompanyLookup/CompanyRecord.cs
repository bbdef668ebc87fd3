namespace MonOPCO.Integrations.CompanyLookup;

/// <summary>One establishment as the register describes it, with what its legal unit adds.</summary>
public sealed record CompanyRecord
{
    public required string Siren { get; init; }

    public required string Siret { get; init; }

    public required string Name { get; init; }

    public string? Address { get; init; }

    public string? PostalCode { get; init; }

    public string? City { get; init; }

    /// <summary>NAF rév. 2 of the establishment, with its dot (62.02A).</summary>
    public string? Naf { get; init; }

    /// <summary>Collective agreements of the establishment, four digits each; those of the legal unit when the establishment declares none.</summary>
    public IReadOnlyList<string> Idcc { get; init; } = [];

    /// <summary>INSEE band of the legal unit (11 = 10–19 … 53 = 10 000 and more); NN or null when unknown. The legal head-count differs: always ask.</summary>
    public string? HeadcountBand { get; init; }

    public int? HeadcountYear { get; init; }

    /// <summary>Catégorie juridique (nature_juridique), four digits; 7xxx is a public-law employer.</summary>
    public string? LegalCategory { get; init; }

    public bool IsHeadOffice { get; init; }

    /// <summary>True when both the establishment and its legal unit are active.</summary>
    public bool IsOpen { get; init; }

    public DateOnly? ClosedOn { get; init; }

    public bool IsTrainingBody { get; init; }

    /// <summary>Numéros de déclaration d'activité.</summary>
    public IReadOnlyList<string> Nda { get; init; } = [];

    public bool IsQualiopi { get; init; }

    /// <summary>Null when the register does not say.</summary>
    public bool? IsEmployer { get; init; }

    /// <summary>False when the company opposed the diffusion of its data: name and address are then masked by the register.</summary>
    public bool IsPublic { get; init; } = true;

    public required Uri SourceUrl { get; init; }

    /// <summary>True for the public register, false for a sandbox with fictitious companies.</summary>
    public bool IsLive { get; init; }

    public DateTimeOffset FetchedAt { get; init; }
}
