using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Bench;

/// <summary>The interpreter alone, on one thread: activities per second from a JSON definition.</summary>
internal static class MemoryBench
{
    private const int Steps = 100;

    internal static async Task RunAsync(Report report)
    {
        var registry = new ActivityRegistry((IEnumerable<Type>)[typeof(Concat)], []);
        var builtIn = DefinitionLoader.Load(Definitions.BuiltIn("builtin", Steps), registry).Required;
        var hosted = DefinitionLoader.Load(Definitions.Hosted("hosted", Steps), registry).Required;
        var scope = new Scope(new ServiceCollection().BuildServiceProvider());
        report.Section("In memory");
        report.Line($"{Steps} activities per instance, one thread, medians of 5 interleaved rounds. The journal is what a durable run stores; without it only faults are noted.");
        report.Line("");
        report.Line("| activities/s | journal off | journal on | wanted |");
        report.Line("|---|---|---|---|");
        var cases = new[] { (builtIn, JournalLevel.Exceptions), (builtIn, JournalLevel.Full), (hosted, JournalLevel.Exceptions), (hosted, JournalLevel.Full) }
            .Select(c => (Definition: c.Item1, Interpreter: new Interpreter(registry, new InterpreterOptions { Journal = c.Item2 }), Rates: new List<double>())).ToList();
        for (var round = 0; round < 6; round++)
        {
            foreach (var one in cases)
            {
                var rate = await MeasureAsync(one.Definition, one.Interpreter, scope, TimeSpan.FromSeconds(1));
                if (round > 0)
                {
                    one.Rates.Add(rate);
                }
            }
        }

        var medians = cases.ConvertAll(c => Report.Median(c.Rates));
        report.Line($"| built-in (`SetName`) | {medians[0]:N0} | {medians[1]:N0} | 1,000,000 |");
        report.Line($"| `Activity<Input, Output>`, two inputs | {medians[2]:N0} | {medians[3]:N0} | 200,000 |");
        report.Line("");
    }

    private static async Task<double> MeasureAsync(CompiledDefinition definition, Interpreter interpreter, Scope scope, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        var count = 0;
        var now = DateTimeOffset.UtcNow;
        while (clock.Elapsed < time)
        {
            var instance = new WorkflowInstance { Id = Guid.NewGuid(), DefinitionId = definition.DefinitionId, DefinitionVersionId = definition.VersionId, Version = 1, CreatedAt = now };
            var start = new InstanceMessage(Guid.NewGuid(), instance.Id, MessageKind.Start, now) { Payload = new JsonObject() };
            await interpreter.RunAsync(definition, instance, [start], scope, now, CancellationToken.None);
            if (instance.SubStatus != InstanceSubStatus.Finished || instance.IncidentCount > 0)
            {
                throw new InvalidOperationException($"The measured workflow is {instance.SubStatus}: {instance.State.ToJsonString()}");
            }

            count += Steps;
        }

        return count / clock.Elapsed.TotalSeconds;
    }

    private sealed class Scope(IServiceProvider services) : IBurstScope
    {
        public IServiceProvider Services => services;

        public Task SaveAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task RollBackAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public bool MustRestartBurst(Exception exception) => false;
    }
}
