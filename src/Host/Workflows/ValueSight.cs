using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;

namespace MonOPCO.Host.Workflows;

/// <summary>
/// What somebody sees of what an execution carries. Values are personal data of dossiers: whoever lacks <see cref="Policies.ExecutionValues"/> sees that a value is
/// there and its name, nothing of it. Reasons of incidents may quote values, but who operates executions cannot repair without them.
/// </summary>
public sealed record ValueSight(bool Values, bool Reasons)
{
    /// <summary>What stands in the place of a value.</summary>
    public const string Mask = "•••";

    public static async Task<ValueSight> OfAsync(IAuthorizationService authorization, System.Security.Claims.ClaimsPrincipal user)
    {
        var values = (await authorization.AuthorizeAsync(user, Policies.ExecutionValues)).Succeeded;
        return new ValueSight(values, values || (await authorization.AuthorizeAsync(user, Policies.ProceduresOperate)).Succeeded);
    }

    /// <summary>Names stay at the first level only: what is further inside may have been named by the data itself.</summary>
    public JsonNode? Of(JsonNode? values) => Values ? values?.DeepClone() : values switch
    {
        null => null,
        JsonObject named => new JsonObject(named.Select(x => KeyValuePair.Create(x.Key, x.Value is null ? null : (JsonNode?)Mask))),
        _ => Mask,
    };

    public JsonObject Of(JsonObject values) => (JsonObject)Of((JsonNode)values)!;

    public string? Reason(string? text) => Reasons || string.IsNullOrEmpty(text) ? text : Mask;

    /// <summary>What a form sends back: masked values are not values.</summary>
    public static JsonObject Typed(JsonObject values) =>
        new(values.Where(x => x.Value is not JsonValue value || !value.TryGetValue<string>(out var text) || text != Mask).Select(x => KeyValuePair.Create(x.Key, x.Value?.DeepClone())));
}
