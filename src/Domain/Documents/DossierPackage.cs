using System.IO.Compression;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Documents;

/// <summary>A file of the package under the name the OPCO sees.</summary>
public sealed record PackageItem(string FileName, Document Document, DocumentType Type);

/// <summary><paramref name="Missing"/>: Types that the package needs and does not have. <paramref name="Required"/>: codes of all that it needs.</summary>
public sealed record PackageContent(string FileName, IReadOnlyList<PackageItem> Items, IReadOnlyList<DocumentType> Missing, IReadOnlySet<string> Required);

/// <summary>
/// What is sent to an OPCO: only types of the white list, never a confidential document, in a fixed order, as a ZIP whose bytes depend on nothing but its content.
/// What must be in it is a dated rule per OPCO and kind, read at the start of the action.
/// </summary>
public sealed class DossierPackage(MonOpcoDbContext db, DocumentStore store, RuleBook rules)
{
    // The oldest date a ZIP can hold: the time of making is no part of the content.
    private static readonly DateTimeOffset Fixed = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public async Task<PackageContent> ContentAsync(Guid dossierId, CancellationToken cancellationToken)
    {
        var dossier = await db.Dossiers.AsNoTracking().Include(x => x.TrainingBody).SingleAsync(x => x.Id == dossierId, cancellationToken);
        var types = await db.DocumentTypes.AsNoTracking().Where(x => x.AllowedInPackage && !x.Confidential).OrderBy(x => x.PackageOrder).ThenBy(x => x.Code).ToListAsync(cancellationToken);
        var documents = await db.Documents.AsNoTracking().Where(x => x.DossierId == dossierId && !x.Confidential && x.DestroyedAt == null).ToListAsync(cancellationToken);
        if (dossier.TrainingBody?.QualiopiDocumentId is { } certificateId && documents.All(x => x.TypeCode != DocumentTypes.Qualiopi)
            && await store.FindAsync(certificateId, cancellationToken) is { } certificate)
        {
            documents.Add(certificate);
        }

        var items = new List<PackageItem>();
        var missing = new List<DocumentType>();
        var required = new HashSet<string>(StringComparer.Ordinal);
        foreach (var type in types)
        {
            if (await rules.IsRequiredAsync(type.Code, dossier.StartDate, dossier.OpcoSlug, dossier.Kind, cancellationToken))
            {
                required.Add(type.Code);
            }

            // The latest version: a signed one is younger than its source.
            if (documents.Where(x => x.TypeCode == type.Code).OrderByDescending(x => x.CreatedAt).ThenByDescending(x => x.Id).FirstOrDefault() is { } latest)
            {
                items.Add(new PackageItem($"{items.Count + 1:00}_{type.PackageName}{Extension(latest.Mime)}", latest, type));
            }
            else if (required.Contains(type.Code))
            {
                missing.Add(type);
            }
        }

        return new PackageContent($"{dossier.Numero}_{(dossier.OpcoSlug ?? "opco")}.zip", items, missing, required);
    }

    public async Task<(PackageContent Content, byte[] Zip)> BuildAsync(Guid dossierId, CancellationToken cancellationToken)
    {
        var content = await ContentAsync(dossierId, cancellationToken);
        if (content.Missing.Count > 0)
        {
            throw new RuleBrokenException("package-incomplete", $"Il manque au paquet : {string.Join(", ", content.Missing.Select(x => x.Label))}.");
        }

        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var item in content.Items)
            {
                var entry = archive.CreateEntry(item.FileName, CompressionLevel.Optimal);
                entry.LastWriteTime = Fixed;
                await using var target = await entry.OpenAsync(cancellationToken);
                await using var source = await store.OpenAsync(item.Document.Id, cancellationToken);
                await source.CopyToAsync(target, cancellationToken);
            }
        }

        return (content, memory.ToArray());
    }

    private static string Extension(string mime) => mime switch
    {
        FileSniffer.Pdf => ".pdf",
        FileSniffer.Png => ".png",
        FileSniffer.Jpeg => ".jpg",
        FileSniffer.Docx => ".docx",
        _ => ".bin",
    };
}
