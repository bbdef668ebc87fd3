using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MonOPCO.Host.Forms;

public enum SchemaKind
{
    Text,
    Long,
    Number,
    Integer,
    Money,
    Date,
    Boolean,
    Choice,

    /// <summary>Several of a list.</summary>
    Choices,

    /// <summary>A group of fields.</summary>
    Group,

    /// <summary>Rows of a group or of single values.</summary>
    Rows,
}

/// <summary>One field of a form that a JSON Schema describes. <paramref name="Path"/>: where it stands, with dots; a row's number stands where <c>#</c> is.</summary>
public sealed record SchemaField(string Path, string Name, string Label, SchemaKind Kind, bool Required, string? Hint, JsonObject Schema)
{
    /// <summary>Value and label, in the author's order.</summary>
    public IReadOnlyList<(string Value, string Label)> Options { get; init; } = [];

    /// <summary>Of a group, or of one row.</summary>
    public IReadOnlyList<SchemaField> Fields { get; init; } = [];

    public int MinRows { get; init; }

    public int MaxRows { get; init; }

    /// <summary>The same field in one row.</summary>
    public SchemaField At(int row)
    {
        var hole = Path.IndexOf('#', StringComparison.Ordinal);
        return hole < 0 ? this : this with { Path = string.Concat(Path.AsSpan(0, hole), row.ToString(CultureInfo.InvariantCulture), Path.AsSpan(hole + 1)), Fields = [.. Fields.Select(x => x.At(row))] };
    }
}

/// <summary>
/// A form out of a JSON Schema, in the order in which it was written: strings (length, pattern, date, e-mail), numbers and amounts (bounds), yes or no, choices, groups and rows.
/// What is typed arrives as path → text; <see cref="Read"/> gives JSON of the schema's types, or French sentences at the fields.
/// </summary>
public static class SchemaForm
{
    private const int DefaultLength = 8000;
    private const int DefaultRows = 20;
    private const int Deepest = 6;

    public static IReadOnlyList<SchemaField> FieldsOf(JsonObject? schema) => Fields(schema, "", 0);

    /// <summary>The data, or null after complaints were made; <paramref name="complain"/> gets path and sentence.</summary>
    public static JsonObject? Read(IReadOnlyList<SchemaField> fields, IReadOnlyDictionary<string, string?> typed, Action<string, string> complain)
    {
        var wrong = false;
        var data = ReadGroup(fields, typed, (path, sentence) =>
        {
            wrong = true;
            complain(path, sentence);
        });
        return wrong ? null : data;
    }

    /// <summary>Rows to show: what was typed or given, the least that the schema wants, one for the beginning.</summary>
    public static int RowsOf(SchemaField field, IReadOnlyDictionary<string, string?> typed, JsonNode? given)
    {
        var shown = Math.Max(Math.Max(Typed(field, typed), (given as JsonArray)?.Count ?? 0), Math.Max(field.MinRows, 1));
        return Math.Min(shown, field.MaxRows);
    }

    /// <summary>What the context or the schema's default gives for a field, as it is typed.</summary>
    public static string? Given(SchemaField field, JsonNode? context)
    {
        var node = context;
        foreach (var step in field.Path.Split('.'))
        {
            node = node switch
            {
                JsonObject group => group[step],
                JsonArray rows when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var row) && row < rows.Count => rows[row],
                _ => null,
            };
        }

        node ??= field.Schema["default"];
        return node is JsonValue value ? value.GetValueKind() switch
        {
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Number => decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number.ToString("0.##########", CultureInfo.GetCultureInfo("fr-FR")) : value.ToString(),
            _ => value.ToString(),
        } : null;
    }

    private static int Typed(SchemaField field, IReadOnlyDictionary<string, string?> typed) => typed.Keys
        .Where(x => x.StartsWith(field.Path + ".", StringComparison.Ordinal))
        .Select(x => int.TryParse(x[(field.Path.Length + 1)..].Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var row) && row < DefaultRows * 10 ? row + 1 : 0).DefaultIfEmpty().Max();

    private static IReadOnlyList<SchemaField> Fields(JsonObject? schema, string prefix, int depth)
    {
        if (depth > Deepest)
        {
            return [];
        }

        var required = (schema?["required"] as JsonArray ?? []).Select(x => x!.ToString()).ToHashSet(StringComparer.Ordinal);
        return [.. (schema?["properties"] as JsonObject ?? []).Where(x => x.Value is JsonObject).Select(x => Field(x.Key, (JsonObject)x.Value!, prefix + x.Key, required.Contains(x.Key), depth))];
    }

    private static SchemaField Field(string name, JsonObject schema, string path, bool required, int depth)
    {
        var type = schema["type"] is JsonArray types ? types.Select(x => x?.ToString()).FirstOrDefault(x => x != "null") : schema["type"]?.ToString();
        var format = schema["format"]?.ToString();
        var options = OptionsOf(schema);
        var field = new SchemaField(path, name, schema["title"]?.ToString() ?? name, SchemaKind.Text, required, schema["description"]?.ToString(), schema);
        switch (type)
        {
            case "object":
                return field with { Kind = SchemaKind.Group, Fields = Fields(schema, path + ".", depth + 1) };
            case "array" when schema["items"] is JsonObject items:
                var several = OptionsOf(items);
                if (several.Count > 0)
                {
                    return field with { Kind = SchemaKind.Choices, Options = several };
                }

                var one = Field("", items, path + ".#", true, depth + 1) with { Label = items["title"]?.ToString() ?? field.Label };
                return field with
                {
                    Kind = SchemaKind.Rows,
                    Fields = one.Kind == SchemaKind.Group ? one.Fields : [one],
                    MinRows = (int)(Number(schema, "minItems") ?? 0),
                    MaxRows = (int)Math.Min(Number(schema, "maxItems") ?? DefaultRows, DefaultRows * 5),
                };
            case "boolean":
                return field with { Kind = SchemaKind.Boolean };
            default:
                return field with
                {
                    Options = options,
                    Kind = options.Count > 0 ? SchemaKind.Choice : (type, format) switch
                    {
                        ("integer", _) => SchemaKind.Integer,
                        ("number", "money" or "currency" or "montant") => SchemaKind.Money,
                        ("number", _) => SchemaKind.Number,
                        (_, "date") => SchemaKind.Date,
                        (_, "multiline" or "textarea") => SchemaKind.Long,
                        _ => Number(schema, "maxLength") > 200 ? SchemaKind.Long : SchemaKind.Text,
                    },
                };
        }
    }

    /// <summary><c>enum</c> (with <c>enumNames</c>), or <c>oneOf</c> of <c>const</c> and <c>title</c>.</summary>
    private static IReadOnlyList<(string Value, string Label)> OptionsOf(JsonObject schema)
    {
        if (schema["oneOf"] is JsonArray oneOf && oneOf.Count > 0 && oneOf.All(x => x is JsonObject one && one["const"] is not null))
        {
            return [.. oneOf.Select(x => (x!["const"]!.ToString(), x["title"]?.ToString() ?? x["const"]!.ToString()))];
        }

        var names = schema["enumNames"] as JsonArray;
        return [.. (schema["enum"] as JsonArray ?? []).Where(x => x is not null).Select((x, i) => (x!.ToString(), names is not null && i < names.Count ? names[i]!.ToString() : x.ToString()))];
    }

    private static JsonObject ReadGroup(IReadOnlyList<SchemaField> fields, IReadOnlyDictionary<string, string?> typed, Action<string, string> complain)
    {
        var data = new JsonObject();
        foreach (var field in fields)
        {
            if (ReadField(field, typed, complain) is { } value)
            {
                data[field.Name] = value;
            }
        }

        return data;
    }

    private static JsonNode? ReadField(SchemaField field, IReadOnlyDictionary<string, string?> typed, Action<string, string> complain)
    {
        switch (field.Kind)
        {
            case SchemaKind.Group:
                // A group that need not be filled in may be left empty whole, its compulsory fields included.
                var any = field.Fields.Any(x => IsTyped(x, typed));
                return any || field.Required ? ReadGroup(field.Fields, typed, complain) : null;
            case SchemaKind.Choices:
                var chosen = field.Options.Where((_, i) => typed.GetValueOrDefault($"{field.Path}.{i}") == "true").Select(x => (JsonNode?)JsonValue.Create(x.Value)).ToList();
                Count(field, chosen.Count, "choix", complain);
                return chosen.Count == 0 && !field.Required ? null : new JsonArray([.. chosen]);
            case SchemaKind.Rows:
                return ReadRows(field, typed, complain);
            default:
                var (value, complaint) = ReadOne(field, typed.GetValueOrDefault(field.Path)?.Trim() ?? "");
                if (complaint is not null)
                {
                    complain(field.Path, $"{field.Label} : {complaint}");
                }

                return value;
        }
    }

    private static JsonArray? ReadRows(SchemaField field, IReadOnlyDictionary<string, string?> typed, Action<string, string> complain)
    {
        var rows = new JsonArray();
        for (var row = 0; row < Typed(field, typed); row++)
        {
            var fields = field.Fields.Select(x => x.At(row)).ToList();
            if (!fields.Exists(x => IsTyped(x, typed)))
            {
                // An empty row is no row.
                continue;
            }

            rows.Add(fields is [{ Name: "" } single] ? ReadField(single, typed, complain) : ReadGroup(fields, typed, complain));
        }

        Count(field, rows.Count, "ligne", complain);
        return rows.Count == 0 && !field.Required ? null : rows;
    }

    private static void Count(SchemaField field, int count, string what, Action<string, string> complain)
    {
        var least = Math.Max((int)(Number(field.Schema, "minItems") ?? 0), field.Required ? 1 : 0);
        if (count < least && (field.Required || count > 0))
        {
            complain(field.Path, $"{field.Label} : indiquez au moins {least} {what}{(least > 1 && what != "choix" ? "s" : "")}.");
        }
        else if (Number(field.Schema, "maxItems") is { } most && count > most)
        {
            complain(field.Path, $"{field.Label} : indiquez au plus {Fr.Number(most)} {what}{(most > 1 && what != "choix" ? "s" : "")}.");
        }
    }

    private static bool IsTyped(SchemaField field, IReadOnlyDictionary<string, string?> typed) => field.Kind switch
    {
        SchemaKind.Boolean => typed.GetValueOrDefault(field.Path) == "true",
        SchemaKind.Group => field.Fields.Any(x => IsTyped(x, typed)),
        SchemaKind.Choices or SchemaKind.Rows => typed.Any(x => x.Key.StartsWith(field.Path + ".", StringComparison.Ordinal) && !string.IsNullOrWhiteSpace(x.Value)),
        _ => !string.IsNullOrWhiteSpace(typed.GetValueOrDefault(field.Path)),
    };

    /// <summary>The value in the schema's kind, or a French complaint; neither for an empty optional one.</summary>
    private static (JsonNode? Value, string? Complaint) ReadOne(SchemaField field, string typed)
    {
        if (field.Kind == SchemaKind.Boolean)
        {
            var yes = typed == "true";
            return field.Required && !yes && field.Schema["const"]?.ToString() == "true" ? (null, "cette case est nécessaire.") : (JsonValue.Create(yes), null);
        }

        if (typed.Length == 0)
        {
            return (null, field.Required ? "ce champ est nécessaire." : null);
        }

        return field.Kind switch
        {
            SchemaKind.Choice => field.Options.Any(x => x.Value == typed) ? (Choice(field, typed), null) : (null, "choisissez une des valeurs proposées."),
            SchemaKind.Date => ReadDate(field, typed),
            SchemaKind.Integer or SchemaKind.Number or SchemaKind.Money => ReadNumber(field, typed),
            _ => ReadText(field, typed),
        };
    }

    /// <summary>A choice of numbers stays a number.</summary>
    private static JsonNode Choice(SchemaField field, string typed) =>
        (field.Schema["enum"] as JsonArray)?.FirstOrDefault(x => x?.ToString() == typed)?.DeepClone() ?? (field.Schema["oneOf"] as JsonArray)?.FirstOrDefault(x => x?["const"]?.ToString() == typed)?["const"]?.DeepClone() ?? JsonValue.Create(typed);

    private static (JsonNode?, string?) ReadDate(SchemaField field, string typed)
    {
        if (!Fr.TryDate(typed, out var date))
        {
            return (null, "indiquez une date qui existe, par exemple 03/02/2026.");
        }

        return Date(field.Schema, "minimum", "formatMinimum") is { } min && date < min ? (null, $"indiquez une date à partir du {Fr.Date(min)}.")
            : Date(field.Schema, "maximum", "formatMaximum") is { } max && date > max ? (null, $"indiquez une date au plus tard le {Fr.Date(max)}.")
            : (JsonValue.Create(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), null);
    }

    private static (JsonNode?, string?) ReadNumber(SchemaField field, string typed)
    {
        if (!Fr.TryAmount(typed, out var number) || (field.Kind == SchemaKind.Integer && number != decimal.Truncate(number)))
        {
            return (null, field.Kind switch { SchemaKind.Integer => "indiquez un nombre entier.", SchemaKind.Money => "indiquez un montant, par exemple 1\u202F234,56.", _ => "indiquez un nombre, par exemple 1\u202F234,56." });
        }

        string Show(decimal x) => field.Kind == SchemaKind.Money ? Fr.Euros(x) : Fr.Number(x);
        return Number(field.Schema, "minimum") is { } min && number < min ? (null, $"indiquez au moins {Show(min)}.")
            : Number(field.Schema, "maximum") is { } max && number > max ? (null, $"indiquez au plus {Show(max)}.")
            : Number(field.Schema, "exclusiveMinimum") is { } above && number <= above ? (null, $"indiquez plus de {Show(above)}.")
            : Number(field.Schema, "exclusiveMaximum") is { } below && number >= below ? (null, $"indiquez moins de {Show(below)}.")
            : Number(field.Schema, "multipleOf") is { } step && step > 0 && number % step != 0 ? (null, $"indiquez un multiple de {Show(step)}.")
            : (JsonValue.Create(number), null);
    }

    private static (JsonNode?, string?) ReadText(SchemaField field, string typed)
    {
        var most = Number(field.Schema, "maxLength") ?? DefaultLength;
        return Number(field.Schema, "minLength") is { } least && typed.Length < least ? (null, $"indiquez au moins {Fr.Plural((long)least, "caractère")}.")
            : typed.Length > most ? (null, $"indiquez au plus {Fr.Plural((long)most, "caractère")}.")
            : field.Schema["format"]?.ToString() == "email" && !new System.ComponentModel.DataAnnotations.EmailAddressAttribute().IsValid(typed) ? (null, "indiquez une adresse comme nom@exemple.fr.")
            : field.Schema["pattern"]?.ToString() is { Length: > 0 } pattern && !Matches(pattern, typed)
                ? (null, field.Schema["patternMessage"]?.ToString() ?? $"ce n’est pas la forme attendue{(field.Schema["examples"] is JsonArray { Count: > 0 } examples ? $", par exemple {examples[0]}" : "")}.")
            : (JsonValue.Create(typed), null);
    }

    // The pattern is the process owner's: bounded in time, and without any backtracking where that is possible.
    private static bool Matches(string pattern, string typed)
    {
        try
        {
            return Regex.IsMatch(typed, pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(200));
        }
        catch (NotSupportedException)
        {
            try
            {
                return Regex.IsMatch(typed, pattern, RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(200));
            }
            catch (RegexMatchTimeoutException)
            {
                return false;
            }
        }
        catch (ArgumentException)
        {
            // A pattern that is none cannot be kept: it forbids nothing.
            return true;
        }
    }

    private static DateOnly? Date(JsonObject schema, params string[] names) => names.Select(x => schema[x]?.ToString()).Where(x => Fr.TryDate(x, out _)).Select(x =>
    {
        _ = Fr.TryDate(x, out var date);
        return (DateOnly?)date;
    }).FirstOrDefault();

    private static decimal? Number(JsonObject schema, string name) =>
        schema[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? decimal.Parse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture) : null;
}
