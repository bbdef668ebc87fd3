using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>How Elsa's REST API writes: camelCase members, untouched dictionary keys, enums as strings, problems as <c>{statusCode, message, errors}</c>.</summary>
internal static class ElsaJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IResult Ok(object? value) => Results.Json(value, Options);

    /// <summary>Elsa's unpaged list.</summary>
    public static IResult List<T>(IReadOnlyCollection<T> items) => Ok(new { Items = items, items.Count });

    public static IResult Page<T>(IReadOnlyCollection<T> items, int total, params Link[] links) => Ok(new { Items = items, TotalCount = total, Links = links });

    /// <summary>A refusal that Studio shows as a red message, sentence by sentence.</summary>
    public static IResult Problem(int status, params string[] messages) =>
        Results.Json(new { StatusCode = status, Message = messages.FirstOrDefault() ?? "", Errors = new { GeneralErrors = messages } }, Options, "application/problem+json", status);

    /// <summary>A definition that cannot be published or imported: every sentence at once, and the same for programs with node and property.</summary>
    public static IResult Refused(IReadOnlyList<DefinitionProblem> problems)
    {
        string[] sentences = [.. problems.Where(problem => problem.IsError).Select(problem => problem.Sentence).Distinct()];
        return Results.Json(new { StatusCode = 400, Message = sentences.FirstOrDefault() ?? "", Errors = new { GeneralErrors = sentences }, Problems = problems }, Options, "application/problem+json", StatusCodes.Status400BadRequest);
    }

    /// <summary>Two edited the same: a sentence for Studio, and for our page around it where the copy of the refused one is.</summary>
    public static IResult Conflict(SaveConflictException conflict)
    {
        var page = $"/procedures/{Uri.EscapeDataString(conflict.Latest.DefinitionId)}";
        var message = $"{conflict.Latest.Author ?? "Une autre personne"} a enregistré cette procédure le {Fr.DateTime(conflict.Latest.UpdatedAt)}, après l’ouverture de votre page. "
            + "Rien de son travail n’a été remplacé ; le vôtre est gardé à part, sur la page de la procédure. Rechargez avant de continuer.";
        return Results.Json(new { StatusCode = 409, Message = message, Errors = new { GeneralErrors = new[] { message } }, CopyUrl = $"{page}/copies/{conflict.CopyId}", PageUrl = page }, Options, "application/problem+json", StatusCodes.Status409Conflict);
    }

    public static IResult Unsupported(string what) => Problem(StatusCodes.Status501NotImplemented, $"{what} : MonOPCO ne le propose pas.");

    public static IResult NotFound(string what) => Problem(StatusCodes.Status404NotFound, what + " est introuvable.");

    /// <summary>The body as an object; an absent or empty body is an empty object. Null when it is something else.</summary>
    public static async Task<JsonObject?> ReadAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        var text = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        try
        {
            return JsonNode.Parse(text) switch
            {
                JsonObject found => found,
                null => [],
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static string? Text(this JsonObject json, string member) => json[member] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static bool? Flag(this JsonObject json, string member) => json[member] is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : null;

    public static int? Number(this JsonObject json, string member) => json[member] switch
    {
        JsonValue value when value.TryGetValue<int>(out var number) => number,
        JsonValue value when value.TryGetValue<string>(out var text) && int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    public static string[] Texts(this JsonObject json, string member) => json[member] is JsonArray items ? [.. items.OfType<JsonValue>().Select(item => item.ToString())] : [];
}

/// <summary>What the signed-in person may do with a resource; Studio shows buttons accordingly.</summary>
internal sealed record Link(string Href, string Rel, string Method);
