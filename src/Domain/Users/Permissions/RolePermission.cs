using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Users.Permissions;

/// <summary>A cell of the matrix. Rows that nobody changed follow the default of the code.</summary>
public sealed class RolePermission
{
    public required string Role { get; init; }

    public required string Permission { get; init; }

    public required bool Granted { get; set; }

    /// <summary>Null: still the default.</summary>
    public DateTimeOffset? ChangedAt { get; set; }

    public string? ChangedBy { get; set; }
}

/// <summary>One row: counts the changes, so that each Host sees with one small read whether what it remembers still holds.</summary>
public sealed class PermissionVersion
{
    public const short OnlyId = 1;

    public required short Id { get; init; }

    public long Version { get; set; }
}

internal sealed class RolePermissionMapping : IEntityTypeConfiguration<RolePermission>
{
    public void Configure(EntityTypeBuilder<RolePermission> builder)
    {
        builder.ToTable("role_permissions");
        builder.HasKey(x => new { x.Role, x.Permission });
    }
}

internal sealed class PermissionVersionMapping : IEntityTypeConfiguration<PermissionVersion>
{
    public void Configure(EntityTypeBuilder<PermissionVersion> builder)
    {
        builder.ToTable("permission_versions");
        builder.Property(x => x.Id).ValueGeneratedNever();
    }
}
