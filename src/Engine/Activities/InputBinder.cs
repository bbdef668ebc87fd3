using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MonOPCO.Engine.Activities;

/// <summary>An input that cannot be used as given; the message is a French sentence naming the property.</summary>
public sealed class InputBindingException(string property, string message) : Exception(message)
{
    public string Property { get; } = property;
}

/// <summary>
/// Makes <c>Input</c> records from JSON values in the order of the descriptor's inputs. Everything about the type is looked at once; binding calls compiled code.
/// An absent or null value leaves the record's own default; a missing <c>required</c> one is refused with its name.
/// </summary>
internal sealed class InputBinder
{
    private readonly InputProperty[] _properties;
    private readonly Func<object?[], object> _construct;
    private readonly int _constructorCount;

    private InputBinder(InputProperty[] properties, Func<object?[], object> construct, int constructorCount)
    {
        _properties = properties;
        _construct = construct;
        _constructorCount = constructorCount;
    }

    internal IReadOnlyList<InputProperty> Properties => _properties;

    /// <summary>Reads the record once. Throws when it has no usable constructor.</summary>
    internal static InputBinder For(Type type)
    {
        var constructor = type.GetConstructors().Where(c => c.GetParameters() is not [var only] || only.ParameterType != type).MaxBy(c => c.GetParameters().Length)
            ?? throw new InvalidOperationException($"{type.FullName}: no public constructor.");
        var parameters = constructor.GetParameters();
        var nullability = new NullabilityInfoContext();
        var properties = new List<InputProperty>();
        foreach (var parameter in parameters)
        {
            var property = type.GetProperty(parameter.Name!, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase)
                ?? throw new InvalidOperationException($"{type.FullName}: constructor parameter {parameter.Name} is not a property.");
            var required = !parameter.HasDefaultValue && nullability.Create(parameter).WriteState != NullabilityState.Nullable && !IsNullable(parameter.ParameterType);
            var missing = parameter.HasDefaultValue ? parameter.DefaultValue : DefaultOf(parameter.ParameterType);
            properties.Add(new InputProperty(property, required, missing, null, JsonReaders.For(parameter.ParameterType)));
        }

        var constructorCount = properties.Count;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite && p.GetIndexParameters().Length == 0).OrderBy(p => p.MetadataToken))
        {
            if (properties.Exists(p => p.Property == property))
            {
                continue;
            }

            var required = property.GetCustomAttribute<System.Runtime.CompilerServices.RequiredMemberAttribute>() is not null
                || property.GetCustomAttribute<System.ComponentModel.DataAnnotations.RequiredAttribute>() is not null;
            properties.Add(new InputProperty(property, required, null, Setter(type, property), JsonReaders.For(property.PropertyType)));
        }

        var arguments = Expression.Parameter(typeof(object?[]), "arguments");
        var body = Expression.New(constructor, parameters.Select((p, i) => Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(i)), p.ParameterType)));
        var construct = Expression.Lambda<Func<object?[], object>>(Expression.Convert(body, typeof(object)), arguments).Compile();
        return new InputBinder([.. properties], construct, constructorCount);
    }

    internal object Bind(ReadOnlySpan<JsonNode?> values)
    {
        var arguments = _constructorCount == 0 ? [] : new object?[_constructorCount];
        for (var i = 0; i < _constructorCount; i++)
        {
            var property = _properties[i];
            arguments[i] = values[i] is { } node ? Read(property, node) : property.Required ? throw Missing(property) : property.Missing;
        }

        var input = _construct(arguments);
        for (var i = _constructorCount; i < _properties.Length; i++)
        {
            var property = _properties[i];
            if (values[i] is { } node)
            {
                property.Set!(input, Read(property, node));
            }
            else if (property.Required)
            {
                throw Missing(property);
            }
        }

        return input;
    }

    internal object Bind(JsonObject json)
    {
        var values = new JsonNode?[_properties.Length];
        foreach (var (name, value) in json)
        {
            var index = Array.FindIndex(_properties, p => string.Equals(p.Property.Name, name, StringComparison.OrdinalIgnoreCase));
            if (index >= 0)
            {
                values[index] = value;
            }
        }

        return Bind(values);
    }

    private static object? Read(InputProperty property, JsonNode node)
    {
        try
        {
            return property.Read(node);
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidOperationException or OverflowException or NotSupportedException)
        {
            var text = node.ToJsonString();
            throw new InputBindingException(property.Property.Name, $"« {property.Label} » ({property.Property.Name}) n'accepte pas la valeur {(text.Length > 80 ? text[..80] + "…" : text)} : {TypeNames.Of(property.Property.PropertyType)} attendu.");
        }
    }

    private static InputBindingException Missing(InputProperty property) =>
        new(property.Property.Name, $"« {property.Label} » ({property.Property.Name}) est obligatoire et n'a pas de valeur.");

    private static Action<object, object?> Setter(Type type, PropertyInfo property)
    {
        var target = Expression.Parameter(typeof(object), "target");
        var value = Expression.Parameter(typeof(object), "value");
        var call = Expression.Call(Expression.Convert(target, type), property.SetMethod!, Expression.Convert(value, property.PropertyType));
        return Expression.Lambda<Action<object, object?>>(call, target, value).Compile();
    }

    private static bool IsNullable(Type type) => Nullable.GetUnderlyingType(type) is not null;

    private static object? DefaultOf(Type type) => type.IsValueType && !IsNullable(type) ? Activator.CreateInstance(type) : null;
}

/// <summary>One property of an <c>Input</c> record with its compiled reader and setter (null when it is a constructor parameter).</summary>
internal sealed record InputProperty(PropertyInfo Property, bool Required, object? Missing, Action<object, object?>? Set, Func<JsonNode, object?> Read)
{
    internal string Label { get; } = Property.GetCustomAttribute<System.ComponentModel.DataAnnotations.DisplayAttribute>()?.GetName() ?? Property.Name;
}
