using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Users;

/// <summary>How a session was opened.</summary>
public enum SignInMethod
{
    Password,
    Link,
    Passkey,
    OpenIdConnect,
    Activation,
    Demonstration,
}

/// <summary>Why a session is over.</summary>
public enum SessionEnd
{
    SignedOut,
    EndedByOwner,
    EndedByAdministrator,
    PasswordChanged,
    Deactivated,
    SecondFactorReset,
    EmailChanged,
    Idle,
    TooOld,
}

/// <summary>One sign-in on one device. The cookie names it; a request is served only while its row lives.</summary>
public sealed class UserSession
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required SignInMethod Method { get; init; }

    /// <summary>In words: « Firefox sous Windows ».</summary>
    public required string Device { get; init; }

    /// <summary>Shortened: the network, not the machine.</summary>
    public required string Network { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset LastSeenAt { get; set; }

    /// <summary>Whatever happens, it ends then.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Without a request for so long it ends.</summary>
    public required TimeSpan IdleLimit { get; init; }

    /// <summary>Last time that its owner gave a second factor; null: never in this session.</summary>
    public DateTimeOffset? SecondFactorAt { get; set; }

    /// <summary>Last time that its owner showed to be there: by signing in, or when asked again.</summary>
    public required DateTimeOffset ConfirmedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public SessionEnd? EndReason { get; set; }
}

/// <summary>A browser from which an account was opened before; a new one is told by mail.</summary>
public sealed class UserDevice
{
    public required Guid UserId { get; init; }

    public required byte[] TokenHash { get; init; }

    public required DateTimeOffset FirstSeenAt { get; init; }

    public required DateTimeOffset LastSeenAt { get; set; }
}

/// <summary>Opened at both addresses before an account's address changes.</summary>
public sealed class EmailChange
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required string NewEmail { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? OldConfirmedAt { get; set; }

    public DateTimeOffset? NewConfirmedAt { get; set; }

    public DateTimeOffset? AppliedAt { get; set; }
}

/// <summary>A mail about an account, without secret; sent by the procedure <c>courriel</c>.</summary>
public sealed class AccountNotice
{
    public required Guid Id { get; init; }

    /// <summary>A mail of <c>templates/mails</c>.</summary>
    public required string Template { get; init; }

    public required string Email { get; init; }

    public required System.Text.Json.Nodes.JsonObject Values { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What a client company's people may do with accounts; without a row, what is usual.</summary>
public sealed class CompanyAccess
{
    public required Guid CompanyId { get; init; }

    /// <summary>Its HR may invite colleagues.</summary>
    public bool MayInvite { get; set; } = true;
}

internal sealed class UserSessionMapping : IEntityTypeConfiguration<UserSession>
{
    public void Configure(EntityTypeBuilder<UserSession> builder)
    {
        builder.ToTable("user_sessions");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => new { x.UserId, x.StartedAt });
        builder.HasIndex(x => x.UserId).HasFilter("ended_at is null").HasDatabaseName("IX_user_sessions_open");
        builder.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class UserDeviceMapping : IEntityTypeConfiguration<UserDevice>
{
    public void Configure(EntityTypeBuilder<UserDevice> builder)
    {
        builder.ToTable("user_devices");
        builder.HasKey(x => new { x.UserId, x.TokenHash });
        builder.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class EmailChangeMapping : IEntityTypeConfiguration<EmailChange>
{
    public void Configure(EntityTypeBuilder<EmailChange> builder)
    {
        builder.ToTable("email_changes");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class AccountNoticeMapping : IEntityTypeConfiguration<AccountNotice>
{
    public void Configure(EntityTypeBuilder<AccountNotice> builder)
    {
        builder.ToTable("account_notices");
        builder.Property(x => x.Id).ValueGeneratedNever();
    }
}

internal sealed class CompanyAccessMapping : IEntityTypeConfiguration<CompanyAccess>
{
    public void Configure(EntityTypeBuilder<CompanyAccess> builder)
    {
        builder.ToTable("company_access");
        builder.HasKey(x => x.CompanyId);
        builder.HasOne<Companies.Company>().WithMany().HasForeignKey(x => x.CompanyId).OnDelete(DeleteBehavior.Cascade);
    }
}
