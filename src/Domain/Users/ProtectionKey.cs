using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MonOPCO.Domain.Users;

/// <summary>A key that protects cookies and form tokens, shared by every Host on this database. Its secret part is encrypted by the master key.</summary>
public sealed class ProtectionKey
{
    /// <summary>As ASP.NET names it: <c>key-…</c>, <c>revocation-…</c>.</summary>
    public required string Name { get; init; }

    public required string Xml { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed class ProtectionKeyMapping : IEntityTypeConfiguration<ProtectionKey>
{
    public void Configure(EntityTypeBuilder<ProtectionKey> builder)
    {
        builder.ToTable("protection_keys");
        builder.HasKey(x => x.Name);
    }
}
