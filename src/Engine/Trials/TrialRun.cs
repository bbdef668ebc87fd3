using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;

namespace MonOPCO.Engine.Trials;

/// <summary>Where a trial begins.</summary>
public sealed record TrialSetup(Guid InstanceId, DateTimeOffset At, IReadOnlyList<TrialAnswer> Script)
{
    public string? CorrelationId { get; init; }

    public JsonObject Input { get; init; } = [];

    public string? Actor { get; init; }

    /// <summary>Time passes by itself where the procedure waits for nothing else.</summary>
    public bool LetsTimePass { get; init; }

    public int MaxBursts { get; init; } = 1_000;
}

/// <summary>
/// Plays a version on a script of answers: the interpreter and the in-database activities are the real ones and work in the scope that is given, whose transaction the caller
/// rolls back; effects, children and events never leave. Nothing of the engine's own is stored: no instance, bookmark, message or due work exists outside this object. The
/// same version, script and world give the same trial.
/// </summary>
public sealed class TrialRun
{
    private readonly Interpreter _interpreter;
    private readonly CompiledDefinition _definition;
    private readonly IBurstScope _scope;
    private readonly TrialWorld _world;
    private readonly TrialSetup _setup;
    private readonly CancellationToken _cancel;
    private readonly WorkflowInstance _instance;
    private readonly bool[] _used;
    private readonly List<TrialStep> _steps = [];
    private readonly List<ScheduledEffect> _effects = [];
    private readonly List<Bookmark> _bookmarks = [];
    private readonly List<ChildStart> _children = [];
    private DateTimeOffset _now;
    private IReadOnlyList<string> _outcomes = [];

    private TrialRun(Interpreter interpreter, CompiledDefinition definition, IBurstScope scope, TrialWorld world, TrialSetup setup, CancellationToken cancellationToken)
    {
        (_interpreter, _definition, _scope, _world, _setup, _cancel) = (interpreter, definition, scope, world, setup, cancellationToken);
        (_used, _now) = (new bool[setup.Script.Count], setup.At.ToUniversalTime());
        _instance = new WorkflowInstance
        {
            Id = setup.InstanceId,
            DefinitionId = definition.DefinitionId,
            DefinitionVersionId = definition.VersionId,
            Version = definition.Version,
            CorrelationId = setup.CorrelationId,
            Name = definition.Name,
            Input = (JsonObject)setup.Input.DeepClone(),
            CreatedAt = _now,
            UpdatedAt = _now,
        };
    }

    /// <summary>Failures of the transaction itself pass through: roll back and play again.</summary>
    public static Task<TrialResult> RunAsync(Interpreter interpreter, CompiledDefinition definition, IBurstScope scope, TrialWorld world, TrialSetup setup, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(interpreter);
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(setup);
        return new TrialRun(interpreter, definition, scope, world, setup, cancellationToken).RunAsync();
    }

    private bool IsOver => _instance.SubStatus is InstanceSubStatus.Finished or InstanceSubStatus.Cancelled;

    private bool IsTooLong => _steps.Count >= _setup.MaxBursts;

    private async Task<TrialResult> RunAsync()
    {
        await BurstAsync(Message(MessageKind.Start) with { Payload = new JsonObject(), Actor = _setup.Actor }, new TrialStep(0, _now));
        while (!IsOver && !IsTooLong && await AnswerAsync())
        {
        }

        return new TrialResult(IsOver ? TrialEnd.Finished : IsTooLong ? TrialEnd.TooLong : TrialEnd.Waiting, _instance, _now)
        {
            Steps = _steps,
            Needs = IsOver ? [] : Needs(),
            Unused = [.. Enumerable.Range(0, _used.Length).Where(i => !_used[i])],
            Outcomes = _outcomes,
        };
    }

    /// <summary>Applies the first line of the script that something waits for. False when there is none.</summary>
    private async Task<bool> AnswerAsync()
    {
        for (var line = 0; line < _used.Length; line++)
        {
            var answer = _setup.Script[line];
            if (_used[line] || answer.IsFact || !IsAwaited(answer))
            {
                continue;
            }

            // What happened beside the procedure until then.
            for (var fact = 0; fact < line; fact++)
            {
                if (!_used[fact] && _setup.Script[fact].IsFact)
                {
                    await ActAsync(fact, _setup.Script[fact], null);
                }
            }

            if (answer.Kind == TrialAnswerKind.Clock)
            {
                _used[line] = true;
                await AdvanceAsync(answer.At ?? (answer.By is { } by ? _now + by : NextTimer()?.Until ?? _now), answer, line);
                return true;
            }

            // Timers that ran out before it may have changed what is waited for.
            var bursts = _steps.Count;
            if (answer.At is { } at)
            {
                await AdvanceAsync(at);
            }

            if (_steps.Count > bursts && !IsAwaited(answer))
            {
                return true;
            }

            if (answer.At is null)
            {
                // Even by hand nothing happens twice at the same moment: what is older and what is newer must be told apart.
                _now = _now.AddMilliseconds(1);
            }

            if (await ApplyAsync(line, answer))
            {
                return true;
            }
        }

        if (_setup.LetsTimePass && Needs() is { Count: > 0 } needs && needs.All(x => x.IsOnlyTime) && NextTimer() is { Until: { } next })
        {
            await AdvanceAsync(next);
            return true;
        }

        return false;
    }

    private bool IsAwaited(TrialAnswer answer) => answer.Kind switch
    {
        TrialAnswerKind.Effect => _effects.Exists(x => x.ActivityId == answer.Activity),
        TrialAnswerKind.Act => answer.Activity is null || Waiting(answer) is not null,
        TrialAnswerKind.Child => _bookmarks.Exists(x => x.ActivityId == answer.Activity && x.Kind == "child"),
        TrialAnswerKind.Clock => !answer.IsRecorded || _bookmarks.Exists(x => x.ActivityId == answer.Activity && x.Until is not null),
        TrialAnswerKind.Retry or TrialAnswerKind.Skip => Incidents().Any(x => x.ActivityId == answer.Activity),
        _ => false,
    };

    private Bookmark? Waiting(TrialAnswer answer) => _bookmarks.Find(x => x.ActivityId == answer.Activity && x.Kind is not ("child" or "timer" or "retry"));

    private async Task<bool> ApplyAsync(int line, TrialAnswer answer)
    {
        switch (answer.Kind)
        {
            case TrialAnswerKind.Effect:
                var effect = _effects.Find(x => x.ActivityId == answer.Activity)!;
                _used[line] = true;
                _effects.Remove(effect);
                var result = await RehearseAsync(effect, answer);
                _now = answer.TakenAt is { } taken && taken > _now ? taken.ToUniversalTime() : _now;
                await BurstAsync(Message(MessageKind.Effect) with { ActivityExecutionId = effect.ActivityExecutionId, Payload = EffectRun.ToPayload(result), Actor = "workflow" }, Step(line, answer));
                return true;
            case TrialAnswerKind.Act:
                return await ActAsync(line, answer, answer.Activity is null ? null : Waiting(answer));
            case TrialAnswerKind.Child:
                _used[line] = true;
                var waiting = _bookmarks.Find(x => x.ActivityId == answer.Activity && x.Kind == "child")!;
                var child = _children.Find(x => x.ParentExecutionId == waiting.ActivityExecutionId);
                if (child is not null)
                {
                    _children.Remove(child);
                }

                var payload = new JsonObject
                {
                    ["childId"] = child?.InstanceId,
                    ["subStatus"] = "Finished",
                    ["output"] = answer.Data?.DeepClone() ?? new JsonObject(),
                    ["outcomes"] = answer.Outcome is { Length: > 0 } outcome ? new JsonArray(outcome) : new JsonArray(),
                };
                await BurstAsync(Message(MessageKind.Child) with { ActivityExecutionId = waiting.ActivityExecutionId, Payload = payload, Actor = "workflow" }, Step(line, answer));
                return true;
            default:
                _used[line] = true;
                var incident = Incidents().First(x => x.ActivityId == answer.Activity);
                var (kind, data) = answer.Kind == TrialAnswerKind.Retry
                    ? (MessageKind.RetryIncident, answer.Data is JsonObject input ? new JsonObject { ["input"] = input.DeepClone() } : new JsonObject())
                    : (MessageKind.SkipIncident, new JsonObject { ["outcome"] = answer.Outcome, ["output"] = answer.Data?.DeepClone() });
                await BurstAsync(Message(kind) with { ActivityExecutionId = incident.ExecutionId, Payload = data, Actor = answer.Actor }, Step(line, answer));
                return true;
        }
    }

    private async Task<bool> ActAsync(int line, TrialAnswer answer, Bookmark? waiting)
    {
        TrialAct act;
        await _scope.SaveAsync(_cancel);
        try
        {
            act = await _world.ActAsync(_scope.Services, answer, waiting, answer.IsFact && answer.At is { } at && at > _now ? at : _now, _cancel);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !_scope.MustRestartBurst(exception))
        {
            await _scope.RollBackAsync(_cancel);
            _used[line] = true;
            _steps.Add(Step(line, answer) with { Refused = exception.Message, Variables = Variables(), World = _steps[^1].World });
            return true;
        }

        if (!act.IsPossible)
        {
            return false;
        }

        _used[line] = true;
        waiting ??= act.Resumes is var (kind, key) ? _bookmarks.Find(x => x.Kind == kind && x.Key == key) : null;
        if (waiting is not null)
        {
            _bookmarks.Remove(waiting);
            await BurstAsync(Message(MessageKind.Resume) with { BookmarkId = waiting.Id, ActivityExecutionId = waiting.ActivityExecutionId, Payload = act.Payload, Actor = answer.Actor }, Step(line, answer));
        }
        else if (!answer.IsFact || !answer.IsRecorded)
        {
            _steps.Add(Step(line, answer) with { Variables = Variables(), World = await _world.LookAsync(_scope.Services, _cancel) });
        }

        return true;
    }

    /// <summary>Timers fire in the order in which they are due, each at its own time.</summary>
    private async Task AdvanceAsync(DateTimeOffset to, TrialAnswer? answer = null, int line = -1)
    {
        to = to.ToUniversalTime();
        var bursts = _steps.Count;
        while (!IsOver && !IsTooLong && NextTimer() is { Until: { } due } timer && due <= to)
        {
            _now = due > _now ? due.ToUniversalTime() : _now;
            _bookmarks.Remove(timer);
            await BurstAsync(Message(MessageKind.Timeout) with { BookmarkId = timer.Id, ActivityExecutionId = timer.ActivityExecutionId }, Step(line, answer) with { Timer = timer });
        }

        _now = to > _now ? to : _now;
        if (answer is { IsRecorded: false } && _steps.Count == bursts)
        {
            // Nothing was due: the step of the clock is shown all the same.
            _steps.Add(Step(line, answer) with { Variables = Variables(), World = _steps[^1].World });
        }
    }

    private Bookmark? NextTimer() => _bookmarks.Where(x => x.Until is not null).MinBy(x => x.Until);

    /// <summary>What the activity would have recorded; when that cannot be, the effect has failed.</summary>
    private async Task<EffectResult> RehearseAsync(ScheduledEffect effect, TrialAnswer answer)
    {
        if (answer.Code is { Length: > 0 } code)
        {
            return new EffectResult { Form = "failed", Code = code, Message = answer.Message };
        }

        var context = new ActivityContext
        {
            InstanceId = _instance.Id,
            DefinitionId = _instance.DefinitionId,
            CorrelationId = _instance.CorrelationId,
            ActivityExecutionId = effect.ActivityExecutionId,
            ActivityId = effect.ActivityId,
            ActivityName = effect.ActivityName,
            Now = _now,
            IdempotencyKey = $"{_instance.Id:N}-{effect.ActivityExecutionId:N}",
            CancellationToken = _cancel,
        };
        await _scope.SaveAsync(_cancel);
        try
        {
            var outcome = answer.Outcome ?? "Done";
            var output = await _interpreter.Registry.RehearseEffectAsync(effect, outcome, (JsonObject?)answer.Data?.DeepClone() ?? [], _scope.Services, context);
            return new EffectResult { Form = "done", Outcome = outcome, Output = output };
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !_scope.MustRestartBurst(exception))
        {
            await _scope.RollBackAsync(_cancel);
            return new EffectResult { Form = "failed", Code = "trial-record", Message = exception.Message };
        }
    }

    private async Task BurstAsync(InstanceMessage message, TrialStep step)
    {
        var (journal, withheld) = (new List<JournalEntry>(), new List<string>());
        for (InstanceMessage? next = message with { Payload = ThroughText(message.Payload) }; next is not null;)
        {
            // Between two bursts a real instance is text in a row.
            _instance.State = (JsonObject)ThroughText(_instance.State)!;
            var result = await _interpreter.RunAsync(_definition, _instance, [next], _scope, _now, _cancel);
            _instance.Burst++;
            journal.AddRange(result.Journal);
            _effects.RemoveAll(x => result.CancelledEffects.Contains(x.ActivityExecutionId));
            _effects.AddRange(result.NewEffects);
            _bookmarks.RemoveAll(x => result.RemovedBookmarks.Contains(x.Id));
            _bookmarks.AddRange(result.NewBookmarks);
            _children.RemoveAll(x => result.CancelledChildren.Contains(x.InstanceId));
            _children.AddRange(result.Children.Where(x => x.ParentExecutionId is not null));
            withheld.AddRange(result.Stimuli.Select(x => $"Événement « {x.Key} » : non diffusé."));
            withheld.AddRange(result.Children.Select(x => $"Procédure « {x.DefinitionId} » : non démarrée."));
            _outcomes = result.Outcomes.Count > 0 ? result.Outcomes : _outcomes;
            next = result.MustContinue ? Message(MessageKind.Continue) : null;
        }

        _steps.Add(step with { Journal = journal, Withheld = withheld, Variables = Variables(), World = await _world.LookAsync(_scope.Services, _cancel) });
    }

    private static JsonNode? ThroughText(JsonNode? node) => node is null ? null : JsonNode.Parse(node.ToJsonString(), null, new System.Text.Json.JsonDocumentOptions { MaxDepth = 256 });

    private List<TrialNeed> Needs() =>
    [
        .. Incidents().Select(x => new TrialNeed(TrialAnswerKind.Retry, x.ActivityId) { Incident = x }),
        .. _effects.Select(x => new TrialNeed(TrialAnswerKind.Effect, x.ActivityId) { Effect = x }),
        .. _bookmarks.Select(x => new TrialNeed(x.Kind == "child" ? TrialAnswerKind.Child : x.Kind is "timer" or "retry" ? TrialAnswerKind.Clock : TrialAnswerKind.Act, x.ActivityId) { Bookmark = x }),
    ];

    /// <summary>Incidents name the activity by its key; the script names it by its id.</summary>
    private IEnumerable<IncidentView> Incidents() => InstanceStateView.Incidents(_instance).Select(x => _definition.Find(x.ActivityId) is { } node ? x with { ActivityId = node.Id } : x);

    private JsonObject Variables() => InstanceStateView.Variables(_instance, _definition);

    private TrialStep Step(int line, TrialAnswer? answer) => new(_steps.Count, _now) { Answer = answer, Line = line };

    private InstanceMessage Message(MessageKind kind) => new(Guid.NewGuid(), _instance.Id, kind, _now);
}
