using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MonOPCO.Host.Pages.Portails;

/// <summary>The data of a filing as paths (<c>salaries.0.nom</c>) and values, for lists and corrections.</summary>
public static partial class PortalValuesTree
{
    public static IEnumerable<(string Path, JsonNode? Value)> Leaves(JsonNode? node, string path = "") => node switch
    {
        JsonObject fields => fields.SelectMany(x => Leaves(x.Value, path.Length == 0 ? x.Key : $"{path}.{x.Key}")),
        JsonArray rows => rows.SelectMany((x, i) => Leaves(x, string.Create(CultureInfo.InvariantCulture, $"{path}.{i}"))),
        _ => [(path, node)],
    };

    /// <summary>Without the row: <c>salaries.nom</c>.</summary>
    public static string Bare(string path) => Row().Replace(path, ".");

    /// <summary>The text a person edits: amounts and dates as in France.</summary>
    public static string Text(JsonNode? value)
    {
        var text = value?.ToString() ?? "";
        return value?.GetValueKind() == JsonValueKind.Number && decimal.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number.ToString("0.##", CultureInfo.GetCultureInfo("fr-FR"))
            : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? Fr.Date(date)
            : text;
    }

    /// <summary>Puts a typed text where a value stood, in its kind; a French sentence when it cannot be read.</summary>
    public static string? Put(JsonObject values, string path, string typed)
    {
        var parts = path.Split('.');
        JsonNode? holder = values;
        foreach (var part in parts[..^1])
        {
            holder = holder is JsonArray rows ? rows[int.Parse(part, CultureInfo.InvariantCulture)] : holder?[part];
        }

        var old = (holder as JsonObject)?[parts[^1]];
        if (holder is not JsonObject target)
        {
            return "Cette valeur n’existe plus.";
        }

        typed = typed.Trim();
        if (old?.GetValueKind() == JsonValueKind.Number)
        {
            if (!Fr.TryAmount(typed, out var number))
            {
                return "Indiquez un nombre, par exemple 1\u202F234,56.";
            }

            target[parts[^1]] = number;
        }
        else if (DateOnly.TryParseExact(old?.ToString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            if (!Fr.TryDate(typed, out var date))
            {
                return "Indiquez une date qui existe, par exemple 03/02/2026.";
            }

            target[parts[^1]] = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        }
        else
        {
            target[parts[^1]] = typed.Length == 0 ? null : typed;
        }

        return null;
    }

    [GeneratedRegex(@"\.\d+\.")]
    private static partial Regex Row();
}
