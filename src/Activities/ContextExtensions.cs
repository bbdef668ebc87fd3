using System.Text.Json;
using System.Text.Json.Nodes;
using MonOPCO.Domain.Audit;
using MonOPCO.Engine.Activities;

namespace MonOPCO.Activities;

internal static class ContextExtensions
{
    /// <summary>Our procedures are correlated by the dossier.</summary>
    internal static Guid DossierId(this ActivityContext context) => Guid.TryParse(context.CorrelationId, out var id)
        ? id
        : throw new InvalidOperationException("Cette activité travaille sur un dossier : la procédure doit être lancée pour un dossier.");

    /// <summary>What a procedure does by itself is signed with the name of the node, as process owners know it.</summary>
    internal static ChangeContext Change(this ActivityContext context, string? reason = null) => new(ActorKind.Workflow, context.ActivityName, null, context.Now, reason);

    internal static ChangeContext BotChange(this ActivityContext context) => new(ActorKind.Bot, "Robot de dépôt", null, context.Now);

    /// <summary>Templates read elements, which nothing can change while they are rendered.</summary>
    internal static JsonElement ToElement(this JsonNode data) => JsonSerializer.SerializeToElement(data);
}
