using MonOPCO.Sandbox.Pages;

namespace MonOPCO.Sandbox.Mail;

internal static class InboxPages
{
    public static IResult List(string? to, string? subject, MailStore store)
    {
        var all = store.All();
        var shown = store.Find(to, subject);
        return Layout.Sandbox.Page("Boîte aux lettres", Html.Of($"""
            <div class="titre"><h1>Boîte aux lettres</h1><form method="post" action="/boite/vider"><button class="discret">Vider la boîte</button></form></div>
            <p class="chapeau">Tous les courriels que MonOPCO a envoyés, quel que soit le destinataire. {HomePage.Count(all.Count, "livraison", "livraisons").Replace("aucun ", "Aucune ", StringComparison.Ordinal)}, {all.Select(m => m.MessageId).Distinct().Count()} Message-ID distincts.</p>
            <form class="filtre" method="get" role="search">
            <div><label for="to">Destinataire</label><input id="to" name="to" value="{to}" autocomplete="off"></div>
            <div><label for="subject">Objet</label><input id="subject" name="subject" value="{subject}" autocomplete="off"></div>
            <button>Filtrer</button>
            </form>
            {(shown.Count == 0 ? Html.Of($"<p class=\"vide\">Aucun message.</p>") : Html.Of($"<ol class=\"courrier\">{Html.Join(shown, m => Row(m, all))}</ol>"))}
            """));
    }

    public static IResult Message(StoredMessage m, MailStore store)
    {
        var all = store.All();
        var copies = all.Where(o => o.MessageId == m.MessageId && m.MessageId.Length > 0).ToList();
        return Layout.Sandbox.Page(m.Subject, Html.Of($"""
            <p><a href="/boite">← Boîte aux lettres</a></p>
            <h1>{m.Subject}</h1>
            <dl class="fiche">
            <dt>De</dt><dd>{m.From}</dd>
            <dt>À</dt><dd>{string.Join(", ", m.To)}</dd>
            <dt>Reçu le</dt><dd>{Fr.DateTime(m.Date)}</dd>
            <dt>Message-ID</dt><dd><code>{m.MessageId}</code></dd>
            {Html.If(copies.Count > 1, $"<dt>Livraisons</dt><dd><span class=\"pastille alerte\">Livré {copies.Count} fois</span> {Html.Join(copies, c => Html.Of($"<a href=\"/boite/messages/{c.Id}\">n° {c.Id}</a> "))}</dd>")}
            </dl>
            {Html.If(m.Links.Count > 0, $"<section aria-labelledby=\"liens\" class=\"encadre\"><h2 id=\"liens\">Liens du message</h2><ul>{Html.Join(m.Links, l => Html.Of($"<li><a href=\"{l}\">{l}</a></li>"))}</ul></section>")}
            {Html.If(m.Html is not null, $"<section aria-labelledby=\"mise-en-forme\"><h2 id=\"mise-en-forme\">Message mis en forme</h2><iframe title=\"Message mis en forme\" sandbox=\"allow-popups allow-popups-to-escape-sandbox\" src=\"/boite/messages/{m.Id}/html\"></iframe></section>")}
            {Html.If(m.Text is not null, $"<section aria-labelledby=\"texte\"><h2 id=\"texte\">Texte</h2><div class=\"lettre\">{Linkify(m.Text ?? "")}</div></section>")}
            {Html.If(m.Attachments.Count > 0, $"<section aria-labelledby=\"pieces\"><h2 id=\"pieces\">Pièces jointes</h2><ul>{Html.Join(m.Attachments.Select((a, i) => (a, i)), x => Html.Of($"<li><a href=\"/boite/messages/{m.Id}/pieces/{x.i}\" download>{x.a.Name}</a> ({x.a.ContentType}, {Fr.Size(x.a.Size)})</li>"))}</ul></section>")}
            <p><a href="/boite/messages/{m.Id}/brut">Télécharger le message brut (.eml)</a></p>
            """));
    }

    private static Html Row(StoredMessage m, IReadOnlyList<StoredMessage> all) => Html.Of($"""
        <li><a href="/boite/messages/{m.Id}"><span class="objet">{m.Subject}</span>
        <span class="qui">à {string.Join(", ", m.To)}</span>
        <span class="quand">{Fr.DateTime(m.Date)}</span></a>
        {Html.If(m.MessageId.Length > 0 && all.Any(o => o.MessageId == m.MessageId && o.Id < m.Id), $"<span class=\"pastille alerte\">Doublon</span>")}
        {Html.If(m.Attachments.Count > 0, $"<span class=\"pastille\">{HomePage.Count(m.Attachments.Count, "pièce", "pièces")}</span>")}</li>
        """);

    private static Html Linkify(string text)
    {
        var html = Html.Empty;
        var at = 0;
        foreach (System.Text.RegularExpressions.Match url in StoredMessage.Urls().Matches(text))
        {
            var link = url.Value.TrimEnd('.', ',', ';', ':', '!', ')', ']', '>');
            html = Html.Of($"{html}{text[at..url.Index]}<a href=\"{link}\">{link}</a>");
            at = url.Index + link.Length;
        }

        return Html.Of($"{html}{text[at..]}");
    }
}
