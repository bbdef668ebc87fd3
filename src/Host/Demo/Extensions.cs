using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Demo;

internal static class Extensions
{
    public static void AddDemo(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<NextAction>();
        builder.Services.AddOptions<DemoSettings>().BindConfiguration("Demo")
            .Configure(settings =>
            {
                settings.Enabled = DemoSettings.IsEnabled(builder.Configuration, builder.Environment);
                settings.OpcoAgentUrl ??= builder.Configuration["Outside:SandboxUrl"] is { Length: > 0 } sandbox ? sandbox.TrimEnd('/') + "/agent" : null;
            });
        if (DemoSettings.IsEnabled(builder.Configuration, builder.Environment))
        {
            builder.Services.AddScoped<DemoAccounts>();
            builder.Services.AddScoped<DemoData>();
        }
    }

    /// <summary>Where a person lands after signing in.</summary>
    public static string Home(this System.Security.Claims.ClaimsPrincipal user) => user.IsStaff() ? "/console" : "/espace";
}
