using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace MonOPCO.Demonstration.Web;

/// <summary>A page as somebody reads it: texts, links, forms found by the words on their buttons and labels.</summary>
public sealed partial class WebPage(Uri address, HttpStatusCode status, IHtmlDocument document)
{
    public Uri Address => address;

    public IHtmlDocument Document => document;

    public bool IsRefused => (int)status >= 400;

    public string Title => Clean(document.Title);

    public string Text => Clean(document.Body?.TextContent);

    /// <summary>What the page complains about, in its own words.</summary>
    public string Complaints
    {
        get
        {
            var said = document.QuerySelectorAll(".mo-field-error, [role=alert], #erreurs li, .alert-danger").Select(x => Clean(x.TextContent)).Where(x => x.Length > 0).Distinct().ToList();
            return said.Count > 0 ? string.Join(" ", said) : $"réponse {(int)status} de {address.AbsolutePath}, page « {Title} »";
        }
    }

    public bool Has(string words) => Text.Contains(Clean(words), StringComparison.OrdinalIgnoreCase);

    /// <summary>Address of the first link of the page's content (not of the bars around it) whose words contain these.</summary>
    public string? LinkTo(string words) => document.QuerySelectorAll("main a[href]").FirstOrDefault(x => Clean(x.TextContent).Contains(Clean(words), StringComparison.OrdinalIgnoreCase))?.GetAttribute("href");

    public string? TextOf(string id) => document.GetElementById(id) is { } element ? Clean(element.TextContent) : null;

    public bool HasButton(string words) => FindButton(words) is not null;

    /// <summary>The form around the button with these words.</summary>
    public WebForm Form(string button) => FindButton(button) is { } found
        ? new WebForm(this, FormOf(found) ?? throw new DemonstrationException($"Le bouton « {button} » n'est dans aucun formulaire de la page « {Title} »."), found)
        : throw new DemonstrationException($"Le bouton « {button} » manque sur la page « {Title} » ({address.AbsolutePath}).");

    /// <summary>As it is compared: one kind of space, one kind of apostrophe.</summary>
    internal static string Clean(string? text) => Spaces().Replace(text ?? "", " ").Replace('’', '\'').Trim();

    private static IHtmlFormElement? FormOf(IElement button) => button.Closest("form") as IHtmlFormElement;

    private IElement? FindButton(string words)
    {
        words = Clean(words);
        var buttons = document.QuerySelectorAll("button").Where(x => FormOf(x) is not null).ToList();
        return buttons.Find(x => string.Equals(Clean(x.TextContent), words, StringComparison.OrdinalIgnoreCase))
            ?? buttons.Find(x => Clean(x.TextContent).StartsWith(words, StringComparison.OrdinalIgnoreCase));
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
