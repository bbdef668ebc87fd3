namespace MonOPCO.Engine.Tests.Reference;

/// <summary>Smaller workflows that may still show the same failure.</summary>
internal static class SpecShrinker
{
    /// <summary>The smallest failing workflow that single steps lead to.</summary>
    internal static Spec Smallest(Spec failing, Func<Spec, bool> fails)
    {
        for (var smaller = failing; smaller is not null; smaller = Smaller(failing).FirstOrDefault(fails))
        {
            failing = smaller;
        }

        return failing;
    }

    private static IEnumerable<Spec> Smaller(Spec spec)
    {
        foreach (var inner in spec.Inner)
        {
            yield return inner with { Merge = "" };
        }

        foreach (var changed in Less(spec))
        {
            yield return changed;
        }

        for (var i = 0; i < spec.Inner.Length; i++)
        {
            var place = i;
            foreach (var inner in Smaller(spec.Inner[i]).Append(spec.Inner[i] with { Kind = Kind.Line, Inner = [], Links = [], Tests = [], Count = 0, Mode = "" }))
            {
                if (inner.Kind != Kind.Line || spec.Inner[i].Kind != Kind.Line)
                {
                    yield return Tidy(spec with { Inner = [.. spec.Inner.Select((n, at) => at == place ? inner with { Merge = n.Merge } : n)], Links = [.. spec.Links.Select(l => Renamed(l, spec.Inner[place].Id, inner.Id))] });
                }
            }
        }
    }

    private static IEnumerable<Spec> Less(Spec spec)
    {
        if (spec.Kind == Kind.Chart)
        {
            // An activity with its connections; or drawn together with one that follows it.
            foreach (var gone in spec.Inner.Skip(1))
            {
                yield return Reachable(spec with { Inner = [.. spec.Inner.Where(n => n != gone)], Links = [.. spec.Links.Where(l => l.From != gone.Id && l.To != gone.Id)] });
                foreach (var into in spec.Links.Where(l => l.To == gone.Id && l.From != gone.Id))
                {
                    yield return Reachable(spec with
                    {
                        Inner = [.. spec.Inner.Where(n => n != gone)],
                        Links = [.. spec.Links.Where(l => l.To != gone.Id).Select(l => l.From == gone.Id ? new Link(into.From, into.Port, l.To) : l).Distinct()],
                    });
                }
            }

            foreach (var gone in spec.Links)
            {
                yield return Reachable(spec with { Links = [.. spec.Links.Where(l => l != gone)] });
            }

            foreach (var node in spec.Inner.Where(n => n.Merge.Length > 0))
            {
                yield return spec with { Inner = [.. spec.Inner.Select(n => n == node ? n with { Merge = "" } : n)] };
            }
        }
        else if (spec.Inner.Length > (spec.Kind == Kind.Sequence ? 0 : 1))
        {
            foreach (var gone in spec.Inner)
            {
                yield return spec with { Inner = [.. spec.Inner.Where(n => n != gone)] };
            }
        }

        if (spec.Count > 1 && spec.Kind != Kind.FlowFork)
        {
            yield return spec with { Count = spec.Count - 1 };
        }

        if (spec.Tests is [{ Below: > 2 } limit])
        {
            yield return spec with { Tests = [limit with { Below = limit.Below - 1 }] };
        }
    }

    private static Link Renamed(Link link, string from, string to) => new(link.From == from ? to : link.From, link.Port, link.To == from ? to : link.To);

    private static Spec Tidy(Spec spec) => spec.Kind != Kind.Chart ? spec : Reachable(spec with
    {
        Links = [.. spec.Links.Select(l => spec.Inner.Single(n => n.Id == l.From).Ports is var ports && ports.Contains(l.Port) ? l : l with { Port = ports[0] }).Distinct()],
    });

    /// <summary>What can no longer be reached goes as well.</summary>
    private static Spec Reachable(Spec chart)
    {
        var reached = new HashSet<string> { chart.Inner[0].Id };
        while (chart.Links.FirstOrDefault(l => reached.Contains(l.From) && !reached.Contains(l.To)) is { } link)
        {
            reached.Add(link.To);
        }

        return chart with { Inner = [.. chart.Inner.Where(n => reached.Contains(n.Id))], Links = [.. chart.Links.Where(l => reached.Contains(l.From) && reached.Contains(l.To))] };
    }
}
