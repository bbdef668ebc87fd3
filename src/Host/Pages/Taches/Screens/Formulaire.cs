using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using MonOPCO.Domain.Tasks;

namespace MonOPCO.Host.Pages.Taches.Screens;

/// <summary>A field of a JSON Schema form. <paramref name="Kind"/>: text, long, number, integer, date, boolean, enum.</summary>
public sealed record SchemaField(string Name, string Label, string Kind, bool Required, string? Hint, IReadOnlyList<string> Choices, JsonObject Schema);

/// <summary>The screen of every task without one of its own: the form that its JSON Schema describes, and the task's context as facts.</summary>
public sealed class Formulaire : TaskScreen
{
    public override object Form => Input;

    public Typed Input { get; } = new();

    public IReadOnlyList<SchemaField> Fields => FieldsOf(Work.Form);

    /// <summary>What the procedure shows besides; objects and lists are left out.</summary>
    public IEnumerable<(string Name, string Value)> Facts => (Work.Context ?? []).Where(x => x.Value is JsonValue).Select(x => (x.Key, x.Value!.ToString()));

    /// <summary>What was typed, kept in a draft, or given by the context.</summary>
    public string? ValueOf(SchemaField field) => Input.Values.GetValueOrDefault(field.Name) ?? (Work.Context?[field.Name] ?? field.Schema["default"])?.ToString();

    public override Task<ScreenAnswer?> AnswerAsync(TaskOutcome outcome, IFormCollection form, ModelStateDictionary errors, CancellationToken cancellationToken)
    {
        if (Plain(outcome, form, errors) is not { } plain)
        {
            return Task.FromResult<ScreenAnswer?>(null);
        }

        var data = new JsonObject();
        foreach (var field in Fields)
        {
            var (value, complaint) = Read(field, Input.Values.GetValueOrDefault(field.Name)?.Trim() ?? "");
            if (complaint is not null)
            {
                errors.AddModelError($"Input.Values[{field.Name}]", $"{field.Label} : {complaint}");
            }
            else if (value is not null)
            {
                data[field.Name] = value;
            }
        }

        return Task.FromResult(errors.IsValid ? plain with { Data = data } : null);
    }

    internal static IReadOnlyList<SchemaField> FieldsOf(JsonObject? schema)
    {
        var required = (schema?["required"] as JsonArray ?? []).Select(x => x!.ToString()).ToHashSet(StringComparer.Ordinal);
        return [.. (schema?["properties"] as JsonObject ?? []).Where(x => x.Value is JsonObject).Select(x =>
        {
            var field = (JsonObject)x.Value!;
            var choices = (field["enum"] as JsonArray ?? []).Select(choice => choice!.ToString()).ToList();
            var kind = choices.Count > 0 ? "enum" : (field["type"]?.ToString(), field["format"]?.ToString()) switch
            {
                ("boolean", _) => "boolean",
                ("integer", _) => "integer",
                ("number", _) => "number",
                (_, "date") => "date",
                (_, "multiline" or "textarea") => "long",
                _ => Number(field, "maxLength") > 200 ? "long" : "text",
            };
            return new SchemaField(x.Key, field["title"]?.ToString() ?? x.Key, kind, required.Contains(x.Key), field["description"]?.ToString(), choices, field);
        })];
    }

    /// <summary>The value in the schema's kind, or a French complaint; null for an empty optional one.</summary>
    internal static (JsonNode? Value, string? Complaint) Read(SchemaField field, string typed)
    {
        if (field.Kind == "boolean")
        {
            var yes = typed is "true";
            return field.Required && !yes && field.Schema["const"]?.ToString() == "true" ? (null, "cette case est nécessaire.") : (JsonValue.Create(yes), null);
        }

        if (typed.Length == 0)
        {
            return (null, field.Required ? "ce champ est nécessaire." : null);
        }

        switch (field.Kind)
        {
            case "enum":
                return field.Choices.Contains(typed) ? (JsonValue.Create(typed), null) : (null, "choisissez une des valeurs proposées.");
            case "date":
                return Fr.TryDate(typed, out var date) ? (JsonValue.Create(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), null) : (null, "indiquez une date qui existe, par exemple 03/02/2026.");
            case "integer" or "number":
                return !Fr.TryAmount(typed, out var number) || (field.Kind == "integer" && number != decimal.Truncate(number)) ? (null, field.Kind == "integer" ? "indiquez un nombre entier." : "indiquez un nombre, par exemple 1\u202F234,56.")
                    : Number(field.Schema, "minimum") is { } min && number < min ? (null, $"indiquez au moins {Fr.Number(min)}.")
                    : Number(field.Schema, "maximum") is { } max && number > max ? (null, $"indiquez au plus {Fr.Number(max)}.")
                    : (JsonValue.Create(number), null);
            default:
                return Number(field.Schema, "minLength") is { } least && typed.Length < least ? (null, $"indiquez au moins {Fr.Plural((long)least, "caractère")}.")
                    : typed.Length > (Number(field.Schema, "maxLength") ?? 8000) ? (null, $"indiquez au plus {Fr.Plural((long)(Number(field.Schema, "maxLength") ?? 8000), "caractère")}.")
                    : (JsonValue.Create(typed), null);
        }
    }

    private static decimal? Number(JsonObject schema, string name) => schema[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? decimal.Parse(value.ToJsonString(), CultureInfo.InvariantCulture) : null;

    public sealed class Typed
    {
        /// <summary>Property → text.</summary>
        public Dictionary<string, string?> Values { get; set; } = [];
    }
}
