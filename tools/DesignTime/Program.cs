using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;

namespace MonOPCO.DesignTime;

/// <summary>For <c>dotnet ef migrations …</c> only: <c>--project src/Domain --startup-project tools/DesignTime</c>. No database is opened to add a migration.</summary>
public sealed class DbContextFactory : IDesignTimeDbContextFactory<MonOpcoDbContext>
{
    public MonOpcoDbContext CreateDbContext(string[] args)
    {
        var services = new ServiceCollection();
        services.AddDbContext<MonOpcoDbContext>(options => options.UseNpgsql(Environment.GetEnvironmentVariable("MONOPCO_DB") ?? "Host=localhost;Database=design"));
        services.Configure<IdentityOptions>(options => options.Stores.SchemaVersion = IdentitySchemaVersions.Version3);
        return services.BuildServiceProvider().GetRequiredService<MonOpcoDbContext>();
    }
}

public static class Program
{
    public static int Main() => 0;
}
