using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace MonOPCO.Sandbox.Register;

/// <summary>The fictitious companies and the search over them.</summary>
public sealed class CompanyRegister
{
    /// <summary>A well-formed SIRET that no fictitious company bears.</summary>
    public const string UnknownSiret = "99999900600011";

    private readonly List<(Company Company, string Text)> index;

    public CompanyRegister()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("companies.json")!;
        Companies = JsonSerializer.Deserialize<List<Company>>(stream, Vault.Json)!;
        index = [.. Companies.Select(c => (c, Fold($"{c.Nom} {c.Commune} {c.CodePostal} {c.Adresse}")))];
    }

    public IReadOnlyList<Company> Companies { get; }

    /// <summary>Companies that answer a SIRET, a SIREN or words, with the establishments that matched.</summary>
    public List<(Company Company, IReadOnlyList<Establishment> Matching)> Search(string query)
    {
        var bare = new string([.. query.Where(c => !char.IsWhiteSpace(c))]);
        if (bare.Length == 14 && bare.All(char.IsAsciiDigit))
        {
            return [.. from company in Companies
                       let found = company.AllEstablishments.Where(e => e.Siret == bare).ToList()
                       where found.Count > 0
                       select (company, (IReadOnlyList<Establishment>)found)];
        }

        if (bare.Length == 9 && bare.All(char.IsAsciiDigit))
        {
            return [.. Companies.Where(c => c.Siren == bare).Select(c => (c, (IReadOnlyList<Establishment>)[c.HeadOffice]))];
        }

        var words = Fold(query).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return [.. index.Where(row => !row.Company.NonDiffusible && words.All(row.Text.Contains)).Select(row => (row.Company, (IReadOnlyList<Establishment>)[row.Company.HeadOffice]))];
    }

    /// <summary>INSEE's head-count band in words.</summary>
    public static string Band(string code) => code switch
    {
        "NN" => "inconnu",
        "00" => "0",
        "01" => "1 ou 2",
        "02" => "3 à 5",
        "03" => "6 à 9",
        "11" => "10 à 19",
        "12" => "20 à 49",
        "21" => "50 à 99",
        "22" => "100 à 199",
        "31" => "200 à 249",
        "32" => "250 à 499",
        "41" => "500 à 999",
        "53" => "10 000 et plus",
        _ => code
    };

    private static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
            {
                folded.Append(char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ');
            }
        }

        return folded.ToString();
    }
}
