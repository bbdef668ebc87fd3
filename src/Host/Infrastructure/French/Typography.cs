using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace MonOPCO.Host.Infrastructure.French;

/// <summary>French typography of texts that come from data (procedures, rules, registers), whose authors type what a keyboard has.</summary>
public static partial class Typography
{
    /// <summary>« l'OPCO » → « l’OPCO ». For reading only: never for the value of a field, which must come back as it was typed.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Curly(this string? text) => text is null || !text.Contains('\'', StringComparison.Ordinal) ? text : Apostrophe().Replace(text, "’");

    [GeneratedRegex(@"(?<=\p{L})'(?=[\p{L}\d])")]
    private static partial Regex Apostrophe();
}
