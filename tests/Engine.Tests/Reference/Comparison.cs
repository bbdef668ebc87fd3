using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Definitions;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Tests.Support;

namespace MonOPCO.Engine.Tests.Reference;

/// <summary>
/// One workflow run by the model, with everything that happens to it drawn by chance (which waits are resumed, in what order, how many in one burst, what operators
/// do), then by the engine with the very same messages: once with the state kept between bursts, once with the state through text as the store does it.
/// </summary>
internal sealed class Comparison
{
    private const int TooLong = 600;
    private static readonly ActivityRegistry Registry = new(Array.Empty<Type>(), []);
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);
    private readonly Spec _spec;
    private readonly ReferenceModel _model;
    private readonly InterpreterOptions _options;
    private readonly bool _continues;
    private readonly List<(Message[] Messages, Snapshot After)> _script = [];

    internal Comparison(Spec spec, int seed)
    {
        var random = new Random(seed);
        _spec = spec;
        _continues = random.Next(2) == 0;
        _options = new InterpreterOptions { MaxSteps = random.Next(4) switch { 0 => 1, 1 => 3, _ => 1000 }, MaxDuration = TimeSpan.FromHours(1), MaxContinuations = int.MaxValue, Journal = JournalLevel.Events };
        _model = new ReferenceModel(spec, _options.MaxSteps, _continues);
        Play(random);
    }

    private sealed record Snapshot(int Trace, string Waits, string Incidents, string Status, bool MustContinue);

    /// <summary>The model went round for so long that the case was left: circles in circles.</summary>
    internal bool IsTooLong { get; private set; }

    internal ReferenceModel Model => _model;

    /// <summary>Null when all agree, otherwise what differs.</summary>
    internal string? Difference()
    {
        if (IsTooLong)
        {
            return null;
        }

        var more = _continues ? """{ "options": { "incidentStrategyType": "Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy, Elsa.Workflows.Core" } }""" : null;
        var loaded = DefinitionLoader.Load(Flow.Definition(_spec.ToJson(), variables: "N:Int32=0", more: more), Registry, _ => null);
        if (loaded.Definition is null)
        {
            return "The definition is refused: " + string.Join("; ", loaded.Problems);
        }

        var kept = new EngineRun(loaded.Definition, _options, false);
        var stored = new EngineRun(loaded.Definition, _options, true);
        return Differs(kept, "state kept") ?? Differs(stored, "state through text")
            ?? (kept.Ids.SequenceEqual(stored.Ids) ? null : "The two engine runs gave different ids.")
            ?? Invariants.Broken(_spec, stored.Journal, _model.IsFinished);
    }

    private string? Differs(EngineRun run, string which)
    {
        foreach (var (messages, expected) in _script)
        {
            run.Burst(messages);
            var actual = new Snapshot(run.Trace.Count, run.OpenWaits, run.Incidents, run.Status, run.MustContinue);
            if (!_model.Trace.Take(expected.Trace).SequenceEqual(run.Trace) || actual != expected)
            {
                var same = _model.Trace.Zip(run.Trace).TakeWhile(p => p.First == p.Second).Count();
                return $"{which}, MaxSteps {_options.MaxSteps}, after {string.Join(" | ", _script.Select(s => string.Join(", ", s.Messages.Select(m => $"{m.Act} {m.Number}"))))}\n"
                    + $"model : {string.Join("; ", _model.Trace.Take(expected.Trace).Skip(same))}\nengine: {string.Join("; ", run.Trace.Skip(same))}\n(same before: {string.Join("; ", run.Trace.Take(same))})\n"
                    + $"model : {expected}\nengine: {actual}";
            }
        }

        return null;
    }

    private void Play(Random random)
    {
        Burst([new Message(Act.Start, 0)]);
        for (var operations = 0; !_model.IsFinished && !IsTooLong; operations++)
        {
            var open = _model.OpenWaits;
            if (random.Next(60) == 0 || operations > 60)
            {
                Burst([new Message(Act.Cancel, 0)]);
            }
            else if (_model.MustContinue && (open.Length == 0 || random.Next(4) > 0))
            {
                Burst([new Message(Act.Continue, 0)]);
            }
            else if (open.Length > 0 && (_model.Incidents.Count == 0 || random.Next(5) > 0))
            {
                // Some at once, now and then one twice or one that is over: the second must be late, not run.
                var chosen = Enumerable.Range(0, random.Next(3) == 0 ? random.Next(1, 4) : 1).Select(_ => open[random.Next(open.Length)]).ToList();
                Burst([.. chosen.Select(number => new Message(Act.Resume, random.Next(20) == 0 ? random.Next(_model.Waits.Count) : number))]);
            }
            else
            {
                Burst([new Message(random.Next(4) == 0 ? Act.Retry : Act.Skip, random.Next(_model.Incidents.Count))]);
            }
        }

        if (!IsTooLong && random.Next(4) == 0 && _model.Waits.Count > 0)
        {
            Burst([new Message(Act.Resume, random.Next(_model.Waits.Count))]);
        }
    }

    private void Burst(Message[] messages)
    {
        _model.Burst(messages);
        IsTooLong = _model.StepsInAll > TooLong;
        _script.Add((messages, new Snapshot(_model.Trace.Count, string.Join(' ', _model.OpenWaits), string.Join(' ', _model.Incidents.Select(i => $"{i.Run.Spec.Id}:{i.Code}")), _model.Status, _model.MustContinue)));
    }

    private sealed class EngineRun(CompiledDefinition definition, InterpreterOptions options, bool throughText)
    {
        private static readonly TestScope Scope = new(new NoServices());
        private readonly Interpreter _interpreter = new(Registry, options);
        private readonly Dictionary<Guid, Bookmark> _bookmarks = [];
        private readonly List<(Guid Execution, Bookmark? Bookmark)> _waits = [];
        private readonly WorkflowInstance _instance = new() { Id = new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]), DefinitionId = definition.DefinitionId, DefinitionVersionId = definition.VersionId, Version = 1, CreatedAt = Now };

        internal List<string> Trace { get; } = [];

        internal List<JournalEntry> Journal { get; } = [];

        internal IEnumerable<Guid> Ids => Journal.Select(j => j.ActivityExecutionId).Concat(_waits.Select(w => w.Bookmark?.Id ?? Guid.Empty));

        internal bool MustContinue { get; private set; }

        internal string Status => _instance.SubStatus.ToString();

        internal string OpenWaits => string.Join(' ', Enumerable.Range(0, _waits.Count).Where(i => _bookmarks.Values.Any(b => b.ActivityExecutionId == _waits[i].Execution)));

        internal string Incidents => string.Join(' ', InstanceStateView.Incidents(_instance).Select(i => $"{i.ActivityId}:{i.Code}"));

        internal void Burst(Message[] messages)
        {
            if (throughText)
            {
                _instance.State = (JsonObject)JsonNode.Parse(_instance.State.ToJsonString())!;
            }

            var incidents = InstanceStateView.Incidents(_instance);
            var result = _interpreter.RunAsync(definition, _instance, [.. messages.Select(m => ToMessage(m, incidents))], Scope, Now, CancellationToken.None).GetAwaiter().GetResult();
            _instance.Burst++;
            MustContinue = result.MustContinue;
            Journal.AddRange(result.Journal);
            Trace.AddRange(result.Journal.Select(Line));
            foreach (var id in result.RemovedBookmarks)
            {
                Assert.True(_bookmarks.Remove(id), "A bookmark is removed that does not exist.");
            }

            foreach (var bookmark in result.NewBookmarks)
            {
                _bookmarks.Add(bookmark.Id, bookmark);
            }

            // A wait that was given up in the burst in which it began has no bookmark.
            _waits.AddRange(result.Journal.Where(j => j.Event == JournalEvent.Suspended).Select(j => (j.ActivityExecutionId, result.NewBookmarks.Find(b => b.ActivityExecutionId == j.ActivityExecutionId))));
        }

        private InstanceMessage ToMessage(Message message, IReadOnlyList<IncidentView> incidents)
        {
            var kind = message.Act switch
            {
                Act.Start => MessageKind.Start,
                Act.Continue => MessageKind.Continue,
                Act.Resume => _waits[message.Number].Bookmark?.Kind == "timer" ? MessageKind.Timeout : MessageKind.Resume,
                Act.Retry => MessageKind.RetryIncident,
                Act.Skip => MessageKind.SkipIncident,
                _ => MessageKind.Cancel,
            };
            return new InstanceMessage(Guid.Empty, _instance.Id, kind, Now)
            {
                BookmarkId = message.Act == Act.Resume ? _waits[message.Number].Bookmark?.Id ?? Guid.Empty : null,
                ActivityExecutionId = message.Act is Act.Retry or Act.Skip && message.Number < incidents.Count ? incidents[message.Number].ExecutionId : null,
            };
        }

        private static string Line(JournalEntry entry) => entry switch
        {
            { Event: JournalEvent.Resumed, Outcome: "Late" } => "late",
            { Event: JournalEvent.Faulted, Outcome: "stuck" } => "stuck",
            { Event: JournalEvent.Canceled, Outcome: "Cancelled" } => "cancelled",
            { Event: JournalEvent.Started } => $"+ {entry.ActivityId}",
            { Event: JournalEvent.Completed } => $"- {entry.ActivityId} {entry.Outcome}",
            { Event: JournalEvent.Suspended } => $"~ {entry.ActivityId}",
            { Event: JournalEvent.Resumed } => $"> {entry.ActivityId}",
            { Event: JournalEvent.Canceled } => $"x {entry.ActivityId}",
            { Event: JournalEvent.Retried } => $"r {entry.ActivityId}",
            _ => $"! {entry.ActivityId} {entry.Outcome}",
        };
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
