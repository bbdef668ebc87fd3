using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Integrations.OutboundHttp;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Activities.Http.HttpAnswer>;

namespace MonOPCO.Activities.Http;

/// <summary>Elsa's inputs of a request, in its order.</summary>
public record HttpRequestInput
{
    [Display(Name = "Adresse", Description = "Adresse complète, avec https://."), Editor("singleline")]
    public required string Url { get; init; }

    [Display(Name = "Méthode", Description = "Verbe HTTP de la requête."), Editor("dropdown", Choices = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"], Default = "GET")]
    public string Method { get; init; } = "GET";

    [Display(Name = "Contenu", Description = "Corps de la requête ; un objet part en JSON."), Editor("multiline")]
    public JsonNode? Content { get; init; }

    [Display(Name = "Type du contenu", Description = "Par exemple application/json.")]
    public string? ContentType { get; init; }

    [Display(Name = "En-tête Authorization", Description = "Gardé secret dans le journal."), Sensitive]
    public string? Authorization { get; init; }

    [Display(Name = "En-tête Authorization sans vérification", Description = "Envoie l'en-tête tel quel.")]
    public bool? DisableAuthorizationHeaderValidation { get; init; }

    [Display(Name = "En-têtes", Description = "Objet : nom et valeur."), Editor("json-editor")]
    public JsonNode? RequestHeaders { get; init; }

    /// <summary>Obsolete in Elsa; effects have their own retries here.</summary>
    [Display(Name = "Nouvelles tentatives (sans effet)", Description = "Lu pour les définitions d'Elsa ; les reprises se font d'elles-mêmes.")]
    public bool? EnableResiliency { get; init; }
}

/// <summary>Elsa's outputs of a request.</summary>
public sealed record HttpAnswer
{
    [Display(Name = "Code de réponse")]
    public int? StatusCode { get; init; }

    [Display(Name = "Contenu")]
    public JsonNode? ParsedContent { get; init; }

    [Display(Name = "En-têtes de la réponse")]
    public IReadOnlyDictionary<string, string[]>? ResponseHeaders { get; init; }

    [Display(Name = "Réponse")]
    public JsonNode? Result { get; init; }
}

/// <summary>
/// What both forms of the activity do. The engine chooses what follows by the status. An effect may be sent again after a crash: the <c>Idempotency-Key</c> header
/// is then the same.
/// </summary>
public abstract class HttpRequestActivity<TInput>(OutboundHttpClient client) : Activity<TInput, HttpAnswer>
    where TInput : HttpRequestInput
{
    public override async Task<ActivityResult<HttpAnswer>> ExecuteAsync(TInput input, ActivityContext context)
    {
        if (!Uri.TryCreate(input.Url, UriKind.Absolute, out var url))
        {
            return new Failed("http-url", $"« {input.Url} » n'est pas une adresse complète.");
        }

        var request = new OutboundRequest(url, string.IsNullOrWhiteSpace(input.Method) ? "GET" : input.Method.Trim().ToUpperInvariant())
        {
            Content = Text(input.Content, input.ContentType),
            ContentType = input.ContentType,
            Authorization = input.Authorization,
            Headers = Headers(input.RequestHeaders),
            Key = context.IdempotencyKey,
        };
        return await client.SendAsync(request, context.CancellationToken) switch
        {
            OutboundAnswer.Received received => new Done(Answer(received)),
            OutboundAnswer.NotConnected => new Done(new HttpAnswer(), "Failed to connect"),
            OutboundAnswer.TimedOut => new Done(new HttpAnswer(), "Timeout"),
            OutboundAnswer.Refused refused => new Failed("http-refused", refused.Reason),
            _ => throw new InvalidOperationException("The client answered none of these."),
        };
    }

    private static HttpAnswer Answer(OutboundAnswer.Received received) => new()
    {
        StatusCode = received.Status,
        ParsedContent = Parse(received),
        ResponseHeaders = received.Headers,
        Result = new JsonObject { ["statusCode"] = received.Status, ["contentType"] = received.MediaType },
    };

    private static JsonNode? Parse(OutboundAnswer.Received received)
    {
        if (received.Content.Length == 0)
        {
            return null;
        }

        try
        {
            return received.MediaType is { } type && (type.EndsWith("/json", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase))
                ? JsonNode.Parse(received.Content)
                : JsonValue.Create(received.Content);
        }
        catch (JsonException)
        {
            return JsonValue.Create(received.Content);
        }
    }

    /// <summary>Text goes as it is, a form as a form, everything else as JSON.</summary>
    private static string? Text(JsonNode? content, string? contentType) => content switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonObject form when contentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true =>
            string.Join('&', form.Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value?.ToString() ?? "")}")),
        _ => content.ToJsonString(),
    };

    private static Dictionary<string, string[]> Headers(JsonNode? given)
    {
        var json = given is JsonValue text && text.GetValueKind() == JsonValueKind.String && text.GetValue<string>() is { Length: > 0 } source ? JsonNode.Parse(source) : given;
        return (json as JsonObject ?? []).ToDictionary(h => h.Key, h => h.Value is JsonArray values ? [.. values.Select(v => v?.ToString() ?? "")] : new[] { h.Value?.ToString() ?? "" });
    }
}

/// <summary>The form whose branches are activities inside it.</summary>
[Activity("Elsa.SendHttpRequest", Title = "Envoyer une requête HTTP", Category = "HTTP", Description = "Appelle une adresse et exécute l'activité prévue pour le code reçu.", Kind = ActivityKind.Effect)]
public sealed class SendHttpRequest(OutboundHttpClient client) : HttpRequestActivity<HttpRequestInput>(client);

/// <summary>The form for flowcharts: outcomes are status codes.</summary>
[Activity("Elsa.FlowSendHttpRequest", Title = "Envoyer une requête HTTP (diagramme)", Category = "HTTP", Description = "Appelle une adresse et suit la branche du code reçu.", Kind = ActivityKind.Effect)]
[Outcome("Done", "Terminé")]
[Outcome("Unmatched status code", "Autre code")]
[Outcome("Failed to connect", "Pas de connexion")]
[Outcome("Timeout", "Délai dépassé")]
public sealed class FlowSendHttpRequest(OutboundHttpClient client) : HttpRequestActivity<FlowSendHttpRequest.Input>(client)
{
    public sealed record Input : HttpRequestInput
    {
        [Display(Name = "Codes attendus", Description = "Un port de sortie par code.", Order = 20), Editor("dynamic-outcomes")]
        public string[] ExpectedStatusCodes { get; init; } = [];
    }
}
