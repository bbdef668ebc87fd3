using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MonOPCO.Domain.Keys;
using MonOPCO.Domain.News;
using Npgsql;

namespace MonOPCO.Domain.Data;

/// <summary>
/// Scoped: says which connection the scope's <see cref="MonOpcoDbContext"/> uses. Untouched: a connection of the staff's pool. A burst or a portal session
/// calls <see cref="Bind"/> on a fresh scope before anything else is resolved from it.
/// </summary>
public sealed class DatabaseSession
{
    private bool _used;

    public NpgsqlConnection? Connection { get; private set; }

    /// <summary>The context made here, when somebody asked for it.</summary>
    internal MonOpcoDbContext? Context { get; private set; }

    public NpgsqlTransaction? Transaction { get; private set; }

    /// <summary>
    /// What this scope's context writes is rolled back in any case (the trial of a procedure): nothing may be made for it elsewhere, on another connection. Set before the context is
    /// asked for.
    /// </summary>
    public bool IsRehearsal { get; set; }

    /// <summary>The DbContext of this scope will work on this open connection, inside this transaction, and end neither.</summary>
    public void Bind(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        if (_used || Connection is not null)
        {
            throw new InvalidOperationException("The scope's DbContext already has a connection; bind a fresh scope.");
        }

        Connection = connection;
        Transaction = transaction;
    }

    internal MonOpcoDbContext CreateContext(NpgsqlDataSource staff, ILoggerFactory? logging, NewsDesk? news = null, KeyRing? keys = null)
    {
        _used = true;
        var options = new DbContextOptionsBuilder<MonOpcoDbContext>().UseLoggerFactory(logging);
        if (Connection is null)
        {
            return Context = new MonOpcoDbContext(options.UseNpgsql(staff).Options) { NewsDesk = IsRehearsal ? null : news, Keys = keys, IsRehearsal = IsRehearsal };
        }

        var context = Context = new MonOpcoDbContext(options.UseNpgsql(Connection).Options) { NewsDesk = IsRehearsal ? null : news, Keys = keys, IsRehearsal = IsRehearsal };
        context.Database.UseTransaction(Transaction);

        // Savepoints are the business of whoever owns the transaction; EF's own would cost two round trips per save.
        context.Database.AutoSavepointsEnabled = false;
        return context;
    }
}
