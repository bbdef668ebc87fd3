using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace MonOPCO.Host.Designer;

/// <summary>
/// The files of the npm package <c>@elsa-workflows/elsa-studio-wasm</c>, served as they are: precompressed, for ever when their name carries a fingerprint.
/// The package is listed once and only listed names are served, so no request path ever reaches the file system.
/// </summary>
public sealed partial class StudioPackage
{
    /// <summary>The version whose REST contract and inline script (see <see cref="StudioPolicy"/>) this code was written against.</summary>
    public const string ExpectedVersion = "3.8.2";

    private static readonly string[] Hidden = ["index.html", "appsettings.json", "package.json"];
    private static readonly FileExtensionContentTypeProvider ContentTypes = BuildContentTypes();
    private readonly Lazy<FrozenDictionary<string, Asset>> _assets;
    private readonly Lazy<string?> _version;

    /// <param name="root">Folder of the package, as npm installs it; may be missing.</param>
    public StudioPackage(string root)
    {
        _assets = new(() => List(root));
        _version = new(() => ReadVersion(root));
    }

    /// <summary>False when npm has not been run: the designer's pages then say so instead of staying blank.</summary>
    public bool IsInstalled => _assets.Value.Count > 0;

    /// <summary>The version found, null when the package is missing.</summary>
    public string? Version => _version.Value;

    /// <summary>Answers one request under <c>/designer/</c>.</summary>
    public IResult Serve(string path, HttpContext context)
    {
        if (!_assets.Value.TryGetValue(path, out var asset))
        {
            return Results.NotFound();
        }

        var (encoding, file) = asset.Choose(AcceptedEncodings(context.Request));
        var headers = context.Response.Headers;
        headers.Vary = HeaderNames.AcceptEncoding;

        // A font of an older version does no harm; a script or a style sheet of one would.
        headers.CacheControl = asset.Immutable ? "public, max-age=31536000, immutable" : path.EndsWith(".woff2", StringComparison.Ordinal) ? "public, max-age=2592000" : "no-cache";
        if (encoding is not null)
        {
            headers.ContentEncoding = encoding;
        }

        // npm gives every file the same date, so the tag carries the package's version and the size.
        var tag = new EntityTagHeaderValue($"\"{Version}-{file.Length:x}{(encoding is null ? "" : "-" + encoding)}\"");
        return Results.File(file.FullName, asset.ContentType, entityTag: tag);
    }

    private static HashSet<string> AcceptedEncodings(HttpRequest request) =>
        request.GetTypedHeaders().AcceptEncoding
            .Where(item => item.Quality is null or > 0)
            .Select(item => item.Value.ToString())
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static FrozenDictionary<string, Asset> List(string root)
    {
        var folder = new DirectoryInfo(root);
        if (!folder.Exists)
        {
            return FrozenDictionary<string, Asset>.Empty;
        }

        var files = folder.EnumerateFiles("*", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(root, file.FullName).Replace(Path.DirectorySeparatorChar, '/'), StringComparer.Ordinal);
        return files
            .Where(pair => !pair.Key.EndsWith(".br", StringComparison.Ordinal) && !pair.Key.EndsWith(".gz", StringComparison.Ordinal) && !Hidden.Contains(pair.Key))
            .ToFrozenDictionary(
                pair => pair.Key,
                pair => new Asset(pair.Value, files.GetValueOrDefault(pair.Key + ".br"), files.GetValueOrDefault(pair.Key + ".gz"), ContentType(pair.Key), Fingerprint().IsMatch(pair.Key)),
                StringComparer.Ordinal);
    }

    private static string? ReadVersion(string root)
    {
        var manifest = Path.Combine(root, "package.json");
        if (!File.Exists(manifest))
        {
            return null;
        }

        using var stream = File.OpenRead(manifest);
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.GetProperty("version").GetString();
    }

    private static string ContentType(string path) => ContentTypes.TryGetContentType(path, out var type) ? type : "application/octet-stream";

    private static FileExtensionContentTypeProvider BuildContentTypes()
    {
        var types = new FileExtensionContentTypeProvider();
        types.Mappings[".wasm"] = "application/wasm";
        types.Mappings[".dat"] = "application/octet-stream";
        types.Mappings[".cur"] = "image/x-icon";
        types.Mappings[".webmanifest"] = "application/manifest+json";
        types.Mappings[".map"] = "application/json";
        types.Mappings[".scss"] = "text/plain";
        return types;
    }

    [GeneratedRegex(@"^_framework/.*\.[a-z0-9]{10}\.(wasm|js|dat)$")]
    private static partial Regex Fingerprint();

    private sealed record Asset(FileInfo Plain, FileInfo? Brotli, FileInfo? Gzip, string ContentType, bool Immutable)
    {
        public (string? Encoding, FileInfo File) Choose(HashSet<string> accepted) =>
            Brotli is not null && accepted.Contains("br") ? ("br", Brotli)
            : Gzip is not null && accepted.Contains("gzip") ? ("gzip", Gzip)
            : (null, Plain);
    }
}
