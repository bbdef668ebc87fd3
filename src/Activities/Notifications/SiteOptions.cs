using System.ComponentModel.DataAnnotations;

namespace MonOPCO.Activities.Notifications;

/// <summary>Section <c>Site</c>.</summary>
public sealed class SiteOptions
{
    /// <summary>Address that people reach us at, for links in mails; without a slash at its end.</summary>
    [Required]
    public string PublicUrl { get; set; } = "http://127.0.0.1:5080";

    public string Link(string path) => PublicUrl.TrimEnd('/') + path;
}
