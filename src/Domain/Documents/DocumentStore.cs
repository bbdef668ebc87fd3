using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Keys;

namespace MonOPCO.Domain.Documents;

/// <summary>A file to keep. Company and confidentiality follow from the dossier and the type.</summary>
public sealed record NewDocument(string TypeCode, string Name, Guid? DossierId = null)
{
    /// <summary>Chosen by the caller when something else must name the document before it is stored; otherwise made here.</summary>
    public Guid? Id { get; init; }

    /// <summary>Beneficiary it belongs to; compulsory for confidential types.</summary>
    public string? PersonEmail { get; init; }

    /// <summary>False: for the staff only (screenshots of the bot, internal papers).</summary>
    public bool ShowToCompany { get; init; } = true;

    public SignatureLevel SignatureLevel { get; init; }

    public Guid? SourceDocumentId { get; init; }

    /// <summary><see cref="DocumentFacts"/> of what it prints.</summary>
    public JsonObject? Facts { get; init; }
}

/// <summary>Documents in PostgreSQL: encrypted chunks of 1 MiB, one key per document, wrapped by the master key and kept in a schema of its own.</summary>
public sealed class DocumentStore(MonOpcoDbContext db, MasterKey master)
{
    internal const int ChunkSize = 1024 * 1024;

    /// <summary>Checks size and real kind against the type, encrypts and stores. Throws <see cref="RuleBrokenException"/> with a French sentence when the file is not acceptable.</summary>
    public Task<Document> AddAsync(NewDocument file, Stream content, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var type = await db.DocumentTypes.FindAsync([file.TypeCode], cancellationToken) ?? throw new InvalidOperationException($"Unknown document type {file.TypeCode}.");
            var bytes = await ReadBoundedAsync(content, type, cancellationToken);
            var (mime, problem) = FileSniffer.Inspect(bytes);
            if (problem is not null)
            {
                throw new RuleBrokenException("document-kind", problem);
            }

            if (mime is null || !type.AllowedMimes.Contains(mime))
            {
                throw new RuleBrokenException("document-kind", $"Ce fichier n’est pas accepté pour « {type.Label} ». Formats acceptés : {string.Join(", ", type.AllowedMimes.Select(FileSniffer.Label))}.");
            }

            if (type.Confidential && file.PersonEmail is null)
            {
                throw new InvalidOperationException("A confidential document belongs to a person.");
            }

            var companyId = file.DossierId is null || type.Confidential || !file.ShowToCompany
                ? null
                : await db.Dossiers.Where(x => x.Id == file.DossierId).Select(x => (Guid?)x.CompanyId).SingleAsync(cancellationToken);
            var document = new Document
            {
                Id = file.Id ?? Guid.CreateVersion7(change.Now),
                TypeCode = type.Code,
                Name = CleanName(file.Name),
                Mime = mime,
                Size = bytes.LongLength,
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
                DossierId = file.DossierId,
                CompanyId = companyId,
                PersonKey = file.PersonEmail is null ? null : SearchText.EmailKey(file.PersonEmail),
                SignatureLevel = file.SignatureLevel,
                SourceDocumentId = file.SourceDocumentId,
                RetentionClass = type.RetentionClass,
                Confidential = type.Confidential,
                Facts = file.Facts,
                CreatedBy = change.ActorName,
                CreatedAt = change.Now,
            };
            db.Documents.Add(document);
            db.Audit(document, "document", document.Id, document.DossierId, "Added", change);
            await db.SaveChangesAsync(cancellationToken);
            await WriteBytesAsync(document, bytes, cancellationToken);
            return document;
        },
        cancellationToken);

    /// <summary>The same file as one of this type that the dossier already has is not added again; null then.</summary>
    public Task<Document?> AddOnceAsync(NewDocument file, byte[] content, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            await db.LockAsync($"document:{file.DossierId}:{file.TypeCode}", cancellationToken);
            var hash = Convert.ToHexStringLower(SHA256.HashData(content));
            return await db.Documents.AnyAsync(x => x.DossierId == file.DossierId && x.TypeCode == file.TypeCode && x.Sha256 == hash && x.DestroyedAt == null, cancellationToken)
                ? null
                : await AddAsync(file, new MemoryStream(content), change, cancellationToken);
        },
        cancellationToken);

    /// <summary>A person says what a document is: a free piece becomes the RIB, the calendar… Only to types that people may add.</summary>
    public Task<bool> RetypeAsync(Guid id, string typeCode, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var type = await db.DocumentTypes.FindAsync([typeCode], cancellationToken);
            var document = await db.Documents.SingleAsync(x => x.Id == id, cancellationToken);
            if (type is not { Uploadable: true, Confidential: false } || document.Confidential)
            {
                throw new RuleBrokenException("document-type", "Choisissez un type de pièce de la liste.");
            }

            if (!type.AllowedMimes.Contains(document.Mime))
            {
                throw new RuleBrokenException("document-kind", $"Ce fichier n’est pas accepté pour « {type.Label} ». Formats acceptés : {string.Join(", ", type.AllowedMimes.Select(FileSniffer.Label))}.");
            }

            var entry = db.Entry(document);
            (entry.Property(x => x.TypeCode).CurrentValue, entry.Property(x => x.RetentionClass).CurrentValue) = (type.Code, type.RetentionClass);
            if (!db.Audit(document, "document", id, document.DossierId, "Retyped", change))
            {
                return false;
            }

            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    public Task<Document?> FindAsync(Guid id, CancellationToken cancellationToken) => db.Documents.AsNoTracking().FirstOrDefaultAsync(x => x.Id == id, cancellationToken);

    /// <summary>The clear content, chunk by chunk. Tampered bytes throw; the whole hash is checked when the end is reached.</summary>
    public async Task<Stream> OpenAsync(Guid id, CancellationToken cancellationToken)
    {
        var document = await FindAsync(id, cancellationToken) ?? throw new RuleBrokenException("document-missing", "Ce document n’existe pas.");
        var key = await db.Set<DocumentKey>().AsNoTracking().FirstOrDefaultAsync(x => x.DocumentId == id, cancellationToken);
        return document.DestroyedAt is not null || key is null
            ? throw new RuleBrokenException("document-destroyed", "Ce document a été détruit : son contenu n’existe plus.")
            : new DocumentStream(db, document, master.Unwrap(key.MasterKeyId, id.ToByteArray(), key.Wrapped));
    }

    public async Task<byte[]> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var stream = await OpenAsync(id, cancellationToken);
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory, cancellationToken);
        return memory.ToArray();
    }

    /// <summary>Decrypts everything and compares with the stored hash; false when anything was altered.</summary>
    public async Task<bool> VerifyAsync(Guid id, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await OpenAsync(id, cancellationToken);
            await stream.CopyToAsync(Stream.Null, cancellationToken);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Destroys key and bytes; the row stays as proof (hash, type, dates) and the purge list makes every restore destroy it again.</summary>
    public Task<bool> DestroyAsync(Guid id, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var document = await db.Documents.SingleAsync(x => x.Id == id, cancellationToken);
            if (document.DestroyedAt is not null)
            {
                return false;
            }

            (document.DestroyedAt, document.Facts) = (change.Now, null);
            db.Audit(document, "document", id, document.DossierId, "Destroyed", change);
            db.Add(new DocumentPurge { DocumentId = id, DestroyedAt = change.Now });
            await db.Set<DocumentKey>().Where(x => x.DocumentId == id).ExecuteDeleteAsync(cancellationToken);
            await db.Set<DocumentChunk>().Where(x => x.DocumentId == id).ExecuteDeleteAsync(cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>After a restore: what had been destroyed is destroyed again. Returns how many keys it removed.</summary>
    public Task<int> ReplayPurgesAsync(CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var purged = db.Set<DocumentPurge>().Select(x => x.DocumentId);
            var keys = await db.Set<DocumentKey>().Where(x => purged.Contains(x.DocumentId)).ExecuteDeleteAsync(cancellationToken);
            await db.Set<DocumentChunk>().Where(x => purged.Contains(x.DocumentId)).ExecuteDeleteAsync(cancellationToken);
            await db.Database.ExecuteSqlAsync(
                $"update documents d set destroyed_at = p.destroyed_at, facts = null from keys.document_purges p where p.document_id = d.id and d.destroyed_at is null", cancellationToken);
            return keys;
        },
        cancellationToken);

    public Task<List<Document>> OfDossierAsync(Guid dossierId, CancellationToken cancellationToken) =>
        db.Documents.AsNoTracking().Where(x => x.DossierId == dossierId).OrderBy(x => x.CreatedAt).ThenBy(x => x.Id).ToListAsync(cancellationToken);

    internal static byte[] ChunkContext(Guid documentId, int position, long size) => [.. documentId.ToByteArray(), .. BitConverter.GetBytes(position), .. BitConverter.GetBytes(size)];

    private static async Task<byte[]> ReadBoundedAsync(Stream content, DocumentType type, CancellationToken cancellationToken)
    {
        using var memory = new MemoryStream();
        var buffer = new byte[81920];
        int read;
        while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
        {
            memory.Write(buffer, 0, read);
            if (memory.Length > type.MaxBytes)
            {
                throw new RuleBrokenException("document-too-large", $"Ce fichier dépasse la limite de {Fr.Number(Math.Round(type.MaxBytes / 1048576m, 1))} Mo pour « {type.Label} ».");
            }
        }

        return memory.Length > 0 ? memory.ToArray() : throw new RuleBrokenException("document-empty", "Ce fichier est vide.");
    }

    private static string CleanName(string name)
    {
        var clean = new string([.. Path.GetFileName(name.Replace('\\', '/')).Where(c => !char.IsControl(c) && c is not ('"' or '<' or '>' or '|' or ':' or '*' or '?'))]).Trim();
        return clean.Length == 0 ? "document" : clean.Length > 150 ? clean[^150..] : clean;
    }

    private async Task WriteBytesAsync(Document document, byte[] bytes, CancellationToken cancellationToken)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var (keyId, wrapped) = master.Wrap(document.Id.ToByteArray(), key);
        var keyRow = new DocumentKey { DocumentId = document.Id, MasterKeyId = keyId, Wrapped = wrapped };
        db.Add(keyRow);
        var chunks = new List<DocumentChunk>();
        for (var position = 0; position * (long)ChunkSize < bytes.Length; position++)
        {
            var plain = bytes.AsSpan(position * ChunkSize, Math.Min(ChunkSize, bytes.Length - (position * ChunkSize)));
            chunks.Add(new DocumentChunk { DocumentId = document.Id, Position = position, Bytes = Cipher.Encrypt(key, plain, ChunkContext(document.Id, position, document.Size)) });
        }

        db.AddRange(chunks);
        await db.SaveChangesAsync(cancellationToken);
        CryptographicOperations.ZeroMemory(key);

        // Megabytes have no place in a change tracker.
        db.Entry(keyRow).State = EntityState.Detached;
        chunks.ForEach(chunk => db.Entry(chunk).State = EntityState.Detached);
    }
}
