using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using MonOPCO.Host.Infrastructure.Assets;

namespace MonOPCO.Host.Infrastructure.TagHelpers;

/// <summary>
/// One form field: label, hint, control, error, tied together for screen readers, keeping what was typed.
/// <c>&lt;field for="Input.Cost" hint="Hors taxes" suffix="€" /&gt;</c>. <c>kind</c>: text (default by type), email, password, tel, date, amount, number,
/// textarea, select, radios, checkbox, file. A field that is not <c>[Required]</c> says « facultatif ».
/// Other attributes (autocomplete, inputmode, maxlength, accept, data-…) go to the control.
/// </summary>
[HtmlTargetElement("field", Attributes = "for", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class FieldTagHelper(AssetManifest assets) : TagHelper
{
    [ViewContext]
    [HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public required ModelExpression For { get; set; }

    public string? Kind { get; set; }

    /// <summary>Default: the property's <c>[Display(Name)]</c>.</summary>
    public string? Label { get; set; }

    public string? Hint { get; set; }

    public string? Prefix { get; set; }

    public string? Suffix { get; set; }

    public int Rows { get; set; } = 4;

    /// <summary>For select and radios.</summary>
    public IEnumerable<SelectListItem>? Items { get; set; }

    /// <summary>First line of a select that has no value yet.</summary>
    public string Empty { get; set; } = "Choisissez…";

    public bool? Required { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var name = ViewContext.ViewData.TemplateInfo.GetFullHtmlFieldName(For.Name);
        var field = new Control(
            name, TagBuilder.CreateSanitizedId(name, "_"), Label ?? For.Metadata.GetDisplayName(), Kind ?? DefaultKind(), Required ?? (For.Metadata.IsRequired && For.Metadata.ModelType != typeof(bool)),
            ViewContext.ViewData.ModelState.GetValueOrDefault(name) is { Errors: [{ ErrorMessage: var error }, ..] } ? error : null);
        var attributes = new StringBuilder();
        foreach (var attribute in output.Attributes.Where(x => x.Name != "class"))
        {
            attributes.Append(CultureInfo.InvariantCulture, $" {attribute.Name}=\"{Svg.Encode(Convert.ToString(attribute.Value is HtmlString text ? System.Net.WebUtility.HtmlDecode(text.Value) : attribute.Value, CultureInfo.InvariantCulture) ?? "")}\"");
        }

        output.Attributes.Clear();
        var grouped = field.Kind == "radios";
        output.TagName = grouped ? "fieldset" : "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "mo-field");
        var describedBy = string.Join(' ', new[] { Hint is null ? null : field.Id + "-aide", field.Error is null ? null : field.Id + "-erreur" }.Where(x => x is not null));
        if (describedBy.Length > 0)
        {
            if (grouped)
            {
                output.Attributes.SetAttribute("aria-describedby", describedBy);
            }
            else
            {
                attributes.Append(" aria-describedby=\"").Append(describedBy).Append('"');
            }
        }

        attributes.Append(field.Required && !grouped ? " required" : "").Append(field.Error is null || grouped ? "" : " aria-invalid=\"true\"");
        var optional = field.Required || field.Kind == "checkbox" ? "" : " <span class=\"mo-optional\">(facultatif)</span>";
        var label = $"{Svg.Encode(field.Label)}{optional}";
        var hint = Hint is null ? "" : $"<span class=\"form-hint\" id=\"{field.Id}-aide\">{Svg.Encode(Hint)}</span>";
        var html = field.Kind switch
        {
            "checkbox" => Checkbox(field, attributes.ToString(), label) + hint,
            "radios" => $"<legend class=\"form-label\">{label}</legend>{hint}{Radios(field)}",
            _ => $"<label class=\"form-label\" for=\"{field.Id}\">{label}</label>{hint}{Group(Input(field, attributes.ToString()))}",
        };
        output.Content.SetHtmlContent(html);
        if (field.Error is not null)
        {
            output.Content.AppendHtml($"<div class=\"mo-field-error\" id=\"{field.Id}-erreur\">{Svg.Of(assets, "alert-circle")}<span><span class=\"visually-hidden\">Erreur : </span>{Svg.Encode(field.Error)}</span></div>");
        }
    }

    private string DefaultKind() => For.Metadata.UnderlyingOrModelType switch
    {
        var type when type == typeof(bool) => "checkbox",
        var type when type == typeof(DateOnly) => "date",
        var type when type == typeof(decimal) => "amount",
        var type when type == typeof(int) => "number",
        var type when typeof(IFormFile).IsAssignableFrom(type) => "file",
        var type when type.IsEnum || Items is not null => "select",
        _ => For.Metadata.DataTypeName switch { "EmailAddress" => "email", "Password" => "password", "PhoneNumber" => "tel", "MultilineText" => "textarea", _ => "text" },
    };

    private string? Value(Control field) => ViewContext.ViewData.ModelState.GetValueOrDefault(field.Name) is { AttemptedValue: { } typed } && field.Kind != "password"
        ? typed
        : For.Model switch
        {
            null => null,
            DateOnly date => Fr.Date(date),
            decimal number => Fr.Number(number),
            Enum value => value.ToString(),
            var other => Convert.ToString(other, CultureInfo.InvariantCulture),
        };

    private string Input(Control field, string attributes)
    {
        var state = $"id=\"{field.Id}\" name=\"{field.Name}\"{attributes}";
        var css = $"form-control{(field.Error is null ? "" : " is-invalid")}";
        var value = field.Kind is "password" or "file" ? null : Value(field);
        var shown = value is null ? "" : $" value=\"{Svg.Encode(value)}\"";
        return field.Kind switch
        {
            "textarea" => $"<textarea class=\"{css}\" rows=\"{Rows}\" {state}>\n{Svg.Encode(value ?? "")}</textarea>",
            "select" => Select(field, state, value),
            "file" => $"<input type=\"file\" class=\"{css}\" {state}>",
            "amount" => $"<input type=\"text\" inputmode=\"decimal\" autocomplete=\"off\" class=\"{css}\" {state}{shown}>",
            "number" => $"<input type=\"text\" inputmode=\"numeric\" class=\"{css}\" {state}{shown}>",

            // A date the browser's picker can show is given to it; what nobody can read stays visible in a text field.
            "date" when string.IsNullOrWhiteSpace(value) => $"<input type=\"date\" class=\"{css}\" {state}>",
            "date" when Fr.TryDate(value, out var date) => $"<input type=\"date\" class=\"{css}\" {state} value=\"{date:yyyy-MM-dd}\">",
            "date" => $"<input type=\"text\" inputmode=\"numeric\" class=\"{css}\" {state}{shown}>",
            _ => $"<input type=\"{field.Kind}\" class=\"{css}\" {state}{shown}>",
        };
    }

    private string Select(Control field, string state, string? value)
    {
        var options = new StringBuilder();
        if (string.IsNullOrEmpty(value) || !field.Required)
        {
            options.Append(CultureInfo.InvariantCulture, $"<option value=\"\">{Svg.Encode(Empty)}</option>");
        }

        foreach (var item in Items ?? [])
        {
            var selected = item.Selected || (value is not null && (item.Value ?? item.Text) == value);
            options.Append(CultureInfo.InvariantCulture, $"<option value=\"{Svg.Encode(item.Value ?? item.Text)}\"{(selected ? " selected" : "")}>{Svg.Encode(item.Text)}</option>");
        }

        return $"<select class=\"form-select{(field.Error is null ? "" : " is-invalid")}\" {state}>{options}</select>";
    }

    private string Radios(Control field)
    {
        var value = Value(field);
        return string.Concat((Items ?? []).Select((item, index) =>
        {
            var id = index == 0 ? field.Id : $"{field.Id}_{index}";
            var check = (item.Value ?? item.Text) == value ? " checked" : "";
            return $"<div class=\"form-check\"><input class=\"form-check-input\" type=\"radio\" id=\"{id}\" name=\"{field.Name}\" value=\"{Svg.Encode(item.Value ?? item.Text)}\"{check}{(field.Required ? " required" : "")}>"
                + $"<label class=\"form-check-label\" for=\"{id}\">{Svg.Encode(item.Text)}</label></div>";
        }));
    }

    private string Checkbox(Control field, string attributes, string label)
    {
        var value = Value(field);
        var check = value?.Contains("true", StringComparison.OrdinalIgnoreCase) == true ? " checked" : "";
        return $"<div class=\"form-check\"><input class=\"form-check-input\" type=\"checkbox\" id=\"{field.Id}\" name=\"{field.Name}\" value=\"true\"{check}{attributes}>"
            + $"<label class=\"form-check-label\" for=\"{field.Id}\">{label}</label></div>";
    }

    private string Group(string input)
    {
        if (Prefix is null && Suffix is null)
        {
            return input;
        }

        static string Part(string? text) => text is null ? "" : $"<span class=\"input-group-text\">{Svg.Encode(text)}</span>";
        return $"<div class=\"input-group\">{Part(Prefix)}{input}{Part(Suffix)}</div>";
    }

    private sealed record Control(string Name, string Id, string Label, string Kind, bool Required, string? Error);
}

/// <summary><c>&lt;errors /&gt;</c> on top of a form: how many mistakes, each a link to its field. Nothing when there is none.</summary>
[HtmlTargetElement("errors", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class ErrorsTagHelper(AssetManifest assets) : TagHelper
{
    [ViewContext]
    [HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var errors = ViewContext.ViewData.ModelState.SelectMany(x => x.Value!.Errors.Select(error => (x.Key, error.ErrorMessage))).DistinctBy(x => x).OrderBy(x => Position(x.Key)).ToList();
        if (errors.Count == 0)
        {
            output.SuppressOutput();
            return;
        }

        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "mo-alert mo-tone-danger mb-4");
        output.Attributes.SetAttribute("role", "alert");
        output.Attributes.SetAttribute("tabindex", "-1");
        output.Attributes.SetAttribute("data-focus", "");
        output.Content.AppendHtml(Svg.Of(assets, "alert-circle")).AppendHtml("<div><strong>");
        output.Content.Append(errors.Count == 1 ? "Une information est à corriger" : $"{errors.Count} informations sont à corriger").AppendHtml("</strong><ul>");
        foreach (var (key, message) in errors)
        {
            output.Content.AppendHtml("<li>").AppendHtml(key.Length == 0
                ? Svg.Encode(message)
                : $"<a href=\"#{TagBuilder.CreateSanitizedId(key, "_")}\">{Svg.Encode(Labelled(key, message))}</a>").AppendHtml("</li>");
        }

        output.Content.AppendHtml("</ul></div>");
    }

    // The dictionary has no order of its own; that of the properties is that of the form.
    private (int First, int Second) Position(string key)
    {
        var parts = key.Split('.', 2);
        var first = ViewContext.ViewData.ModelMetadata.Properties[parts[0]];
        return (Index(ViewContext.ViewData.ModelMetadata, parts[0]), parts.Length > 1 && first is not null ? Index(first, parts[1].Split('.')[0]) : -1);

        static int Index(ModelMetadata metadata, string name) => metadata.Properties.Select(x => x.PropertyName).ToList().IndexOf(name.Split('[')[0]);
    }

    // « Ce champ est nécessaire » says nothing in a list: put the field's name before it.
    private string Labelled(string key, string message)
    {
        var metadata = ViewContext.ViewData.ModelMetadata;
        foreach (var part in key.Split('.'))
        {
            metadata = metadata?.Properties[part.Split('[')[0]];
        }

        return metadata?.DisplayName is { } label ? $"{label} : {message[..1].ToLowerInvariant()}{message[1..]}" : message;
    }
}
