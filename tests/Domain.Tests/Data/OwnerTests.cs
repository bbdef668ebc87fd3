using MonOPCO.Domain.Data;
using MonOPCO.TestCommon;
using Npgsql;

namespace MonOPCO.Domain.Tests.Data;

public sealed class OwnerTests
{
    [Fact]
    public async Task Migrate_ByAnOwnerWithoutPrivileges_SetsUpAnEmptyDatabaseEvenTwiceAtOnce()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await using (var connection = new NpgsqlConnection(database.ConnectionString))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(
                $"""
                do $$ begin
                  create role monopco_test_owner login;
                exception when duplicate_object or unique_violation then null;
                end $$;
                alter database "{database.Name}" owner to monopco_test_owner;
                """,
                connection);
            await command.ExecuteNonQueryAsync();
        }

        // The two other roles exist in the cluster, as an installer leaves them.
        await using (await TestDatabase.CreateAsync())
        {
            var owner = database.ConnectionStringFor("monopco_test_owner");
            await Task.WhenAll(DatabaseSetup.MigrateAsync(owner, CancellationToken.None), DatabaseSetup.MigrateAsync(owner, CancellationToken.None));
        }

        await using var portal = new NpgsqlConnection(database.ConnectionStringFor("monopco_portal"));
        await portal.OpenAsync();
        await using var count = new NpgsqlCommand("select (select count(*) from opcos) + (select count(*) from dossiers)", portal);
        Assert.Equal(11L, await count.ExecuteScalarAsync());
    }
}
