using System.ComponentModel.DataAnnotations;

namespace MonOPCO.Integrations.Browsers;

/// <summary>Section <c>Chromium</c>, shared by PDF rendering and portal runs.</summary>
public sealed class ChromiumOptions
{
    public const string Section = "Chromium";

    [Required] public string ExecutablePath { get; set; } = "/usr/bin/chromium";

    public TimeSpan LaunchTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
