using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Tests.Support;

/// <summary>
/// Runs instances in memory for tests: delivers messages, events, timers, effects and child instances. Between bursts the state goes through text, so
/// every scenario proves persistence as well.
/// </summary>
internal sealed class Driver
{
    private readonly Dictionary<string, (CompiledDefinition Definition, JsonObject Json)> _definitions = [];
    private readonly Queue<InstanceMessage> _mailbox = new();
    private readonly List<PublishedStimulus> _waiting = [];
    private int _ids;

    internal Driver(IEnumerable<Type>? activities = null, InterpreterOptions? options = null, IServiceProvider? services = null)
    {
        Registry = new ActivityRegistry(activities ?? [], []);
        Scope = new TestScope(services ?? new NoServices());
        Interpreter = new Interpreter(Registry, (options ?? new InterpreterOptions()) with { ChildExists = (_, id) => ValueTask.FromResult(_definitions.ContainsKey(id)) });
    }

    internal ActivityRegistry Registry { get; }

    internal Interpreter Interpreter { get; }

    internal TestScope Scope { get; }

    internal DateTimeOffset Now { get; set; } = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    internal Dictionary<Guid, WorkflowInstance> Instances { get; } = [];

    internal List<Bookmark> Bookmarks { get; } = [];

    internal List<ScheduledEffect> Effects { get; } = [];

    internal List<JournalEntry> Journal { get; } = [];

    internal List<(Guid Instance, JournalEntry Entry)> JournalByInstance { get; } = [];

    internal List<BurstResult> Bursts { get; } = [];

    /// <summary>The texts of completed WriteLine activities, in order.</summary>
    internal IEnumerable<string?> Lines(Guid? instance = null) => JournalByInstance
        .Where(j => (instance is null || j.Instance == instance) && j.Entry is { ActivityType: "Elsa.WriteLine", Event: JournalEvent.Started })
        .Select(j => (string?)j.Entry.Data?["Text"]);

    internal LoadResult Load(JsonObject json)
    {
        var result = DefinitionLoader.Load(json, Registry, Sub);
        if (result.Definition is { } definition)
        {
            _definitions[definition.DefinitionId] = (definition, json);
        }

        return result;
    }

    internal WorkflowInstance Start(JsonObject json, JsonObject? input = null, string? trigger = null, JsonNode? payload = null)
    {
        var definition = Load(json).Required;
        return Start(definition.DefinitionId, input, trigger, payload);
    }

    internal WorkflowInstance Start(string definitionId, JsonObject? input = null, string? trigger = null, JsonNode? payload = null, string? correlationId = null)
    {
        var instance = Create(definitionId, NextId(), input, correlationId, null, null);
        Send(instance.Id, MessageKind.Start, m => m with { Payload = new JsonObject { ["triggerActivityId"] = trigger, ["payload"] = payload } });
        return Instances[instance.Id];
    }

    internal void Send(Guid instance, MessageKind kind, Func<InstanceMessage, InstanceMessage>? fill = null)
    {
        var message = new InstanceMessage(NextId(), instance, kind, Now);
        _mailbox.Enqueue(fill is null ? message : fill(message));
        Drain();
    }

    internal void Resume(Bookmark bookmark, JsonNode? payload = null, string? actor = null) =>
        Send(bookmark.InstanceId, MessageKind.Resume, m => m with { BookmarkId = bookmark.Id, Payload = payload, Actor = actor });

    internal void Event(string name, JsonNode? payload = null)
    {
        foreach (var bookmark in Bookmarks.Where(b => b is { Kind: "event" } && b.Key == name).ToList())
        {
            Resume(bookmark, payload?.DeepClone());
        }
    }

    /// <summary>Lets time pass, each due timer at its own moment.</summary>
    internal void Advance(TimeSpan time)
    {
        var end = Now + time;
        while (Bookmarks.Where(b => b.Until <= end).MinBy(b => b.Until) is { } due)
        {
            Now = due.Until!.Value;
            Bookmarks.Remove(due);
            Send(due.InstanceId, MessageKind.Timeout, m => m with { BookmarkId = due.Id });
        }

        Now = end;
    }

    /// <summary>Runs the oldest effect as a worker does, through text.</summary>
    internal void RunEffect()
    {
        var effect = Effects[0];
        Effects.RemoveAt(0);
        var instance = Instances[effect.InstanceId];
        var context = new ActivityContext
        {
            InstanceId = effect.InstanceId,
            DefinitionId = instance.DefinitionId,
            ActivityExecutionId = effect.ActivityExecutionId,
            ActivityId = effect.ActivityId,
            ActivityName = effect.ActivityName,
            Now = Now,
            IdempotencyKey = $"{effect.ActivityExecutionId}-{effect.Generation}",
        };
        var frozen = effect with { Input = (JsonObject)JsonNode.Parse(effect.Input.ToJsonString())! };
        var run = Registry.ExecuteEffectAsync(frozen, Scope.Services, context).GetAwaiter().GetResult();
        var payload = EffectRun.ToPayload(run.RecordAsync(Scope.Services, context).GetAwaiter().GetResult());
        Send(effect.InstanceId, MessageKind.Effect, m => m with { ActivityExecutionId = effect.ActivityExecutionId, Payload = payload });
    }

    internal JsonNode? Variable(WorkflowInstance instance, string name) => InstanceStateView.Variables(Instances[instance.Id], _definitions[instance.DefinitionId].Definition)[name];

    internal IReadOnlyList<IncidentView> Incidents(WorkflowInstance instance) => InstanceStateView.Incidents(Instances[instance.Id]);

    private JsonObject? Sub(SubDefinition sub) =>
        sub.DefinitionId is not null && _definitions.TryGetValue(sub.DefinitionId, out var found) ? found.Json
        : _definitions.Values.Select(d => d.Json).FirstOrDefault(j => new WorkflowDefinition(j).ActivityTypeName == sub.TypeName);

    private WorkflowInstance Create(string definitionId, Guid id, JsonObject? input, string? correlationId, Guid? parent, Guid? parentExecution)
    {
        var definition = _definitions[definitionId].Definition;
        return Instances[id] = new WorkflowInstance
        {
            Id = id,
            DefinitionId = definitionId,
            DefinitionVersionId = definition.VersionId,
            Version = definition.Version,
            Input = (JsonObject?)input?.DeepClone() ?? [],
            CorrelationId = correlationId,
            ParentInstanceId = parent,
            ParentExecutionId = parentExecution,
            CreatedAt = Now,
        };
    }

    private void Drain()
    {
        while (_mailbox.TryDequeue(out var message))
        {
            var instance = Instances[message.InstanceId];
            instance.State = (JsonObject)JsonNode.Parse(instance.State.ToJsonString())!;
            var result = Interpreter.RunAsync(_definitions[instance.DefinitionId].Definition, instance, [message], Scope, Now, CancellationToken.None).GetAwaiter().GetResult();
            instance.Burst++;
            Bursts.Add(result);
            Journal.AddRange(result.Journal);
            JournalByInstance.AddRange(result.Journal.Select(j => (instance.Id, j)));
            Bookmarks.RemoveAll(b => result.RemovedBookmarks.Contains(b.Id));
            Bookmarks.AddRange(result.NewBookmarks);
            Effects.RemoveAll(e => result.CancelledEffects.Contains(e.ActivityExecutionId));
            Effects.AddRange(result.NewEffects);
            if (result.MustContinue)
            {
                _mailbox.Enqueue(new InstanceMessage(NextId(), instance.Id, MessageKind.Continue, Now));
            }

            foreach (var child in result.Children)
            {
                Create(child.DefinitionId, child.InstanceId, child.Input, child.CorrelationId, child.ParentInstanceId, child.ParentExecutionId);
                _mailbox.Enqueue(new InstanceMessage(NextId(), child.InstanceId, MessageKind.Start, Now));
            }

            _waiting.AddRange(result.Stimuli);
            Deliver();
            if (instance is { Status: InstanceStatus.Finished, ParentInstanceId: { } parent, ParentExecutionId: { } execution })
            {
                var payload = new JsonObject { ["childId"] = instance.Id.ToString("D"), ["subStatus"] = instance.SubStatus.ToString(), ["output"] = instance.Output.DeepClone() };
                _mailbox.Enqueue(new InstanceMessage(NextId(), parent, MessageKind.Child, Now) { ActivityExecutionId = execution, Payload = payload });
            }
        }
    }

    private void Deliver()
    {
        foreach (var stimulus in _waiting.ToList())
        {
            var matching = Bookmarks.Where(b => b.Kind == stimulus.Kind && b.Key == stimulus.Key && (stimulus.OnlyInstanceId is null || b.InstanceId == stimulus.OnlyInstanceId)).ToList();
            foreach (var bookmark in matching)
            {
                Bookmarks.Remove(bookmark);
                _mailbox.Enqueue(new InstanceMessage(NextId(), bookmark.InstanceId, MessageKind.Resume, Now) { BookmarkId = bookmark.Id, Payload = stimulus.Payload?.DeepClone() });
            }

            if (matching.Count > 0)
            {
                _waiting.Remove(stimulus);
            }
        }
    }

    private Guid NextId() => new(++_ids, 7, 7, [1, 2, 3, 4, 5, 6, 7, 8]);

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}

/// <summary>Counts savepoints, so that tests see when they are used.</summary>
internal sealed class TestScope(IServiceProvider services) : IBurstScope
{
    internal int Saves { get; private set; }

    internal int RollBacks { get; private set; }

    internal Func<Exception, bool> Restarts { get; set; } = _ => false;

    public IServiceProvider Services => services;

    public Task SaveAsync(CancellationToken cancellationToken)
    {
        Saves++;
        return Task.CompletedTask;
    }

    public Task RollBackAsync(CancellationToken cancellationToken)
    {
        RollBacks++;
        return Task.CompletedTask;
    }

    public bool MustRestartBurst(Exception exception) => Restarts(exception);
}
