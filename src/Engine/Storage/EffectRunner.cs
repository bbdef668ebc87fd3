using System.Text.Json;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;

namespace MonOPCO.Engine.Storage;

/// <summary>Runs the activity of an effect: creates it from services, binds its frozen input.</summary>
/// <param name="known"><c>type@version</c> of every effect this Host knows.</param>
/// <param name="create">Makes the activity of a type and version.</param>
/// <param name="bind">Input JSON to the activity's input record.</param>
public sealed class EffectRunner(IReadOnlyCollection<string> known, Func<string, int, IServiceProvider, Activity> create, Func<JsonObject, Type, object>? bind = null)
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);

    public IReadOnlyCollection<string> Known { get; } = known;

    internal async Task<(UntypedResult Result, object Input)> ExecuteAsync(ClaimedEffect effect, IServiceProvider services, ActivityContext context)
    {
        var activity = create(effect.ActivityType, effect.ActivityVersion, services);
        var input = Bind(effect.Input, activity.InputType);
        return (await activity.ExecuteUntypedAsync(input, context), input);
    }

    /// <summary>In the recording transaction, with an activity made from its services.</summary>
    internal async Task<JsonNode?> RecordAsync(ClaimedEffect effect, object input, object? output, IServiceProvider services, ActivityContext context)
    {
        var activity = create(effect.ActivityType, effect.ActivityVersion, services);
        var kept = await activity.RecordUntypedAsync(input, output, context);
        return kept is null ? null : JsonSerializer.SerializeToNode(kept, activity.OutputType, Json);
    }

    internal static ActivityContext ContextOf(ClaimedEffect effect, DateTimeOffset now, CancellationToken cancellationToken) => new()
    {
        InstanceId = effect.InstanceId,
        DefinitionId = effect.DefinitionId,
        CorrelationId = effect.CorrelationId,
        ActivityExecutionId = effect.ActivityExecutionId,
        ActivityId = effect.ActivityId,
        ActivityName = effect.ActivityName,
        Now = now,
        IdempotencyKey = effect.Generation == 1 ? $"{effect.InstanceId:N}-{effect.ActivityExecutionId:N}" : $"{effect.InstanceId:N}-{effect.ActivityExecutionId:N}-{effect.Generation}",
        Attempt = effect.Attempt,
        CancellationToken = cancellationToken,
    };

    private object Bind(JsonObject input, Type type) =>
        bind?.Invoke(input, type) ?? input.Deserialize(type, Json) ?? throw new JsonException("The input of an effect is null.");
}
