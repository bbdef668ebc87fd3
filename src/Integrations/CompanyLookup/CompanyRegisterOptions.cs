using System.ComponentModel.DataAnnotations;

namespace MonOPCO.Integrations.CompanyLookup;

/// <summary>Section <c>CompanyRegister</c>.</summary>
public sealed class CompanyRegisterOptions
{
    public const string Section = "CompanyRegister";

    /// <summary>Root of an API that speaks the shape of « Recherche d'entreprises »; <c>/search</c> is appended.</summary>
    [Required] public Uri BaseUrl { get; set; } = new("https://recherche-entreprises.api.gouv.fr/");

    /// <summary>False when the base address is a sandbox with fictitious companies: screens must say so.</summary>
    public bool IsLive { get; set; } = true;

    /// <summary>
    /// Beside a sandbox: the live register, asked for a SIRET that the sandbox does not know and that is not fictitious. None by default;
    /// <c>./monopco up</c> names it, so that a demonstration with a network answers for real companies too.
    /// </summary>
    public Uri? LiveUrl { get; set; }

    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(3);

    public TimeSpan CacheDuration { get; set; } = TimeSpan.FromHours(6);

    [Range(0, 100_000)] public int CacheSize { get; set; } = 2_000;
}
