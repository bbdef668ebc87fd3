using System.Text.Json.Nodes;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Documents;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Audit;

/// <summary>
/// Whatever leaves as a file leaves a trace, whoever wrote the endpoint: an answer with a <c>Content-Disposition</c> is noted before its first byte. Endpoints
/// that know more about what leaves say it with <c>Leaves</c>.
/// </summary>
internal static class DownloadAudit
{
    private const string Key = "monopco.leaving";

    /// <summary>What the answer carries; instead of the address.</summary>
    public static void Leaves(this HttpContext context, string what, JsonObject? facts, Guid? dossierId = null, ChangeContext? by = null) => context.Items[Key] = new Leaving("export", what, "Exported", dossierId, facts, by);

    public static void Leaves(this HttpContext context, Document document, ChangeContext? by = null) =>
        context.Items[Key] = new Leaving("document", document.Id.ToString(), "Opened", document.DossierId, new JsonObject { ["typeCode"] = document.TypeCode }, by);

    public static void UseDownloadAudit(this WebApplication app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(static state => NoteAsync((HttpContext)state), context);
        return next(context);
    });

    private static Task NoteAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        if (response.Headers.ContentDisposition.Count == 0 || response.StatusCode is not (StatusCodes.Status200OK or StatusCodes.Status206PartialContent) || HttpMethods.IsHead(request.Method)
            || (response.StatusCode == StatusCodes.Status206PartialContent && !request.Headers.Range.ToString().StartsWith("bytes=0-", StringComparison.Ordinal)))
        {
            // A part that follows the first: the reading has been noted.
            return Task.CompletedTask;
        }

        var leaving = context.Items[Key] as Leaving;
        var clock = context.RequestServices.GetRequiredService<TimeProvider>();
        var by = leaving?.By ?? (context.User.Identity?.IsAuthenticated == true ? context.User.Change(clock.GetUtcNow()) : null);
        if (by is null)
        {
            // Visitors get nothing but what is public.
            return Task.CompletedTask;
        }

        leaving ??= new Leaving("export", request.Path.Value is { Length: > 200 } path ? path[..200] : request.Path.Value ?? "/", "Exported", null, new JsonObject { ["format"] = response.ContentType?.Split(';')[0] }, null);
        return context.RequestServices.GetRequiredService<AuditLog>().AddAsync(AuditEntry.Of(by, leaving.Subject, leaving.Id, leaving.DossierId, leaving.Action, null, leaving.Facts), context.RequestAborted);
    }

    private sealed record Leaving(string Subject, string Id, string Action, Guid? DossierId, JsonObject? Facts, ChangeContext? By);
}
