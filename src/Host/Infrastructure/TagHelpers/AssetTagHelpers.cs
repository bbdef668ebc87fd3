using Microsoft.AspNetCore.Razor.TagHelpers;
using MonOPCO.Host.Infrastructure.Assets;

namespace MonOPCO.Host.Infrastructure.TagHelpers;

/// <summary><c>&lt;link asset="monopco.css" rel="stylesheet"&gt;</c>, <c>&lt;script asset="app.js" defer&gt;</c>: the hashed address.</summary>
[HtmlTargetElement("link", Attributes = "asset", TagStructure = TagStructure.WithoutEndTag)]
[HtmlTargetElement("script", Attributes = "asset")]
public sealed class AssetTagHelper(AssetManifest assets) : TagHelper
{
    public required string Asset { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output) =>
        output.Attributes.SetAttribute(output.TagName == "link" ? "href" : "src", assets.Url(Asset));
}

/// <summary><c>&lt;icon name="inbox" /&gt;</c>: a Tabler icon, hidden from screen readers unless <c>label</c> says what it means.</summary>
[HtmlTargetElement("icon", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class IconTagHelper(AssetManifest assets) : TagHelper
{
    public required string Name { get; set; }

    public string? Label { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "mo-icon");
        output.Attributes.SetAttribute("viewBox", "0 0 24 24");
        output.Attributes.SetAttribute("stroke-linecap", "round");
        output.Attributes.SetAttribute("stroke-linejoin", "round");
        if (Label is null)
        {
            output.Attributes.SetAttribute("aria-hidden", "true");
        }
        else
        {
            output.Attributes.SetAttribute("role", "img");
            output.Attributes.SetAttribute("aria-label", Label);
        }

        output.Content.SetHtmlContent(assets.Icon(Name));
    }
}
