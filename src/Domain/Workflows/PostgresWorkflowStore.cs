using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;
using MonOPCO.Engine.Storage;
using Npgsql;

namespace MonOPCO.Domain.Workflows;

/// <summary>Instances in PostgreSQL: raw, prepared statements on the hot path, three round trips for a burst.</summary>
public sealed partial class PostgresWorkflowStore(DataSources sources, IServiceScopeFactory scopes, WorkflowHints hints) : IWorkflowStore
{
    /// <summary>Published versions as last seen by this process: a start takes them from here and proves them in its transaction.</summary>
    internal ConcurrentDictionary<string, string> Published { get; } = new(StringComparer.Ordinal);

    internal NpgsqlDataSource Source => sources.Staff;

    public async Task<IWorkflowTransaction> BeginAsync(CancellationToken cancellationToken) => await new PostgresTransaction(this, scopes).BeginAsync(cancellationToken);

    /// <summary>Serialization failure, deadlock, lost connection, server going down: wherever it is wrapped.</summary>
    public bool MustRestart(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is TransactionRestartException or PostgresException { SqlState: "23505", ConstraintName: "pk_workflow_instances" })
            {
                return true;
            }

            if (e is PostgresException { SqlState: "40001" or "40P01" or "57P01" or "57P02" or "57P03" or "08000" or "08003" or "08006" })
            {
                return true;
            }

            if (e is NpgsqlException { InnerException: IOException or SocketException or EndOfStreamException })
            {
                return true;
            }
        }

        return false;
    }

    public void Hint() => hints.Send();

    public Task WaitForHintAsync(TimeSpan atMost, CancellationToken cancellationToken) => hints.WaitAsync(atMost, cancellationToken);

    public ServiceLease OpenServices()
    {
        var scope = scopes.CreateAsyncScope();
        return new ServiceLease(scope.ServiceProvider, scope);
    }
}
