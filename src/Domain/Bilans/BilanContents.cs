using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Keys;

namespace MonOPCO.Domain.Bilans;

/// <summary>
/// The only door to the content of a bilan. Works in a portal session (<c>session.Get&lt;BilanContents&gt;()</c>) of the person or of the consultant in charge; in
/// any other scope PostgreSQL refuses the table, and the key with it. The audit says that something was written, never what.
/// </summary>
public sealed class BilanContents(MonOpcoDbContext db, MasterKey master)
{
    public async Task<BilanContent> AddAsync(Guid dossierId, string personEmail, BilanContentKind kind, string text, ChangeContext change, CancellationToken cancellationToken) => await db.InTransactionAsync(
        async () =>
        {
            var person = SearchText.EmailKey(personEmail);
            var id = Guid.CreateVersion7(change.Now);
            var key = await KeyAsync(dossierId, person, create: true, cancellationToken);
            var content = new BilanContent { Id = id, DossierId = dossierId, PersonKey = person, Kind = kind, Sealed = Cipher.Encrypt(key!, Encoding.UTF8.GetBytes(text), id.ToByteArray()), CreatedAt = change.Now, UpdatedAt = change.Now };
            db.Add(content);
            db.Audit(content, "bilan-content", id, dossierId, "Added", change);
            await db.SaveChangesAsync(cancellationToken);
            CryptographicOperations.ZeroMemory(key);
            return content;
        },
        cancellationToken);

    /// <summary>False when there is nothing of that id for this session.</summary>
    public Task<bool> ChangeAsync(Guid id, string text, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            if (await db.BilanContents.SingleOrDefaultAsync(x => x.Id == id, cancellationToken) is not { } content || await KeyAsync(content.DossierId, content.PersonKey, create: false, cancellationToken) is not { } key)
            {
                return false;
            }

            (content.Sealed, content.UpdatedAt) = (Cipher.Encrypt(key, Encoding.UTF8.GetBytes(text), id.ToByteArray()), change.Now);
            db.Audit(content, "bilan-content", id, content.DossierId, "Changed", change);
            await db.SaveChangesAsync(cancellationToken);
            CryptographicOperations.ZeroMemory(key);
            return true;
        },
        cancellationToken);

    /// <summary>The clear text; null when this session may not see it, or when it has been erased.</summary>
    public async Task<string?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await db.BilanContents.AsNoTracking().SingleOrDefaultAsync(x => x.Id == id, cancellationToken) is not { } content || await KeyAsync(content.DossierId, content.PersonKey, create: false, cancellationToken) is not { } key)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(Cipher.Decrypt(key, content.Sealed, id.ToByteArray()));
        CryptographicOperations.ZeroMemory(key);
        return text;
    }

    /// <summary>What this session may read of a dossier, without its text.</summary>
    public Task<List<BilanContent>> ListAsync(Guid dossierId, CancellationToken cancellationToken) =>
        db.BilanContents.AsNoTracking().Where(x => x.DossierId == dossierId).OrderBy(x => x.CreatedAt).ToListAsync(cancellationToken);

    /// <summary>Erases by destroying key and rows, for the staff too: destroying is not reading. Returns how many rows went.</summary>
    public async Task<int> DestroyAsync(Guid dossierId, ChangeContext change, CancellationToken cancellationToken) => await db.InTransactionAsync(
        async () =>
        {
            var count = (await db.Database.SqlQuery<int>($"select destroy_bilan_contents({dossierId}) as \"Value\"").ToListAsync(cancellationToken))[0];
            db.Add(AuditEntry.Of(change, "bilan-content", dossierId.ToString(), dossierId, "Destroyed"));
            await db.SaveChangesAsync(cancellationToken);
            return count;
        },
        cancellationToken);

    internal static byte[] KeyContext(Guid dossierId, string person) => Encoding.UTF8.GetBytes($"bilan-key\n{dossierId}\n{person}");

    private async Task<byte[]?> KeyAsync(Guid dossierId, string person, bool create, CancellationToken cancellationToken)
    {
        if (await db.Set<BilanKey>().AsNoTracking().SingleOrDefaultAsync(x => x.DossierId == dossierId && x.PersonKey == person, cancellationToken) is { } known)
        {
            return master.Unwrap(known.MasterKeyId, KeyContext(dossierId, person), known.Wrapped);
        }

        if (!create)
        {
            return null;
        }

        var key = RandomNumberGenerator.GetBytes(32);
        var (keyId, wrapped) = master.Wrap(KeyContext(dossierId, person), key);
        db.Add(new BilanKey { DossierId = dossierId, PersonKey = person, MasterKeyId = keyId, Wrapped = wrapped });
        await db.SaveChangesAsync(cancellationToken);
        return key;
    }
}
