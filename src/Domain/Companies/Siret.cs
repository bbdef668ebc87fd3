using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MonOPCO.Domain.Companies;

/// <summary>The 14 digits of an establishment. A value of this type is always well formed; whether it exists, the register says.</summary>
public readonly record struct Siret
{
    private const string LaPoste = "356000000";

    private readonly string? _digits;

    private Siret(string digits) => _digits = digits;

    /// <summary>14 digits without spaces.</summary>
    public string Value => _digits ?? throw new InvalidOperationException("Siret vide.");

    public string Siren => Value[..9];

    public string Nic => Value[9..];

    /// <summary>« 123 456 789 00012 », as on official papers.</summary>
    public string Formatted => string.Create(CultureInfo.InvariantCulture, $"{Value[..3]} {Value[3..6]} {Value[6..9]} {Value[9..]}");

    public string VatNumber => VatNumberOf(Siren);

    /// <summary>Spaces of any kind, dots and hyphens are ignored, as people copy numbers from everywhere.</summary>
    public static bool TryParse(string? text, out Siret siret)
    {
        var digits = Digits(text);
        var valid = digits is { Length: 14 } && (IsLuhn(digits) || IsLaPoste(digits));
        siret = valid ? new Siret(digits!) : default;
        return valid;
    }

    public static Siret Parse(string text) =>
        TryParse(text, out var siret) ? siret : throw new FormatException("Ce numéro SIRET n’est pas valide : il compte 14 chiffres, dont une clé de contrôle.");

    public static bool IsSiren([NotNullWhen(true)] string? text) => Digits(text) is { Length: 9 } digits && IsLuhn(digits);

    /// <summary>Key = (12 + 3 × (SIREN mod 97)) mod 97.</summary>
    public static string VatNumberOf(string siren) => string.Create(
        CultureInfo.InvariantCulture,
        $"FR{(12 + (3 * (int.Parse(siren, CultureInfo.InvariantCulture) % 97))) % 97:00}{siren}");

    public override string ToString() => Value;

    /// <summary>La Poste ran out of Luhn-valid numbers for its offices: there the sum of the digits is a multiple of 5.</summary>
    private static bool IsLaPoste(string digits) => digits.StartsWith(LaPoste, StringComparison.Ordinal) && digits.Sum(c => c - '0') % 5 == 0;

    private static bool IsLuhn(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[digits.Length - 1 - i] - '0';
            var weighed = i % 2 == 0 ? digit : digit * 2;
            sum += weighed > 9 ? weighed - 9 : weighed;
        }

        return sum % 10 == 0;
    }

    private static string? Digits(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var kept = text.Where(c => !char.IsWhiteSpace(c) && c is not ('.' or '-')).ToArray();
        return kept.All(char.IsAsciiDigit) ? new string(kept) : null;
    }
}
