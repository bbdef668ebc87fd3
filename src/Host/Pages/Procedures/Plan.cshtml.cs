using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Workflows;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Plans;

namespace MonOPCO.Host.Pages.Procedures;

/// <summary>
/// A procedure as its readers see it: drawn by the server, and the same as a list and a table; with the times that its steps take, or with the way that one
/// instance has taken. Shows no value of any dossier.
/// </summary>
[Authorize(Policies.ProceduresView)]
public sealed class PlanModel(PlanShelf shelf, PlanDrawing drawing, TimeMaps times, IWorkflowReads instances, MonOpcoDbContext database, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public int? Version { get; set; }

    /// <summary>A day, or a number of days back.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Depuis { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? Instance { get; set; }

    /// <summary><c>entier</c>: one drawing, not in parts.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Vue { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Tri { get; set; }

    public string DefinitionId { get; private set; } = "";

    public PlanOfVersion Shown { get; private set; } = null!;

    public IReadOnlyList<DefinitionVersion> Versions { get; private set; } = [];

    public TimeMap Times { get; private set; } = null!;

    public DateOnly Since { get; private set; }

    /// <summary>Number of the dossier that the shown instance carries.</summary>
    public string? Dossier { get; private set; }

    public InstanceWay? Way { get; private set; }

    public bool HasTimes => Way is null && Times.Steps.Count > 0;

    public bool IsWhole => Vue == "entier";

    public IReadOnlyDictionary<string, PlanMark> Marks { get; private set; } = new Dictionary<string, PlanMark>();

    public IReadOnlyList<PlanRow> Rows { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(definitionId, cancellationToken))
        {
            return NotFound();
        }

        return Page();
    }

    /// <summary>The table, for a spreadsheet.</summary>
    public async Task<IActionResult> OnGetCsvAsync(string definitionId, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(definitionId, cancellationToken))
        {
            return NotFound();
        }

        var lines = Rows.Select(x => new[]
        {
            x.Node.Title, PlanWords.Of(x.Node.Kind).Label, PlanWords.Of(x.Node.Actor), Text(x.Times.Passages), Seconds(x.Times.Median), Seconds(x.Times.Ninetieth), Text(x.Times.Again), Outcomes(x), Text(x.Times.Cancelled),
            Text(x.Times.Standing), x.Times.Oldest is { } oldest ? Fr.DateTime(oldest) : "", Text(x.Times.Incidents),
        });
        string[] head = ["Étape", "Nature", "Qui agit", "Passages", "Durée médiane (s)", "90 % en moins de (s)", "Reprises", "Issues", "Interrompus", "Dossiers ici", "Le plus ancien depuis", "Incidents"];
        return Csv.File(head, lines, $"{definitionId}-v{Shown.Version.Version}.csv");

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
        static string Seconds(TimeSpan? time) => time is { } span ? Math.Round(span.TotalSeconds).ToString(CultureInfo.InvariantCulture) : "";
    }

    public IReadOnlyList<PlanPart> Parts(PlanChart chart) => PlanDrawing.Parts(Shown.Grids[chart.Id], IsWhole);

    public string Draw(PlanChart chart, PlanPart part, string id, string title) => drawing.Draw(
        chart, Shown.Grids[chart.Id], part, Parts(chart), Marks, Way?.Walked ?? NothingWalked, id, title, "Les mêmes étapes, leurs issues et leurs chiffres sont écrits plus bas, dans « Le plan en liste ».");

    /// <summary>« Valider 80 %, Refuser 20 % ».</summary>
    public string Outcomes(PlanRow row)
    {
        var total = row.Times.Outcomes.Sum(x => x.Count);
        return string.Join(", ", row.Times.Outcomes.Select(x => $"{Shown.Plan.OutcomeLabel(row.Node.Id, x.Outcome)} {Math.Round(100m * x.Count / total)}\u00A0%"));
    }

    /// <summary>The same page with one thing changed.</summary>
    public string UrlWith(string name, string? value)
    {
        var query = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["version"] = Version?.ToString(CultureInfo.InvariantCulture),
            ["depuis"] = Depuis,
            ["instance"] = Instance?.ToString(),
            ["vue"] = Vue,
            ["tri"] = Tri,
        };
        query[name] = value;
        return QueryHelpers.AddQueryString($"/procedures/{Uri.EscapeDataString(DefinitionId)}/plan", query.Where(x => !string.IsNullOrEmpty(x.Value)));
    }

    private static readonly HashSet<(string, string)> NothingWalked = [];

    private async Task<bool> LoadAsync(string definitionId, CancellationToken cancellationToken)
    {
        DefinitionId = definitionId;
        var instance = Instance is { } id ? await instances.FindInstanceAsync(id, cancellationToken) : null;
        if (Instance is not null && instance?.DefinitionId != definitionId)
        {
            return false;
        }

        // What is shown of an instance is its own version.
        if (await shelf.FindAsync(definitionId, instance?.Version ?? Version, cancellationToken) is not var (shown, versions))
        {
            return false;
        }

        (Shown, Versions) = (shown, versions);
        var today = Fr.InParis(clock.GetUtcNow());
        Since = int.TryParse(Depuis, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is > 0 and < 10_000 ? today.AddDays(-days)
            : DateOnly.TryParseExact(Depuis, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
            : today.AddDays(-90);
        Times = instance is null ? await times.ReadAsync(definitionId, Version, Since, cancellationToken) : new TimeMap(new Dictionary<string, StepTimes>(), null);
        if (instance is not null)
        {
            Way = InstanceWay.Of(instance, await instances.JournalAsync(instance.Id, cancellationToken), await instances.BookmarksAsync(instance.Id, cancellationToken), await instances.EffectsAsync(instance.Id, cancellationToken));
            Dossier = Guid.TryParse(instance.CorrelationId, out var dossier) ? await database.Dossiers.Where(x => x.Id == dossier).Select(x => x.Numero).FirstOrDefaultAsync(cancellationToken) : null;
        }

        var nodes = Shown.Plan.Charts.SelectMany(x => Shown.Grids[x.Id].InOrder(x)).ToList();
        Marks = nodes.DistinctBy(x => x.Id).Select(x => (x.Id, Mark: Way is null ? TimeMark(Times.Steps.GetValueOrDefault(x.Id)) : Way.Mark(x.Id))).Where(x => x.Mark is not null).ToDictionary(x => x.Id, x => x.Mark!, StringComparer.Ordinal);
        Rows = [.. Sorted(nodes.Select(x => new PlanRow(x, Times.Steps.GetValueOrDefault(x.Id, new StepTimes(x.Id)))))];
        return true;
    }

    private IEnumerable<PlanRow> Sorted(IEnumerable<PlanRow> rows) => Tri switch
    {
        "etape" => rows.OrderBy(x => x.Node.Title, StringComparer.CurrentCulture),
        "passages" => rows.OrderByDescending(x => x.Times.Passages),
        "mediane" => rows.OrderByDescending(x => x.Times.Median ?? TimeSpan.Zero),
        "p90" => rows.OrderByDescending(x => x.Times.Ninetieth ?? TimeSpan.Zero),
        "reprises" => rows.OrderByDescending(x => x.Times.Again),
        "ici" => rows.OrderByDescending(x => x.Times.Standing),
        _ => rows,
    };

    private static PlanMark? TimeMark(StepTimes? times)
    {
        if (times is null)
        {
            return null;
        }

        var lines = new List<string>();
        if (times.Median is { } median)
        {
            lines.Add($"{Heat(median)} : {PlanWords.Of(median)}");
            lines.Add($"90 % en moins de {PlanWords.Of(times.Ninetieth!.Value)}");
        }

        if (times.Passages > 0)
        {
            lines.Add(Fr.Plural(times.Passages, "passage") + (times.Again > 0 ? $", {Fr.Plural(times.Again, "reprise")}" : ""));
        }

        if (times.Standing > 0)
        {
            lines.Add($"{Fr.Plural(times.Standing, "dossier")} ici" + (times.Incidents > 0 ? $", {Fr.Plural(times.Incidents, "incident")}" : ""));
        }

        return new PlanMark(times.Incidents > 0 ? "mo-plan-stopped" : times.Median is { } m ? "mo-plan-heat-" + HeatOf(m) : "", lines);
    }

    public static int HeatOf(TimeSpan median) => median switch
    {
        { TotalHours: < 1 } => 1,
        { TotalDays: < 1 } => 2,
        { TotalDays: < 7 } => 3,
        _ => 4,
    };

    private static string Heat(TimeSpan median) => HeatOf(median) switch
    {
        1 => "Très court",
        2 => "Court",
        3 => "Long",
        _ => "Très long",
    };
}

/// <summary>One line of the table.</summary>
public sealed record PlanRow(PlanNode Node, StepTimes Times);

/// <summary>Where one instance has been, and where it stands.</summary>
public sealed record InstanceWay(IReadOnlyDictionary<string, int> Seen, IReadOnlySet<string> Here, IReadOnlyDictionary<string, string> Stopped, IReadOnlySet<(string From, string Outcome)> Walked)
{
    internal static InstanceWay Of(WorkflowInstance instance, IReadOnlyList<JournalEntry> journal, IReadOnlyList<Bookmark> bookmarks, IReadOnlyList<EffectRecord> effects)
    {
        var seen = journal.Where(x => x.Event == JournalEvent.Started).GroupBy(x => x.ActivityId).ToDictionary(x => x.Key, x => x.Select(y => y.ActivityExecutionId).Distinct().Count(), StringComparer.Ordinal);
        var here = bookmarks.Select(x => x.ActivityId).Concat(effects.Where(x => x.FinishedAt is null).Select(x => x.ActivityId)).ToHashSet(StringComparer.Ordinal);

        // The code names the kind of fault; its message may hold values and is on the page of the execution.
        var stopped = InstanceStateView.Incidents(instance).GroupBy(x => x.ActivityId).ToDictionary(x => x.Key, x => x.First().Code, StringComparer.Ordinal);
        var walked = journal.Where(x => x.Event == JournalEvent.Completed).SelectMany(x => (x.Outcome ?? "Done").Split(", ").Select(y => (x.ActivityId, y))).ToHashSet();
        return new InstanceWay(seen, here, stopped, walked);
    }

    /// <summary>The way of a trial: its instance is nowhere but in it.</summary>
    internal static InstanceWay Of(Engine.Trials.TrialResult trial) =>
        Of(trial.Instance, [.. trial.Journal], [.. trial.Needs.Select(x => x.Bookmark).OfType<Bookmark>()], []) is var way && trial.Needs.Where(x => x.Effect is not null).Select(x => x.Activity).ToList() is { Count: > 0 } effects
            ? way with { Here = way.Here.Concat(effects).ToHashSet(StringComparer.Ordinal) }
            : way;

    internal PlanMark Mark(string node)
    {
        var passed = Seen.TryGetValue(node, out var count) ? count == 1 ? "Passé une fois" : $"Passé {count} fois" : null;
        return (Stopped.GetValueOrDefault(node), Here.Contains(node), passed) switch
        {
            ({ } code, _, _) => new PlanMark("mo-plan-stopped", [$"Incident : {code}"]),
            (_, true, _) => new PlanMark("mo-plan-here", ["Le dossier est ici"]),
            (_, _, { } text) => new PlanMark("mo-plan-seen", [text]),
            _ => new PlanMark("mo-plan-never", []),
        };
    }
}
