using System.Text.Json.Nodes;

namespace MonOPCO.Engine.Activities;

/// <summary>Elsa's aliases of types, as definitions and descriptors name them.</summary>
public static class TypeNames
{
    /// <summary>Alias of a CLR type; what has none is an <c>Object</c>.</summary>
    public static string Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type != typeof(string) && ElementOf(type) is { } element)
        {
            return Of(element) + "[]";
        }

        return type switch
        {
            _ when type == typeof(string) || type.IsEnum => "String",
            _ when type == typeof(bool) => "Boolean",
            _ when type == typeof(int) || type == typeof(short) || type == typeof(byte) => "Int32",
            _ when type == typeof(long) => "Int64",
            _ when type == typeof(double) || type == typeof(float) => "Double",
            _ when type == typeof(decimal) => "Decimal",
            _ when type == typeof(Guid) => "Guid",
            _ when type == typeof(DateTime) => "DateTime",
            _ when type == typeof(DateTimeOffset) => "DateTimeOffset",
            _ when type == typeof(DateOnly) => "DateOnly",
            _ when type == typeof(TimeSpan) => "TimeSpan",
            _ => "Object",
        };
    }

    internal static Type? ElementOf(Type type)
    {
        if (type.IsArray)
        {
            return type.GetElementType();
        }

        if (typeof(JsonNode).IsAssignableFrom(type) || !type.IsGenericType)
        {
            return null;
        }

        var definition = type.GetGenericTypeDefinition();
        return definition == typeof(List<>) || definition == typeof(IReadOnlyList<>) || definition == typeof(IReadOnlyCollection<>) || definition == typeof(IEnumerable<>) || definition == typeof(IList<>) || definition == typeof(ICollection<>)
            ? type.GetGenericArguments()[0]
            : null;
    }
}
