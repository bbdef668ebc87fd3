using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace MonOPCO.Host.Designer;

/// <summary>Our own script, style sheet and French dictionary of the designer's pages, embedded in the Host; addressed by their hash, so kept for ever.</summary>
public sealed class DesignerAssets
{
    private readonly Dictionary<string, (byte[] Bytes, string ContentType)> _byPath = [];
    private readonly Dictionary<string, string> _urls = [];

    public DesignerAssets()
    {
        Add("designer.js", "text/javascript; charset=utf-8");
        Add("designer.css", "text/css; charset=utf-8");
        Add("fr.json", "application/json; charset=utf-8");
    }

    /// <summary>Address of a file of ours, e.g. <c>/designer/_monopco/designer.3f2a….js</c>.</summary>
    public string Url(string name) => _urls[name];

    public IResult Serve(string file, HttpContext context)
    {
        if (!_byPath.TryGetValue(file, out var asset))
        {
            return Results.NotFound();
        }

        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(asset.Bytes, asset.ContentType, entityTag: new EntityTagHeaderValue($"\"{file}\""));
    }

    private void Add(string name, string contentType)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"designer/{name}")
            ?? throw new InvalidOperationException($"The embedded file {name} of the designer is missing.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        var bytes = copy.ToArray();
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes))[..12];
        var file = $"{Path.GetFileNameWithoutExtension(name)}.{hash}{Path.GetExtension(name)}";
        _byPath[file] = (bytes, contentType);
        _urls[name] = $"/designer/_monopco/{file}";
    }
}
