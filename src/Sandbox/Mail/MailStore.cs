namespace MonOPCO.Sandbox.Mail;

/// <summary>Everything the SMTP server took, newest last; kept as .eml files when the Sandbox has a data folder.</summary>
public sealed class MailStore
{
    private readonly List<StoredMessage> messages = [];
    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly string? folder;
    private TaskCompletionSource arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int lastId;

    public MailStore(SandboxOptions options)
    {
        time = options.Time;
        folder = options.DataDirectory is null ? null : Directory.CreateDirectory(Path.Combine(options.DataDirectory, "boite")).FullName;
        string[] kept = folder is null ? [] : Directory.GetFiles(folder, "*.eml");
        foreach (var path in kept.Order(StringComparer.Ordinal))
        {
            var id = int.Parse(Path.GetFileNameWithoutExtension(path), System.Globalization.CultureInfo.InvariantCulture);
            var envelope = File.ReadAllLines(Path.ChangeExtension(path, ".enveloppe"));
            var at = DateTimeOffset.Parse(envelope[0], System.Globalization.CultureInfo.InvariantCulture);
            messages.Add(StoredMessage.Read(id, envelope[2..], envelope[1], at, File.ReadAllBytes(path)));
            lastId = id;
        }
    }

    public IReadOnlyList<StoredMessage> All()
    {
        lock (gate)
        {
            return [.. messages];
        }
    }

    public StoredMessage Add(string from, IReadOnlyList<string> recipients, byte[] raw)
    {
        TaskCompletionSource waiting;
        StoredMessage message;
        lock (gate)
        {
            message = StoredMessage.Read(++lastId, recipients, from, time.GetUtcNow(), raw);
            if (folder is not null)
            {
                var path = Path.Combine(folder, $"{message.Id:D6}.eml");
                // The envelope first: a .eml never stands without it.
                File.WriteAllLines(Path.ChangeExtension(path, ".enveloppe"), [message.Date.ToString("O", System.Globalization.CultureInfo.InvariantCulture), from, .. recipients]);
                File.WriteAllBytes(path + ".tmp", raw);
                File.Move(path + ".tmp", path, overwrite: true);
            }

            messages.Add(message);
            waiting = arrival;
            arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        waiting.SetResult();
        return message;
    }

    public void Clear()
    {
        lock (gate)
        {
            messages.Clear();
            foreach (var path in folder is null ? [] : Directory.GetFiles(folder))
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>Messages that fit all given filters, newest first. Recipient and subject match in part, ignoring case.</summary>
    public IReadOnlyList<StoredMessage> Find(string? to = null, string? subject = null, string? messageId = null) =>
    [
        .. All().Reverse().Where(m =>
            (string.IsNullOrEmpty(to) || m.To.Any(r => r.Contains(to, StringComparison.OrdinalIgnoreCase)))
            && (string.IsNullOrEmpty(subject) || m.Subject.Contains(subject, StringComparison.OrdinalIgnoreCase))
            && (string.IsNullOrEmpty(messageId) || m.MessageId.Trim('<', '>') == messageId.Trim('<', '>')))
    ];

    /// <summary>Waits until at least one message fits; returns the fitting ones, or none when the time is over.</summary>
    public async Task<IReadOnlyList<StoredMessage>> WaitForAsync(string? to = null, string? subject = null, string? messageId = null, TimeSpan? patience = null, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience ?? TimeSpan.FromSeconds(30));
        while (true)
        {
            Task next;
            lock (gate)
            {
                next = arrival.Task;
            }

            if (Find(to, subject, messageId) is { Count: > 0 } found)
            {
                return found;
            }

            try
            {
                await next.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return [];
            }
        }
    }
}
