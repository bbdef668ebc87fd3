using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Users;

/// <summary>The authenticator application of an account. Its secret is encrypted under the account's data key.</summary>
public sealed class SecondFactor
{
    public required Guid UserId { get; init; }

    public required byte[] SealedSecret { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }

    /// <summary>Null while its owner has not yet typed a first code.</summary>
    public DateTimeOffset? ConfirmedAt { get; set; }

    /// <summary>The time step of the last code that was taken: no code serves twice.</summary>
    public long LastStep { get; set; }
}

/// <summary>For the day when the telephone is lost; hashed, each serves once.</summary>
public sealed class RecoveryCode
{
    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    public required byte[] Hash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? UsedAt { get; set; }
}

/// <summary>What a role must do to enter; edited by administrators.</summary>
public sealed class RoleSecurity
{
    public required string Role { get; init; }

    /// <summary>Without a second factor such a person reaches nothing but the page where one is set up.</summary>
    public bool SecondFactorRequired { get; set; }

    internal static IEnumerable<RoleSecurity> Usual { get; } = [.. Roles.All.Select(x => new RoleSecurity { Role = x, SecondFactorRequired = x is Roles.SuperAdmin or Roles.Admin or Roles.Comptable })];
}

internal sealed class SecondFactorMapping : IEntityTypeConfiguration<SecondFactor>
{
    public void Configure(EntityTypeBuilder<SecondFactor> builder)
    {
        builder.ToTable("second_factors");
        builder.HasKey(x => x.UserId);
        builder.HasOne<User>().WithOne().HasForeignKey<SecondFactor>(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class RecoveryCodeMapping : IEntityTypeConfiguration<RecoveryCode>
{
    public void Configure(EntityTypeBuilder<RecoveryCode> builder)
    {
        builder.ToTable("recovery_codes");
        builder.Property(x => x.Id).ValueGeneratedNever();
        builder.HasIndex(x => new { x.UserId, x.Hash }).IsUnique();
        builder.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class RoleSecurityMapping : IEntityTypeConfiguration<RoleSecurity>
{
    public void Configure(EntityTypeBuilder<RoleSecurity> builder)
    {
        builder.ToTable("role_security");
        builder.HasKey(x => x.Role);
    }
}
