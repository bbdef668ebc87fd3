using System.Net.Http.Headers;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace MonOPCO.Demonstration.Web;

/// <summary>
/// A form that is really on a page, with its hidden fields and what is already typed in it. Fields are named by their labels, as a person does;
/// <c>Personne 2|Nom</c> is the field « Nom » in the group whose legend begins with « Personne 2 ».
/// </summary>
public sealed class WebForm(WebPage page, IHtmlFormElement form, IElement button)
{
    private readonly List<(string Name, string FileName, string Type, byte[] Content)> _files = [];

    public WebForm Type(string label, string value)
    {
        switch (Control(label))
        {
            case IHtmlSelectElement select:
                var option = select.Options.FirstOrDefault(x => WebPage.Clean(x.TextContent) == WebPage.Clean(value)) ?? throw new DemonstrationException($"« {label} » ne propose pas « {value} ».");
                select.Value = option.Value;
                break;
            case IHtmlTextAreaElement area:
                area.Value = value;
                break;
            case IHtmlInputElement input:
                // What a browser's date picker sends.
                input.Value = input.Type == "date" && DateOnly.TryParseExact(value, "dd/MM/yyyy", out var day) ? day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture) : value;
                break;
            default:
                throw new DemonstrationException($"« {label} » ne se remplit pas.");
        }

        return this;
    }

    /// <summary>Ticks a box or a radio button.</summary>
    public WebForm Tick(string label)
    {
        if (Control(label, onlyTicks: true) is not IHtmlInputElement box)
        {
            throw new DemonstrationException($"« {label} » ne se coche pas.");
        }

        if (box.Type == "radio")
        {
            foreach (var other in form.QuerySelectorAll("input[type=radio]").OfType<IHtmlInputElement>().Where(x => x.Name == box.Name))
            {
                other.IsChecked = false;
            }
        }

        box.IsChecked = true;
        return this;
    }

    public WebForm Attach(string label, string fileName, byte[] content, string type = "application/pdf")
    {
        _files.Add(((Control(label) as IHtmlInputElement)?.Name ?? throw new DemonstrationException($"« {label} » ne prend pas de fichier."), fileName, type, content));
        return this;
    }

    internal Uri Target => new(page.Address, button.GetAttribute("formaction") ?? form.GetAttribute("action") ?? page.Address.PathAndQuery);

    /// <summary>Made anew for each sending: a content can be sent once.</summary>
    internal HttpContent Content()
    {
        var values = Values().ToList();
        if (form.GetAttribute("enctype") != "multipart/form-data")
        {
            return new FormUrlEncodedContent(values);
        }

        var parts = new MultipartFormDataContent();
        foreach (var (name, value) in values)
        {
            parts.Add(new StringContent(value), $"\"{name}\"");
        }

        foreach (var (name, fileName, type, content) in _files)
        {
            var part = new ByteArrayContent(content);
            part.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            parts.Add(part, $"\"{name}\"", $"\"{fileName}\"");
        }

        return parts;
    }

    private IEnumerable<KeyValuePair<string, string>> Values()
    {
        foreach (var element in form.QuerySelectorAll("input, select, textarea").Where(x => !x.HasAttribute("disabled")))
        {
            if (element switch
            {
                IHtmlInputElement { Type: "file" or "submit" or "button" or "image" } => null,
                IHtmlInputElement { Type: "checkbox" or "radio", IsChecked: false } => null,
                IHtmlInputElement { Type: "checkbox" or "radio" } box => box.GetAttribute("value") ?? "on",
                IHtmlInputElement input => input.Value,
                IHtmlSelectElement select => select.Value ?? "",
                IHtmlTextAreaElement area => area.Value,
                _ => null,
            } is { } value && element.GetAttribute("name") is { Length: > 0 } name)
            {
                yield return new(name, value);
            }
        }

        if (button.GetAttribute("name") is { Length: > 0 } pressed)
        {
            yield return new(pressed, button.GetAttribute("value") ?? "");
        }
    }

    private IElement Control(string label, bool onlyTicks = false)
    {
        IParentNode within = form;
        var words = WebPage.Clean(label);
        if (label.Split('|') is [var group, var inner])
        {
            within = form.QuerySelectorAll("fieldset").FirstOrDefault(x => WebPage.Clean(x.QuerySelector("legend")?.TextContent).StartsWith(WebPage.Clean(group), StringComparison.OrdinalIgnoreCase))
                ?? throw new DemonstrationException($"Le groupe « {group} » manque sur la page « {page.Title} ».");
            words = WebPage.Clean(inner);
        }

        var named = within.QuerySelectorAll("label[for]").Select(x => (Label: x, Control: form.Owner?.GetElementById(x.GetAttribute("for")!)))
            .Where(x => x.Control is IHtmlInputElement { Type: "checkbox" or "radio" } == onlyTicks || (!onlyTicks && x.Control is not IHtmlInputElement { Type: "radio" })).ToList();
        var found = named.Find(x => Shown(x.Label) == words);
        return found.Control ?? named.Find(x => Shown(x.Label).StartsWith(words, StringComparison.Ordinal)).Control
            ?? throw new DemonstrationException($"Le champ « {label} » manque sur la page « {page.Title} » ({page.Address.AbsolutePath}).");
    }

    private static string Shown(IElement label) => WebPage.Clean(label.TextContent).Replace(" (facultatif)", "", StringComparison.Ordinal);
}
