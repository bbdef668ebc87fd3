using System.Text;
using MonOPCO.Sandbox.Pages;

namespace MonOPCO.Sandbox.Mail;

/// <summary>The inbox: pages under /boite, JSON under /boite/api.</summary>
internal static class InboxEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/boite", (string? to, string? subject, MailStore store) => InboxPages.List(to, subject, store));
        app.MapPost("/boite/vider", (MailStore store) =>
        {
            store.Clear();
            return Results.Redirect("/boite");
        });
        app.MapGet("/boite/messages/{id:int}", (int id, MailStore store) => One(store, id) is { } m ? InboxPages.Message(m, store) : NotFound());
        app.MapGet("/boite/messages/{id:int}/html", (int id, MailStore store, HttpContext http) => One(store, id) is { Html: { } html } m ? Frame(http, html, m.Attachments) : NotFound());
        app.MapGet("/boite/messages/{id:int}/brut", (int id, MailStore store) => One(store, id) is { } m ? Results.File(m.Raw, "message/rfc822", $"message-{m.Id}.eml") : NotFound());
        app.MapGet("/boite/messages/{id:int}/pieces/{index:int}", (int id, int index, MailStore store, HttpContext http) =>
        {
            if (One(store, id) is not { } message || index < 0 || index >= message.Attachments.Count)
            {
                return NotFound();
            }

            // Always a download, never shown as a page of this site.
            http.Response.Headers.XContentTypeOptions = "nosniff";
            return Results.File(message.Attachments[index].Content, "application/octet-stream", message.Attachments[index].Name);
        });

        app.MapGet("/boite/api/messages", async (string? to, string? subject, string? messageId, int? waitMs, MailStore store, CancellationToken gone) =>
            Results.Json((waitMs is > 0 ? await store.WaitForAsync(to, subject, messageId, TimeSpan.FromMilliseconds(waitMs.Value), gone) : store.Find(to, subject, messageId)).Select(ToJson), Vault.Json));
        app.MapDelete("/boite/api/messages", (MailStore store) =>
        {
            store.Clear();
            return Results.NoContent();
        });
        app.MapGet("/boite/api/compte", (MailStore store) =>
        {
            var all = store.All();
            return Results.Json(new { Livraisons = all.Count, MessageIds = all.Where(m => m.MessageId.Length > 0).Select(m => m.MessageId).Distinct().Count() }, Vault.Json);
        });
    }

    private static object ToJson(StoredMessage m) => new
    {
        m.Id,
        m.MessageId,
        m.From,
        m.To,
        m.Subject,
        m.Date,
        m.Text,
        m.Html,
        Attachments = m.Attachments.Select((a, i) => new { a.Name, a.ContentType, a.Size, Url = $"/boite/messages/{m.Id}/pieces/{i}" }),
        m.Links
    };

    private static StoredMessage? One(MailStore store, int id) => store.All().FirstOrDefault(m => m.Id == id);

    private static IResult NotFound() => Layout.Sandbox.Page("Introuvable", Html.Of($"<h1>Message introuvable</h1><p><a href=\"/boite\">Retour à la boîte aux lettres</a></p>"), 404);

    private static IResult Frame(HttpContext http, string html, IReadOnlyList<MailAttachment> attachments)
    {
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups allow-popups-to-escape-sandbox";
        var page = $"<!doctype html><html lang=\"fr\"><head><meta charset=\"utf-8\"><title>Message</title><base target=\"_blank\"><style>body{{font:16px/1.5 system-ui,sans-serif;margin:1rem;color:#1d2733;overflow-wrap:anywhere}}img{{max-width:100%}}</style></head><body>{HtmlSanitizer.Clean(html, attachments)}</body></html>";
        return Results.Content(page, "text/html; charset=utf-8", Encoding.UTF8);
    }
}
