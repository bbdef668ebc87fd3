using System.Text.Json;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Activities.BuiltIn;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Definitions;

/// <summary>What the built-in activities could not use: found when a definition is loaded, not when a dossier meets it.</summary>
internal static class ConstantChecks
{
    /// <summary>Why the activity cannot use the value, as the end of a sentence; null when it can.</summary>
    internal static string? Refusal(string type, InputDescriptor input, JsonNode value)
    {
        try
        {
            return (type, input.Name) switch
            {
                ("Elsa.Cron", "CronExpression") => CronSchedule.Parse(Text(value)).Next(DateTimeOffset.UnixEpoch.AddYears(60), TimeZoneInfo.Utc) is null ? "cette expression cron ne tombe jamais" : null,
                ("Elsa.HttpEndpoint", "Path") => HttpRoute.Parse(Text(value)) is null ? "" : null,
                ("Elsa.WriteHttpResponse", "StatusCode") => WriteHttpResponseNode.StatusCode(value) > 0 ? null : "",
                ("Elsa.Timer", "Interval") when LenientJson.ToTimeSpan(value) is { } span && span < TimeSpan.FromSeconds(1) => "l'intervalle est d'une seconde au moins",
                _ => OfType(input, value),
            };
        }
        catch (Exception exception) when (exception is FormatException or Execution.FaultException)
        {
            return exception.Message;
        }
    }

    private static string? OfType(InputDescriptor input, JsonNode value)
    {
        var kind = value.GetValueKind();
        return input.TypeName switch
        {
            "Boolean" when kind is not (JsonValueKind.True or JsonValueKind.False) => "oui ou non (true, false) est attendu",
            "Int32" or "Int64" when LenientJson.ToInt64(value) is null => "un nombre entier est attendu",
            "TimeSpan" when LenientJson.ToTimeSpan(value) is null => "une durée est attendue (exemples : 00:05:00, 3.00:00:00, P3D)",
            "DateTimeOffset" when LenientJson.ToDateTimeOffset(value) is null => "une date et une heure sont attendues (exemple : 2026-02-03T09:00:00+01:00)",
            "String" when input is { UiHint: "dropdown", Choices: { Count: > 0 } choices } && kind == JsonValueKind.String && !choices.Any(c => c.Value.Equals(Text(value), StringComparison.OrdinalIgnoreCase)) && LenientJson.ToInt64(value) is null
                => $"les valeurs possibles sont {string.Join(", ", choices.Select(c => c.Value))}",
            _ => null,
        };
    }

    private static string Text(JsonNode value) => LenientJson.ToText(value) ?? "";
}
