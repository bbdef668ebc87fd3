using System.Text.Json;

namespace MonOPCO.Integrations.Templates;

/// <summary>
/// Turns a named template and plain data into text. The only interface of this project without a second implementer today: the template language
/// that the owner named (Scriban) takes this one's place without any caller noticing.
/// </summary>
public interface ITemplateRenderer
{
    /// <summary>Renders <c>documents/NAME.hbs</c>.</summary>
    /// <exception cref="TemplateException">Unknown template or field, forbidden construct, or data over the limits; the message is French and names the culprit.</exception>
    RenderedDocument RenderDocument(string name, JsonElement data);

    /// <summary>Renders <c>mails/NAME.hbs</c> to a subject, a text and an HTML version.</summary>
    /// <exception cref="TemplateException">As for documents.</exception>
    RenderedMail RenderMail(string name, JsonElement data);
}

/// <summary>HTML of a document with what is repeated on its pages; give it to the PDF renderer.</summary>
public sealed record RenderedDocument(string Html, string HeaderHtml, string FooterHtml);

public sealed record RenderedMail(string Subject, string Text, string Html);

/// <summary>A template that cannot be rendered with these data.</summary>
public sealed class TemplateException(string template, string? field, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Template { get; } = template;

    /// <summary>The field that is missing or wrong, when it is one.</summary>
    public string? Field { get; } = field;
}
