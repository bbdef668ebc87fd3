using System.Text.Json;

namespace MonOPCO.Host.Infrastructure.Assets;

/// <summary>What <c>npm run build</c> made: hashed file names and the icons.</summary>
public sealed class AssetManifest
{
    private readonly Dictionary<string, string> _files;
    private readonly Dictionary<string, string> _icons;

    public AssetManifest(IWebHostEnvironment environment)
    {
        Folder = Path.Combine(environment.ContentRootPath, "wwwroot", "assets");
        _files = Read("manifest.json");
        _icons = Read("icons.json");
    }

    /// <summary>Where the files are on disk.</summary>
    public string Folder { get; }

    public IReadOnlyCollection<string> IconNames => _icons.Keys;

    /// <summary>The address of a file: « monopco.css » → « /assets/monopco-7F3A….css ».</summary>
    public string Url(string name) => _files.TryGetValue(name, out var file)
        ? $"/assets/{file}"
        : throw new InvalidOperationException($"No asset '{name}'; known: {string.Join(", ", _files.Keys)}.");

    /// <summary>The paths of a Tabler icon.</summary>
    public string Icon(string name) => _icons.TryGetValue(name, out var paths)
        ? paths
        : throw new InvalidOperationException($"No icon '{name}': add it to src/Host/Assets/icons.txt and build the assets again.");

    private Dictionary<string, string> Read(string name)
    {
        var path = Path.Combine(Folder, name);
        return File.Exists(path)
            ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(path))!
            : throw new InvalidOperationException("The assets are not built: run 'npm ci && npm run build' in src/Host, or ./monopco up.");
    }
}
