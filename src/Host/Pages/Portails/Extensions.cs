using MonOPCO.Host.Pages.Dossiers;
using MonOPCO.Host.Pages.Taches.Screens;

namespace MonOPCO.Host.Pages.Portails;

internal static class Extensions
{
    /// <summary>What the console's pages share.</summary>
    public static IServiceCollection AddConsolePages(this IServiceCollection services) => services.AddScoped<Copilot>().AddScoped<PortalRunView>().AddScoped<SituationReader>()
        .AddMemoryCache().AddScoped<ListViews>().AddScoped<KanbanMoves>();
}
