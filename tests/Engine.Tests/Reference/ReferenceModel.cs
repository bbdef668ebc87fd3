namespace MonOPCO.Engine.Tests.Reference;

/// <summary>One run of one activity, as the model sees it.</summary>
internal sealed class Run(Spec spec, Run? parent)
{
    internal Spec Spec { get; } = spec;

    internal Run? Parent { get; } = parent;

    internal List<Run> Children { get; } = [];

    internal bool IsOver { get; set; }

    internal bool IsFaulted { get; set; }

    internal bool IsWaiting { get; set; }

    /// <summary>Is being ended: what its children do meanwhile does not move it.</summary>
    internal bool IsEnding { get; set; }

    internal bool IsBreaking { get; set; }

    /// <summary>Was started by a connection that leads back.</summary>
    internal bool CameBack { get; set; }

    /// <summary>How far a sequence or loop has come, or how many branches have ended.</summary>
    internal int Place { get; set; }

    internal ChartState? Chart { get; set; }

    internal bool IsActive => !IsOver && !IsFaulted;

    internal IEnumerable<Run> All() => Children.SelectMany(c => c.All()).Prepend(this);
}

internal enum Act
{
    Start,
    Continue,
    Resume,
    Retry,
    Skip,
    Cancel,
}

/// <summary>What wakes the instance: <see cref="Number"/> is that of the wait (in the order in which they began) or of the open incident.</summary>
internal sealed record Message(Act Act, int Number);

/// <summary>
/// How workflows run, written to be read: the rules of Elsa's activities with the differences of docs/elsa-compatibility.md, over plain lists, without any
/// thought for speed or for what is kept between bursts. Nothing of it comes from the engine. The trace is what the journal must say, in order.
/// Other parts: ReferenceModel.Charts.cs (what follows what in a flowchart).
/// </summary>
internal sealed partial class ReferenceModel(Spec root, int maxSteps, bool continuesWithIncidents)
{
    private readonly Run _workflow = new(new Spec("Workflow", Kind.If), null);
    private readonly List<(Spec Spec, Run Owner, bool GoesBack)> _queue = [];
    private int _n;
    private int _steps;

    internal List<string> Trace { get; } = [];

    /// <summary>Every wait that ever began.</summary>
    internal List<Run> Waits { get; } = [];

    internal List<(Run Run, string Code)> Incidents { get; } = [];

    internal bool IsFinished { get; private set; }

    internal bool MustContinue { get; private set; }

    internal int StepsInAll { get; private set; }

    internal string Status { get; private set; } = "";

    internal int[] OpenWaits => [.. Enumerable.Range(0, Waits.Count).Where(i => Waits[i].IsWaiting)];

    internal void Burst(IEnumerable<Message> messages)
    {
        _steps = 0;
        foreach (var message in messages)
        {
            Apply(message);
            Work();
        }

        Settle();
    }

    private void Apply(Message message)
    {
        if (IsFinished)
        {
            Trace.Add("late");
            return;
        }

        switch (message.Act)
        {
            case Act.Start:
                Schedule(root, _workflow);
                break;
            case Act.Resume when !Waits[message.Number].IsWaiting:
                Trace.Add("late");
                break;
            case Act.Resume:
                var resumed = Waits[message.Number];
                resumed.IsWaiting = false;
                Trace.Add($"> {resumed.Spec.Id}");
                Complete(resumed, ["Done"]);
                break;
            case Act.Retry or Act.Skip when message.Number >= Incidents.Count:
                Trace.Add("late");
                break;
            case Act.Skip:
                Complete(Recovered(message.Number).Run, ["Done"]);
                break;
            case Act.Retry:
                var (run, code) = Recovered(message.Number);
                Trace.Add($"r {run.Spec.Id}");
                if (code != "stuck")
                {
                    // It begins anew: what the failed attempt had under way is given up.
                    GiveUpChildren(run);
                    _queue.RemoveAll(q => q.Owner == run);
                    (run.Place, run.IsBreaking) = (0, false);
                    Begin(run);
                }

                break;
            case Act.Cancel:
                GiveUpChildren(_workflow);
                Trace.Add("cancelled");
                Finish("Cancelled");
                break;
        }
    }

    private (Run Run, string Code) Recovered(int number)
    {
        var incident = Incidents[number];
        Incidents.RemoveAt(number);
        incident.Run.IsFaulted = false;
        return incident;
    }

    private void Work()
    {
        while (_queue.Count > 0 && _steps < maxSteps)
        {
            var (spec, owner, goesBack) = _queue[0];
            _queue.RemoveAt(0);
            if (!owner.IsActive)
            {
                continue;
            }

            _steps++;
            StepsInAll++;
            var run = new Run(spec, owner) { CameBack = goesBack };
            owner.Children.Add(run);
            Begin(run);
        }
    }

    private void Settle()
    {
        MustContinue = !IsFinished && _queue.Count > 0;
        if (IsFinished)
        {
            return;
        }

        if (!MustContinue && Incidents.Count == 0 && OpenWaits.Length == 0)
        {
            // Nothing can move it any more: told at the innermost activity of the first branch.
            var run = _workflow;
            while (run.Children.Count > 0)
            {
                run = run.Children[0];
            }

            run.IsFaulted = true;
            Incidents.Add((run, "stuck"));
            Trace.Add("stuck");
        }

        // Work that what it belongs to has given up meanwhile.
        _queue.RemoveAll(q => q.Owner.IsOver);
        Status = Incidents.Exists(i => i.Code != "stuck") && !continuesWithIncidents ? "Faulted" : MustContinue ? "Executing" : "Suspended";
    }

    private void Schedule(Spec spec, Run owner, bool goesBack = false) => _queue.Add((spec, owner, goesBack));

    private bool Ask(Test test) => test.Holds(++_n);

    private void Begin(Run run)
    {
        Trace.Add($"+ {run.Spec.Id}");
        var spec = run.Spec;
        switch (spec.Kind)
        {
            case Kind.Set:
                _n++;
                Complete(run, ["Done"]);
                break;
            case Kind.Event or Kind.Delay:
                run.IsWaiting = true;
                Waits.Add(run);
                Trace.Add($"~ {spec.Id}");
                break;
            case Kind.Fault:
                Fail(run, "0");
                break;
            case Kind.Break:
                Break(run);
                Complete(run, ["Done"]);
                break;
            case Kind.Finish:
                Finish(run);
                break;
            case Kind.Complete:
                // Ends the definition it is in: here the workflow.
                _workflow.IsEnding = true;
                Complete(run, ["Done"]);
                _workflow.IsEnding = false;
                Complete(_workflow, ["Done"]);
                break;
            case Kind.Decision:
                Complete(run, [Ask(spec.Tests[0]) ? "True" : "False"]);
                break;
            case Kind.FlowSwitch:
                Complete(run, Matching(spec));
                break;
            case Kind.FlowFork:
                Complete(run, spec.Ports);
                break;
            case Kind.Join:
                if (run.Parent!.Spec is { Kind: Kind.Chart, Mode: not "OnTokens" })
                {
                    GiveUpPathsTo(run.Parent, spec);
                }

                Complete(run, ["Done"]);
                break;
            case Kind.Chart when spec.Inner.Length > 0:
                run.Chart = new ChartState(spec);
                Schedule(spec.Inner[0], run);
                break;
            case Kind.If:
                ScheduleOrComplete(run, spec.Inner.ElementAtOrDefault(Ask(spec.Tests[0]) ? 0 : 1));
                break;
            case Kind.Parallel when spec.Inner.Length > 0:
                spec.Inner.ToList().ForEach(branch => Schedule(branch, run));
                break;
            case Kind.ParallelForEach when spec.Count > 0:
                Enumerable.Range(0, spec.Count).ToList().ForEach(_ => Schedule(spec.Inner[0], run));
                break;
            case Kind.Sequence or Kind.For or Kind.ForEach or Kind.While:
                Next(run);
                break;
            default:
                Complete(run, ["Done"]);
                break;
        }
    }

    private string[] Matching(Spec spec)
    {
        var matching = new List<string>();
        for (var i = 0; i < spec.Tests.Length && (matching.Count == 0 || spec.Mode == "MatchAny"); i++)
        {
            if (Ask(spec.Tests[i]))
            {
                matching.Add("c" + i);
            }
        }

        return matching.Count == 0 ? ["Default"] : [.. matching];
    }

    private void Next(Run run) => ScheduleOrComplete(run, run.Spec.Kind switch
    {
        Kind.Sequence => run.Spec.Inner.ElementAtOrDefault(run.Place++),
        Kind.While => Ask(run.Spec.Tests[0]) ? run.Spec.Inner[0] : null,
        _ => run.Place++ < run.Spec.Count ? run.Spec.Inner[0] : null,
    });

    private void ScheduleOrComplete(Run run, Spec? next)
    {
        if (next is null)
        {
            Complete(run, ["Done"]);
        }
        else
        {
            Schedule(next, run);
        }
    }

    /// <summary>Tells what is around it, up to the loop that it ends. A flowchart or ParallelForEach on the way does not hear it.</summary>
    private static void Break(Run run)
    {
        for (var above = run.Parent; above is not null; above = above.Parent)
        {
            above.IsBreaking |= above.Spec.Kind is Kind.Sequence or Kind.Parallel or Kind.While or Kind.For or Kind.ForEach;
            if (above.Spec.Kind is Kind.While or Kind.For or Kind.ForEach)
            {
                return;
            }
        }
    }

    private void Complete(Run run, string[] outcomes)
    {
        if (!run.IsActive || run.IsEnding)
        {
            return;
        }

        GiveUpChildren(run);
        run.IsOver = true;
        if (run.Parent is not { } parent)
        {
            Finish("Finished");
            return;
        }

        Trace.Add($"- {run.Spec.Id} {string.Join(", ", outcomes)}");
        parent.Children.Remove(run);
        if (parent.IsActive && !parent.IsEnding)
        {
            ChildCompleted(parent, run, outcomes);
        }
    }

    private void ChildCompleted(Run run, Run child, string[] outcomes)
    {
        switch (run.Spec.Kind)
        {
            case Kind.Chart when child.Spec.IsTerminal:
                Complete(run, ["Done"]);
                break;
            case Kind.Chart:
                Follow(run, child, outcomes);
                break;
            case Kind.Sequence when run.IsBreaking || child.Spec.IsTerminal:
            case Kind.Parallel when run.IsBreaking || run.Spec.Mode == "WaitAny" || ++run.Place == run.Spec.Inner.Length:
            case Kind.ParallelForEach when ++run.Place == run.Spec.Count:
            case Kind.While or Kind.For or Kind.ForEach when run.IsBreaking:
            case Kind.If:
                Complete(run, ["Done"]);
                break;
            case Kind.Sequence or Kind.While or Kind.For or Kind.ForEach:
                Next(run);
                break;
        }
    }

    private void Fail(Run run, string code)
    {
        run.IsFaulted = true;
        Incidents.Add((run, code));
        Trace.Add($"! {run.Spec.Id} {code}");
    }

    private void GiveUp(Run run)
    {
        if (run.IsOver)
        {
            return;
        }

        GiveUpChildren(run);
        run.IsOver = true;
        run.IsWaiting = false;
        Incidents.RemoveAll(i => i.Run == run);
        Trace.Add($"x {run.Spec.Id}");
        var parent = run.Parent!;
        parent.Children.Remove(run);
        if (parent is { IsActive: true, IsEnding: false, Chart: not null })
        {
            ChildGivenUp(parent, run);
        }
    }

    private void GiveUpChildren(Run run)
    {
        var wasEnding = run.IsEnding;
        run.IsEnding = true;
        while (run.Children.Count > 0)
        {
            GiveUp(run.Children[0]);
        }

        run.IsEnding = wasEnding;
    }

    private void Finish(Run run)
    {
        for (var above = run.Parent; above is not null; above = above.Parent)
        {
            above.IsEnding = true;
        }

        Complete(run, ["Done"]);
        GiveUpChildren(_workflow);
        _workflow.IsEnding = false;
        Complete(_workflow, ["Done"]);
    }

    private void Finish(string status)
    {
        IsFinished = true;
        Status = status;
        _queue.Clear();
        Incidents.Clear();
    }
}
