using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Users;

/// <summary>What a link opens; a link for one purpose opens nothing else.</summary>
public enum LinkPurpose
{
    SignIn,

    /// <summary>Proves an address before a request is made from the public page.</summary>
    CheckEmail,

    /// <summary>Opens one task for a person without account.</summary>
    Task,

    /// <summary>The beneficiary's own space.</summary>
    Beneficiary,

    /// <summary>Activates an invited account.</summary>
    Invitation,

    /// <summary>Chooses a new password.</summary>
    PasswordReset,

    /// <summary>Proves the new address of an account.</summary>
    ConfirmNewEmail,

    /// <summary>The old address agrees that it be replaced.</summary>
    ApproveNewEmail,
}

/// <summary>A personal link: single use, hashed, bound to a purpose, expiring.</summary>
public sealed class MagicLink
{
    public required Guid Id { get; init; }

    public required byte[] TokenHash { get; init; }

    public required LinkPurpose Purpose { get; init; }

    public required string Email { get; init; }

    public required string EmailKey { get; init; }

    /// <summary>What it is about: an account, a task, a dossier; meaning by purpose.</summary>
    public string? Subject { get; init; }

    /// <summary>Where to go afterwards and what was being typed; no secret.</summary>
    public JsonObject? Payload { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? UsedAt { get; internal set; }
}

/// <summary>A six-digit code by e-mail, for those who cannot follow a link on the same device.</summary>
public sealed class LoginCode
{
    public required Guid Id { get; init; }

    public required string EmailKey { get; init; }

    public required byte[] CodeHash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public int Attempts { get; internal set; }

    public DateTimeOffset? UsedAt { get; internal set; }
}

/// <summary>Lets a program in. Shown once when made, stored hashed.</summary>
public sealed class ApiKey
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    /// <summary>First characters, shown in lists to recognise it.</summary>
    public required string Prefix { get; init; }

    public required byte[] Hash { get; init; }

    public required string[] Scopes { get; init; }

    /// <summary>Account in whose name it acts.</summary>
    public required Guid UserId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? RevokedAt { get; internal set; }

    public string? CreatedBy { get; init; }

    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; internal set; }

    /// <summary>The key that takes over; this one works until <see cref="ExpiresAt"/>, brought forward by the rotation.</summary>
    public Guid? ReplacedBy { get; internal set; }
}

internal sealed class MagicLinkMapping : IEntityTypeConfiguration<MagicLink>
{
    public void Configure(EntityTypeBuilder<MagicLink> builder)
    {
        builder.ToTable("magic_links");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => x.TokenHash).IsUnique();
        builder.HasIndex(x => new { x.EmailKey, x.CreatedAt });
    }
}

internal sealed class LoginCodeMapping : IEntityTypeConfiguration<LoginCode>
{
    public void Configure(EntityTypeBuilder<LoginCode> builder)
    {
        builder.ToTable("login_codes");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => new { x.EmailKey, x.CreatedAt });
    }
}

internal sealed class ApiKeyMapping : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("api_keys");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => x.Hash).IsUnique();
        builder.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
