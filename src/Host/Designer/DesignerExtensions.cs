namespace MonOPCO.Host.Designer;

/// <summary>Registers and maps what the designer's pages load. The pages themselves are in <c>Pages/Procedures</c> and <c>Pages/Instances</c>.</summary>
public static class DesignerExtensions
{
    public static IServiceCollection AddDesigner(this IServiceCollection services)
    {
        services.AddSingleton<DesignerAssets>();
        services.AddSingleton(provider =>
        {
            var environment = provider.GetRequiredService<IWebHostEnvironment>();
            var configured = provider.GetRequiredService<IConfiguration>()["Designer:StudioPath"] ?? Path.Combine("node_modules", "@elsa-workflows", "elsa-studio-wasm");
            return new StudioPackage(Path.GetFullPath(configured, environment.ContentRootPath));
        });
        return services;
    }

    /// <summary>Public files of an npm package and of ours: no session needed, and none is looked up.</summary>
    public static IEndpointRouteBuilder MapDesigner(this IEndpointRouteBuilder app)
    {
        string[] reads = [HttpMethods.Get, HttpMethods.Head];
        app.MapMethods("/designer/_monopco/{file}", reads, (string file, HttpContext context, DesignerAssets assets) => assets.Serve(file, context)).AllowAnonymous().ExcludeFromDescription();

        // Blazor asks for it at start; the package's own names a server of its authors.
        app.MapMethods("/designer/appsettings.json", reads, (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "no-cache";
            return Results.Json(new { Backend = new { Url = "" } }, new System.Text.Json.JsonSerializerOptions());
        }).AllowAnonymous().ExcludeFromDescription();
        app.MapMethods("/designer/{**path}", reads, (string? path, HttpContext context, StudioPackage package) => package.Serve(path ?? "", context)).AllowAnonymous().ExcludeFromDescription();
        return app;
    }
}
