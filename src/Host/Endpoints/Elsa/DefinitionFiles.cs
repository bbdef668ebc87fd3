using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MonOPCO.Domain.Documents;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Host.Endpoints.Elsa;

/// <summary>Definitions as files: one JSON each, or several in a ZIP.</summary>
internal static class DefinitionFiles
{
    public const int MaxFiles = 200;
    private const long MaxFileBytes = 5_000_000;

    /// <summary>All files of one archive, unpacked.</summary>
    private const long MaxArchiveBytes = 50_000_000;

    /// <summary>The definitions of uploaded JSON and ZIP files. Throws <see cref="InvalidDataException"/> with a sentence for the reader.</summary>
    public static async Task<IReadOnlyList<JsonObject>> ReadAsync(IEnumerable<IFormFile> files, CancellationToken cancel)
    {
        var models = new List<JsonObject>();
        foreach (var file in files)
        {
            models.AddRange(await ReadAsync(file, cancel));
        }

        return models;
    }

    /// <summary>Several versions in one archive; the files of <c>workflows/</c> when each is the only one of its definition.</summary>
    public static async Task<byte[]> ZipAsync(IReadOnlyList<DefinitionVersion> versions, CancellationToken cancel)
    {
        using var buffer = new MemoryStream();
        await using (var archive = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var version in versions)
            {
                var isOnly = versions.Count(other => other.DefinitionId == version.DefinitionId) == 1;
                await using var entry = await archive.CreateEntry(isOnly ? $"{version.DefinitionId}.json" : $"{version.DefinitionId}-{version.Version}.json").OpenAsync(cancel);
                await entry.WriteAsync(Encoding.UTF8.GetBytes(version.Body), cancel);
            }
        }

        return buffer.ToArray();
    }

    private static async Task<IReadOnlyList<JsonObject>> ReadAsync(IFormFile file, CancellationToken cancel)
    {
        await using var stream = file.OpenReadStream();
        if (!file.FileName.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) && !await IsArchiveAsync(stream, cancel))
        {
            return [await ParseAsync(stream, file.Length, file.FileName, cancel)];
        }

        await using var archive = Open(stream, file.FileName);
        Try(() =>
        {
            ArchiveGuard.CheckEntries(archive);
            return true;
        });
        var entries = archive.Entries.Where(entry => entry.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)).ToList();
        if (entries.Count > MaxFiles)
        {
            throw new InvalidDataException($"L’archive {file.FileName} contient plus de {MaxFiles} procédures.");
        }

        var found = new List<JsonObject>();
        var budget = MaxArchiveBytes;
        foreach (var entry in entries)
        {
            // Announced lengths may lie: what counts is what comes out.
            var content = Try(() => ArchiveGuard.Unpack(entry, ref budget));
            found.Add(await ParseAsync(new MemoryStream(content), content.Length, entry.FullName, cancel));
        }

        return found;
    }

    /// <summary>By its content, also where the name says something else.</summary>
    private static async Task<bool> IsArchiveAsync(Stream stream, CancellationToken cancel)
    {
        var head = new byte[4];
        var read = await stream.ReadAtLeastAsync(head, 4, throwOnEndOfStream: false, cancel);
        stream.Position = 0;
        return read == 4 && head is [(byte)'P', (byte)'K', 3 or 5, 4 or 6];
    }

    private static T Try<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (RuleBrokenException refused)
        {
            throw new InvalidDataException(refused.Message);
        }
    }

    private static ZipArchive Open(Stream stream, string name)
    {
        try
        {
            return new ZipArchive(stream, ZipArchiveMode.Read);
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException)
        {
            throw new InvalidDataException($"Le fichier {name} n’est pas une archive ZIP lisible.");
        }
    }

    private static async Task<JsonObject> ParseAsync(Stream stream, long length, string name, CancellationToken cancel)
    {
        if (length > MaxFileBytes)
        {
            throw new InvalidDataException($"Le fichier {name} est trop grand pour une procédure.");
        }

        try
        {
            return await JsonNode.ParseAsync(stream, cancellationToken: cancel) as JsonObject ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new InvalidDataException($"Le fichier {name} n’est pas une procédure en JSON.");
        }
    }
}
