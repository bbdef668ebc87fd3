using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MonOPCO.Engine.Activities;

/// <summary>The compiled doors to one activity class: how to make it, bind its input and write its output.</summary>
internal sealed class ActivityCode
{
    private readonly Type[] _dependencies;
    private readonly Func<object?[], Activity> _construct;
    private readonly Activity? _shared;

    internal ActivityCode(Type type)
    {
        Class = type;
        (InputType, OutputType) = Arguments(type);
        Binder = InputBinder.For(InputType);
        var constructors = type.GetConstructors();
        if (constructors.Length != 1)
        {
            throw new InvalidOperationException($"{type.FullName}: an activity has exactly one public constructor.");
        }

        _dependencies = [.. constructors[0].GetParameters().Select(p => p.ParameterType)];
        var arguments = Expression.Parameter(typeof(object?[]), "arguments");
        var body = Expression.New(constructors[0], _dependencies.Select((d, i) => Expression.Convert(Expression.ArrayIndex(arguments, Expression.Constant(i)), d)));
        _construct = Expression.Lambda<Func<object?[], Activity>>(body, arguments).Compile();

        // Activities are stateless: one without dependencies serves all bursts.
        _shared = _dependencies.Length == 0 ? _construct([]) : null;
    }

    internal Type Class { get; }

    internal Type InputType { get; }

    internal Type OutputType { get; }

    internal InputBinder Binder { get; }

    internal Activity Create(IServiceProvider services)
    {
        if (_shared is not null)
        {
            return _shared;
        }

        var arguments = new object?[_dependencies.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = _dependencies[i] == typeof(IServiceProvider)
                ? services
                : services.GetService(_dependencies[i]) ?? throw new InvalidOperationException($"{Class.FullName} needs {_dependencies[i].FullName}, which is not registered.");
        }

        return _construct(arguments);
    }

    internal static JsonObject? WriteOutput(object? output) =>
        output is null or NoOutput ? null : JsonSerializer.SerializeToNode(output, output.GetType(), JsonReaders.Options) as JsonObject;

    internal static bool IsActivity(Type type) => typeof(Activity).IsAssignableFrom(type) && !type.IsAbstract && type.GetCustomAttribute<ActivityAttribute>() is not null;

    private static (Type Input, Type Output) Arguments(Type type)
    {
        for (var current = type.BaseType; current is not null; current = current.BaseType)
        {
            if (current.IsGenericType && current.GetGenericTypeDefinition() == typeof(Activity<,>))
            {
                return (current.GetGenericArguments()[0], current.GetGenericArguments()[1]);
            }
        }

        throw new InvalidOperationException($"{type.FullName} does not derive from Activity<Input, Output>.");
    }
}
