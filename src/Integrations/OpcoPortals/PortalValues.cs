using System.Globalization;
using System.Text.Json;

namespace MonOPCO.Integrations.OpcoPortals;

/// <summary>Values of the data in the form that a portal wants, and the comparison of what it shows with what was meant.</summary>
internal static class PortalValues
{
    private static readonly NumberFormatInfo French = new() { NumberDecimalSeparator = ",", NumberGroupSeparator = "" };

    /// <summary>The element at « a.b.0 » or null; « ./ » starts at the row.</summary>
    public static JsonElement? Find(JsonElement data, JsonElement? row, string path)
    {
        var current = path.StartsWith("./", StringComparison.Ordinal) ? row ?? throw new PortalScriptException($"« {path} » n'a de sens que dans une répétition.") : data;
        foreach (var part in path.StartsWith("./", StringComparison.Ordinal) ? path[2..].Split('.') : path.Split('.'))
        {
            if (current.ValueKind == JsonValueKind.Array && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < current.GetArrayLength())
            {
                current = current[index];
            }
            else if (current.ValueKind != JsonValueKind.Object || !current.TryGetProperty(part, out current))
            {
                return null;
            }
        }

        return current.ValueKind is JsonValueKind.Null ? null : current;
    }

    public static bool HasValue(JsonElement data, JsonElement? row, string path) => Find(data, row, path) is { } found && !(found.ValueKind == JsonValueKind.String && found.GetString()!.Length == 0) && found.ValueKind != JsonValueKind.False;

    /// <summary>The text to type for a step.</summary>
    public static string Text(PortalStep step, JsonElement data, JsonElement? row)
    {
        if (step.Literal is { } literal)
        {
            return literal;
        }

        var path = step.Value!;
        var value = Find(data, row, path) ?? throw new PortalScriptException($"La donnée « {path} » manque pour {step.Target}.");
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => "oui",
            JsonValueKind.False => "non",
            _ => throw new PortalScriptException($"La donnée « {path} » n'est pas une valeur simple."),
        };
        if (step.Map is { } map)
        {
            return map.TryGetValue(text, out var mapped) ? mapped : throw new PortalScriptException($"La donnée « {path} » a une valeur que le script ne traduit pas.");
        }

        return Format(step.Format, text, path);
    }

    private static string Format(string? format, string text, string path) => format switch
    {
        null => text,
        "montant" => Amount(text).ToString("0.00", French),
        "nombre" => Amount(text).ToString("0.##", French),
        "chiffres" => new string([.. text.Where(char.IsAsciiDigit)]),
        _ when format.StartsWith("date:", StringComparison.Ordinal) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date.ToString(format[5..].Replace("/", "'/'", StringComparison.Ordinal), CultureInfo.InvariantCulture)
            : throw new PortalScriptException($"La donnée « {path} » n'est pas une date."),
        _ => throw new PortalScriptException($"Le format « {format} » est inconnu."),
    };

    private static decimal Amount(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount) ? amount : throw new PortalScriptException("Un nombre est attendu.");

    /// <summary>What a portal shows, free of its typography: one space between words, amounts and digits bare.</summary>
    public static string Clean(string? format, string shown)
    {
        var text = string.Join(' ', shown.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (format is "chiffres")
        {
            return new string([.. text.Where(char.IsAsciiDigit)]);
        }

        if (format is not ("montant" or "nombre"))
        {
            return text;
        }

        var bare = new string([.. text.Where(c => char.IsAsciiDigit(c) || c is ',' or '-')]).Replace(',', '.');
        return decimal.TryParse(bare, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var amount)
            ? amount.ToString(format == "montant" ? "0.00" : "0.##", French)
            : text;
    }
}
