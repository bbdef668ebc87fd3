using System.ComponentModel.DataAnnotations;

namespace MonOPCO.Integrations.Mail;

/// <summary>Section <c>Mail</c>. Without a host, sending answers a clear « non configuré ».</summary>
public sealed class MailOptions
{
    public const string Section = "Mail";

    public string? Host { get; set; }

    [Range(1, 65535)] public int Port { get; set; } = 25;

    /// <summary>STARTTLS. Implicit TLS (465) is not supported by System.Net.Mail.</summary>
    public bool UseStartTls { get; set; }

    public string? UserName { get; set; }

    public string? Password { get; set; }

    [Required, EmailAddress] public string From { get; set; } = "ne-pas-repondre@monopco.example";

    public string FromName { get; set; } = "MonOPCO";

    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);
}
