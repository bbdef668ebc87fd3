namespace MonOPCO.Sandbox.Portals;

/// <summary>How one portal misbehaves: `ok`, `down`, `slow`, `changed`, `hold-after-submit`, `reject-login`.</summary>
public sealed class PortalFaults
{
    public static readonly string[] Modes = ["ok", "down", "slow", "changed", "hold-after-submit", "reject-login"];

    private readonly Lock gate = new();
    private TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<string> held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int holding;

    public string Mode { get; set; } = "ok";

    public int DelayMs { get; set; } = 3000;

    /// <summary>Responses kept back now.</summary>
    public int Holding => Volatile.Read(ref holding);

    /// <summary>Completes with the number of the request when one has been recorded and its answer is being held.</summary>
    public Task<string> Held
    {
        get
        {
            lock (gate)
            {
                return held.Task;
            }
        }
    }

    /// <summary>Lets go all held answers and returns to `ok`.</summary>
    public void Release()
    {
        lock (gate)
        {
            if (Mode == "hold-after-submit")
            {
                Mode = "ok";
            }

            released.TrySetResult();
            released = new(TaskCreationOptions.RunContinuationsAsynchronously);
            held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    internal async Task HoldAsync(string portalRef, CancellationToken gone)
    {
        Task wait;
        lock (gate)
        {
            if (Mode != "hold-after-submit")
            {
                return;
            }

            wait = released.Task;
            holding++;
            held.TrySetResult(portalRef);
        }

        try
        {
            await wait.WaitAsync(gone);
        }
        finally
        {
            Interlocked.Decrement(ref holding);
        }
    }
}
