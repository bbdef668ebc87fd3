using System.Text.Json.Nodes;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Execution;
using Npgsql;

namespace MonOPCO.Domain.Tests.Workflows;

/// <summary>The figures of a procedure's map come from the journal: each passage once, whatever the order of commits.</summary>
public sealed class PassageCounterTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 8, 0, 0, TimeSpan.Zero);
    private PostgresFixture fixture = null!;
    private PassageCounter counter = null!;

    public async Task InitializeAsync()
    {
        fixture = await PostgresFixture.CreateAsync();
        counter = new PassageCounter(fixture.Sources, TimeProvider.System);
    }

    public async Task DisposeAsync() => await fixture.DisposeAsync();

    [Fact]
    public async Task Run_TimesOutcomesAndRework_EachPassageOnce()
    {
        for (var i = 1; i <= 9; i++)
        {
            var instance = await InstanceAsync();
            var first = Guid.NewGuid();

            // Begun in one burst, ended in another, counted in between.
            await BurstAsync(instance, Line(1, JournalEvent.Started, first, "valider", 0));
            await counter.RunAsync(default);
            await BurstAsync(instance, Line(2, JournalEvent.Completed, first, "valider", i, i <= 6 ? "Valider" : "Refuser"));
        }

        // One more instance comes twice; its second passage is rework, its third is cancelled.
        var again = await InstanceAsync();
        var (one, two, three) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await BurstAsync(again, Line(1, JournalEvent.Started, one, "valider", 0), Line(2, JournalEvent.Completed, one, "valider", 100, "Valider"));
        await BurstAsync(again, Line(3, JournalEvent.Started, two, "valider", 200), Line(4, JournalEvent.Completed, two, "valider", 300, "Refuser"));
        await BurstAsync(again, Line(5, JournalEvent.Started, three, "valider", 400), Line(6, JournalEvent.Canceled, three, "valider", 900));
        Assert.True(await counter.RunAsync(default));
        Assert.True(await counter.RunAsync(default));

        var map = await ReadAsync();
        var step = map.Steps["valider"];
        Assert.Equal((12, 2, 1), (step.Passages, step.Again, step.Cancelled));
        Assert.Equal([("Valider", 7), ("Refuser", 4)], step.Outcomes);

        // Hours 1 to 9, 100 and 100: the middle one is 6, nine tenths are within 100.
        Assert.InRange(step.Median!.Value.TotalHours, 6 * 0.95, 6 * 1.05);
        Assert.InRange(step.Ninetieth!.Value.TotalHours, 95, 105);
        Assert.NotNull(map.CountedAt);
        Assert.Empty((await new TimeMaps(fixture.Sources).ReadAsync("p", 2, new DateOnly(2026, 10, 1), default)).Steps);
        Assert.Empty((await new TimeMaps(fixture.Sources).ReadAsync("p", null, new DateOnly(2027, 10, 1), default)).Steps);
    }

    /// <summary>What was passed before a migration is counted for the version it was passed in, whether or not the count sees the migration in its range.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_InstanceMigratedSince_CountsForTheVersionOfThen(bool countedBetween)
    {
        foreach (var version in new[] { 1, 2, 3 })
        {
            await fixture.ExecuteAsync($"insert into workflow_definitions (id, definition_id, version, name, description, body, is_frozen, revision, created_at, updated_at) values ('p{version}', 'p', {version}, 'P', '', '{{}}', true, 1, now(), now())");
        }

        var instance = await InstanceAsync();
        await BurstAsync(instance, Line(1, JournalEvent.Started, Guid.NewGuid(), "autre", 0));
        var (first, second, third) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await BurstAsync(instance, Line(2, JournalEvent.Started, first, "valider", 0), Line(3, JournalEvent.Completed, first, "valider", 1), Line(4, JournalEvent.Started, second, "valider", 1));
        if (countedBetween)
        {
            await counter.RunAsync(default);
        }

        await BurstAsync(instance, Move(5, "p1", "p2"));
        await BurstAsync(instance, Line(6, JournalEvent.Completed, second, "valider", 3), Line(7, JournalEvent.Started, third, "valider", 3), Move(8, "p2", "p3"));
        await BurstAsync(instance, Line(9, JournalEvent.Completed, third, "valider", 9));
        await fixture.ExecuteAsync($"update workflow_instances set version = 3, definition_version_id = 'p3' where id = '{instance}'");
        Assert.True(await counter.RunAsync(default));

        foreach (var version in new[] { 1, 2, 3 })
        {
            var step = (await new TimeMaps(fixture.Sources).ReadAsync("p", version, new DateOnly(2026, 10, 1), default)).Steps["valider"];
            Assert.Equal((1, version == 1 ? 0 : 1), (step.Passages, step.Again));
        }

        static JournalEntry Move(long sequence, string from, string to) =>
            new(sequence, Start, JournalEvent.Resumed, Guid.Empty, null, "", "", "") { Outcome = "Migrated", Data = new JsonObject { ["from"] = from, ["to"] = to } };
    }

    /// <summary>Numbers are given before the commit: the lower one may become visible last.</summary>
    [Fact]
    public async Task Run_WhileABurstIsBeingWritten_WaitsForItAndLosesNothing()
    {
        var (slow, quick) = (await InstanceAsync(), await InstanceAsync());
        await using var connection = await fixture.Sources.Staff.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await BurstAsync(slow, connection, Whole("valider"));
        await BurstAsync(quick, Whole("valider"));
        var clock = new WaitingClock();
        var counting = new PassageCounter(fixture.Sources, clock).RunAsync(default);
        await Task.WhenAny(counting, clock.Asked.Task);
        Assert.False(counting.IsCompleted);
        await transaction.CommitAsync();
        Assert.True(await counting);
        Assert.True(await counter.RunAsync(default));
        Assert.Equal(2, (await ReadAsync()).Steps["valider"].Passages);
    }

    [Fact]
    public async Task Read_WhoStandsWhere_IsOfNow()
    {
        var waiting = await InstanceAsync();
        await fixture.ExecuteAsync($$"""insert into workflow_bookmarks (id, instance_id, activity_execution_id, activity_id, activity_type, kind, key, created_at, removed) values ('{{Guid.NewGuid()}}', '{{waiting}}', '{{Guid.NewGuid()}}', 'attendre', 'T', 'k', 'k', '2026-11-02T10:00:00Z', false)""");
        var stopped = await InstanceAsync("""{"y": [{"k": "remplir", "x": 3, "c": "portail", "m": "secret", "at": "2026-11-03T10:00:00+00:00"}]}""", incidents: 1);
        await fixture.ExecuteAsync($"insert into workflow_bookmarks (id, instance_id, activity_execution_id, activity_id, activity_type, kind, key, created_at, closed_at, removed) values ('{Guid.NewGuid()}', '{stopped}', '{Guid.NewGuid()}', 'attendre', 'T', 'k', 'k', now(), now(), false)");
        var map = await ReadAsync();
        Assert.Equal((1, new DateTimeOffset(2026, 11, 2, 10, 0, 0, TimeSpan.Zero), 0), (map.Steps["attendre"].Standing, map.Steps["attendre"].Oldest, map.Steps["attendre"].Incidents));
        Assert.Equal((1, 1), (map.Steps["remplir"].Standing, map.Steps["remplir"].Incidents));
        Assert.Null(map.Steps["remplir"].Median);
    }

    private Task<TimeMap> ReadAsync() => new TimeMaps(fixture.Sources).ReadAsync("p", null, new DateOnly(2026, 10, 1), default);

    private static JournalEntry[] Whole(string activity)
    {
        var execution = Guid.NewGuid();
        return [Line(1, JournalEvent.Started, execution, activity, 0), Line(2, JournalEvent.Completed, execution, activity, 1)];
    }

    private static JournalEntry Line(long sequence, JournalEvent what, Guid execution, string activity, double hours, string? outcome = null) =>
        new(sequence, Start.AddHours(hours), what, execution, null, activity, "T", activity) { Outcome = what == JournalEvent.Completed ? outcome ?? "Done" : null, Data = new JsonObject { ["motif"] = "secret \0 \\\0 \\u0000" } };

    private async Task<Guid> InstanceAsync(string state = "{}", int incidents = 0)
    {
        var id = Guid.NewGuid();
        await fixture.ExecuteAsync(
            $"insert into workflow_instances (id, definition_id, definition_version_id, version, status, sub_status, incident_count, burst, priority, created_at, updated_at, input, output, properties, state) values ('{id}', 'p', 'p1', 1, 'Running', 'Suspended', {incidents}, 1, 0, now(), now(), '{{}}', '{{}}', '{{}}', '{state}')");
        return id;
    }

    private async Task BurstAsync(Guid instance, params JournalEntry[] lines)
    {
        await using var connection = await fixture.Sources.Staff.OpenConnectionAsync();
        await BurstAsync(instance, connection, lines);
    }

    /// <summary>Rows as bursts write them.</summary>
    private static async Task BurstAsync(Guid instance, NpgsqlConnection connection, params JournalEntry[] lines)
    {
        foreach (var row in JournalRows.Of(lines))
        {
            await using var command = new NpgsqlCommand("insert into workflow_journal (instance_id, burst, at, entries) values ($1, 1, $2, $3)", connection);
            command.Parameters.AddWithValue(instance);
            command.Parameters.AddWithValue(lines[0].At);
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text, Value = System.Text.Encoding.UTF8.GetString(row) });
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Tells when somebody begins to wait.</summary>
    private sealed class WaitingClock : TimeProvider
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Asked.TrySetResult();
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
