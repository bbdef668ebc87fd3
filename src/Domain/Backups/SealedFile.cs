using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MonOPCO.Domain.Backups;

/// <summary>
/// A file encrypted as a stream: AES-256-GCM in chunks of 1 MiB, a key per file (HKDF from the backup key and a random salt), the position and « this is the
/// last one » authenticated with each chunk. A cut, reordered, swapped or altered file does not open; memory stays at one chunk whatever the size.
/// </summary>
internal static class SealedFile
{
    internal const int ChunkSize = 1024 * 1024;
    internal const int TagSize = 16;
    internal const int HeaderSize = 8 + 16 + 32;
    private static readonly byte[] Magic = "MONOPCO1"u8.ToArray();

    /// <summary>Encrypts what is written to it; without <see cref="SealingStream.CompleteAsync"/> the file is not valid.</summary>
    public static async Task<SealingStream> CreateAsync(Stream target, BackupKey key, string kind, CancellationToken cancellationToken)
    {
        var salt = RandomNumberGenerator.GetBytes(32);
        byte[] header = [.. Magic, .. System.Text.Encoding.ASCII.GetBytes(key.Id), .. salt];
        await target.WriteAsync(header, cancellationToken);
        return new SealingStream(target, key.Derive("fichier:" + kind, salt), header);
    }

    /// <summary>The clear content; the end is reached only when everything was authentic.</summary>
    public static async Task<Stream> OpenAsync(Stream source, Func<string, BackupKey> find, string kind, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderSize];
        if (await source.ReadAtLeastAsync(header, HeaderSize, false, cancellationToken) < HeaderSize || !header.AsSpan(0, 8).SequenceEqual(Magic))
        {
            throw new BackupException("Ce fichier n’est pas une sauvegarde de MonOPCO.");
        }

        var key = find(System.Text.Encoding.ASCII.GetString(header, 8, 16));
        return new UnsealingStream(source, key.Derive("fichier:" + kind, header[24..]), header);
    }

    internal static byte[] Nonce(long position)
    {
        var nonce = new byte[12];
        BinaryPrimitives.WriteInt64BigEndian(nonce.AsSpan(4), position);
        return nonce;
    }

    internal static byte[] Context(byte[] header, long position, bool last)
    {
        var context = new byte[header.Length + 9];
        header.CopyTo(context, 0);
        BinaryPrimitives.WriteInt64BigEndian(context.AsSpan(header.Length), position);
        context[^1] = last ? (byte)1 : (byte)0;
        return context;
    }
}

/// <summary>Writes chunks: length (4), last (1), tag (16), cipher text.</summary>
internal sealed class SealingStream(Stream target, byte[] key, byte[] header) : Stream
{
    private readonly AesGcm _aes = new(key, SealedFile.TagSize);
    private readonly byte[] _plain = new byte[SealedFile.ChunkSize];
    private readonly byte[] _out = new byte[5 + SealedFile.TagSize + SealedFile.ChunkSize];
    private int _filled;
    private long _position;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            // A full chunk waits for its successor: only the end knows which one is the last.
            if (_filled == SealedFile.ChunkSize)
            {
                await FlushChunkAsync(false, cancellationToken);
            }

            var count = Math.Min(buffer.Length, SealedFile.ChunkSize - _filled);
            buffer[..count].CopyTo(_plain.AsMemory(_filled));
            _filled += count;
            buffer = buffer[count..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public Task CompleteAsync(CancellationToken cancellationToken) => FlushChunkAsync(true, cancellationToken);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _aes.Dispose();
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(_plain);
        }

        base.Dispose(disposing);
    }

    private async Task FlushChunkAsync(bool last, CancellationToken cancellationToken)
    {
        BinaryPrimitives.WriteInt32BigEndian(_out, _filled);
        _out[4] = last ? (byte)1 : (byte)0;
        _aes.Encrypt(SealedFile.Nonce(_position), _plain.AsSpan(0, _filled), _out.AsSpan(5 + SealedFile.TagSize, _filled), _out.AsSpan(5, SealedFile.TagSize), SealedFile.Context(header, _position, last));
        await target.WriteAsync(_out.AsMemory(0, 5 + SealedFile.TagSize + _filled), cancellationToken);
        _position++;
        _filled = 0;
    }
}

internal sealed class UnsealingStream(Stream source, byte[] key, byte[] header) : Stream
{
    private readonly AesGcm _aes = new(key, SealedFile.TagSize);
    private readonly byte[] _plain = new byte[SealedFile.ChunkSize];
    private readonly byte[] _in = new byte[5 + SealedFile.TagSize + SealedFile.ChunkSize];
    private int _filled;
    private int _offset;
    private long _position;
    private bool _ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_offset == _filled && !_ended)
        {
            await NextAsync(cancellationToken);
        }

        var count = Math.Min(buffer.Length, _filled - _offset);
        _plain.AsMemory(_offset, count).CopyTo(buffer);
        _offset += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

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
            _aes.Dispose();
            CryptographicOperations.ZeroMemory(key);
            CryptographicOperations.ZeroMemory(_plain);
            source.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task NextAsync(CancellationToken cancellationToken)
    {
        const int Prefix = 5 + SealedFile.TagSize;
        if (await source.ReadAtLeastAsync(_in.AsMemory(0, Prefix), Prefix, false, cancellationToken) < Prefix)
        {
            throw Broken("elle est coupée");
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(_in);
        var last = _in[4] == 1;
        if (length is < 0 or > SealedFile.ChunkSize || await source.ReadAtLeastAsync(_in.AsMemory(Prefix, length), length, false, cancellationToken) < length)
        {
            throw Broken("elle est coupée");
        }

        try
        {
            _aes.Decrypt(SealedFile.Nonce(_position), _in.AsSpan(Prefix, length), _in.AsSpan(5, SealedFile.TagSize), _plain.AsSpan(0, length), SealedFile.Context(header, _position, last));
        }
        catch (CryptographicException exception)
        {
            throw Broken("elle a été modifiée, ou ce n’est pas la bonne clé", exception);
        }

        if (last && source.ReadByte() >= 0)
        {
            throw Broken("elle continue après sa fin");
        }

        (_filled, _offset, _ended) = (length, 0, last);
        _position++;
    }

    private static BackupException Broken(string why, Exception? inner = null) => new($"La sauvegarde ne peut pas être lue : {why}.", inner);
}
