using Microsoft.AspNetCore.Identity;

namespace MonOPCO.Domain.Users;

/// <summary>An account. What it may see follows from its roles and from the company, training body or person it stands for.</summary>
public sealed class User : IdentityUser<Guid>
{
    /// <summary>Shown in the interface and in timelines, e.g. « Claire Martin ».</summary>
    public required string DisplayName { get; set; }

    /// <summary>The company whose dossiers it sees (role Entreprise).</summary>
    public Guid? CompanyId { get; set; }

    public Guid? TrainingBodyId { get; set; }

    public bool IsDemo { get; set; }

    /// <summary>No shortcuts of a single key (WCAG 2.1.4).</summary>
    public bool ShortcutsOff { get; set; }

    public DateTimeOffset? LastSignInAt { get; set; }
}
