using Microsoft.AspNetCore.Identity;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users.Permissions;
using MonOPCO.Domain.Users;
using MonOPCO.Host.Demo;

namespace MonOPCO.Host;

/// <summary>What happens once, before requests are served.</summary>
internal static class Start
{
    /// <summary>Applies migrations as the owner; a Host without the owner's connection string expects a ready schema.</summary>
    public static async Task MigrateAsync(WebApplication app)
    {
        if (app.Configuration.GetConnectionString("Owner") is { Length: > 0 } owner)
        {
            await DatabaseSetup.MigrateAsync(owner, app.Lifetime.ApplicationStopping);
        }
    }

    public static async Task SeedAsync(WebApplication app)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var roles = scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole<Guid>>>();
        foreach (var role in Roles.All)
        {
            if (!await roles.RoleExistsAsync(role))
            {
                await roles.CreateAsync(new IdentityRole<Guid>(role) { Id = Guid.CreateVersion7() });
            }
        }

        await scope.ServiceProvider.GetRequiredService<PermissionService>().SeedAsync(app.Lifetime.ApplicationStopping);
        if (DemoSettings.IsEnabled(app.Configuration, app.Environment))
        {
            await scope.ServiceProvider.GetRequiredService<DemoAccounts>().EnsureAsync();
            await scope.ServiceProvider.GetRequiredService<DemoData>().EnsureAsync(app.Lifetime.ApplicationStopping);
        }
    }
}
