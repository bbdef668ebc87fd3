using System.ComponentModel.DataAnnotations;

namespace MonOPCO.Host;

/// <summary>Section <c>Site</c>.</summary>
public sealed class SiteSettings
{
    /// <summary>The address people use, for links in mails: never taken from a request's Host header, which its sender chooses.</summary>
    [Required, Url]
    public string PublicUrl { get; set; } = "";

    public string Link(string pathAndQuery) => PublicUrl.TrimEnd('/') + pathAndQuery;
}
