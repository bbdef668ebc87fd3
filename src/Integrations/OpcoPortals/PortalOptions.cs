using System.ComponentModel.DataAnnotations;

namespace MonOPCO.Integrations.OpcoPortals;

/// <summary>Section <c>OpcoPortals</c>.</summary>
public sealed class PortalOptions
{
    public const string Section = "OpcoPortals";

    /// <summary>Folder of the scripts (<c>portals/*.json</c>).</summary>
    [Required] public string Root { get; set; } = "portals";

    /// <summary>How long one step waits for its landmark before it says that it is missing.</summary>
    public TimeSpan StepTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Runs at the same time; each has its own browser context.</summary>
    [Range(1, 8)] public int Concurrency { get; set; } = 1;

    /// <summary>By script name. A script without settings cannot run: no address is built in.</summary>
    public Dictionary<string, PortalSettings> Portals { get; set; } = [];
}

public sealed class PortalSettings
{
    public Uri? BaseUrl { get; set; }

    /// <summary>Further <c>host</c> or <c>host:port</c> that pages of the portal need (static files, sign-in); the base address' own is always allowed.</summary>
    public string[] AllowedHosts { get; set; } = [];

    public string? User { get; set; }

    public string? Password { get; set; }
}
