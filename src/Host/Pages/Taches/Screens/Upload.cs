using Microsoft.AspNetCore.Mvc.ModelBinding;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Documents;

namespace MonOPCO.Host.Pages.Taches.Screens;

/// <summary>A file that is stored in the transaction of the answer, under an id that the answer can already name. Size and real kind are checked by <see cref="DocumentStore"/>.</summary>
internal sealed record Upload(Guid Id, string TypeCode, string Name, byte[] Bytes)
{
    // Beyond the largest type; what is smaller but too large is told with its own limit.
    private const long Limit = 12 * 1024 * 1024;

    /// <summary>Null when no file was chosen, or when it is too large to be read (an error is then added).</summary>
    public static async Task<Upload?> ReadAsync(IFormFile? file, string typeCode, ModelStateDictionary errors, CancellationToken cancellationToken, bool pdfOnly = false)
    {
        if (file is null || file.Length == 0)
        {
            if (file is not null)
            {
                errors.AddModelError("Input.File", "Ce fichier est vide.");
            }

            return null;
        }

        if (file.Length > Limit)
        {
            errors.AddModelError("Input.File", "Ce fichier dépasse la limite de 10 Mo : réduisez-le, ou joignez un PDF plus léger.");
            return null;
        }

        using var memory = new MemoryStream();
        await file.CopyToAsync(memory, cancellationToken);
        var bytes = memory.ToArray();
        var (kind, problem) = FileSniffer.Inspect(bytes);
        if (problem is not null)
        {
            errors.AddModelError("Input.File", problem);
            return null;
        }

        if (kind is null || (pdfOnly && kind != FileSniffer.Pdf))
        {
            errors.AddModelError("Input.File", pdfOnly ? "Le portail n’accepte que des PDF : ce fichier n’en est pas un." : "Ce fichier n’est ni un PDF, ni une image : vérifiez qu’il s’ouvre, puis choisissez-le de nouveau.");
            return null;
        }

        return new Upload(Guid.CreateVersion7(), typeCode, file.FileName, bytes);
    }

    /// <summary>May run again when the transaction does: the id stays, the stream is new.</summary>
    public Task StoreAsync(IServiceProvider services, Guid dossierId, ChangeContext change, CancellationToken cancellationToken) =>
        services.GetRequiredService<DocumentStore>().AddAsync(new NewDocument(TypeCode, Name, dossierId) { Id = Id }, new MemoryStream(Bytes), change, cancellationToken);
}
