using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities.BuiltIn;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Activities;

/// <summary>All activities a Host knows: Elsa's built-in nodes and the <c>[Activity]</c> classes of the given assemblies. Built once, at start.</summary>
public sealed class ActivityRegistry
{
    // Designers write inputs and outputs beside these on the node.
    private static readonly FrozenSet<string> NodeKeys = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "id", "nodeId", "name", "type", "version", "metadata", "customProperties", "source");

    private readonly Dictionary<(string, int), ActivityDescriptor> _byVersion = [];
    private readonly Dictionary<string, ActivityDescriptor> _latest = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IExpressionLanguage> _languages = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Throws with every faulty or duplicate declaration, the known types listed.</summary>
    public ActivityRegistry(params IEnumerable<Assembly> assemblies)
        : this(assemblies.SelectMany(a => a.GetTypes()), [])
    {
    }

    /// <summary>With further expression languages, registered from outside the engine.</summary>
    public ActivityRegistry(IEnumerable<Assembly> assemblies, IEnumerable<IExpressionLanguage> languages)
        : this(assemblies.SelectMany(a => a.GetTypes()), languages)
    {
    }

    /// <summary>From single classes; tests use it.</summary>
    public ActivityRegistry(IEnumerable<Type> types, IEnumerable<IExpressionLanguage> languages)
    {
        var faults = new List<string>();
        foreach (var descriptor in BuiltInCatalogue.All())
        {
            Add(descriptor, faults);
        }

        foreach (var type in types.Where(ActivityCode.IsActivity).OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            try
            {
                Add(DescriptorReader.Read(type), faults);
            }
            catch (InvalidOperationException exception)
            {
                faults.Add(exception.Message);
            }
        }

        if (faults.Count > 0)
        {
            throw new InvalidOperationException($"Faulty activities:\n- {string.Join("\n- ", faults)}\nKnown: {string.Join(", ", _latest.Keys.Order(StringComparer.Ordinal))}");
        }

        foreach (var language in BuiltInCatalogue.Languages().Concat(languages))
        {
            _languages[language.Type] = language;
        }
    }

    /// <summary>Every version of every activity.</summary>
    public IReadOnlyCollection<ActivityDescriptor> Descriptors => _byVersion.Values;

    public IReadOnlyCollection<IExpressionLanguage> Languages => _languages.Values;

    /// <summary>The activity of exactly that version; for Elsa's own nodes any version answers.</summary>
    public ActivityDescriptor? Find(string type, int version) =>
        _byVersion.TryGetValue((type, version), out var exact) ? exact
        : _latest.TryGetValue(type, out var latest) && latest.IsBuiltIn ? latest : null;

    /// <summary>The newest version of the activity.</summary>
    public ActivityDescriptor? Find(string type) => _latest.GetValueOrDefault(type);

    public IExpressionLanguage? FindLanguage(string type) => _languages.GetValueOrDefault(type);

    /// <summary>Runs the outside part of an effect: <c>ExecuteAsync</c> in <paramref name="services"/> without a transaction. Exceptions pass through.</summary>
    public async Task<EffectRun> ExecuteEffectAsync(Execution.ScheduledEffect effect, IServiceProvider services, ActivityContext context)
    {
        var code = Code(effect);
        var input = code.Binder.Bind(effect.Input);
        return new EffectRun(code, input, await code.Create(services).ExecuteUntypedAsync(input, context));
    }

    /// <summary>In a trial, instead of running it: see <see cref="Activity{TInput,TOutput}.RehearseAsync"/>.</summary>
    internal Task<JsonObject> RehearseEffectAsync(Execution.ScheduledEffect effect, string outcome, JsonObject output, IServiceProvider services, ActivityContext context)
    {
        var code = Code(effect);
        return code.Create(services).RehearseUntypedAsync(code.Binder.Bind(effect.Input), outcome, output, context);
    }

    private ActivityCode Code(Execution.ScheduledEffect effect) =>
        Find(effect.ActivityType, effect.ActivityVersion)?.Code ?? throw new InvalidOperationException($"This Host does not know {effect.ActivityType} version {effect.ActivityVersion}.");

    private void Add(ActivityDescriptor descriptor, List<string> faults)
    {
        if (descriptor.Version < 1 || descriptor.Type.Length == 0)
        {
            faults.Add($"{descriptor.ClrType?.FullName}: type and version must be given.");
        }
        else if (descriptor.Ports.GroupBy(p => p.Name).Any(g => g.Count() > 1))
        {
            faults.Add($"{descriptor.Type}: an outcome is declared twice.");
        }
        else if (!descriptor.IsBuiltIn && descriptor.Inputs.Select(p => p.Name).Concat(descriptor.Outputs.Select(p => p.Name)).FirstOrDefault(NodeKeys.Contains) is { } taken)
        {
            faults.Add($"{descriptor.Type}: '{taken}' is a property of every node of a definition and cannot be an input or output.");
        }
        else if (!_byVersion.TryAdd((descriptor.Type, descriptor.Version), descriptor))
        {
            faults.Add($"{descriptor.Type} version {descriptor.Version} is declared by {_byVersion[(descriptor.Type, descriptor.Version)].ClrType?.FullName ?? "the engine"} and {descriptor.ClrType?.FullName}.");
        }
        else if (!_latest.TryGetValue(descriptor.Type, out var known) || known.Version < descriptor.Version)
        {
            _latest[descriptor.Type] = descriptor;
        }
    }
}

/// <summary>What the outside part of an effect answered, before it is recorded.</summary>
public sealed class EffectRun
{
    private readonly ActivityCode _code;
    private readonly object _input;
    private readonly UntypedResult _result;

    internal EffectRun(ActivityCode code, object input, UntypedResult result)
    {
        _code = code;
        _input = input;
        _result = result;
    }

    /// <summary>Set when the activity asked to be tried again; nothing is then recorded.</summary>
    public (TimeSpan After, string Reason)? RetryLater => _result is UntypedResult.RetryLater retry ? (retry.After, retry.Reason) : null;

    /// <summary>Inside the transaction that records the result: lets the activity write what it brought back, and gives the message's payload.</summary>
    public async Task<Execution.EffectResult> RecordAsync(IServiceProvider services, ActivityContext context)
    {
        switch (_result)
        {
            case UntypedResult.Done done:
                var output = await _code.Create(services).RecordUntypedAsync(_input, done.Output, context);
                return new Execution.EffectResult { Form = "done", Outcome = done.Outcome, Output = ActivityCode.WriteOutput(output), Attempts = context.Attempt };
            case UntypedResult.Wait wait:
                return new Execution.EffectResult { Form = "wait", WaitKind = wait.Kind, WaitKey = wait.Key, WaitUntil = wait.Until, WaitPayload = wait.Payload, Attempts = context.Attempt };
            case UntypedResult.Failed failed:
                return new Execution.EffectResult { Form = "failed", Code = failed.Code, Message = failed.Message, Attempts = context.Attempt };
            default:
                throw new InvalidOperationException("A result to be tried again later is not recorded.");
        }
    }

    /// <summary>The JSON of an <see cref="Execution.EffectResult"/>, as an Effect message carries it.</summary>
    public static JsonNode ToPayload(Execution.EffectResult result) => System.Text.Json.JsonSerializer.SerializeToNode(result, JsonReaders.Options)!;
}
