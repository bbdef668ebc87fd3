using System.Text.Json;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Trials;
using MonOPCO.Host.Plans;

namespace MonOPCO.Host.Workflows.Trials;

/// <summary>One step of a way with the words of its version: it can still be named when a later version has it no more.</summary>
public sealed record ToldStep(string Activity, string Outcome, string Title, string Label);

/// <summary>What a trial came to, as far as a test case or a replay compares it. Holds no value of a dossier but its state.</summary>
public sealed record TrialOutcome(IReadOnlyList<ToldStep> Path, string End, string? State, IReadOnlyList<string> Outcomes)
{
    public static TrialOutcome Of(TrialResult result, Plan plan)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new TrialOutcome(Told(TrialPath.Of(result.Journal), plan), result.End.ToString(), result.Steps[^1].World?["state"]?.ToString(), result.Outcomes);
    }

    public static IReadOnlyList<ToldStep> Told(TrialPath path, Plan plan)
    {
        var words = new StepWords(plan);
        return [.. path.Steps.Select(x => new ToldStep(x.Activity, x.Outcome, words.Title(x.Activity), words.Outcome(x.Activity, x.Outcome)))];
    }

    public static TrialOutcome? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<TrialOutcome>(json, TrialScripts.Json);

    public string Write() => JsonSerializer.Serialize(this, TrialScripts.Json);

    public TrialPath Way => new([.. Path.Select(x => new PathStep(x.Activity, x.Outcome))]);

    /// <summary>In words; empty when all is as expected.</summary>
    public IReadOnlyList<string> DifferencesFrom(TrialOutcome expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        var titles = Path.Concat(expected.Path).GroupBy(x => x.Activity).ToDictionary(x => x.Key, x => x.First().Title, StringComparer.Ordinal);
        var labels = expected.Path.Concat(Path).GroupBy(x => (x.Activity, x.Outcome)).ToDictionary(x => x.Key, x => x.First().Label);
        var found = Way.DifferencesFrom(expected.Way).Select(x => Sentence(x, titles, labels)).ToList();
        if (State != expected.State)
        {
            found.Add($"Le dossier finit à l’état « {StateLabel(State)} » au lieu de « {StateLabel(expected.State)} ».");
        }

        if (End != expected.End)
        {
            found.Add(End == nameof(TrialEnd.Finished) ? "La procédure va maintenant jusqu’à sa fin." : End == nameof(TrialEnd.TooLong) ? "La procédure tourne en rond." : $"La procédure ne va plus jusqu’à sa fin{Where()}.");
        }
        else if (!Outcomes.SequenceEqual(expected.Outcomes))
        {
            found.Add($"La procédure finit par « {string.Join(", ", Outcomes)} » au lieu de « {string.Join(", ", expected.Outcomes)} ».");
        }

        return found;
    }

    /// <summary>Where it stands still.</summary>
    public string Where() => Path.LastOrDefault(x => x.Outcome is PathStep.Waits or PathStep.Stopped) is { } step ? $" : elle {(step.Outcome == PathStep.Stopped ? "s’arrête" : "attend")} à « {step.Title} »" : "";

    public static string StateLabel(string? state) => Enum.TryParse<DossierState>(state, out var known) ? DossierStates.Label(known) : "inconnu";

    private static string Sentence(PathDifference difference, Dictionary<string, string> titles, Dictionary<(string, string), string> labels)
    {
        string Title(string activity) => titles.GetValueOrDefault(activity, activity);
        string Label(string outcome) => labels.GetValueOrDefault((difference.Activity, outcome), outcome);
        return difference.Change switch
        {
            PathChange.Lost => $"L’étape « {Title(difference.Activity)} » n’est plus atteinte.",
            PathChange.New => $"L’étape « {Title(difference.Activity)} » est atteinte, ce qu’elle n’était pas.",
            PathChange.Replaced => $"L’étape « {Title(difference.Activity)} » n’est plus atteinte, « {Title(difference.Other)} » l’est à sa place.",
            PathChange.Outcome => $"L’étape « {Title(difference.Activity)} » : « {Label(difference.Actual)} » au lieu de « {Label(difference.Expected)} ».",
            PathChange.Count => $"L’étape « {Title(difference.Activity)} » est passée {difference.Actual} fois au lieu de {difference.Expected}.",
            _ => throw new ArgumentOutOfRangeException(nameof(difference)),
        };
    }
}

/// <summary>Names of steps and outcomes as process owners wrote them.</summary>
public sealed class StepWords(Plan plan)
{
    private readonly Dictionary<string, string> _titles = plan.Charts.SelectMany(x => x.Nodes).GroupBy(x => x.Id).ToDictionary(x => x.Key, x => x.First().Title, StringComparer.Ordinal);

    public string Title(string activity) => _titles.GetValueOrDefault(activity, activity);

    public string Outcome(string activity, string outcome) => outcome switch
    {
        PathStep.Waits => "en attente",
        PathStep.Stopped => "incident",
        PathStep.GivenUp => "interrompue",
        _ => string.Join(", ", outcome.Split(", ").Select(x => plan.OutcomeLabel(activity, x))),
    };
}
