namespace MonOPCO.Sandbox.Mail;

/// <summary>
/// How the SMTP server misbehaves: `ok`, `refuse` (550 for ever), `tempfail` (451, try later), `hold` (takes the connection and says nothing),
/// `hold-after-data` (stores the message, then keeps the answer back: the sender cannot know whether it was taken).
/// </summary>
public sealed class MailFaults
{
    public static readonly string[] Modes = ["ok", "refuse", "tempfail", "hold", "hold-after-data"];

    private readonly Lock gate = new();
    private TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string mode = "ok";
    private int holding;

    public string Mode
    {
        get => mode;
        set
        {
            mode = value;
            if (value is not ("hold" or "hold-after-data"))
            {
                Release();
            }
        }
    }

    /// <summary>Connections held now.</summary>
    public int Holding => Volatile.Read(ref holding);

    /// <summary>Completes when a connection is being held.</summary>
    public Task Held
    {
        get
        {
            lock (gate)
            {
                return held.Task;
            }
        }
    }

    internal async Task HoldIfAsync(string when, CancellationToken cancellationToken)
    {
        Task wait;
        lock (gate)
        {
            if (mode != when)
            {
                return;
            }

            wait = released.Task;
            holding++;
            held.TrySetResult();
        }

        try
        {
            await wait.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref holding);
        }
    }

    private void Release()
    {
        lock (gate)
        {
            released.TrySetResult();
            released = new(TaskCreationOptions.RunContinuationsAsynchronously);
            held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
