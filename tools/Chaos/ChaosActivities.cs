using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Engine.Activities;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Chaos.Nothing>;

namespace MonOPCO.Chaos;

public sealed record Nothing;

/// <summary>In-database: one row per run, nothing refuses a second one. What is there twice happened twice.</summary>
[Activity("Chaos.Record", Title = "Record", Category = "Chaos")]
public sealed class Record(MonOpcoDbContext db) : Activity<Record.Input, Nothing>
{
    public sealed record Input
    {
        public string Step { get; init; } = "";
    }

    public override async Task<ActivityResult<Nothing>> ExecuteAsync(Input input, ActivityContext context)
    {
        await db.Database.ExecuteSqlAsync($"insert into chaos_witness (instance_id, step) values ({context.InstanceId}, {input.Step})", context.CancellationToken);
        return new Done(new Nothing());
    }
}

/// <summary>Effect: a request to the Sandbox under the stable key. Slow enough to be killed in; every tenth answer is lost on the way.</summary>
[Activity("Chaos.Call", Title = "Call", Category = "Chaos", Kind = ActivityKind.Effect, MaxAttempts = 1000)]
public sealed class Call(ChaosSandbox sandbox) : Activity<Nothing, Nothing>
{
    public override async Task<ActivityResult<Nothing>> ExecuteAsync(Nothing input, ActivityContext context)
    {
        await Task.Delay(Random.Shared.Next(5, 60), context.CancellationToken);
        using var answer = await sandbox.Client.PostAsync(new Uri($"/control/effects/{context.IdempotencyKey}", UriKind.Relative), null, context.CancellationToken);
        answer.EnsureSuccessStatusCode();
        await Task.Delay(Random.Shared.Next(5, 60), context.CancellationToken);
        return Random.Shared.Next(10) == 0 ? new RetryLater(TimeSpan.FromMilliseconds(200), "the answer was lost") : new Done(new Nothing());
    }
}
