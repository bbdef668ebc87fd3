namespace MonOPCO.Domain.Companies;

/// <summary>INSEE's headcount bands. The legal headcount is counted otherwise, so a band only warns.</summary>
public static class HeadcountBand
{
    private static readonly Dictionary<string, (int Min, int? Max)> Bands = new(StringComparer.Ordinal)
    {
        ["00"] = (0, 0),
        ["01"] = (1, 2),
        ["02"] = (3, 5),
        ["03"] = (6, 9),
        ["11"] = (10, 19),
        ["12"] = (20, 49),
        ["21"] = (50, 99),
        ["22"] = (100, 199),
        ["31"] = (200, 249),
        ["32"] = (250, 499),
        ["41"] = (500, 999),
        ["42"] = (1000, 1999),
        ["51"] = (2000, 4999),
        ["52"] = (5000, 9999),
        ["53"] = (10000, null),
    };

    /// <summary>Null for NN or an unknown code.</summary>
    public static (int Min, int? Max)? Range(string? code) => code is not null && Bands.TryGetValue(code, out var band) ? band : null;

    public static string Label(string? code) => Range(code) switch
    {
        null => "effectif inconnu",
        (0, 0) => "aucun salarié",
        (var min, null) => $"{Fr.Number(min)} salariés et plus",
        (var min, var max) => $"{Fr.Number(min)} à {Fr.Number(max.Value)} salariés",
    };
}
