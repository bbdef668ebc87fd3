using System.Diagnostics;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Sandbox;
using MonOPCO.Sandbox.Control;
using Npgsql;

namespace MonOPCO.Chaos;

public sealed record ChaosOptions
{
    public int Instances { get; init; } = 2000;

    public int Nodes { get; init; } = 3;

    /// <summary>A random node dies this often until half of the work is done, then half as often.</summary>
    public TimeSpan KillEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Every so many, one that is ready is stopped politely (SIGTERM) instead, as in a rolling deploy.</summary>
    public int PoliteEvery { get; init; } = 3;

    /// <summary>Who complete tasks over HTTP.</summary>
    public int People { get; init; } = 4;

    /// <summary>Called twice on the way; null cuts all connections instead.</summary>
    public Func<Task>? RestartDatabase { get; init; }

    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(15);
}

/// <summary>What came out. No problem = every promise was kept.</summary>
public sealed record ChaosResult(TimeSpan Took, int Kills, int Stops, int Restarts, long Deliveries, int Keys, int LostAnswers, IReadOnlyList<string> Problems)
{
    public override string ToString() =>
        $"{Took.TotalSeconds:F0} s, {Kills} kills, {Stops} polite stops, {Restarts} database restarts, {Deliveries} deliveries under {Keys} keys, {LostAnswers} answers lost on the way to people. " + (Problems.Count == 0 ? "Every promise was kept." : "PROBLEMS:\n" + string.Join('\n', Problems));
}

/// <summary>Nodes are killed and the database restarted while instances run; afterwards the books are checked.</summary>
public static class ChaosTrial
{
    public static async Task<ChaosResult> RunAsync(string connectionString, ChaosOptions options, Action<string> say)
    {
        var clock = Stopwatch.StartNew();
        await PrepareAsync(connectionString, options.Instances);
        await using var sandbox = await SandboxServer.StartAsync(new SandboxOptions { LogToConsole = false });
        var settings = Settings(connectionString, sandbox.BaseUrl);
        var nodes = Enumerable.Range(1, options.Nodes).Select(n => new NodeProcess($"node-{n}", settings)).ToList();
        var people = Enumerable.Range(0, options.People).Select(_ => new ChaosPerson(connectionString, [.. nodes.Select(n => n.Address)])).ToList();
        using var evening = new CancellationTokenSource();
        var (kills, stops, restarts) = (0, 0, 0);
        var problems = new List<string>();
        try
        {
            nodes.ForEach(n => n.Start());
            var work = Task.WhenAll(people.Select(p => p.RunAsync(evening.Token)));
            var nextKill = clock.Elapsed + options.KillEvery;
            while (!work.IsCompleted)
            {
                await Task.Delay(500);
                var ended = await CountAsync(connectionString, $"select count(*) from workflow_instances where status = 'Finished' and definition_id = '{ChaosWorkflow.Parent}'");
                if (ended >= options.Instances || clock.Elapsed > options.Deadline)
                {
                    break;
                }

                if (restarts < 2 && ended > options.Instances * (restarts + 1) / 3)
                {
                    say($"{clock.Elapsed.TotalSeconds:F0} s: {ended} ended; the database restarts");
                    await (options.RestartDatabase?.Invoke() ?? CutAsync(connectionString));
                    restarts++;
                }

                if (clock.Elapsed > nextKill)
                {
                    // As long as no node answers, the machine is still busy with the starts that were asked for.
                    var ready = await ReadyAsync(nodes);
                    if (ready.Count == 0)
                    {
                        continue;
                    }

                    var isPolite = (kills + stops) % options.PoliteEvery == options.PoliteEvery - 1;
                    var victim = isPolite ? ready[Random.Shared.Next(ready.Count)] : nodes[Random.Shared.Next(nodes.Count)];
                    say($"{clock.Elapsed.TotalSeconds:F0} s: {ended} ended; {(isPolite ? "SIGTERM to" : "kill -9 of")} {victim.Name}");
                    if (isPolite)
                    {
                        if (await victim.TerminateAsync() is var code && code != 0)
                        {
                            problems.Add($"{victim.Name} ended with {code} after SIGTERM");
                        }

                        stops++;
                    }
                    else
                    {
                        await victim.KillAsync();
                        kills++;
                    }

                    victim.Start();
                    nextKill = clock.Elapsed + (options.KillEvery * (ended > options.Instances / 2 ? 2 : 1));
                }
            }

            await evening.CancelAsync();
            await work;

            // Stopped politely: whatever they still hold is given back before the books are checked. One that is just starting knows no politeness yet.
            var polite = await ReadyAsync(nodes);
            await Task.WhenAll(polite.Select(n => n.TerminateAsync()));
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }

            people.ForEach(p => p.Dispose());
        }

        var effects = sandbox.Effects;
        problems.AddRange(await CheckAsync(connectionString, options.Instances, effects));
        if (problems.Count > 0)
        {
            problems.Add("Last lines of the nodes:\n" + string.Join("\n---\n", nodes.Select(n => n.Output())));
        }

        return new ChaosResult(clock.Elapsed, kills, stops, restarts, effects.Deliveries, effects.Keys, people.Sum(p => p.Lost), problems);
    }

    private static async Task<List<NodeProcess>> ReadyAsync(List<NodeProcess> nodes)
    {
        var answers = await Task.WhenAll(nodes.Select(n => n.IsReadyAsync()));
        return [.. nodes.Where((_, index) => answers[index])];
    }

    /// <summary>One person who completes open tasks on these nodes until told to stop.</summary>
    public static async Task WorkAsync(string connectionString, IReadOnlyList<NodeProcess> nodes, CancellationToken stop)
    {
        using var person = new ChaosPerson(connectionString, [.. nodes.Select(n => n.Address)]);
        await person.RunAsync(stop);
    }

    /// <summary>What a node reads from its environment.</summary>
    public static Dictionary<string, string> Settings(string connectionString, string sandbox)
    {
        var tuned = new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 200, AutoPrepareMinUsages = 2, NoResetOnClose = true, MaxPoolSize = 20 }.ConnectionString;
        return new Dictionary<string, string>
        {
            ["ConnectionStrings:Owner"] = connectionString,
            ["ConnectionStrings:Staff"] = tuned,
            ["ConnectionStrings:Portal"] = tuned,
            ["Site:PublicUrl"] = "http://127.0.0.1/",
            ["Demo:Enabled"] = "false",
            ["SignIn:AttemptsPerMinute"] = "100000",
            ["MasterKey:Value"] = new string('a', 64),
            ["Sealing:KeyFile"] = Path.Combine(Path.GetTempPath(), "monopco-chaos", "cachet.p12"),
            ["Outside:SandboxUrl"] = sandbox,
            ["Sandbox"] = sandbox,
            ["Logging:LogLevel:Default"] = "Warning",
            ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning",
            ["Workflows:Lease"] = "00:00:02",
            ["Workflows:Poll"] = "00:00:00.5",
            ["Workflows:Backoff"] = "00:00:00.2",
            ["Workflows:DrainFor"] = "00:00:05",
        };
    }

    /// <summary>Schema, the two workflows, and the ids of the instances that somebody shall start.</summary>
    public static async Task PrepareAsync(string connectionString, int instances)
    {
        await DatabaseSetup.MigrateAsync(connectionString, CancellationToken.None);
        await ExecuteAsync(connectionString, $"create table chaos_witness (id serial primary key, instance_id uuid not null, step text not null); create table chaos_starts (instance_id uuid primary key); insert into chaos_starts select gen_random_uuid() from generate_series(1, {instances})");
        var services = new ServiceCollection().AddLogging();
        services.AddMonOpcoDatabase(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Staff"] = connectionString, ["ConnectionStrings:Portal"] = connectionString }).Build());
        services.AddSingleton(new ActivityRegistry((IEnumerable<Type>)[typeof(Activities.Tasks.HumanTaskActivity), typeof(Record), typeof(Call)], []));
        services.AddSingleton(p => WorkflowProgram.Of(new Interpreter(p.GetRequiredService<ActivityRegistry>())));
        services.AddWorkflowRuntime();
        await using var provider = services.BuildServiceProvider();
        var definitions = provider.GetRequiredService<DefinitionStore>();
        await definitions.SeedAsync(ChaosWorkflow.Child, ChaosWorkflow.Child, ChaosWorkflow.ChildJson().ToJsonString());
        await definitions.SeedAsync(ChaosWorkflow.Parent, ChaosWorkflow.Parent, ChaosWorkflow.ParentJson().ToJsonString());
        await using var scope = provider.CreateAsyncScope();
        await AddPersonAsync(scope.ServiceProvider.GetRequiredService<MonOpcoDbContext>());
    }

    /// <summary>An operator's account, as a Host would make it.</summary>
    private static async Task AddPersonAsync(MonOpcoDbContext db)
    {
        var user = new User { Id = Guid.CreateVersion7(), UserName = ChaosPerson.Email, Email = ChaosPerson.Email, EmailConfirmed = true, DisplayName = "Chaos", SecurityStamp = Guid.NewGuid().ToString("N") };
        (user.NormalizedUserName, user.NormalizedEmail) = (ChaosPerson.Email.ToUpperInvariant(), ChaosPerson.Email.ToUpperInvariant());
        user.PasswordHash = new PasswordHasher<User>().HashPassword(user, ChaosPerson.Password);
        var role = await db.Roles.Where(r => r.Name == Roles.Operateur).Select(r => r.Id).SingleAsync();
        db.Users.Add(user);
        db.UserRoles.Add(new IdentityUserRole<Guid> { UserId = user.Id, RoleId = role });
        await db.SaveChangesAsync();
    }

    /// <summary>The promises, one sentence for each that was broken.</summary>
    public static async Task<List<string>> CheckAsync(string connectionString, int instances, EffectLog effects)
    {
        var problems = new List<string>();
        async Task ExpectAsync(long expected, string what, string sql)
        {
            if (await CountAsync(connectionString, sql) is var found && found != expected)
            {
                problems.Add($"{what}: {found}, not {expected}");
            }
        }

        await ExpectAsync(2 * instances, "instances at their end (parents and children)", "select count(*) from workflow_instances where status = 'Finished' and sub_status = 'Finished' and incident_count = 0");
        await ExpectAsync(2 * instances, "instances", "select count(*) from workflow_instances");
        await ExpectAsync(0, "instances in another state than their end", "select count(*) from workflow_instances where status <> 'Finished' or sub_status <> 'Finished' or finished_at is null or incident_count > 0");
        await ExpectAsync(instances, "parents with exactly one child", "select count(*) from (select 1 from workflow_instances where parent_instance_id is not null group by parent_instance_id having count(*) = 1) p");
        await ExpectAsync(ChaosWorkflow.RecordsPerInstance * instances, "in-database effects", "select count(*) from chaos_witness");
        await ExpectAsync(0, "in-database effects that happened twice", "select count(*) from (select 1 from chaos_witness group by instance_id, step having count(*) > 1) d");
        await ExpectAsync(instances, "completed tasks", "select count(*) from human_tasks where completed_at is not null");
        await ExpectAsync(instances, "tasks", "select count(*) from human_tasks");
        await ExpectAsync(instances, "instances whose task was completed", "select count(distinct workflow_instance_id) from human_tasks where completed_at is not null");
        await ExpectAsync(0, "orphan bookmarks", "select count(*) from workflow_bookmarks where closed_at is null");
        await ExpectAsync(0, "orphan due work or leases", "select count(*) from workflow_work");
        await ExpectAsync(0, "orphan mailbox rows", "select count(*) from workflow_mailbox");
        await ExpectAsync(0, "orphan stimuli", "select count(*) from workflow_stimuli where state <> 'Consumed'");
        await ExpectAsync(ChaosWorkflow.CallsPerInstance * instances, "recorded outside effects", "select count(*) from workflow_effects where status = 'Done'");
        if (effects.Keys != ChaosWorkflow.CallsPerInstance * instances)
        {
            problems.Add($"keys at the Sandbox: {effects.Keys}, not {ChaosWorkflow.CallsPerInstance * instances}");
        }

        return problems;
    }

    public static async Task<long> CountAsync(string connectionString, string sql)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync();
                await using var command = new NpgsqlCommand(sql, connection);
                return (long)(await command.ExecuteScalarAsync())!;
            }
            catch (NpgsqlException) when (attempt < 100)
            {
                // It is being restarted.
                await Task.Delay(200);
            }
        }
    }

    private static Task CutAsync(string connectionString) =>
        CountAsync(connectionString, "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
