using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Keys;

namespace MonOPCO.Domain.Documents;

/// <summary>Reads one chunk at a time; valid as long as its DbContext.</summary>
internal sealed class DocumentStream(MonOpcoDbContext db, Document document, byte[] key) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _current = [];
    private int _offset;
    private int _next;
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => document.Size;

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_offset == _current.Length && _read < document.Size)
        {
            Take(await Query().FirstOrDefaultAsync(cancellationToken));
        }

        return Copy(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_offset == _current.Length && _read < document.Size)
        {
            Take(Query().FirstOrDefault());
        }

        return Copy(buffer.AsSpan(offset, count));
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            CryptographicOperations.ZeroMemory(key);
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private IQueryable<byte[]> Query()
    {
        var position = _next;
        return db.Set<DocumentChunk>().AsNoTracking().Where(x => x.DocumentId == document.Id && x.Position == position).Select(x => x.Bytes);
    }

    private void Take(byte[]? bytes)
    {
        if (bytes is null)
        {
            throw new CryptographicException("A part of the document is missing.");
        }

        _current = Cipher.Decrypt(key, bytes, DocumentStore.ChunkContext(document.Id, _next, document.Size));
        _offset = 0;
        _next++;
        _hash.AppendData(_current);
    }

    private int Copy(Span<byte> target)
    {
        var count = Math.Min(target.Length, _current.Length - _offset);
        _current.AsSpan(_offset, count).CopyTo(target);
        _offset += count;
        _read += count;
        if (count > 0 && _read == document.Size && Convert.ToHexStringLower(_hash.GetHashAndReset()) != document.Sha256)
        {
            throw new CryptographicException("The document is not the one that was stored.");
        }

        return count;
    }
}
