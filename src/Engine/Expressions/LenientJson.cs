using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MonOPCO.Engine.Expressions;

/// <summary>Reads JSON values the way Studio and people write them: booleans and numbers as text, lists as JSON text, dates in French.</summary>
public static class LenientJson
{
    private static readonly CultureInfo French = CultureInfo.GetCultureInfo("fr-FR");

    private static readonly JsonNodeOptions NodeOptions = new() { PropertyNameCaseInsensitive = false };

    private static readonly JsonDocumentOptions DocumentOptions = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    public static JsonNode? Parse(string text) => JsonNode.Parse(text, NodeOptions, DocumentOptions);

    public static bool TryParse(string text, out JsonNode? node)
    {
        try
        {
            node = Parse(text);
            return true;
        }
        catch (JsonException)
        {
            node = null;
            return false;
        }
    }

    public static JsonValueKind KindOf(JsonNode? node) => node?.GetValueKind() ?? JsonValueKind.Null;

    /// <summary>Truth as a condition understands it: true, "true", "1", a number other than 0.</summary>
    public static bool ToBoolean(JsonNode? node) => KindOf(node) switch
    {
        JsonValueKind.True => true,
        JsonValueKind.String => TryBoolean(node!.GetValue<string>(), out var value) && value,
        JsonValueKind.Number => ToDouble(node) != 0,
        JsonValueKind.Object or JsonValueKind.Array => true,
        _ => false,
    };

    internal static bool TryBoolean(string text, out bool value)
    {
        switch (text.Trim().ToUpperInvariant())
        {
            case "TRUE" or "1" or "ON" or "YES" or "OUI" or "VRAI":
                value = true;
                return true;
            case "FALSE" or "0" or "OFF" or "NO" or "NON" or "FAUX" or "":
                value = false;
                return true;
            default:
                value = false;
                return false;
        }
    }

    /// <summary>Text as an interpolation would show it; null stays null.</summary>
    public static string? ToText(JsonNode? node) => KindOf(node) switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.String => node!.GetValue<string>(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => node!.ToJsonString(),
    };

    public static double? ToDouble(JsonNode? node) => KindOf(node) switch
    {
        JsonValueKind.Number => Number(node!),
        JsonValueKind.String when TryDecimal(node!.GetValue<string>(), out var value) => (double)value,
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => null,
    };

    public static long? ToInt64(JsonNode? node)
    {
        if (node is JsonValue value && value.TryGetValue<int>(out var small))
        {
            return small;
        }

        return ToDouble(node) is { } number && number == Math.Floor(number) && Math.Abs(number) < 9e18 ? (long)number : null;
    }

    public static TimeSpan? ToTimeSpan(JsonNode? node) => KindOf(node) switch
    {
        JsonValueKind.String => TryTimeSpan(node!.GetValue<string>(), out var span) ? span : null,
        JsonValueKind.Number => TimeSpan.FromSeconds(Number(node!)),
        _ => null,
    };

    internal static bool TryTimeSpan(string text, out TimeSpan span)
    {
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out span))
        {
            return true;
        }

        try
        {
            span = System.Xml.XmlConvert.ToTimeSpan(text);
            return true;
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return false;
        }
    }

    public static DateTimeOffset? ToDateTimeOffset(JsonNode? node) =>
        KindOf(node) == JsonValueKind.String && TryDateTimeOffset(node!.GetValue<string>(), out var value) ? value : null;

    internal static bool TryDateTimeOffset(string text, out DateTimeOffset value) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out value) && !LooksFrench(text)
        || DateTimeOffset.TryParse(text, French, DateTimeStyles.AssumeUniversal, out value);

    internal static bool TryDate(string text, out DateOnly value)
    {
        if (DateOnly.TryParseExact(text, ["yyyy-MM-dd", "dd/MM/yyyy", "d/M/yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out value))
        {
            return true;
        }

        if (TryDateTimeOffset(text, out var moment))
        {
            value = DateOnly.FromDateTime(moment.DateTime);
            return true;
        }

        return false;
    }

    internal static bool TryDecimal(string text, out decimal value)
    {
        text = text.Trim();
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        // "12 345,67" as people type it; spaces of all kinds are group separators.
        var plain = string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c is not '\u202f' and not '\u00a0')).Replace(',', '.');
        return decimal.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Items of a list given as an array, as JSON text of an array, or as one value; null = none.</summary>
    public static IList<JsonNode?> ToItems(JsonNode? node) => KindOf(node) switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => [],
        JsonValueKind.Array => node!.AsArray(),
        JsonValueKind.String when node!.GetValue<string>().TrimStart().StartsWith('[') && TryParse(node.GetValue<string>(), out var parsed) && parsed is JsonArray array => array,
        JsonValueKind.String when node!.GetValue<string>().Length == 0 => [],
        _ => [node],
    };

    /// <summary>
    /// The value as a variable or input of this Elsa type holds it. What cannot be converted stays as it is: whoever binds it to a CLR type complains with the name.
    /// </summary>
    public static JsonNode? Coerce(JsonNode? node, string? typeName)
    {
        if (node is null || typeName is null)
        {
            return node;
        }

        var kind = node.GetValueKind();
        if (typeName.EndsWith("[]", StringComparison.Ordinal) || typeName.StartsWith("List", StringComparison.Ordinal) || typeName.StartsWith("ICollection", StringComparison.Ordinal))
        {
            return kind == JsonValueKind.String && TryParse(node.GetValue<string>(), out var list) && list is JsonArray ? list : node;
        }

        switch (typeName)
        {
            case "Boolean" when kind == JsonValueKind.String:
                return TryBoolean(node.GetValue<string>(), out var flag) ? JsonValue.Create(flag) : node;
            case "Int32" or "Int64" or "Int16" or "Byte" when kind == JsonValueKind.String:
                return TryDecimal(node.GetValue<string>(), out var whole) && whole == decimal.Floor(whole) && Math.Abs(whole) < 9e18m ? JsonValue.Create((long)whole) : node;
            case "Double" or "Single" or "Decimal" when kind == JsonValueKind.String:
                return TryDecimal(node.GetValue<string>(), out var number) ? JsonValue.Create(number) : node;
            case "String" when kind is JsonValueKind.True or JsonValueKind.False:
                // As Elsa's conversion (.NET's) writes them.
                return JsonValue.Create(kind == JsonValueKind.True ? bool.TrueString : bool.FalseString);
            case "String" when kind == JsonValueKind.Number:
                return JsonValue.Create(ToText(node));
            case "String" when kind is JsonValueKind.Object or JsonValueKind.Array:
                return JsonValue.Create(JavaScriptFunctions.ToJson(node));
            case "Object" or "ObjectDictionary" or "JsonObject" or "JsonNode" or "ExpandoObject":
                return node;
            default:
                return node;
        }
    }

    private static double Number(JsonNode node)
    {
        var value = node.AsValue();
        return value.TryGetValue<double>(out var number) ? number
            : value.TryGetValue<int>(out var whole) ? whole
            : value.TryGetValue<long>(out var large) ? large
            : value.TryGetValue<decimal>(out var money) ? (double)money
            : double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture);
    }

    private static bool LooksFrench(string text) => text.Length >= 10 && text[2] == '/' && text[5] == '/';
}
