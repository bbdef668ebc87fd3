namespace MonOPCO.Engine.Storage;

/// <summary>Exponential backoff with jitter: half of the delay is fixed, half is chance, so that a crowd of failed calls does not come back together.</summary>
public static class RetryPolicy
{
    public static TimeSpan Delay(WorkflowRuntimeOptions options, int failures, TimeSpan asked, double chance)
    {
        ArgumentNullException.ThrowIfNull(options);
        var exponential = options.Backoff * Math.Pow(2, Math.Clamp(failures, 0, 30));
        var bounded = exponential < options.BackoffLimit ? exponential : options.BackoffLimit;
        return asked + (bounded * (0.5 + (0.5 * chance)));
    }
}
