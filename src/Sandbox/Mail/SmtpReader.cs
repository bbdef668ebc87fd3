namespace MonOPCO.Sandbox.Mail;

/// <summary>Reads lines of bytes from a connection, bounded in length.</summary>
internal sealed class SmtpReader(Stream stream)
{
    private readonly byte[] buffer = new byte[16 * 1024];
    private int start;
    private int end;

    public sealed record Line(byte[] Bytes, bool TooLong);

    /// <summary>Next line without its end; null when the client has gone.</summary>
    public async Task<Line?> ReadLineAsync(int limit, CancellationToken stop)
    {
        var line = new List<byte>();
        var tooLong = false;
        while (await FillAsync(stop))
        {
            var newline = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            var take = newline < 0 ? end - start : newline;
            if (line.Count + take > limit)
            {
                tooLong = true;
                line.Clear();
            }
            else if (!tooLong)
            {
                line.AddRange(buffer.AsSpan(start, take));
            }

            start += newline < 0 ? take : take + 1;
            if (newline >= 0)
            {
                if (line.Count > 0 && line[^1] == '\r')
                {
                    line.RemoveAt(line.Count - 1);
                }

                return new Line([.. line], tooLong);
            }
        }

        return null;
    }

    /// <summary>Message up to the single dot, dots unstuffed. Null when it exceeds the limit (it is read to its end all the same).</summary>
    public async Task<byte[]?> ReadDataAsync(int maxBytes, CancellationToken stop)
    {
        using var body = new MemoryStream();
        var tooBig = false;
        while (true)
        {
            // Lines are not limited here: some mailers send one line of a megabyte, and the whole is bounded anyway.
            var line = await ReadLineAsync(maxBytes, stop) ?? throw new IOException("Connexion fermée pendant DATA.");
            if (line is { TooLong: false, Bytes: [(byte)'.'] })
            {
                return tooBig ? null : body.ToArray();
            }

            tooBig |= line.TooLong || body.Length + line.Bytes.Length + 2 > maxBytes;
            if (!tooBig)
            {
                var skip = line.Bytes is [(byte)'.', ..] ? 1 : 0;
                body.Write(line.Bytes.AsSpan(skip));
                body.Write("\r\n"u8);
            }
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken stop)
    {
        if (start == end)
        {
            start = 0;
            end = await stream.ReadAsync(buffer, stop);
        }

        return end > 0;
    }
}
