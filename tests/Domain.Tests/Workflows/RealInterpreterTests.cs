using System.Diagnostics;
using System.Text.Json.Nodes;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Domain.Tests.Workflows;

/// <summary>The runtime with the real interpreter on PostgreSQL.</summary>
public sealed class RealInterpreterTests : IAsyncLifetime
{
    private readonly WorkflowProgram program = WorkflowProgram.Of(new Interpreter(new ActivityRegistry((IEnumerable<Type>)[typeof(TestEffect)], [])));
    private PostgresFixture fixture = null!;
    private WorkflowRuntime runtime = null!;
    private DefinitionStore definitions = null!;

    public async Task InitializeAsync()
    {
        fixture = await PostgresFixture.CreateAsync();
        runtime = new WorkflowRuntime(fixture.Store, program, new DefinitionCache(program), fixture.Options, TimeProvider.System);
        definitions = new DefinitionStore(fixture.Store, program, TimeProvider.System);
    }

    public async Task DisposeAsync() => await fixture.DisposeAsync();

    [Fact]
    public async Task Event_EffectAndChild_RunThroughTheStore()
    {
        await PublishAsync("child", [Step("c1", "Elsa.SetName", "value", "Enfant")]);
        await PublishAsync("parent",
        [
            Step("e", "Elsa.Event", "eventName", "go"),
            Step("f", "Test.Effect", "text", "bonjour"),
            Step("d", "Elsa.DispatchWorkflow", "workflowDefinitionId", "child", "waitForCompletion", "true"),
            Step("g", "Elsa.SetName", "value", "fini"),
        ]);
        var id = (await runtime.StartAsync(new StartWorkflow("parent"))).Instance.Id;
        Assert.Equal(1, (await runtime.PublishAsync(new PublishedStimulus(Guid.NewGuid(), "event", "go", null, null, 1))).Resumed);
        var worker = new WorkflowWorker(fixture.Store, runtime, EffectScript.Runner, fixture.Options, TimeProvider.System);
        await fixture.RunDueAsync(worker);

        var instance = (await runtime.Reads.FindInstanceAsync(id, default))!;
        Assert.Equal((InstanceSubStatus.Finished, "fini", 0), (instance.SubStatus, instance.Name, instance.IncidentCount));
        Assert.Equal(EffectStatus.Done, Assert.Single(await runtime.Reads.EffectsAsync(id, default)).Status);
        var journal = await runtime.Reads.JournalAsync(id, default);
        Assert.Equal(journal.Count, journal.Select(e => e.Sequence).Distinct().Count());
    }

    [Fact]
    public async Task Trigger_OfAPublishedVersion_StartsIt()
    {
        var start = Step("e", "Elsa.Event", "eventName", "begin");
        start["customProperties"] = new JsonObject { ["canStartWorkflow"] = true };
        await PublishAsync("starts", [start, Step("g", "Elsa.SetName", "value", "parti")]);
        var started = Assert.Single((await runtime.PublishAsync(new PublishedStimulus(Guid.NewGuid(), "event", "begin", null, null, null))).Started);
        Assert.Equal("parti", (await runtime.Reads.FindInstanceAsync(started, default))!.Name);
    }

    [Fact]
    public async Task Migrate_PreviewedThenDone_GoesOnInTheNewVersionWithItsVariables()
    {
        await PublishAsync("moving", [Step("e", "Elsa.Event", "eventName", "go"), Step("g", "Elsa.SetName", "value", "ancien")], ["Kept:un", "Old:x"]);
        var id = (await runtime.StartAsync(new StartWorkflow("moving"))).Instance.Id;
        await runtime.SetVariablesAsync(id, new JsonObject { ["Kept"] = "valeur" }, "op");
        var gone = (await runtime.StartAsync(new StartWorkflow("moving"))).Instance.Id;

        // Another order, a step before, a step after, a variable more: the wait itself is the same.
        await PublishAsync("moving", [Step("before", "Elsa.SetName", "value", "jamais"), Step("e", "Elsa.Event", "eventName", "go"), Step("h", "Elsa.SetName", "value", "nouveau"), Step("last", "Elsa.SetName", "value", "fini")], ["New:deux", "Kept:un"]);
        var target = (await definitions.FindPublishedAsync("moving"))!;
        var preview = Assert.Single(await runtime.PreviewMigrationAsync([id], target.Id));
        Assert.True(preview.IsPossible && !preview.IsDone, string.Join(' ', preview.Problems));
        Assert.Equal(1, (await runtime.Reads.FindInstanceAsync(id, default))!.Version);

        Assert.All(await runtime.MigrateAsync([id], target.Id, "Claire"), m => Assert.True(m.IsDone));
        var moved = (await runtime.Reads.FindInstanceAsync(id, default))!;
        var variables = InstanceStateView.Variables(moved, program.Compile(target));
        Assert.Equal((2, "valeur", "deux"), (moved.Version, (string)variables["Kept"]!, (string)variables["New"]!));
        Assert.Equal("Claire", (await runtime.Reads.JournalAsync(id, default)).Last(j => j.Outcome == "Migrated").Actor);
        await runtime.PublishAsync(new PublishedStimulus(Guid.NewGuid(), "event", "go", null, id, null));
        var ended = (await runtime.Reads.FindInstanceAsync(id, default))!;
        Assert.Equal((InstanceSubStatus.Finished, "fini", 0), (ended.SubStatus, ended.Name, ended.IncidentCount));

        await PublishAsync("moving", [Step("elsewhere", "Elsa.SetName", "value", "x")]);
        target = (await definitions.FindPublishedAsync("moving"))!;
        var refused = await runtime.MigrateAsync([gone, id], target.Id, "Claire");
        Assert.All(refused, m => Assert.False(m.IsDone));
        Assert.Contains("n'existe pas dans la version 3", Assert.Single(refused[0].Problems), StringComparison.Ordinal);
        Assert.Equal(1, (await runtime.Reads.FindInstanceAsync(gone, default))!.Version);
    }

    [Fact]
    public async Task BulkMigration_OfManyInstances_GoesOnInSlicesWhoeverTakesThem()
    {
        await PublishAsync("many", [Step("e", "Elsa.Event", "eventName", "one"), Step("f", "Elsa.Event", "eventName", "two")]);
        var ids = new List<Guid>();
        for (var n = 0; n < 450; n++)
        {
            ids.Add((await runtime.StartAsync(new StartWorkflow("many"))).Instance.Id);
        }

        // Three stand at a step that the new version does not have; one has ended.
        foreach (var id in ids.Take(4))
        {
            await runtime.PublishAsync(new PublishedStimulus(Guid.NewGuid(), "event", "one", null, id, null));
        }

        await runtime.PublishAsync(new PublishedStimulus(Guid.NewGuid(), "event", "two", null, ids[0], null));
        var from = (await definitions.FindPublishedAsync("many"))!.Id;
        await PublishAsync("many", [Step("e", "Elsa.Event", "eventName", "one"), Step("g", "Elsa.SetName", "value", "fini")]);
        var to = (await definitions.FindPublishedAsync("many"))!.Id;

        BulkMigrations process() => new(fixture.Sources, runtime, fixture.Scopes, TimeProvider.System);
        var preview = await process().BeginAsync("many", from, to, true, ChangeContext.System("Claire", DateTimeOffset.UtcNow), default);
        Assert.True(await process().WorkAsync(preview, TimeSpan.Zero, default));
        var told = (await process().LatestAsync("many", default))!;
        Assert.Equal((449, 200, false), (told.Total, told.Looked, told.IsFinished));

        // Another process holds it: nobody else works on it, until its lease has run out.
        await fixture.ExecuteAsync("update workflow_migrations set lease_until = now() + interval '1 hour'");
        Assert.False(await process().WorkAsync(null, TimeSpan.FromMinutes(1), default));
        await fixture.ExecuteAsync("update workflow_migrations set lease_until = now() - interval '1 second'");
        Assert.True(await process().WorkAsync(null, TimeSpan.FromMinutes(1), default));
        told = (await process().LatestAsync("many", default))!;
        Assert.Equal((446, 3, true), (told.Possible, told.Refused, told.IsFinished));
        Assert.Equal(3, Assert.Single(told.Problems).Value);
        Assert.Equal(0, await CountAsync(to));

        var move = await process().BeginAsync("many", from, to, false, ChangeContext.System("Claire", DateTimeOffset.UtcNow, "Réforme"), default);
        await process().WorkAsync(move, TimeSpan.Zero, default);
        Assert.InRange(await CountAsync(to), 1, 200);
        await process().WorkAsync(null, TimeSpan.FromMinutes(1), default);
        told = (await process().LatestAsync("many", default))!;
        Assert.Equal((446, 3, true), (told.Possible, told.Refused, told.IsFinished));
        Assert.Equal((446, 4), (await CountAsync(to), await CountAsync(from)));
        Assert.False(await process().WorkAsync(null, TimeSpan.FromMinutes(1), default));
        Assert.Equal("Claire", (await runtime.Reads.JournalAsync(ids[449], default)).Last(j => j.Outcome == "Migrated").Actor);

        // Back again, in slices too; one has gone on meanwhile and stays.
        await runtime.PublishAsync(new PublishedStimulus(Guid.NewGuid(), "event", "one", null, ids[10], null));
        var undo = (await process().BeginUndoAsync("many", move, ChangeContext.System("Paul", DateTimeOffset.UtcNow), default))!.Value;
        await process().WorkAsync(undo, TimeSpan.Zero, default);
        Assert.InRange(await CountAsync(from), 5, 204);
        await process().WorkAsync(null, TimeSpan.FromMinutes(1), default);
        told = (await process().FindAsync(undo, default))!;
        Assert.Equal((445, 1, true, move), (told.Possible, told.Refused, told.IsFinished, told.UndoOf));
        Assert.Equal((1, 449), (await CountAsync(to), await CountAsync(from)));
        Assert.Equal(1, (await process().FindAsync((await process().BeginUndoAsync("many", move, ChangeContext.System("Paul", DateTimeOffset.UtcNow), default))!.Value, default))!.Total);
        Assert.Null(await process().BeginUndoAsync("many", preview, ChangeContext.System("Paul", DateTimeOffset.UtcNow), default));
        Assert.Equal(1, await fixture.ScalarAsync<long>("select count(*) from audit_entries where action = 'InstancesMigrated' and reason = 'Réforme' and actor = 'Claire' and (new_values ->> 'moved')::int = 446 and (new_values ->> 'to')::int = 2"));
        Assert.Equal(1, await fixture.ScalarAsync<long>("select count(*) from audit_entries where action = 'MigrationUndone' and actor = 'Paul' and (new_values ->> 'undone')::int = 445 and (new_values ->> 'left')::int = 1"));

        Task<long> CountAsync(string version) => fixture.ScalarAsync<long>($"select count(*) from workflow_instances where definition_version_id = '{version}'");
    }

    [Fact]
    public async Task Update_OfAnOrdinaryBurst_StaysInItsPage_OnlyTheLastOneDoesNot()
    {
        await PublishAsync("waits", [.. Enumerable.Range(1, 5).Select(n => Step("e" + n, "Elsa.Event", "eventName", "w" + n))]);
        for (var instance = 0; instance < 5; instance++)
        {
            var id = (await runtime.StartAsync(new StartWorkflow("waits"))).Instance.Id;
            for (var wait = 1; wait <= 5; wait++)
            {
                await runtime.ResumeAsync((await runtime.Reads.BookmarksAsync(id, default))[0].Id, null, "test");
            }
        }

        await StatisticsAsync("select n_tup_upd from pg_stat_user_tables where relname = 'workflow_instances'", 25);
        Assert.Equal(20, await fixture.ScalarAsync<long>("select n_tup_hot_upd from pg_stat_user_tables where relname = 'workflow_instances'"));
    }

    [Fact]
    public async Task Singleton_BesideALongHistory_ReadsWhoRunsAndNobodyElse()
    {
        await PublishAsync("alone", [Step("s", "Elsa.SetName", "value", "fini")], options: new JsonObject { ["activationStrategyType"] = "Elsa.Workflows.Runtime.ActivationValidators.SingletonStrategy, Elsa.Workflows.Runtime" });
        var first = (await runtime.StartAsync(new StartWorkflow("alone"))).Instance.Id;
        await fixture.ExecuteAsync($"""
            insert into workflow_instances (id, definition_id, definition_version_id, version, status, sub_status, incident_count, burst, priority, created_at, updated_at, finished_at, input, output, properties, state)
            select gen_random_uuid(), definition_id, definition_version_id, version, status, sub_status, 0, burst, priority, created_at, updated_at, finished_at, input, output, properties, state
            from workflow_instances, generate_series(1, 20000) where id = '{first}';
            analyze workflow_instances
            """);
        await StatisticsAsync("select n_tup_ins from pg_stat_user_tables where relname = 'workflow_instances'", 20_001);
        var before = await ReadAsync();
        for (var start = 0; start < 12; start++)
        {
            await runtime.StartAsync(new StartWorkflow("alone"));
        }

        await StatisticsAsync("select n_tup_ins from pg_stat_user_tables where relname = 'workflow_instances'", 20_013);
        Assert.InRange(await ReadAsync() - before, 0, 100);

        Task<long> ReadAsync() => fixture.ScalarAsync<long>("select seq_tup_read + coalesce(idx_tup_fetch, 0) + (select sum(idx_tup_read)::bigint from pg_stat_user_indexes where relname = 'workflow_instances') from pg_stat_user_tables where relname = 'workflow_instances'");
    }

    /// <summary>PostgreSQL's counters, once the connections that were used have given theirs.</summary>
    private async Task StatisticsAsync(string sql, long expected)
    {
        long found;
        var clock = Stopwatch.StartNew();
        do
        {
            // A connection hands its counters in when it ends.
            fixture.Sources.Staff.Clear();
            found = await fixture.ScalarAsync<long>(sql);
        }
        while (found < expected && clock.Elapsed < TimeSpan.FromSeconds(20));
        Assert.Equal(expected, found);
    }

    private async Task PublishAsync(string id, JsonObject[] steps, string[]? variables = null, JsonObject? options = null)
    {
        var root = new JsonObject
        {
            ["id"] = "flow",
            ["type"] = "Elsa.Flowchart",
            ["version"] = 1,
            ["activities"] = new JsonArray([.. steps]),
            ["connections"] = new JsonArray([.. steps.Zip(steps.Skip(1), (a, b) => (JsonNode)new JsonObject
            {
                ["source"] = new JsonObject { ["activity"] = a["id"]!.DeepClone(), ["port"] = "Done" },
                ["target"] = new JsonObject { ["activity"] = b["id"]!.DeepClone(), ["port"] = "In" },
            })]),
        };
        await definitions.SaveDraftAsync(new SaveDraft(id, new JsonObject { ["name"] = id, ["root"] = root, ["options"] = options ?? [], ["variables"] = new JsonArray([.. (variables ?? []).Select(v => v.Split(':')).Select(v => (JsonNode)new JsonObject { ["id"] = v[0], ["name"] = v[0], ["typeName"] = "String", ["value"] = v[1] })]) }.ToJsonString()) { Name = id });
        await definitions.PublishAsync(id, "test");
    }

    private static JsonObject Step(string id, string type, params string[] inputs)
    {
        var step = new JsonObject { ["id"] = id, ["type"] = type, ["version"] = 1 };
        for (var i = 0; i < inputs.Length; i += 2)
        {
            step[inputs[i]] = new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = inputs[i + 1] } };
        }

        return step;
    }
}
