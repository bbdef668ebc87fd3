using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Diagnostics;
using MonOPCO.Host.Endpoints.Elsa;

namespace MonOPCO.Host.Endpoints.HttpWorkflows;

/// <summary>Sends what WriteHttpResponse left with the instance.</summary>
internal static class AnswerWriter
{
    /// <summary>The framework writes these itself, or they would touch the session of whoever opens the address.</summary>
    private static readonly string[] Reserved = ["Set-Cookie", "Content-Length", "Content-Type", "Transfer-Encoding", "Connection", "Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options"];

    public static async Task WriteAsync(HttpContext context, JsonObject answer, CancellationToken cancel)
    {
        if (context.Features.Get<IStatusCodePagesFeature>() is { } pages)
        {
            // A 404 of the procedure is its own, without our explanation.
            pages.Enabled = false;
        }

        var response = context.Response;
        response.StatusCode = answer.Number("statusCode") ?? StatusCodes.Status200OK;
        foreach (var (name, value) in answer["headers"] as JsonObject ?? [])
        {
            if (IsHeaderName(name) && !Reserved.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                response.Headers[name] = value is JsonArray several ? several.Select(item => Line(item?.ToString())).ToArray() : Line(value?.ToString());
            }
        }

        Protect(response);
        if (answer.Text("content") is { } content && response.StatusCode is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified))
        {
            response.ContentType = ContentType(answer.Text("contentType"));
            if (!HttpMethods.IsHead(context.Request.Method))
            {
                await response.WriteAsync(content, Encoding.UTF8, cancel);
            }
        }
    }

    /// <summary>What a procedure answers may hold a visitor's words: no script of it runs with the rights of our pages.</summary>
    public static void Protect(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";
        response.Headers.XContentTypeOptions = "nosniff";
        if (!response.Headers.ContainsKey("Cache-Control"))
        {
            response.Headers.CacheControl = "no-store";
        }
    }

    private static string ContentType(string? given)
    {
        var type = given is { Length: > 0 } && System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(given, out var parsed) ? parsed : new("text/plain");
        type.CharSet = "utf-8";
        return type.ToString();
    }

    private static bool IsHeaderName(string name) => name.Length is > 0 and < 100 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static string Line(string? value) => new([.. (value ?? "").Where(c => c is >= ' ' and <= '~')]);
}
