namespace MonOPCO.Engine.Tests.Reference;

/// <summary>What a flowchart remembers: on counters the history of each connection (true = followed), on tokens who is on the way.</summary>
internal sealed class ChartState
{
    internal ChartState(Spec chart)
    {
        Chart = chart;
        Forward = ForwardLinks(chart);
    }

    internal Spec Chart { get; }

    /// <summary>The connections that do not close a circle, seen breadth first from the start.</summary>
    internal HashSet<Link> Forward { get; }

    internal Dictionary<Link, List<bool>> History { get; } = [];

    internal Dictionary<string, int> Entered { get; } = [];

    internal List<Token> Tokens { get; } = [];

    internal bool IsHeld { get; set; }

    internal IEnumerable<Link> ForwardTo(string id) => Chart.Links.Where(l => l.To == id && Forward.Contains(l));

    /// <summary>Every way from the start to the source of a connection that leads back goes through its target.</summary>
    internal bool MayGoBack(Link link) => Ways(link.From, []).All(way => way.Contains(link.To));

    internal HashSet<string> Before(string id)
    {
        var before = new HashSet<string>();
        for (var more = ForwardTo(id).ToList(); more.Count > 0;)
        {
            more = [.. more.Select(l => l.From).Where(before.Add).SelectMany(ForwardTo)];
        }

        return before;
    }

    private IEnumerable<List<string>> Ways(string id, List<string> after)
    {
        List<string> way = [id, .. after];
        return id == Chart.Inner[0].Id ? [way] : ForwardTo(id).Select(l => l.From).Distinct().SelectMany(from => Ways(from, way));
    }

    private static HashSet<Link> ForwardLinks(Spec chart)
    {
        var accepted = new HashSet<(string From, string To)>();
        bool Leads(string from, string to) => from == to || accepted.Where(a => a.From == from).Any(a => Leads(a.To, to));
        var seen = new HashSet<string>();
        var queue = new Queue<string>([chart.Inner[0].Id]);
        while (queue.TryDequeue(out var from))
        {
            if (!seen.Add(from))
            {
                continue;
            }

            foreach (var to in chart.Links.Where(l => l.From == from).Select(l => l.To))
            {
                if (!Leads(to, from))
                {
                    accepted.Add((from, to));
                    queue.Enqueue(to);
                }
            }
        }

        return [.. chart.Links.Where(l => accepted.Contains((l.From, l.To)))];
    }
}

/// <summary>On its way; taken once the activity it leads to is due because of it. A block is there to swallow one that comes later.</summary>
internal sealed class Token(Link link, bool isBlock)
{
    internal Link Link { get; } = link;

    internal bool IsBlock { get; } = isBlock;

    internal bool IsTaken { get; set; }

    internal bool IsWaiting => !IsBlock && !IsTaken;
}

internal sealed partial class ReferenceModel
{
    private void Follow(Run chart, Run child, string[] outcomes)
    {
        if (chart.Spec.Mode == "OnTokens")
        {
            FollowOnTokens(chart, chart.Chart!, child.Spec, outcomes);
        }
        else if (!FollowOnCounters(chart, chart.Chart!, child.Spec.Id, outcomes, child.CameBack))
        {
            CompleteIfIdle(chart);
        }
    }

    private void ChildGivenUp(Run chart, Run child)
    {
        var state = chart.Chart!;
        if (chart.Spec.Mode == "OnTokens")
        {
            state.Tokens.RemoveAll(t => t.Link.From == child.Spec.Id || t.Link.To == child.Spec.Id);
            ReleaseHeld(chart, state);
            CompleteIfIdle(chart);
            return;
        }

        CompleteIfIdle(chart);
        if (chart.IsActive)
        {
            FollowOnCounters(chart, state, child.Spec.Id, [], false);
            CompleteIfIdle(chart);
        }
    }

    private bool IsIdle(Run chart) => !chart.Chart!.IsHeld && chart.Children.Count == 0 && !_queue.Exists(q => q.Owner == chart);

    private void CompleteIfIdle(Run chart)
    {
        if (IsIdle(chart))
        {
            Complete(chart, ["Done"]);
        }
    }

    /// <summary>Gives up what still runs on the forward ways to an activity.</summary>
    private void GiveUpPathsTo(Run chart, Spec target)
    {
        var before = chart.Chart!.Before(target.Id);
        chart.Children.Where(c => before.Contains(c.Spec.Id)).ToList().ForEach(GiveUp);
    }

    // On counters: a connection is visited, followed or not, whenever its source has ended or has been passed over.

    /// <summary>True when something was scheduled.</summary>
    private bool FollowOnCounters(Run chart, ChartState state, string from, string[] outcomes, bool cameBack)
    {
        if (!cameBack)
        {
            state.Entered[from] = state.Entered.GetValueOrDefault(from) + 1;
        }

        var scheduled = false;
        foreach (var link in chart.Spec.Links.Where(l => l.From == from))
        {
            var isFollowed = outcomes.Contains(link.Port);
            state.History.TryAdd(link, []);
            state.History[link].Add(isFollowed);
            if (state.Forward.Contains(link))
            {
                scheduled |= ArriveOnCounters(chart, state, link);
            }
            else if (isFollowed && !state.MayGoBack(link))
            {
                Fail(chart, "backward");
                return true;
            }
            else if (isFollowed)
            {
                Schedule(chart.Spec.Inner.Single(i => i.Id == link.To), chart, true);
                scheduled = true;
            }
        }

        return scheduled;
    }

    private bool ArriveOnCounters(Run chart, ChartState state, Link link)
    {
        var target = chart.Spec.Inner.Single(i => i.Id == link.To);
        var entered = state.Entered.GetValueOrDefault(target.Id);
        var histories = state.ForwardTo(target.Id).Select(l => state.History.GetValueOrDefault(l) ?? []).ToList();
        var most = histories.Max(h => h.Count);
        var allVisited = histories.TrueForAll(h => h.Count > entered);
        var anyFollowed = most > entered && histories.Exists(h => h.Count == most && h[^1]);
        var allFollowed = most > entered && histories.TrueForAll(h => h.Count == most && h[^1]);
        switch (target.Kind == Kind.Join ? target.Mode : "WaitAllActive")
        {
            case "WaitAny":
                if (state.History[link].Count <= entered || _queue.Exists(q => q.Owner == chart && q.Spec == target))
                {
                    return false;
                }

                if (anyFollowed)
                {
                    Schedule(target, chart);
                    GiveUpPathsTo(chart, target);
                    return true;
                }

                return allVisited && FollowOnCounters(chart, state, target.Id, [], false);
            case "WaitAll" when allVisited && allFollowed:
            case "WaitAllActive" when allVisited && anyFollowed:
                Schedule(target, chart);
                return true;
            default:
                return allVisited && FollowOnCounters(chart, state, target.Id, [], false);
        }
    }

    // On tokens: an activity that has ended takes the tokens that led to it and puts one on each connection of its outcomes.

    private void FollowOnTokens(Run chart, ChartState state, Spec from, string[] outcomes)
    {
        var links = chart.Spec.Links.Where(l => l.From == from.Id && outcomes.Contains(l.Port)).ToList();
        state.Tokens.AddRange(links.Select(l => new Token(l, false)));
        state.Tokens.RemoveAll(t => t.IsTaken && t.Link.To == from.Id);
        links.ForEach(link => ArriveOnTokens(chart, state, link));
        ReleaseHeld(chart, state);
        if (IsIdle(chart) && !state.Tokens.Exists(t => !t.IsBlock))
        {
            Complete(chart, ["Done"]);
        }
    }

    private static string MergeOf(Spec spec) => spec.Kind != Kind.Join ? spec.Merge : spec.Mode == "WaitAny" ? "Race" : "Merge";

    private void ArriveOnTokens(Run chart, ChartState state, Link link)
    {
        var target = chart.Spec.Inner.Single(i => i.Id == link.To);
        var mode = MergeOf(target);
        switch (mode)
        {
            case "Cascade" or "Race":
                if (mode == "Race")
                {
                    // The winner keeps the flowchart open while the others are given up.
                    state.IsHeld = true;
                    GiveUpPathsTo(chart, target);
                    state.IsHeld = false;
                }

                if (state.Tokens.Find(t => t.IsBlock && t.Link == link) is { } block)
                {
                    state.Tokens.Remove(block);
                    state.Tokens.RemoveAll(t => t.IsWaiting && t.Link == link);
                }
                else
                {
                    Take(chart, state, target);
                    state.Tokens.AddRange(state.ForwardTo(target.Id).Where(l => l.From != link.From).Select(l => new Token(l, true)));
                }

                break;
            case "Merge" or "Converge":
                var inbound = mode == "Merge" ? [.. state.ForwardTo(target.Id)] : chart.Spec.Links.Where(l => l.To == target.Id).ToList();
                if (inbound.Count < 2 || inbound.TrueForAll(l => state.Tokens.Exists(t => t.IsWaiting && t.Link == l)))
                {
                    Take(chart, state, target);
                }

                break;
            default:
                if (!IsUpstreamUnderWay(state, target))
                {
                    Take(chart, state, target);
                }

                break;
        }
    }

    /// <summary>What was held back by a path that has meanwhile ended elsewhere goes on; Elsa would lose it.</summary>
    private void ReleaseHeld(Run chart, ChartState state)
    {
        foreach (var token in state.Tokens.ToList())
        {
            var target = chart.Spec.Inner.Single(i => i.Id == token.Link.To);
            if (token.IsWaiting && MergeOf(target) is ("" or "None" or "Stream") && !IsUpstreamUnderWay(state, target))
            {
                Take(chart, state, target);
            }
        }
    }

    private void Take(Run chart, ChartState state, Spec target)
    {
        Schedule(target, chart);
        state.Tokens.Where(t => t.IsWaiting && t.Link.To == target.Id).ToList().ForEach(t => t.IsTaken = true);
    }

    private static bool IsUpstreamUnderWay(ChartState state, Spec target) =>
        state.ForwardTo(target.Id).Any(l => state.Tokens.Exists(t => !t.IsBlock && t.Link.To == l.From));
}
