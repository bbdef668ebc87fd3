using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Users;

namespace MonOPCO.Domain.Data;

/// <summary>The only DbContext. Each entity's mapping stands beside it (<c>XxxMapping : IEntityTypeConfiguration</c>); every name is snake_case.</summary>
public sealed class MonOpcoDbContext(DbContextOptions<MonOpcoDbContext> options) : IdentityDbContext<User, IdentityRole<Guid>, Guid>(options)
{
    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.ApplyConfigurationsFromAssembly(typeof(MonOpcoDbContext).Assembly);
        SnakeCase.Apply(builder);
    }
}
