namespace MonOPCO.Sandbox.Register;

/// <summary>A fictitious company as written in companies.json: short there, expanded to the register's real shape when served.</summary>
public sealed record Company
{
    public required string Usage { get; init; }
    public required string Siret { get; init; }
    public required string Nom { get; init; }
    public required string Naf { get; init; }
    public required IReadOnlyList<string> Idcc { get; init; }
    public required string Tranche { get; init; }
    public required string NatureJuridique { get; init; }
    public string? Categorie { get; init; }
    public required string Adresse { get; init; }
    public required string CodePostal { get; init; }
    public required string Commune { get; init; }
    public required string CodeCommune { get; init; }
    public required string Departement { get; init; }
    public required string Region { get; init; }
    public string Etat { get; init; } = "A";
    public string? DateFermeture { get; init; }
    public bool NonDiffusible { get; init; }
    public bool Association { get; init; }
    public bool Ess { get; init; }
    public bool ServicePublic { get; init; }
    public IReadOnlyList<string> Nda { get; init; } = [];
    public bool Qualiopi { get; init; }
    public IReadOnlyList<Officer> Dirigeants { get; init; } = [];
    public IReadOnlyList<Establishment> Etablissements { get; init; } = [];
    public Behaviour? Comportement { get; init; }

    public string Siren => Siret[..9];

    public Establishment HeadOffice => new()
    {
        Siret = Siret,
        Adresse = Adresse,
        CodePostal = CodePostal,
        Commune = Commune,
        CodeCommune = CodeCommune,
        Naf = Naf,
        Idcc = Idcc,
        Tranche = Tranche,
        Etat = Etat == "C" ? "F" : "A",
        DateFermeture = DateFermeture,
        IsHeadOffice = true
    };

    public IEnumerable<Establishment> AllEstablishments => Etablissements.Prepend(HeadOffice);
}

public sealed record Establishment
{
    public required string Siret { get; init; }
    public required string Adresse { get; init; }
    public required string CodePostal { get; init; }
    public required string Commune { get; init; }
    public required string CodeCommune { get; init; }
    public required string Naf { get; init; }
    public required IReadOnlyList<string> Idcc { get; init; }
    public required string Tranche { get; init; }
    public string Etat { get; init; } = "A";
    public string? DateFermeture { get; init; }
    public bool IsHeadOffice { get; init; }
}

public sealed record Officer(string Nom, string Prenoms, string Qualite);

/// <summary>How the register itself behaves when this company is asked for: `429`, `down` or `slow`, for ever or a number of times.</summary>
public sealed record Behaviour(string Mode, int? Fois = null);
