namespace MonOPCO.Engine.Execution;

/// <summary>
/// The transaction a burst runs in, as the interpreter sees it. PostgreSQL: <see cref="Services"/> resolve a DbContext bound to the transaction and
/// savepoints are real. In memory: savepoints do nothing.
/// </summary>
public interface IBurstScope
{
    /// <summary>Activities are created from here.</summary>
    IServiceProvider Services { get; }

    /// <summary>Before an in-database activity, so that its rows can be undone and the incident still be written.</summary>
    Task SaveAsync(CancellationToken cancellationToken);

    /// <summary>Undoes what was written since the last <see cref="SaveAsync"/>, tracked entities included.</summary>
    Task RollBackAsync(CancellationToken cancellationToken);

    /// <summary>True for failures of the transaction itself (serialization, deadlock, lost connection): the interpreter lets them through and the burst is run again.</summary>
    bool MustRestartBurst(Exception exception);
}
