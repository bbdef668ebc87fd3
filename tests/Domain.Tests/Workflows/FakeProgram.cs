using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Domain.Tests.Workflows;

/// <summary>
/// A hand-written stand-in for the interpreter behind the same delegate: a definition is a list of steps, an instance stands at one of them. It lets the runtime's
/// guarantees be tested without the flowchart.
/// </summary>
public sealed class FakeProgram
{
    private static readonly ActivityRegistry Registry = new(new List<Type>(), []);
    private readonly ConcurrentDictionary<string, JsonArray> steps = new();

    /// <summary>Code of a test that runs inside a burst, by name.</summary>
    public ConcurrentDictionary<string, Func<IBurstScope, WorkflowInstance, Task>> Hooks { get; } = new();

    public WorkflowProgram Program => new(Compile, RunAsync) { Triggers = Triggers };

    /// <summary>The same as a Host that lacks an activity of some definitions.</summary>
    public WorkflowProgram ProgramWithout(string definitionId) =>
        new(version => version.DefinitionId == definitionId ? throw new InvalidOperationException("Activité inconnue.") : Compile(version), RunAsync) { Triggers = Triggers };

    private CompiledDefinition Compile(DefinitionVersion version)
    {
        steps[version.Id] = (JsonArray)JsonNode.Parse(version.Body)!;
        var empty = new JsonObject
        {
            ["id"] = version.Id,
            ["definitionId"] = version.DefinitionId,
            ["version"] = version.Version,
            ["name"] = version.Name,
            ["root"] = new JsonObject { ["id"] = "root", ["type"] = "Elsa.Flowchart", ["activities"] = new JsonArray(), ["connections"] = new JsonArray() },
        };
        return DefinitionLoader.Load(empty, Registry).Required;
    }

    private IReadOnlyList<WorkflowTrigger> Triggers(CompiledDefinition definition) =>
        [.. steps[definition.VersionId].Where(s => Text(s, "do") == "trigger").Select(s => new WorkflowTrigger(definition.DefinitionId, definition.VersionId, "t", Text(s, "kind"), Text(s, "key")))];

    private async Task<BurstResult> RunAsync(CompiledDefinition definition, WorkflowInstance instance, IReadOnlyList<InstanceMessage> messages, IBurstScope scope, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var run = new Run(steps[definition.VersionId], instance, new BurstResult { Instance = instance }, scope, now, Hooks);
        foreach (var message in messages)
        {
            await run.TakeAsync(message);
        }

        return run.End();
    }

    internal static string Text(JsonNode? node, string name) => node?[name]?.GetValue<string>() ?? "";

    private sealed class Run(JsonArray steps, WorkflowInstance instance, BurstResult result, IBurstScope scope, DateTimeOffset now, ConcurrentDictionary<string, Func<IBurstScope, WorkflowInstance, Task>> hooks)
    {
        private readonly JsonObject state = instance.State;

        internal async Task TakeAsync(InstanceMessage message)
        {
            if (instance.Status == InstanceStatus.Finished)
            {
                return;
            }

            Note($"{message.Kind}:{message.Actor}", message.Payload);
            var pending = state["pending"] as JsonObject ?? [];
            var key = (message.BookmarkId ?? message.ActivityExecutionId)?.ToString() ?? "";
            switch (message.Kind)
            {
                case MessageKind.Cancel:
                    Cancel(pending);
                    return;
                case MessageKind.SetVariables:
                    state["variables"] = message.Payload!.DeepClone();
                    return;
                case MessageKind.Start or MessageKind.Continue or MessageKind.SkipIncident:
                    break;
                case MessageKind.RetryIncident:
                    state["at"] = At - 1;
                    instance.IncidentCount = 0;
                    break;
                case MessageKind.Effect when (message.Payload?["form"]?.GetValue<string>()) == "failed":
                    instance.IncidentCount++;
                    Journal(JournalEvent.Faulted, Text(message.Payload, "code"));
                    pending.Remove(key);
                    return;
                default:
                    if (!pending.Remove(key))
                    {
                        return;
                    }

                    if (pending.Count > 0)
                    {
                        return;
                    }

                    break;
            }

            await GoAsync();
        }

        internal BurstResult End()
        {
            if (instance.Status == InstanceStatus.Running)
            {
                instance.SubStatus = InstanceSubStatus.Suspended;
            }

            return result;
        }

        private int At => state["at"]?.GetValue<int>() ?? 0;

        private async Task GoAsync()
        {
            while (At < steps.Count)
            {
                var step = steps[At]!;
                state["at"] = At + 1;
                Journal(JournalEvent.Completed, Text(step, "do"));
                if (await StepAsync(step))
                {
                    return;
                }
            }

            instance.Status = InstanceStatus.Finished;
            instance.SubStatus = InstanceSubStatus.Finished;
            instance.Output = new JsonObject { ["log"] = state["log"]?.DeepClone() };
        }

        /// <summary>True when the instance waits.</summary>
        private async Task<bool> StepAsync(JsonNode step)
        {
            var execution = Guid.NewGuid();
            switch (Text(step, "do"))
            {
                case "wait":
                    var count = step["count"]?.GetValue<int>() ?? 1;
                    for (var i = 0; i < count; i++)
                    {
                        Wait(Text(step, "kind"), Text(step, "key").Replace("{id}", instance.Id.ToString()) + (count == 1 ? "" : $"-{i}"), step["seconds"]?.GetValue<int>());
                    }

                    return true;
                case "effect":
                    result.NewEffects.Add(new ScheduledEffect(execution, instance.Id, "e", "Effet", Text(step, "type"), 1, step["input"]?.DeepClone().AsObject() ?? [], step["queue"]?.GetValue<string>() ?? "default", step["max"]?.GetValue<int>() ?? 5));
                    Pend(execution);
                    return true;
                case "child":
                    result.Children.Add(new ChildStart(Guid.NewGuid(), Text(step, "definition"), null, [], instance.CorrelationId, instance.Id, execution));
                    (state["children"] ??= new JsonArray()).AsArray().Add(result.Children[^1].InstanceId);
                    Pend(execution);
                    return true;
                case "publish":
                    result.Stimuli.Add(new PublishedStimulus(Guid.NewGuid(), Text(step, "kind"), Text(step, "key"), null, null, new JsonObject { ["from"] = instance.Id }));
                    return false;
                case "continue":
                    result.MustContinue = true;
                    return true;
                case "journal":
                    Journal(JournalEvent.Completed, "big", new string('x', step["size"]!.GetValue<int>()));
                    return false;
                case "hook":
                    await HookAsync(Text(step, "name"));
                    return false;
                default:
                    return false;
            }
        }

        /// <summary>As the interpreter does it: savepoint, activity, and on a surprise back to the savepoint and an incident.</summary>
        private async Task HookAsync(string name)
        {
            await scope.SaveAsync(CancellationToken.None);
            try
            {
                await hooks[name](scope, instance);
            }
            catch (Exception exception) when (!scope.MustRestartBurst(exception) && exception is not BugException)
            {
                await scope.RollBackAsync(CancellationToken.None);
                instance.IncidentCount++;
                Journal(JournalEvent.Faulted, exception.Message);
            }
        }

        private void Wait(string kind, string key, int? seconds)
        {
            var bookmark = new Bookmark(Guid.NewGuid(), instance.Id, Guid.NewGuid(), "w", "Wait", kind, key, now) { Until = seconds is { } s ? now.AddSeconds(s) : null };
            result.NewBookmarks.Add(bookmark);
            Pend(bookmark.Id);
        }

        private void Pend(Guid id)
        {
            var pending = state["pending"] as JsonObject;
            if (pending is null)
            {
                state["pending"] = pending = [];
            }

            pending[id.ToString()] = true;
        }

        private void Cancel(JsonObject pending)
        {
            var ids = pending.Select(p => Guid.Parse(p.Key)).ToList();
            result.RemovedBookmarks.AddRange(ids);
            result.CancelledEffects.AddRange(ids);
            result.CancelledChildren.AddRange((state["children"] as JsonArray ?? []).Select(c => c!.GetValue<Guid>()));
            instance.Status = InstanceStatus.Finished;
            instance.SubStatus = InstanceSubStatus.Cancelled;
            Journal(JournalEvent.Canceled, "");
        }

        private void Note(string what, JsonNode? payload) => (state["log"] ??= new JsonArray()).AsArray().Add(what + (payload is null ? "" : " " + payload.ToJsonString()));

        private void Journal(JournalEvent e, string outcome, string? data = null)
        {
            var sequence = (state["seq"]?.GetValue<long>() ?? 0) + 1;
            state["seq"] = sequence;
            result.Journal.Add(new JournalEntry(sequence, now, e, Guid.NewGuid(), null, "a", "Step", "Étape") { Outcome = outcome, Data = data });
        }
    }
}

/// <summary>An exception the fake interpreter does not catch: a bug of the engine itself.</summary>
public sealed class BugException : Exception;
