using System.Globalization;
using System.Text;

namespace MonOPCO.Domain.Data;

/// <summary>The normalised form that is stored and searched by trigrams: lower case, without accents, single spaces.</summary>
public static class SearchText
{
    public static string Of(params IEnumerable<string?> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            foreach (var c in (part ?? "").Normalize(NormalizationForm.FormD))
            {
                if (CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark)
                {
                    continue;
                }

                switch (char.ToLowerInvariant(c))
                {
                    case 'œ': text.Append("oe"); break;
                    case 'æ': text.Append("ae"); break;
                    case '’' or '\'' or '-' or '_' or '.' or ',': AppendSpace(text); break;
                    case var w when char.IsWhiteSpace(w): AppendSpace(text); break;
                    case var other: text.Append(other); break;
                }
            }

            AppendSpace(text);
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>Key under which an e-mail address is compared.</summary>
    public static string EmailKey(string? email) => (email ?? "").Trim().ToLowerInvariant();

    private static void AppendSpace(StringBuilder text)
    {
        if (text.Length > 0 && text[^1] != ' ')
        {
            text.Append(' ');
        }
    }
}
