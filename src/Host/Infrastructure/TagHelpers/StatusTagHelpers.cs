using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Razor.TagHelpers;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Host.Infrastructure.Assets;

namespace MonOPCO.Host.Infrastructure.TagHelpers;

/// <summary>
/// <c>&lt;status state="dossier.State" /&gt;</c>, or anything else by <c>label tone icon</c>, or <c>look="StatusLook.Deadline(due, today)"</c>.
/// </summary>
[HtmlTargetElement("status", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class StatusTagHelper(AssetManifest assets) : TagHelper
{
    public DossierState? State { get; set; }

    public StatusLook? Look { get; set; }

    public string? Label { get; set; }

    public string Tone { get; set; } = "neutral";

    public string Icon { get; set; } = "circle-dashed";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var look = Look ?? (State is { } state ? StatusLook.Of(state) : new StatusLook(Label ?? throw new InvalidOperationException("<status> needs state, look or label."), Tone, Icon));
        output.TagName = "span";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", $"mo-status mo-tone-{look.Tone}");
        if (State is { } code)
        {
            output.Attributes.SetAttribute("data-state", code.ToString());
        }

        output.Content.AppendHtml(Svg.Of(assets, look.Icon)).Append(look.Label);
    }
}

/// <summary><c>&lt;alert tone="warning" title="…"&gt;text&lt;/alert&gt;</c>; <c>live</c> announces it to screen readers.</summary>
[HtmlTargetElement("alert")]
public sealed class AlertTagHelper(AssetManifest assets) : TagHelper
{
    public string Tone { get; set; } = "info";

    public string? Title { get; set; }

    public bool Live { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var body = await output.GetChildContentAsync();
        output.TagName = "div";
        output.Attributes.SetAttribute("class", $"mo-alert mo-tone-{Tone}");
        if (Live)
        {
            output.Attributes.SetAttribute("role", Tone == "danger" ? "alert" : "status");
        }

        output.Content.AppendHtml(Svg.Of(assets, ToneIcon(Tone))).AppendHtml("<div>");
        if (Title is not null)
        {
            output.Content.AppendHtml("<strong>").Append(Title).AppendHtml("</strong>");
        }

        output.Content.AppendHtml(body).AppendHtml("</div>");
    }

    internal static string ToneIcon(string tone) => tone switch
    {
        "success" => "circle-check",
        "warning" => "alert-triangle",
        "danger" => "alert-circle",
        "waiting" => "hourglass",
        _ => "info-circle",
    };
}

/// <summary><c>&lt;time-ago at="event.At" /&gt;</c>: « il y a 2 jours » in a <c>&lt;time&gt;</c> whose title is the exact moment.</summary>
[HtmlTargetElement("time-ago", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class TimeAgoTagHelper(TimeProvider clock) : TagHelper
{
    public required DateTimeOffset At { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "time";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("datetime", At.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture));
        output.Attributes.SetAttribute("title", Fr.DateTime(At));
        output.Content.SetContent(Fr.Ago(At, clock.GetUtcNow()));
    }
}

/// <summary><c>&lt;copy value="…" label="le montant" /&gt;</c>: a button that copies and says « Copié ».</summary>
[HtmlTargetElement("copy", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class CopyTagHelper(AssetManifest assets) : TagHelper
{
    public required string Value { get; set; }

    /// <summary>What is copied, for screen readers: « le montant ».</summary>
    public required string Label { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "button";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("type", "button");
        output.Attributes.SetAttribute("class", "btn btn-sm");
        output.Attributes.SetAttribute("data-copy", Value);
        output.Content.AppendHtml("<span class=\"mo-to-copy\">").AppendHtml(Svg.Of(assets, "copy")).Append("Copier")
            .AppendHtml("<span class=\"visually-hidden\"> ").Append(Label).AppendHtml("</span></span><span class=\"mo-copied\">").AppendHtml(Svg.Of(assets, "check")).AppendHtml("Copié</span>");
    }
}

internal static class Svg
{
    public static string Of(AssetManifest assets, string icon) =>
        $"<svg class=\"mo-icon\" viewBox=\"0 0 24 24\" stroke-linecap=\"round\" stroke-linejoin=\"round\" aria-hidden=\"true\">{assets.Icon(icon)}</svg>";

    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);

    public static string Encode(string text) => Html.Encode(text);
}
