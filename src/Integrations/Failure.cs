namespace MonOPCO.Integrations;

/// <summary>
/// Why a call to the outside did not give what was asked. A failure is a value: the caller decides to wait, to ask a human or to give up.
/// </summary>
/// <param name="Kind">Stable code to branch on or to count (timeout, network, http-429, unexpected-shape…).</param>
/// <param name="Status">Status code of the other side when it answered one.</param>
/// <param name="Retryable">True when the same call may succeed later without any change.</param>
/// <param name="Reason">French sentence that can be shown to an operator; never contains personal data.</param>
/// <param name="RetryAfter">The delay that the other side asked for.</param>
public sealed record Failure(string Kind, int? Status, bool Retryable, string Reason, TimeSpan? RetryAfter = null);
