using System.Data;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Audit;
using Npgsql;

namespace MonOPCO.Domain.Data;

/// <summary>Who is behind a portal session. At least one must be set, otherwise nothing is visible.</summary>
/// <param name="UserId">Account: consultants, and tasks assigned to the account.</param>
/// <param name="CompanyId">The company the account stands for.</param>
/// <param name="PersonEmail">Verified address of a beneficiary or signer.</param>
public sealed record PortalIdentity(Guid? UserId = null, Guid? CompanyId = null, string? PersonEmail = null)
{
    public ActorKind ActorKind => CompanyId is not null ? ActorKind.Company : PersonEmail is not null && UserId is null ? ActorKind.Beneficiary : ActorKind.Human;
}

/// <summary>Opens portal sessions: a scope of its own whose DbContext runs under the portal's PostgreSQL role, so that a forgotten filter shows nothing.</summary>
public sealed class PortalSessions(IServiceScopeFactory scopes, DataSources sources)
{
    public async Task<PortalSession> OpenAsync(PortalIdentity identity, CancellationToken cancellationToken)
    {
        var scope = scopes.CreateAsyncScope();
        NpgsqlConnection? connection = null;
        try
        {
            connection = await sources.Portal.OpenConnectionAsync(cancellationToken);
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);

            // true = until the end of the transaction: nothing stays on the pooled connection.
            await using var command = new NpgsqlCommand(
                "select set_config('monopco.user_id', $1, true), set_config('monopco.company_id', $2, true), set_config('monopco.person', $3, true)", connection, transaction);
            command.Parameters.AddWithValue(identity.UserId?.ToString() ?? "");
            command.Parameters.AddWithValue(identity.CompanyId?.ToString() ?? "");
            command.Parameters.AddWithValue(SearchText.EmailKey(identity.PersonEmail));
            await command.ExecuteNonQueryAsync(cancellationToken);

            scope.ServiceProvider.GetRequiredService<DatabaseSession>().Bind(connection, transaction);
            return new PortalSession(scope, connection, transaction);
        }
        catch
        {
            await scope.DisposeAsync();
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }

            throw;
        }
    }
}

/// <summary>One unit of work of a portal visitor. Without <see cref="CommitAsync"/> nothing is kept.</summary>
public sealed class PortalSession : IAsyncDisposable
{
    private readonly AsyncServiceScope _scope;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    internal PortalSession(AsyncServiceScope scope, NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        (_scope, _connection, _transaction) = (scope, connection, transaction);
    }

    /// <summary>Services of this session; their DbContext is the portal's.</summary>
    public IServiceProvider Services => _scope.ServiceProvider;

    public MonOpcoDbContext Db => Get<MonOpcoDbContext>();

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>Held until the end of the session.</summary>
    public Task LockAsync(string key, CancellationToken cancellationToken) => Db.LockAsync(key, cancellationToken);

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await _transaction.CommitAsync(cancellationToken);
        Db.Tell();
    }

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
