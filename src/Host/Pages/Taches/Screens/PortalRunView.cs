using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Filings;
using MonOPCO.Host.Pages.Portails;
using MonOPCO.Integrations.OpcoPortals;

namespace MonOPCO.Host.Pages.Taches.Screens;

/// <summary>A field: what we meant, what the portal shows. <paramref name="Read"/> is null when the robot did not read it. <paramref name="Key"/>: its name in the script.</summary>
public sealed record ComparedField(string Key, string Label, string Ours, string? Read, bool? Same);

/// <summary>What the robot did last on a portal: the filing, the comparison, its pictures.</summary>
public sealed class PortalRunView(MonOpcoDbContext database, PortalRunner runner, DossierPackage package)
{
    public Filing? Filing { get; private set; }

    public Opco? Opco { get; private set; }

    public IReadOnlyList<ComparedField> Fields { get; private set; } = [];

    public IReadOnlyList<Document> Screenshots { get; private set; } = [];

    public int Differences => Fields.Count(x => x.Same == false);

    /// <summary>Fields that the robot did not read: nobody may call them identical.</summary>
    public IReadOnlyList<ComparedField> Unread => [.. Fields.Where(x => x.Same is null)];

    public async Task LoadAsync(Dossier dossier, CancellationToken cancellationToken)
    {
        Filing = await database.Filings.AsNoTracking().Where(x => x.DossierId == dossier.Id).OrderByDescending(x => x.CreatedAt).FirstOrDefaultAsync(cancellationToken);
        Opco = dossier.OpcoSlug is null ? null : await database.Opcos.FindAsync([dossier.OpcoSlug], cancellationToken);
        if (Filing is null)
        {
            return;
        }

        var ids = Filing.ScreenshotDocumentIds;
        var pictures = await database.Documents.AsNoTracking().Where(x => ids.Contains(x.Id)).ToListAsync(cancellationToken);

        // The latest run first; within a run as the robot went.
        Screenshots = [.. pictures.OrderByDescending(x => x.CreatedAt).ThenBy(x => Array.IndexOf(ids, x.Id))];
        if (runner.ScriptOf(Filing.Portal) is { } name && runner.Scripts[name] is var script)
        {
            var pieces = (await package.ContentAsync(dossier.Id, cancellationToken)).Items;
            var values = JsonSerializer.SerializeToElement(Filing.Values);
            var expected = PortalSheet.Expectations(script, values);

            // What the script types and never reads back is unread too: nobody may take it for checked.
            var unread = PortalSheet.Lines(script, values).Where(x => x.Path.Length > 0 && x.Text.Length > 0 && expected.All(e => e.Path != x.Path))
                .Select(x => new ComparedField(x.Path, PortalLabels.Of(x.Path), x.Text, null, null)).DistinctBy(x => x.Key);
            Fields = [.. Compare(expected, Filing.Comparison, [.. pieces.Select(x => x.FileName)]), .. unread];
        }
    }

    /// <summary>The robot's own differences win: it compared the files it sent, under their names.</summary>
    internal static IReadOnlyList<ComparedField> Compare(IReadOnlyList<PortalExpectation> expected, JsonObject? comparison, IReadOnlyCollection<string> files)
    {
        var read = comparison?["lu"] as JsonObject;
        var wrong = (comparison?["ecarts"] as JsonArray ?? []).OfType<JsonObject>().ToDictionary(x => x["champ"]!.ToString(), x => x, StringComparer.Ordinal);
        var fields = expected.Select(x =>
        {
            var found = read?[x.Field]?.ToString();
            if (wrong.Remove(x.Field, out var gap))
            {
                return new ComparedField(x.Field, LabelOf(x), gap["attendu"]?.ToString() ?? x.Text, gap["lu"]?.ToString() ?? found, false);
            }

            if (x.File is not null)
            {
                return new ComparedField(x.Field, LabelOf(x), "Pièce du paquet", found, found is null ? null : files.Contains(found));
            }

            return new ComparedField(x.Field, LabelOf(x), x.Text, found, found is null ? null : string.Equals(found, x.Text, StringComparison.Ordinal));
        }).ToList();
        return [.. fields, .. wrong.Select(x => new ComparedField(x.Key, x.Key, x.Value["attendu"]?.ToString() ?? "", x.Value["lu"]?.ToString(), false))];
    }

    private static string LabelOf(PortalExpectation expected) => expected.File is { } file ? PortalLabels.Piece(file) : PortalLabels.Of(expected.Path);
}
