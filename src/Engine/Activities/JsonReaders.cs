using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Activities;

/// <summary>Readers of CLR values from JSON, lenient as Studio needs (studio-api §5.2). They throw <see cref="FormatException"/> for what makes no sense.</summary>
internal static class JsonReaders
{
    /// <summary>Options for everything that is not a plain value: nested records, dictionaries, and outputs.</summary>
    internal static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
        Converters = { new JsonStringEnumConverter() },
    };

    internal static Func<JsonNode, object?> For(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            var reader = For(underlying);
            return node => IsEmptyText(node) ? null : reader(node);
        }

        if (typeof(JsonNode).IsAssignableFrom(type))
        {
            return node => type.IsInstanceOfType(node) ? node.DeepClone() : Structured(node) is { } parsed && type.IsInstanceOfType(parsed) ? parsed : throw new FormatException();
        }

        if (type.IsEnum)
        {
            return node => node.GetValueKind() == JsonValueKind.String
                ? Enum.TryParse(type, node.GetValue<string>(), true, out var value) && Enum.IsDefined(type, value) ? value : throw new FormatException()
                : Enum.ToObject(type, LenientJson.ToInt64(node) ?? throw new FormatException());
        }

        if (type != typeof(string) && TypeNames.ElementOf(type) is { } element)
        {
            return List(type, element);
        }

        return type switch
        {
            _ when type == typeof(string) => LenientJson.ToText,
            _ when type == typeof(bool) => node => node.GetValueKind() switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                JsonValueKind.String when LenientJson.TryBoolean(node.GetValue<string>(), out var flag) => flag,
                JsonValueKind.Number => LenientJson.ToDouble(node) != 0,
                _ => throw new FormatException(),
            },
            _ when type == typeof(int) => node => checked((int)Whole(node)),
            _ when type == typeof(short) => node => checked((short)Whole(node)),
            _ when type == typeof(byte) => node => checked((byte)Whole(node)),
            _ when type == typeof(long) => node => Whole(node),
            _ when type == typeof(double) => node => LenientJson.ToDouble(node) ?? throw new FormatException(),
            _ when type == typeof(float) => node => (float)(LenientJson.ToDouble(node) ?? throw new FormatException()),
            _ when type == typeof(decimal) => Decimal,
            _ when type == typeof(Guid) => node => Guid.Parse(Text(node)),
            _ when type == typeof(DateOnly) => node => LenientJson.TryDate(Text(node), out var date) ? date : throw new FormatException(),
            _ when type == typeof(DateTimeOffset) => node => LenientJson.ToDateTimeOffset(node) ?? throw new FormatException(),
            _ when type == typeof(DateTime) => node => (LenientJson.ToDateTimeOffset(node) ?? throw new FormatException()).UtcDateTime,
            _ when type == typeof(TimeSpan) => node => LenientJson.ToTimeSpan(node) ?? throw new FormatException(),
            _ when type == typeof(JsonElement) => node => JsonSerializer.SerializeToElement(node),
            _ when type == typeof(object) => node => node.DeepClone(),
            _ => node => (Structured(node) ?? node).Deserialize(type, Options),
        };
    }

    private static Func<JsonNode, object?> List(Type type, Type element)
    {
        var read = For(element);
        var listType = typeof(List<>).MakeGenericType(element);
        return node =>
        {
            var items = LenientJson.ToItems(node);
            if (type.IsArray)
            {
                var array = Array.CreateInstance(element, items.Count);
                for (var i = 0; i < items.Count; i++)
                {
                    array.SetValue(items[i] is { } item ? read(item) : null, i);
                }

                return array;
            }

            var list = (IList)Activator.CreateInstance(listType)!;
            foreach (var item in items)
            {
                list.Add(item is null ? null : read(item));
            }

            return list;
        };
    }

    private static object? Decimal(JsonNode node)
    {
        var value = node.AsValue();
        return value.TryGetValue<decimal>(out var exact) ? exact
            : node.GetValueKind() == JsonValueKind.String && LenientJson.TryDecimal(node.GetValue<string>(), out var text) ? text
            : (decimal)(LenientJson.ToDouble(node) ?? throw new FormatException());
    }

    private static long Whole(JsonNode node) => LenientJson.ToInt64(node) ?? throw new FormatException();

    private static string Text(JsonNode node) => LenientJson.ToText(node) ?? throw new FormatException();

    private static bool IsEmptyText(JsonNode node) => node.GetValueKind() == JsonValueKind.String && node.GetValue<string>().Length == 0;

    /// <summary>Studio sends objects and lists as JSON text.</summary>
    private static JsonNode? Structured(JsonNode node) =>
        node.GetValueKind() == JsonValueKind.String && LenientJson.TryParse(node.GetValue<string>(), out var parsed) ? parsed : null;
}
