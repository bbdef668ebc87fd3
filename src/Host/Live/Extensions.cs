using MonOPCO.Domain.News;

namespace MonOPCO.Host.Live;

internal static class Extensions
{
    public static void AddLive(this IServiceCollection services)
    {
        services.AddScoped<PresenceService>();
        services.AddHostedService<NewsListener>();
    }

    public static void MapLive(this WebApplication app)
    {
        app.MapLiveEvents();
        app.MapPresence();
        app.MapPalette();
    }
}
