using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using Npgsql;

namespace MonOPCO.Seed;

public sealed record SeedOptions(int Dossiers, int Companies, ulong Number = 1, DateTimeOffset? Now = null, int People = 24, int Years = 5);

/// <summary>
/// Fills a database with dossiers as an installation has them after years: few large companies and many small ones, states by age, amounts with a long tail. Everything in one transaction: indexes and
/// foreign keys are put aside and made anew (and checked) at its end, so that an interrupted run leaves nothing.
/// </summary>
public sealed partial class Seeder(string connectionString, Action<string>? say = null)
{
    private const int Batch = 20_000;
    private static readonly string[] Tables = ["companies", "dossiers", "beneficiaires", "dossier_events", "human_tasks", "complements"];

    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public async Task RunAsync(SeedOptions options, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 0, MaxAutoPrepare = 0 }.ConnectionString);
        var people = await PeopleAsync(source, options.People, cancellationToken);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, "set local maintenance_work_mem = '512MB'; set local work_mem = '256MB'; set local synchronous_commit = off; set local max_parallel_maintenance_workers = 2", cancellationToken);
        await RemoveRowsAsync(connection, cancellationToken);

        // For a few thousand rows the indexes are as well kept.
        var aside = options.Dossiers >= 50_000 ? await PutAsideAsync(connection, cancellationToken) : [];
        await WriteAsync(connection, options, people, cancellationToken);
        for (var i = 0; i < aside.Count; i++)
        {
            await ExecuteAsync(connection, aside[i], cancellationToken);
            if (i % 8 == 7)
            {
                Say($"index {i + 1} sur {aside.Count}");
            }
        }

        await transaction.CommitAsync(cancellationToken);
        foreach (var table in Tables)
        {
            await ExecuteAsync(connection, $"vacuum analyze {table}", cancellationToken);
        }

        Say($"{options.Dossiers:N0} dossiers de {options.Companies:N0} entreprises");
    }

    /// <summary>Takes out what earlier runs made, accounts included.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 0 }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RemoveRowsAsync(connection, cancellationToken);
        await ExecuteAsync(connection, $"delete from users where email like 'operateur-%@{MailDomain}'", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        Say("données produites retirées");
    }

    internal const string MailDomain = "genere.monopco.test";

    private static async Task RemoveRowsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, "delete from dossiers where is_generated", cancellationToken);
        await ExecuteAsync(connection, "delete from companies c where is_generated and not exists (select from dossiers d where d.company_id = c.id)", cancellationToken);
    }

    private static async Task<List<string>> PutAsideAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var (drop, make) = (new List<string>(), new List<string>());
        var names = string.Join(", ", Tables.Select(x => $"'{x}'::regclass"));
        await using (var indexes = new NpgsqlCommand(
            $"select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i where i.indrelid in ({names}) and not i.indisprimary and not exists (select from pg_constraint c where c.conindid = i.indexrelid) order by i.indrelid, 1", connection))
        await using (var reader = await indexes.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                drop.Add($"drop index {reader.GetString(0)}");
                make.Add(reader.GetString(1));
            }
        }

        await using (var keys = new NpgsqlCommand($"select c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid) from pg_constraint c where c.contype = 'f' and c.conrelid in ({names}) order by 1, 2", connection))
        await using (var reader = await keys.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                drop.Add($"alter table {reader.GetString(0)} drop constraint {reader.GetString(1)}");
                make.Add($"alter table {reader.GetString(0)} add constraint {reader.GetString(1)} {reader.GetString(2)}");
            }
        }

        foreach (var statement in drop)
        {
            await ExecuteAsync(connection, statement, cancellationToken);
        }

        return make;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Accounts that answer for dossiers; without password, so nobody can sign in with them.</summary>
    private static async Task<List<(Guid Id, string Name)>> PeopleAsync(NpgsqlDataSource source, int count, CancellationToken cancellationToken)
    {
        await using var db = new MonOpcoDbContext(new DbContextOptionsBuilder<MonOpcoDbContext>().UseNpgsql(source).Options);
        var role = await db.Roles.Where(x => x.Name == Roles.Operateur).Select(x => (Guid?)x.Id).FirstOrDefaultAsync(cancellationToken);
        var known = await db.Users.Where(x => EF.Functions.Like(x.Email!, $"operateur-%@{MailDomain}")).OrderBy(x => x.Email).ToListAsync(cancellationToken);
        var draw = new Draw(77);
        for (var i = 1; i <= count; i++)
        {
            var email = string.Create(CultureInfo.InvariantCulture, $"operateur-{i:000}@{MailDomain}");
            var name = $"{draw.Of(Words.FirstNames)} {draw.Of(Words.LastNames)}";
            if (known.Any(x => x.Email == email))
            {
                continue;
            }

            var user = new User { Id = Guid.CreateVersion7(), UserName = email, NormalizedUserName = email.ToUpperInvariant(), Email = email, NormalizedEmail = email.ToUpperInvariant(), DisplayName = name, SecurityStamp = Guid.NewGuid().ToString("N") };
            db.Users.Add(user);
            known.Add(user);
            if (role is { } operators)
            {
                db.UserRoles.Add(new Microsoft.AspNetCore.Identity.IdentityUserRole<Guid> { UserId = user.Id, RoleId = operators });
            }
        }

        await db.SaveChangesAsync(cancellationToken);
        return [.. known.Take(count).Select(x => (x.Id, x.DisplayName))];
    }

    private void Say(string text) => say?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{_clock.Elapsed.TotalSeconds,6:F1} s  {text}"));
}
