using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace MonOPCO.Host.Infrastructure.Assets;

/// <summary>Serves /assets: names carry a hash of the content, so browsers keep them for ever; the .br or .gz made by the build goes out as it is.</summary>
internal static class PrecompressedAssets
{
    private static readonly FileExtensionContentTypeProvider Types = new();

    public static void UsePrecompressedAssets(this WebApplication app)
    {
        var manifest = app.Services.GetRequiredService<AssetManifest>();
        app.UsePrecompressedFiles("/assets", manifest.Folder, "public, max-age=31536000, immutable");
    }

    /// <summary>Any folder of files beside which .br and .gz may stand (the designer's package uses it too).</summary>
    public static void UsePrecompressedFiles(this WebApplication app, PathString at, string folder, string cacheControl)
    {
        var files = new PhysicalFileProvider(folder);
        app.Use((context, next) =>
        {
            if (context.Request.Path.StartsWithSegments(at, out var rest) && rest.HasValue && !rest.Value!.EndsWith(".json", StringComparison.Ordinal)
                && Encoding(context.Request, files, rest.Value!) is { } encoding)
            {
                Types.TryGetContentType(rest.Value!, out var type);
                context.Request.Path = context.Request.Path + "." + (encoding == "br" ? "br" : "gz");
                context.Response.Headers.ContentEncoding = encoding;
                context.Response.ContentType = type;
                context.Items[typeof(PrecompressedAssets)] = type;
            }

            return next(context);
        });
        app.UseStaticFiles(new StaticFileOptions
        {
            RequestPath = at,
            FileProvider = files,
            ServeUnknownFileTypes = true,
            OnPrepareResponse = prepared =>
            {
                var headers = prepared.Context.Response.Headers;
                headers.CacheControl = cacheControl;
                headers.Vary = HeaderNames.AcceptEncoding;
                if (prepared.Context.Items[typeof(PrecompressedAssets)] is string type)
                {
                    prepared.Context.Response.ContentType = type;
                }
            },
        });
    }

    private static string? Encoding(HttpRequest request, PhysicalFileProvider files, string path)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding.Where(x => x.Quality is not 0).Select(x => x.Value.Value).ToHashSet();
        return accepted.Contains("br") && files.GetFileInfo(path + ".br").Exists ? "br"
            : accepted.Contains("gzip") && files.GetFileInfo(path + ".gz").Exists ? "gzip"
            : null;
    }
}
