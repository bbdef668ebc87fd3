namespace MonOPCO.Integrations.CompanyLookup;

/// <summary>Format and check digit of a SIRET.</summary>
public static class Siret
{
    private const string LaPoste = "356000000";

    /// <summary>Removes spaces of all kinds and dots as people type them; null when the rest is not a valid SIRET.</summary>
    public static string? Normalize(string? typed)
    {
        if (typed is null || typed.Length > 64)
        {
            return null;
        }

        var digits = new string([.. typed.Where(c => !char.IsWhiteSpace(c) && c != '.')]);
        return digits.Length == 14 && digits.All(char.IsAsciiDigit) && HasValidKey(digits) ? digits : null;
    }

    private static bool HasValidKey(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            var weighted = i % 2 == 1 ? digit * 2 : digit;
            sum += weighted > 9 ? weighted - 9 : weighted;
        }

        // La Poste ran out of Luhn-valid numbers for its offices: there the plain sum of digits is a multiple of five.
        return sum % 10 == 0 || (digits.StartsWith(LaPoste, StringComparison.Ordinal) && digits.Sum(c => c - '0') % 5 == 0);
    }
}
