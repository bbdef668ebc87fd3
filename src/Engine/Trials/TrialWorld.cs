using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Trials;

/// <summary>What an act did. Not possible: it is looked at again after the next answer.</summary>
public sealed record TrialAct(bool IsPossible, JsonNode? Payload = null)
{
    public static TrialAct NotNow { get; } = new(false);

    /// <summary>The bookmark that it resumes, when it waits; for acts that name no activity.</summary>
    public (string Kind, string Key)? Resumes { get; init; }
}

/// <summary>The world of a trial: what people do in it, and what is to be seen of it. This one knows signals only.</summary>
public class TrialWorld
{
    /// <summary>Does the act inside the trial's transaction. Throwing is a refusal: what it wrote is undone and the sentence is kept.</summary>
    /// <param name="services">Services of the trial's transaction.</param>
    /// <param name="answer">The act.</param>
    /// <param name="waiting">What waits for it; null when it names no activity.</param>
    /// <param name="now">The trial's clock.</param>
    /// <param name="cancellationToken">Ends the trial.</param>
    public virtual Task<TrialAct> ActAsync(IServiceProvider services, TrialAnswer answer, Bookmark? waiting, DateTimeOffset now, CancellationToken cancellationToken) =>
        Task.FromResult(waiting is null ? TrialAct.NotNow : new TrialAct(true, answer.Data?.DeepClone()));

    /// <summary>After each burst: what is shown of the world.</summary>
    public virtual Task<JsonObject?> LookAsync(IServiceProvider services, CancellationToken cancellationToken) => Task.FromResult<JsonObject?>(null);
}
