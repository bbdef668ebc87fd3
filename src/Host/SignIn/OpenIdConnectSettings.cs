using System.ComponentModel.DataAnnotations;

namespace MonOPCO.Host.SignIn;

/// <summary>One identity provider: an entry of <c>SignIn:OpenIdConnect</c>. Without an entry the sign-in page does not speak of it.</summary>
public sealed class OpenIdConnectSettings
{
    /// <summary>Short, in addresses: letters, digits, hyphens.</summary>
    [Required, RegularExpression("[a-z0-9-]{2,40}")]
    public string Name { get; set; } = "";

    /// <summary>On the button: « Compte Netz ».</summary>
    [Required]
    public string Label { get; set; } = "";

    [Required, Url]
    public string Authority { get; set; } = "";

    [Required]
    public string ClientId { get; set; } = "";

    /// <summary>File that holds the client's secret; never in the configuration itself.</summary>
    public string? ClientSecretFile { get; set; }

    /// <summary>Domains whose addresses this provider may speak for; others are refused, whatever it says.</summary>
    [MinLength(1)]
    public string[] EmailDomains { get; set; } = [];

    /// <summary>For providers that do not send <c>email_verified</c> and give addresses to nobody but their owners.</summary>
    public bool TrustsEmail { get; set; }

    /// <summary>Their own second factor counts when the token says so (<c>amr</c> holds <c>mfa</c>).</summary>
    public bool AcceptsTheirSecondFactor { get; set; }

    /// <summary>Whether somebody without account gets one, with the roles that <see cref="Roles"/> give. Off unless said.</summary>
    public bool SelfRegistration { get; set; }

    /// <summary>SIRET of the company that new accounts stand for.</summary>
    public string? CompanySiret { get; set; }

    /// <summary>Claim that names groups.</summary>
    public string GroupClaim { get; set; } = "groups";

    /// <summary>Group to role, for new accounts; <c>*</c> is everybody's.</summary>
    public Dictionary<string, string> Roles { get; set; } = [];

    public string Scheme => "oidc-" + Name;

    public bool SpeaksFor(string email) => EmailDomains.Any(x => email.EndsWith("@" + x, StringComparison.OrdinalIgnoreCase));
}
