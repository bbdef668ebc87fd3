namespace MonOPCO.Engine.Storage;

/// <summary>Exponential backoff with jitter: half of the delay is fixed, half is chance, so that a crowd of failed calls does not come back together.</summary>
public static class RetryPolicy
{
    public static TimeSpan Delay(WorkflowRuntimeOptions options, string activityType, int failures, TimeSpan asked, double chance)
    {
        ArgumentNullException.ThrowIfNull(options);
        var own = options.Retries.GetValueOrDefault(activityType);
        var exponential = (own?.Backoff ?? options.Backoff) * Math.Pow(2, Math.Clamp(failures, 0, 30));
        var limit = own?.BackoffLimit ?? options.BackoffLimit;
        var bounded = exponential < limit ? exponential : limit;
        return asked + (bounded * (0.5 + (0.5 * chance)));
    }
}
