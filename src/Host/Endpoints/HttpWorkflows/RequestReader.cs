using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace MonOPCO.Host.Endpoints.HttpWorkflows;

/// <summary>
/// Turns a request into the signal of an HttpEndpoint node. Secrets of the caller (cookies, credentials) stay outside, and so do the bytes of uploaded files:
/// what enters an instance is kept in its state and journal.
/// </summary>
internal sealed class RequestReader(IOptions<HttpWorkflowOptions> options)
{
    private static readonly string[] Withheld = ["Cookie", "Authorization", "Proxy-Authorization", "X-Api-Key", "X-Anti-Forgery"];

    /// <summary>Either a signal, or the refusal to answer with.</summary>
    public sealed record Reading(JsonObject? Signal, string Body, int Status = 200, string Reason = "");

    public async Task<Reading> ReadAsync(HttpRequest request, EndpointRules rules, JsonObject route, CancellationToken cancel)
    {
        var signal = new JsonObject
        {
            ["requestId"] = Guid.NewGuid().ToString("N"),
            ["routeData"] = route.DeepClone(),
            ["queryStringData"] = Values(request.Query),
            ["headers"] = Values(request.Headers.Where(header => !Withheld.Contains(header.Key, StringComparer.OrdinalIgnoreCase))),
            ["request"] = new JsonObject { ["method"] = request.Method, ["path"] = request.Path.Value, ["queryString"] = request.QueryString.Value, ["contentType"] = request.ContentType },
        };
        var limit = Math.Min(rules.MaxBytes ?? long.MaxValue, options.Value.MaxBodyBytes);
        if (await BodyAsync(request, limit, cancel) is not { } body)
        {
            return Refused(signal, rules, "exposeRequestTooLargeOutcome", "Request too large", StatusCodes.Status413PayloadTooLarge, $"La requête dépasse {limit} octets.");
        }

        if (request.HasFormContentType)
        {
            return await FormAsync(request, body, rules, signal, cancel);
        }

        var text = Encoding.UTF8.GetString(body);
        try
        {
            signal["parsedContent"] = Content(request.ContentType, text);
        }
        catch (JsonException)
        {
            return new Reading(null, text, StatusCodes.Status400BadRequest, "Le contenu de la requête n'est pas du JSON valable.");
        }

        return new Reading(signal, text);
    }

    /// <summary>Null when it is longer than allowed.</summary>
    private static async Task<byte[]?> BodyAsync(HttpRequest request, long limit, CancellationToken cancel)
    {
        if (request.ContentLength > limit)
        {
            return null;
        }

        using var buffer = new MemoryStream();
        var chunk = new byte[16_384];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, cancel)) > 0)
        {
            if (buffer.Length + read > limit)
            {
                return null;
            }

            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }

    private static async Task<Reading> FormAsync(HttpRequest request, byte[] body, EndpointRules rules, JsonObject signal, CancellationToken cancel)
    {
        IFormCollection form;
        try
        {
            request.Body = new MemoryStream(body);
            form = await new FormFeature(request, new FormOptions { ValueCountLimit = 1_000, MultipartBodyLengthLimit = body.Length }).ReadFormAsync(cancel);
        }
        catch (InvalidDataException)
        {
            return new Reading(null, "", StatusCodes.Status400BadRequest, "Le formulaire reçu n'est pas lisible.");
        }

        signal["parsedContent"] = Values(form);
        if (form.Files.Count > 0)
        {
            if (form.Files.Any(file => file.Length > rules.MaxFileBytes))
            {
                return Refused(signal, rules, "exposeFileTooLargeOutcome", "File too large", StatusCodes.Status413PayloadTooLarge, $"Un fichier dépasse {rules.MaxFileBytes} octets.");
            }

            if (form.Files.Any(file => !ExtensionAllowed(file.FileName, rules)))
            {
                return Refused(signal, rules, "exposeInvalidFileExtensionOutcome", "Invalid file extension", StatusCodes.Status415UnsupportedMediaType, "L'extension d'un fichier n'est pas admise.");
            }

            if (rules.AllowedTypes is { Length: > 0 } types && form.Files.Any(file => !types.Contains(file.ContentType, StringComparer.OrdinalIgnoreCase)))
            {
                return Refused(signal, rules, "exposeInvalidFileMimeTypeOutcome", "Invalid file MIME type", StatusCodes.Status415UnsupportedMediaType, "Le type d'un fichier n'est pas admis.");
            }

            signal["files"] = new JsonArray([.. form.Files.Select(Described)]);
            signal["file"] = Described(form.Files[0]);
        }

        return new Reading(signal, Encoding.UTF8.GetString(body));
    }

    private static Reading Refused(JsonObject signal, EndpointRules rules, string flag, string outcome, int status, string reason)
    {
        if (!rules.Exposes(flag))
        {
            return new Reading(null, "", status, reason);
        }

        signal["outcome"] = outcome;
        return new Reading(signal, "");
    }

    private static JsonObject Described(IFormFile file) => new() { ["name"] = file.Name, ["fileName"] = Path.GetFileName(file.FileName), ["contentType"] = file.ContentType, ["length"] = file.Length };

    private static bool ExtensionAllowed(string fileName, EndpointRules rules)
    {
        var extension = Path.GetExtension(fileName);
        bool Named(string[] list) => list.Any(one => string.Equals(one.TrimStart('.'), extension.TrimStart('.'), StringComparison.OrdinalIgnoreCase));
        return (rules.AllowedExtensions.Length == 0 || Named(rules.AllowedExtensions)) && !Named(rules.BlockedExtensions);
    }

    private static JsonNode? Content(string? contentType, string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        var type = contentType is { Length: > 0 } && System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(contentType, out var parsed) ? parsed.MediaType ?? "" : "";
        return type == MediaTypeNames.Application.Json || type.EndsWith("+json", StringComparison.Ordinal) ? JsonNode.Parse(text)
            : type.Length == 0 || type.StartsWith("text/", StringComparison.Ordinal) || type.EndsWith("xml", StringComparison.Ordinal) ? JsonValue.Create(text)
            : null;
    }

    /// <summary>One value is a text, several are a list.</summary>
    private static JsonObject Values(IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> pairs)
    {
        var json = new JsonObject();
        foreach (var (name, values) in pairs)
        {
            json[name] = values.Count == 1 ? JsonValue.Create(values[0]) : new JsonArray([.. values.Select(value => (JsonNode?)JsonValue.Create(value))]);
        }

        return json;
    }
}
