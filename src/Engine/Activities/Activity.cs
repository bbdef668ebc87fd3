using System.Text.Json;
using System.Text.Json.Nodes;

namespace MonOPCO.Engine.Activities;

/// <summary>Untyped face of an activity, for the engine. Derive from <see cref="Activity{TInput,TOutput}"/>.</summary>
public abstract class Activity
{
    internal abstract Type InputType { get; }

    internal abstract Type OutputType { get; }

    internal abstract Task<UntypedResult> ExecuteUntypedAsync(object input, ActivityContext context);

    internal abstract Task<UntypedResult> ResumeUntypedAsync(object input, Signal signal, ActivityContext context);

    internal abstract Task<object?> RecordUntypedAsync(object input, object? output, ActivityContext context);

    internal abstract Task<JsonObject> RehearseUntypedAsync(object input, string outcome, JsonObject output, ActivityContext context);
}

/// <summary>
/// One activity = one stateless class with an <c>Input</c> and an <c>Output</c> record. Dependencies by constructor: for in-database activities and for
/// <see cref="RecordAsync"/> and <see cref="ResumeAsync"/> they come from the burst's scope, whose DbContext is bound to the burst's transaction; for the
/// <see cref="ExecuteAsync"/> of an effect from a scope of its own without transaction (read shortly, never write).
/// </summary>
public abstract class Activity<TInput, TOutput> : Activity
    where TInput : class
    where TOutput : class
{
    public abstract Task<ActivityResult<TOutput>> ExecuteAsync(TInput input, ActivityContext context);

    /// <summary>Called when what it waited for has happened, inside the burst's transaction. May wait again.</summary>
    public virtual Task<ActivityResult<TOutput>> ResumeAsync(TInput input, Signal signal, ActivityContext context) =>
        throw new InvalidOperationException($"{GetType().Name} waits but does not say how it resumes.");

    /// <summary>
    /// Effects only: writes the result of <see cref="ExecuteAsync"/> (blobs, rows) in the transaction that records it, and returns the output to keep.
    /// Bytes carried by <typeparamref name="TOutput"/> in <c>[JsonIgnore]</c> members reach this method and are then dropped. Called for <c>Done</c> and before <c>Wait</c> never.
    /// </summary>
    public virtual Task<TOutput> RecordAsync(TInput input, TOutput output, ActivityContext context) => Task.FromResult(output);

    /// <summary>
    /// Effects only, in the trial of a procedure: nothing was run outside; writes what <see cref="RecordAsync"/> would have left for this outcome, with stand-ins for what only the
    /// outside can give, and returns the output to keep. All of it is rolled back. <paramref name="output"/> was recorded elsewhere or typed, and may be incomplete.
    /// </summary>
    public virtual Task<JsonObject> RehearseAsync(TInput input, string outcome, JsonObject output, ActivityContext context) => Task.FromResult(output);

    internal sealed override Type InputType => typeof(TInput);

    internal sealed override Type OutputType => typeof(TOutput);

    internal sealed override async Task<UntypedResult> ExecuteUntypedAsync(object input, ActivityContext context) =>
        UntypedResult.From(await ExecuteAsync((TInput)input, context));

    internal sealed override async Task<UntypedResult> ResumeUntypedAsync(object input, Signal signal, ActivityContext context) =>
        UntypedResult.From(await ResumeAsync((TInput)input, signal, context));

    internal sealed override async Task<object?> RecordUntypedAsync(object input, object? output, ActivityContext context) =>
        await RecordAsync((TInput)input, (TOutput)output!, context);

    internal sealed override Task<JsonObject> RehearseUntypedAsync(object input, string outcome, JsonObject output, ActivityContext context) => RehearseAsync((TInput)input, outcome, output, context);
}

/// <summary>The closed result set without its type parameter.</summary>
internal abstract record UntypedResult
{
    private UntypedResult()
    {
    }

    internal sealed record Done(object? Output, string Outcome) : UntypedResult;

    internal sealed record Wait(string Kind, string Key, DateTimeOffset? Until, JsonNode? Payload) : UntypedResult;

    internal sealed record RetryLater(TimeSpan After, string Reason) : UntypedResult;

    internal sealed record Failed(string Code, string Message) : UntypedResult;

    internal static UntypedResult From<TOutput>(ActivityResult<TOutput> result) => result switch
    {
        ActivityResult<TOutput>.Done done => new Done(done.Output, done.Outcome),
        ActivityResult<TOutput>.Wait wait => new Wait(wait.Kind, wait.Key, wait.Until, wait.Payload),
        ActivityResult<TOutput>.RetryLater retry => new RetryLater(retry.After, retry.Reason),
        ActivityResult<TOutput>.Failed failed => new Failed(failed.Code, failed.Message),
        _ => throw new JsonException("Unknown activity result."),
    };
}
