using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace MonOPCO.Host.Pages.Shared;

/// <summary>One step of the breadcrumb.</summary>
public sealed record Crumb(string Label, string Url);

/// <summary>What every page says on top.</summary>
public static class PageHead
{
    /// <summary>Messages are looked for only where one was left: most pages then set no cookie at all.</summary>
    internal const string FlashCookie = "monopco.message";

    /// <summary>
    /// First line of a page: <c>@{ ViewData.Page("Dossier 2026-00012", lead: "Bilan de compétences", crumbs: [new("Dossiers", "/console/dossiers")]); }</c>.
    /// The layout writes the browser title (« … · MonOPCO »), the breadcrumb and the h1. <paramref name="plain"/>: the page writes its own h1.
    /// </summary>
    public static void Page(this ViewDataDictionary data, string title, string? lead = null, Crumb[]? crumbs = null, bool plain = false)
    {
        data["Title"] = title.Curly();
        data["Lead"] = lead.Curly();
        data["Crumbs"] = crumbs;
        data["Plain"] = plain;
    }

    /// <summary>A message shown once, on the page after the redirect. Tones: success, info, warning, danger.</summary>
    public static void Flash(this PageModel page, string tone, string message) => page.TempData["Flash"] = $"{tone}|{message}";
}
