using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Users;

/// <summary>What somebody tried.</summary>
public enum AttemptKind
{
    Password,
    SecondFactor,
    Link,
    Passkey,
    OpenIdConnect,
    PasswordReset,
    ApiKey,
}

public enum AttemptOutcome
{
    Success,

    /// <summary>Wrong secret for an account that exists.</summary>
    Wrong,

    /// <summary>No such account, link or key.</summary>
    Unknown,

    /// <summary>The account is locked, deactivated or not yet activated.</summary>
    Refused,

    /// <summary>The address is held back: nothing was looked at.</summary>
    Held,

    /// <summary>A form that answers everybody alike was sent.</summary>
    Asked,
}

/// <summary>One try to enter; kept for a limited time. An address that is nobody's is kept only as a keyed hash.</summary>
public sealed class SignInAttempt
{
    public long Id { get; init; }

    public required DateTimeOffset At { get; init; }

    public required AttemptKind Kind { get; init; }

    public required AttemptOutcome Outcome { get; init; }

    /// <summary>Where it came from: an IPv4 address, or the /64 of an IPv6 one.</summary>
    public required string Address { get; init; }

    public Guid? UserId { get; init; }

    public byte[]? EmailHash { get; init; }
}

/// <summary>An address whose tries are no longer looked at for a while.</summary>
public sealed class AddressHold
{
    public required Guid Id { get; init; }

    public required string Address { get; init; }

    public required DateTimeOffset Since { get; init; }

    public required DateTimeOffset Until { get; init; }

    public required int Failures { get; init; }

    /// <summary>How many different accounts or addresses were tried.</summary>
    public required int Targets { get; init; }

    public DateTimeOffset? ReleasedAt { get; set; }
}

internal sealed class SignInAttemptMapping : IEntityTypeConfiguration<SignInAttempt>
{
    public void Configure(EntityTypeBuilder<SignInAttempt> builder)
    {
        builder.ToTable("sign_in_attempts");
        builder.Property(x => x.Id).UseIdentityAlwaysColumn();
        builder.HasIndex(x => new { x.Address, x.At });
        builder.HasIndex(x => new { x.UserId, x.At });
        builder.HasIndex(x => x.At);
    }
}

internal sealed class AddressHoldMapping : IEntityTypeConfiguration<AddressHold>
{
    public void Configure(EntityTypeBuilder<AddressHold> builder)
    {
        builder.ToTable("address_holds");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => new { x.Address, x.Until });
    }
}
