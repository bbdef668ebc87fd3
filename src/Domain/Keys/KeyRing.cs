using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using Npgsql;

namespace MonOPCO.Domain.Keys;

/// <summary>
/// A data key per subject (dossier, company, account, person), made when first needed and wrapped by the master key. Works on a small pool of its own: a key is
/// there for everybody at once, whatever becomes of the transaction that needed it, and two transactions never wait for each other's keys.
/// </summary>
public sealed class KeyRing(MasterKey master, IOptions<DatabaseOptions> database, TimeProvider clock) : IAsyncDisposable, IDisposable
{
    private const byte Format = 1;
    private const int MostCached = 10_000;

    /// <summary>As long as another Host may still read what has just been erased.</summary>
    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(30);

    private static readonly KeySubject Derivation = KeySubject.Application("derivation");

    private readonly ConcurrentDictionary<KeySubject, (byte[] Key, long Until)> _cache = new();
    private readonly Lazy<NpgsqlDataSource> _source = new(() => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.Value.Staff) { MinPoolSize = 0, MaxPoolSize = 8 }.ConnectionString));
    private readonly Lock _deriving = new();
    private byte[]? _derivation;

    /// <summary>The key that belongs to whoever reads this mailbox.</summary>
    public KeySubject PersonOf(string email) => KeySubject.Person(Convert.ToHexStringLower(Hash("person", SearchText.EmailKey(email)).AsSpan(0, 16)));

    /// <summary>Encrypts under the subject's key. Refused when that key has been destroyed: an erased subject gets nothing new.</summary>
    public async Task<byte[]> EncryptAsync(KeySubject subject, KeyPlace place, ReadOnlyMemory<byte> plain, CancellationToken cancellationToken) =>
        await TryEncryptAsync(subject, place, plain, cancellationToken) ?? throw new RuleBrokenException("subject-erased", "Ces données ont été effacées : rien ne peut plus y être ajouté.");

    public Task<byte[]> EncryptAsync(KeySubject subject, KeyPlace place, string plain, CancellationToken cancellationToken) => EncryptAsync(subject, place, Encoding.UTF8.GetBytes(plain), cancellationToken);

    /// <summary>The same; null when the subject has been erased.</summary>
    public async Task<byte[]?> TryEncryptAsync(KeySubject subject, KeyPlace place, ReadOnlyMemory<byte> plain, CancellationToken cancellationToken) =>
        await KeyAsync(subject, create: true, cancellationToken) is { } key ? [Format, .. Cipher.Encrypt(key, plain.Span, Encoding.UTF8.GetBytes(place.ToString()))] : null;

    /// <summary>Null when the subject's key has been destroyed. A value that was altered, or stands elsewhere than where it was encrypted, throws <see cref="CryptographicException"/>.</summary>
    public async Task<byte[]?> DecryptAsync(KeySubject subject, KeyPlace place, byte[] sealedBytes, CancellationToken cancellationToken)
    {
        if (await KeyAsync(subject, create: false, cancellationToken) is not { } key)
        {
            return null;
        }

        return sealedBytes is [Format, ..]
            ? Cipher.Decrypt(key, sealedBytes.AsSpan(1), Encoding.UTF8.GetBytes(place.ToString()))
            : throw new CryptographicException("The value is not in a form that this version knows.");
    }

    public async Task<string?> DecryptTextAsync(KeySubject subject, KeyPlace place, byte[] sealedBytes, CancellationToken cancellationToken) =>
        await DecryptAsync(subject, place, sealedBytes, cancellationToken) is { } plain ? Encoding.UTF8.GetString(plain) : null;

    /// <summary>Reads the keys of many subjects at once, before a list is decrypted.</summary>
    public async Task WarmAsync(IEnumerable<KeySubject> subjects, CancellationToken cancellationToken)
    {
        var missing = subjects.Distinct().Where(x => Cached(x) is null).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        await using var command = _source.Value.CreateCommand("select kind, id, master_key_id, wrapped from keys.subject_keys where (kind, id) in (select * from unnest($1, $2))");
        command.Parameters.AddWithValue(missing.Select(x => x.Kind).ToArray());
        command.Parameters.AddWithValue(missing.Select(x => x.Id).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var subject = KeySubject.Parse($"{reader.GetString(0)}:{reader.GetString(1)}");
            Keep(subject, master.Unwrap(reader.GetString(2), Context(subject), reader.GetFieldValue<byte[]>(3)));
        }
    }

    /// <summary>
    /// Erases by destroying the key, in the transaction of <paramref name="db"/>; the purge list makes every restore destroy it again. False when it had been
    /// destroyed before. Other Hosts may still read what they have in memory for half a minute.
    /// </summary>
    public Task<bool> DestroyAsync(MonOpcoDbContext db, KeySubject subject, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            await db.LockAsync(LockName(subject), cancellationToken);
            if (await db.Set<SubjectPurge>().AnyAsync(x => x.Kind == subject.Kind && x.Id == subject.Id, cancellationToken))
            {
                return false;
            }

            db.Add(new SubjectPurge { Kind = subject.Kind, Id = subject.Id, DestroyedAt = change.Now });
            db.Add(AuditEntry.Of(change, "key", subject.ToString(), subject.Kind == "dossier" ? Guid.Parse(subject.Id) : null, "Destroyed"));
            await db.Set<SubjectKey>().Where(x => x.Kind == subject.Kind && x.Id == subject.Id).ExecuteDeleteAsync(cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            _cache.TryRemove(subject, out _);
            return true;
        },
        cancellationToken);

    /// <summary>After a restore: what had been destroyed is destroyed again. Returns how many keys it removed.</summary>
    public async Task<int> ReplayPurgesAsync(CancellationToken cancellationToken)
    {
        _cache.Clear();
        await using var command = _source.Value.CreateCommand("delete from keys.subject_keys k using keys.subject_purges p where p.kind = k.kind and p.id = k.id");
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// A keyed hash: for values that must be compared but not kept (network addresses), and for secrets of links and codes that nothing stores. Its key is the
    /// application's, so that a new master key leaves every link valid.
    /// </summary>
    public byte[] Hash(string purpose, string value) => HMACSHA256.HashData(DerivationKey(), Encoding.UTF8.GetBytes($"{purpose}\n{value}"));

    public void Dispose()
    {
        if (_source.IsValueCreated)
        {
            _source.Value.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_source.IsValueCreated)
        {
            await _source.Value.DisposeAsync();
        }
    }

    internal static byte[] Context(KeySubject subject) => Encoding.UTF8.GetBytes($"subject-key\n{subject}");

    private static string LockName(KeySubject subject) => $"key:{subject}";

    private byte[] DerivationKey()
    {
        if (_derivation is { } known)
        {
            return known;
        }

        lock (_deriving)
        {
            return _derivation ??= ReadDerivation();
        }
    }

    // Once per process. Installations from before master keys had versions derived from the master key itself: their links and invitations must go on working.
    private byte[] ReadDerivation()
    {
        using var connection = _source.Value.OpenConnection();
        using (var read = Find(connection, Derivation))
        using (var reader = read.ExecuteReader())
        {
            if (reader.Read())
            {
                return master.Unwrap(reader.GetString(0), Context(Derivation), reader.GetFieldValue<byte[]>(1));
            }
        }

        using var old = new NpgsqlCommand("select exists (select 1 from magic_links) or exists (select 1 from signers)", connection);
        var key = (bool)old.ExecuteScalar()! ? master.Versions[0].Bytes : RandomNumberGenerator.GetBytes(32);
        using (var add = Add(connection, Derivation, key))
        {
            add.ExecuteNonQuery();
        }

        using var again = Find(connection, Derivation);
        using var row = again.ExecuteReader();
        return row.Read() ? master.Unwrap(row.GetString(0), Context(Derivation), row.GetFieldValue<byte[]>(1)) : throw new InvalidOperationException("The application's key has been destroyed.");
    }

    private async Task<byte[]?> KeyAsync(KeySubject subject, bool create, CancellationToken cancellationToken)
    {
        if (Cached(subject) is { } cached)
        {
            return cached;
        }

        await using var connection = await _source.Value.OpenConnectionAsync(cancellationToken);
        if (await ReadAsync() is not { } key)
        {
            if (!create)
            {
                return null;
            }

            await using (var add = Add(connection, subject, RandomNumberGenerator.GetBytes(32)))
            {
                await add.ExecuteNonQueryAsync(cancellationToken);
            }

            // Whoever came first has made it; still none means that it has been destroyed.
            if (await ReadAsync() is not { } made)
            {
                return null;
            }

            key = made;
        }

        return Keep(subject, key);

        async Task<byte[]?> ReadAsync()
        {
            await using var find = Find(connection, subject);
            await using var reader = await find.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken) ? master.Unwrap(reader.GetString(0), Context(subject), reader.GetFieldValue<byte[]>(1)) : null;
        }
    }

    private static NpgsqlCommand Find(NpgsqlConnection connection, KeySubject subject)
    {
        var command = new NpgsqlCommand("select master_key_id, wrapped from keys.subject_keys where kind = $1 and id = $2", connection);
        command.Parameters.AddWithValue(subject.Kind);
        command.Parameters.AddWithValue(subject.Id);
        return command;
    }

    // Under the lock that a destruction takes, so that no key comes to be behind its back. Two statements: the second must see what the first waited for.
    private NpgsqlBatch Add(NpgsqlConnection connection, KeySubject subject, byte[] key)
    {
        var (keyId, wrapped) = master.Wrap(Context(subject), key);
        var hold = new NpgsqlBatchCommand("select pg_advisory_xact_lock($1)");
        hold.Parameters.AddWithValue(DbContextExtensions.LockNumber(LockName(subject)));
        var add = new NpgsqlBatchCommand(
            """
            insert into keys.subject_keys (kind, id, master_key_id, wrapped, created_at)
            select $1, $2, $3, $4, $5 where not exists (select 1 from keys.subject_purges where kind = $1 and id = $2)
            on conflict do nothing
            """);
        add.Parameters.AddWithValue(subject.Kind);
        add.Parameters.AddWithValue(subject.Id);
        add.Parameters.AddWithValue(keyId);
        add.Parameters.AddWithValue(wrapped);
        add.Parameters.AddWithValue(clock.GetUtcNow().UtcDateTime);
        return new NpgsqlBatch(connection) { BatchCommands = { hold, add } };
    }

    private byte[]? Cached(KeySubject subject) => _cache.TryGetValue(subject, out var found) && found.Until > Environment.TickCount64 ? found.Key : null;

    private byte[] Keep(KeySubject subject, byte[] key)
    {
        if (_cache.Count >= MostCached)
        {
            _cache.Clear();
        }

        _cache[subject] = (key, Environment.TickCount64 + (long)CacheTime.TotalMilliseconds);
        return key;
    }
}
