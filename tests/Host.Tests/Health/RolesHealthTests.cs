using System.Net;
using MonOPCO.TestCommon;
using Npgsql;

namespace MonOPCO.Host.Tests.Health;

/// <summary>What <c>/health/ready</c> says of each role when it can do its work, when it cannot, and when it can again.</summary>
public sealed class RolesHealthTests
{
    [Theory]
    [InlineData("worker")]
    [InlineData("bot")]
    public async Task Worker_ThatDoesNotComeRound_IsNotReady(string role)
    {
        await using var host = await RoleHost.StartAsync(role);
        await host.UntilAsync(HttpStatusCode.OK);
        await using (var connection = new NpgsqlConnection(host.Administrator))
        {
            // Whoever asks for due work waits: a round that does not end.
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var locking = new NpgsqlCommand("lock table workflow_work in access exclusive mode", connection, transaction);
            await locking.ExecuteNonQueryAsync();
            await host.UntilAsync(HttpStatusCode.ServiceUnavailable);
            Assert.Equal(HttpStatusCode.OK, await host.AskAsync("/health/live"));
        }

        await host.UntilAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Web_WithoutItsDatabase_IsNotReady()
    {
        await using var host = await RoleHost.StartAsync("web");
        await host.UntilAsync(HttpStatusCode.OK);
        await ClusterAsync($"alter database \"{host.Database}\" with allow_connections false; select pg_terminate_backend(pid) from pg_stat_activity where datname = '{host.Database}'");
        await host.UntilAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, await host.AskAsync("/health/live"));
        await ClusterAsync($"alter database \"{host.Database}\" with allow_connections true");
        await host.UntilAsync(HttpStatusCode.OK);
    }

    private static async Task ClusterAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(TestDatabase.Cluster);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private sealed class RoleHost(string role) : HostFixture, IAsyncDisposable
    {
        private HttpClient _client = null!;

        protected override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string> { ["roles"] = role, ["Workflows:Poll"] = "00:00:00.2", ["Workflows:Health:Round"] = "00:00:02" };

        internal string Administrator => AdministratorConnection;

        internal string Database => new NpgsqlConnectionStringBuilder(Administrator).Database!;

        internal static async Task<RoleHost> StartAsync(string role)
        {
            var host = new RoleHost(role);
            await host.InitializeAsync();
            host._client = host.Visitor().Client;
            return host;
        }

        internal async Task<HttpStatusCode> AskAsync(string path)
        {
            using var answer = await _client.GetAsync(path);
            return answer.StatusCode;
        }

        internal async Task UntilAsync(HttpStatusCode wanted)
        {
            var found = await AskAsync("/health/ready");
            for (var watch = System.Diagnostics.Stopwatch.StartNew(); found != wanted && watch.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(100))
            {
                found = await AskAsync("/health/ready");
            }

            Assert.Equal(wanted, found);
        }

        async ValueTask IAsyncDisposable.DisposeAsync()
        {
            _client.Dispose();
            await DisposeAsync();
        }
    }
}
