using System.Text.Json;
using System.Text.Json.Nodes;
using MonOPCO.Activities.Trials;
using MonOPCO.Domain.Documents;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Trials;

namespace MonOPCO.Host.Workflows.Trials;

/// <summary>A step as the page shows it.</summary>
public sealed record ToldTrialStep(TrialStep Step, string Title, IReadOnlyList<string> Passed, string? State, bool IsNewState, IReadOnlyList<(string Name, string Before, string After)> Variables);

/// <summary>Something that is waited for, with what may be answered.</summary>
public sealed record TrialQuestion(TrialNeed Need, string Title, string Explanation, IReadOnlyList<(string Value, string Label)> Outcomes, string Data)
{
    /// <summary>The next one that really happened here.</summary>
    public TrialAnswer? Recorded { get; init; }

    /// <summary>Whose turn it is to sign.</summary>
    public IReadOnlyList<(string Document, string Role, int Rank)> Turns { get; init; } = [];

    public string Id => $"{Need.Kind}-{Need.Activity}".ToLowerInvariant();
}

/// <summary>A trial in words. Values are said only to those who may see dossiers.</summary>
public sealed class TrialTelling(TrialView view, ActivityRegistry activities, bool showsValues)
{
    private const string Hidden = "•••";
    private const int Length = 200;

    // What the shipped screens type, for whoever answers in their place.
    private static readonly Dictionary<string, string> Examples = new(StringComparer.Ordinal)
    {
        ["valider-demande"] = """{ "motif": "depot-tardif", "comment": "", "complements": [] }""",
        ["depot-assiste"] = """{ "reference": "REF-ESSAI" }""",
        ["saisir-decision"] = """{ "amount": 1800, "accordNumber": "ACC-ESSAI", "accordDate": "2026-12-15", "circuit": "Subrogation" }""",
        ["repondre-complement"] = """{ "text": "Réponse d’essai" }""",
    };

    private readonly StepWords _words = new(view.Plan.Plan);

    private TrialResult Result => view.Result!;

    public IReadOnlyList<ToldTrialStep> Steps()
    {
        var told = new List<ToldTrialStep>();
        TrialStep? before = null;
        foreach (var step in Result.Steps)
        {
            var state = step.World?["state"]?.ToString();
            told.Add(new ToldTrialStep(
                step,
                Title(step),
                [.. step.Journal.Where(x => x.Event is JournalEvent.Completed or JournalEvent.Faulted or JournalEvent.Canceled && x.ActivityType is not ("Elsa.Flowchart" or "Elsa.Sequence")).Select(Passed)],
                state is null ? null : TrialOutcome.StateLabel(state),
                state != before?.World?["state"]?.ToString(),
                Changed(before?.Variables ?? [], step.Variables)));
            before = step;
        }

        return told;
    }

    /// <summary>Name, at the beginning, at the end.</summary>
    public IReadOnlyList<(string Name, string Before, string After)> Variables() =>
        [.. Result.Steps[^1].Variables.Select(x => (x.Key, Value(Result.Steps[0].Variables[x.Key]), Value(x.Value)))];

    public IReadOnlyList<TrialQuestion> Questions(IReadOnlyList<TrialAnswer> left) => [.. Result.Needs.Where(x => !x.IsOnlyTime).DistinctBy(x => (x.Kind, x.Activity)).Select(x => Question(x, left))];

    public string Title(string activity) => _words.Title(activity);

    private string Title(TrialStep step)
    {
        if (step.Timer is { } timer)
        {
            return $"« {Title(timer.ActivityId)} » : l’échéance est passée";
        }

        if (step.Answer is not { } answer)
        {
            return "Début";
        }

        var title = answer.Activity is { } activity ? $"« {Title(activity)} »" : "";
        return answer.Kind switch
        {
            TrialAnswerKind.Effect when answer.Code is not null => $"{title} : échec ({answer.Code})",
            TrialAnswerKind.Effect => $"{title} : « {_words.Outcome(answer.Activity!, answer.Outcome ?? "Done")} »",
            TrialAnswerKind.Child => $"{title} : fin de la procédure appelée",
            TrialAnswerKind.Clock => "Le temps passe",
            TrialAnswerKind.Retry => $"{title} : l’incident est réessayé",
            TrialAnswerKind.Skip => $"{title} : l’incident est passé",
            _ => answer.Act switch
            {
                DossierActs.Task => $"{title} : « {answer.Outcome} »{(showsValues && answer.Actor is { Length: > 0 } by ? $", par {by}" : "")}",
                DossierActs.Signature => $"{Role(answer.Data?["role"]?.ToString())} {(answer.Outcome == "declined" ? "refuse de signer" : "signe")} le document {Document(answer.Data?["document"]?.ToString())}",
                DossierActs.Complements => "L’entreprise répond aux compléments",
                DossierActs.Edit => "Le dossier est modifié",
                DossierActs.Document => "Une pièce est ajoutée",
                _ => $"{title} : un signal arrive",
            },
        };
    }

    public static string Role(string? role) => role switch
    {
        "Entreprise" => "L’entreprise",
        "Beneficiaire" => "Le salarié",
        "Organisme" => "L’organisme",
        _ => "Quelqu’un",
    };

    public static string Document(string? code) => code switch
    {
        DocumentTypes.Devis => "« Devis »",
        DocumentTypes.Convention => "« Convention »",
        DocumentTypes.Mandat => "« Mandat »",
        _ => $"« {code} »",
    };

    private string Passed(JournalEntry entry) => entry.Event switch
    {
        JournalEvent.Faulted => $"{Title(entry.ActivityId)} → incident : {(showsValues ? entry.Message : entry.Outcome)}",
        JournalEvent.Canceled => $"{Title(entry.ActivityId)} → interrompue",
        _ => $"{Title(entry.ActivityId)}{(entry.Outcome is null or "Done" ? "" : $" → {_words.Outcome(entry.ActivityId, entry.Outcome)}")}",
    };

    private TrialQuestion Question(TrialNeed need, IReadOnlyList<TrialAnswer> left)
    {
        var recorded = left.FirstOrDefault(x => x.Kind == need.Kind && x.Activity == need.Activity && x.Activity is not null);
        var started = Result.Journal.LastOrDefault(x => x.Event == JournalEvent.Started && x.ActivityId == need.Activity);
        var descriptor = activities.Find(need.Bookmark?.ActivityType ?? need.Effect?.ActivityType ?? started?.ActivityType ?? "");
        List<(string, string)> ports = [.. (descriptor?.Ports ?? []).Where(x => !x.IsEmbedded).Select(x => (x.Name, x.Title))];
        List<(string, string)> outcomes = ports.Count == 0 ? [("Done", "Terminé")] : ports;
        var data = recorded?.Data ?? Skeleton(descriptor);
        var question = need.Kind switch
        {
            TrialAnswerKind.Effect => new TrialQuestion(need, Title(need.Activity), "Action vers l’extérieur : elle n’est pas exécutée, dites ce qu’elle aurait donné.", outcomes, Text(data)),
            TrialAnswerKind.Retry => new TrialQuestion(need, Title(need.Activity), $"Incident : {(showsValues ? need.Incident!.Message : need.Incident!.Code)}", OfNode(need.Activity, outcomes), "{}"),
            TrialAnswerKind.Child => new TrialQuestion(need, Title(need.Activity), "Procédure appelée : elle n’est pas démarrée, dites comment elle finit.", outcomes, Text(recorded?.Data ?? new JsonObject())),
            _ => need.Bookmark!.Kind switch
            {
                "human-task" => new TrialQuestion(need, Title(need.Activity), "Tâche d’une personne : choisissez sa réponse.", Buttons(started), recorded?.Data is { } given ? Text(given) : Examples.GetValueOrDefault(Code(started), "{}")),
                "signature" => new TrialQuestion(need, Title(need.Activity), "Signature : choisissez qui signe ou refuse.", [], "") { Turns = Turns(need.Bookmark) },
                "complements" => new TrialQuestion(need, Title(need.Activity), "L’entreprise doit répondre à ce qui lui est demandé.", [], ""),
                _ => new TrialQuestion(need, Title(need.Activity), $"Attend un signal « {need.Bookmark.Kind} ».", [], Text(recorded?.Data ?? new JsonObject())),
            },
        };
        return question with { Recorded = recorded };
    }

    /// <summary>The signers of the request that this step waits for.</summary>
    private List<(string, string, int)> Turns(Bookmark bookmark)
    {
        var wanted = Result.Journal.LastOrDefault(x => x.Event == JournalEvent.Started && x.ActivityExecutionId == bookmark.ActivityExecutionId)?.Data is JsonObject input ? Text(input, "documentType") : null;
        return [.. (Result.Steps[^1].World?["turns"] as JsonArray ?? []).OfType<JsonObject>().Where(x => wanted is null || x["document"]!.ToString() == wanted).Select(x => (x["document"]!.ToString(), x["role"]!.ToString(), (int)x["rank"]!))];
    }

    private List<(string, string)> OfNode(string activity, List<(string, string)> otherwise)
    {
        List<(string, string)> ways = [.. view.Plan.Plan.Charts.SelectMany(x => x.Edges).Where(x => x.From == activity).Select(x => (x.Outcome, _words.Outcome(activity, x.Outcome))).Distinct()];
        return ways.Count > 0 ? ways : otherwise;
    }

    private static List<(string, string)> Buttons(JournalEntry? started)
    {
        var names = (started?.Data as JsonObject)?.FirstOrDefault(x => string.Equals(x.Key, "outcomes", StringComparison.OrdinalIgnoreCase)).Value;
        if (names is JsonValue text && text.GetValueKind() == JsonValueKind.String)
        {
            names = JsonNode.Parse(text.GetValue<string>());
        }

        return [.. (names as JsonArray ?? []).Select(x => (x!.ToString(), x.ToString()))];
    }

    private static string Code(JournalEntry? started) => started?.Data is JsonObject input ? Text(input, "code") ?? "" : "";

    private static string? Text(JsonObject data, string name) => data.FirstOrDefault(x => string.Equals(x.Key, name, StringComparison.OrdinalIgnoreCase)).Value?.ToString();

    private static JsonObject Skeleton(ActivityDescriptor? descriptor) => new((descriptor?.Outputs ?? []).Select(x => KeyValuePair.Create(JsonNamingPolicy.CamelCase.ConvertName(x.Name), (JsonNode?)null)));

    private string Text(JsonNode data) => showsValues ? data.ToJsonString(Pretty) : "{}";

    private static readonly JsonSerializerOptions Pretty = new(TrialScripts.Json) { WriteIndented = true };

    private List<(string, string, string)> Changed(JsonObject before, JsonObject after) =>
        [.. after.Where(x => !JsonNode.DeepEquals(x.Value, before[x.Key])).Select(x => (x.Key, Value(before[x.Key]), Value(x.Value)))];

    private string Value(JsonNode? value)
    {
        if (value is null)
        {
            return "—";
        }

        if (!showsValues)
        {
            return Hidden;
        }

        var text = value is JsonValue ? value.ToString() : value.ToJsonString(TrialScripts.Json);
        return text.Length > Length ? text[..Length] + "…" : text;
    }
}
