using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace MonOPCO.Engine.Activities;

/// <summary>Reads an activity class into its descriptor.</summary>
internal static class DescriptorReader
{
    internal static ActivityDescriptor Read(Type type)
    {
        var attribute = type.GetCustomAttribute<ActivityAttribute>()!;
        var code = new ActivityCode(type);
        return new ActivityDescriptor
        {
            Type = attribute.Type,
            Version = attribute.Version,
            Title = attribute.Title,
            Category = attribute.Category,
            Description = attribute.Description,
            Kind = attribute.Kind,
            Queue = attribute.Queue,
            MaxAttempts = attribute.MaxAttempts,
            IsTrigger = attribute.IsTrigger,
            Inputs = [.. code.Binder.Properties.Select(Input)],
            Outputs = code.OutputType == typeof(NoOutput) ? [] : [.. code.OutputType.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(p => p.GetCustomAttribute<JsonIgnoreAttribute>() is null && p.Name != "EqualityContract")
                .Select((p, i) => Output(p, i))],
            Ports = [.. type.GetCustomAttributes<OutcomeAttribute>().Select(o => new PortDescriptor(o.Name, o.Title))],
            Code = code,
        };
    }

    private static InputDescriptor Input(InputProperty input, int index)
    {
        var property = input.Property;
        var display = property.GetCustomAttribute<DisplayAttribute>();
        var editor = property.GetCustomAttribute<EditorAttribute>();
        var choices = Choices(property.PropertyType, editor);
        return new InputDescriptor(property.Name, TypeNames.Of(property.PropertyType))
        {
            DisplayName = display?.GetName() ?? property.Name,
            Description = display?.GetDescription(),
            Order = display?.GetOrder() ?? index,
            UiHint = editor?.Hint ?? Hint(property.PropertyType),
            Choices = choices,
            Source = editor?.Source,
            DefaultValue = editor?.Default,
            DefaultSyntax = TypeNames.ElementOf(property.PropertyType) is not null && property.PropertyType != typeof(string) ? "Object" : "Literal",
            Required = input.Required,
            IsSensitive = property.GetCustomAttribute<SensitiveAttribute>() is not null,
            ClrType = property.PropertyType,
        };
    }

    private static OutputDescriptor Output(PropertyInfo property, int index)
    {
        var display = property.GetCustomAttribute<DisplayAttribute>();
        return new OutputDescriptor(property.Name, TypeNames.Of(property.PropertyType))
        {
            DisplayName = display?.GetName() ?? property.Name,
            Description = display?.GetDescription(),
            Order = display?.GetOrder() ?? index,
        };
    }

    private static IReadOnlyList<Choice> Choices(Type type, EditorAttribute? editor)
    {
        if (editor is { Choices.Length: > 0 })
        {
            return [.. editor.Choices.Select(c => c.Split('|', 2) is [var value, var title] ? new Choice(value, title) : new Choice(c, c))];
        }

        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum
            ? [.. Enum.GetNames(type).Select(n => new Choice(n, type.GetField(n)!.GetCustomAttribute<DisplayAttribute>()?.GetName() ?? n))]
            : [];
    }

    private static string Hint(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(bool) => "checkbox",
            _ when type.IsEnum => "dropdown",
            _ when type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(DateOnly) => "datetime-picker",
            _ when type != typeof(string) && TypeNames.ElementOf(type) is { } element => element == typeof(string) ? "multitext" : "json-editor",
            _ when type == typeof(JsonNode) || TypeNames.Of(type) == "Object" => "json-editor",
            _ => "singleline",
        };
    }
}
