using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Users;

/// <summary>An account. What it may see follows from its roles and from the company, training body or person it stands for.</summary>
public sealed class User : IdentityUser<Guid>
{
    /// <summary>Shown in the interface and in timelines, e.g. « Claire Martin ».</summary>
    public required string DisplayName { get; set; }

    /// <summary>The company whose dossiers it sees (roles Entreprise, Direction…).</summary>
    public Guid? CompanyId { get; set; }

    public Guid? TrainingBodyId { get; set; }

    public bool IsDemo { get; set; }

    /// <summary>No shortcuts of a single key (WCAG 2.1.4).</summary>
    public bool ShortcutsOff { get; set; }

    public DateTimeOffset? LastSignInAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Last invitation; null for accounts that were opened by their owner.</summary>
    public DateTimeOffset? InvitedAt { get; set; }

    /// <summary>The invited person chose a way to sign in and accepted the conditions.</summary>
    public DateTimeOffset? ActivatedAt { get; set; }

    public DateTimeOffset? DeactivatedAt { get; set; }

    /// <summary>The next sign-in leads to a new password and nowhere else.</summary>
    public bool MustChangePassword { get; set; }

    /// <summary>Rises when roles or links change, so that open sessions read them again at their next request.</summary>
    public int ClaimsVersion { get; set; }

    /// <summary>An account of a program: no password, no page, only API keys.</summary>
    public bool IsService { get; set; }

    public bool IsInvited => InvitedAt is not null && ActivatedAt is null;

    /// <summary>May sign in at all, whatever the way.</summary>
    public bool MayEnter => DeactivatedAt is null && !IsInvited && !IsService;

    public AccountState State(DateTimeOffset now) =>
        DeactivatedAt is not null ? AccountState.Deactivated : IsInvited ? AccountState.Invited : LockoutEnd > now ? AccountState.Locked : AccountState.Active;
}

public enum AccountState
{
    Invited,
    Active,
    Locked,
    Deactivated,
}

internal sealed class UserMapping : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.Property(x => x.CreatedAt).HasDefaultValueSql("now()");
        builder.HasIndex(x => x.CompanyId);
        builder.HasIndex(x => x.DisplayName).HasMethod("gin").HasOperators("gin_trgm_ops");
        builder.HasIndex(x => x.Email).HasMethod("gin").HasOperators("gin_trgm_ops");
    }
}
