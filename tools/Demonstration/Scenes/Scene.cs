using System.Text.RegularExpressions;
using MonOPCO.Demonstration.Web;

namespace MonOPCO.Demonstration.Scenes;

/// <summary>
/// One dossier being played: what each person does, by the pages they see. Every act first looks whether it is already done, so that a play that was cut is
/// played again without doing anything twice.
/// </summary>
public sealed partial class Scene(Uri host, Uri sandbox, string key, Contact contact, Training training, IReadOnlyList<Employee> employees, CancellationToken stop) : IDisposable
{
    private static readonly string[] Way =
    [
        "Brouillon", "Pièces manquantes", "Analyse du besoin", "Devis envoyé", "Devis accepté", "Convention en signature", "Prêt au dépôt", "Déposé", "En instruction", "Complément demandé", "Accord partiel", "Accordé",
    ];

    private readonly List<Visitor> _visitors = [];
    private Visitor? _operator;
    private Visitor? _company;
    private Visitor? _sandbox;

    public string Key => key;

    /// <summary>What is being done, for the sentence that says what failed.</summary>
    public string Step { get; private set; } = "se préparer";

    public string Numero { get; set; } = "";

    public Contact Contact => contact;

    public Training Training => training;

    public IReadOnlyList<Employee> Employees => employees;

    private Visitor Outside => _sandbox ??= Anybody(sandbox);

    private Mailbox Mailbox => new(Outside);

    public void Dispose() => _visitors.ForEach(x => x.Dispose());

    /// <summary>The dossier as the operator sees it.</summary>
    public async Task<WebPage> DossierAsync() => await (await OperatorAsync()).ReadAsync($"/dossiers/{Numero}");

    public async Task<string> StateAsync() => StateOf(await DossierAsync());

    /// <summary>Waits until the dossier is there or further on its way.</summary>
    public async Task ReachAsync(string state)
    {
        Step = $"atteindre l'état « {state} »";
        await (await OperatorAsync()).UntilAsync(Step, async () => Rank(await StateAsync()) >= Rank(state) ? state : null);
    }

    /// <summary>Waits for this open task; null when the dossier is already beyond the state in which it is done.</summary>
    public async Task<WebPage?> TaskAsync(string title, string doneFrom)
    {
        Step = title;
        var person = await OperatorAsync();
        var found = await person.UntilAsync($"la tâche « {title} »", async () =>
        {
            var page = await DossierAsync();
            return page.LinkTo(title) is { } link && link.StartsWith("/taches/", StringComparison.Ordinal) ? link : Rank(StateOf(page)) >= Rank(doneFrom) ? "" : null;
        });
        return found.Length == 0 ? null : await person.ReadAsync(found);
    }

    /// <summary>The value beside these words, up to its first space.</summary>
    public static string Fact(WebPage page, string words) =>
        page.Document.QuerySelectorAll("dt").FirstOrDefault(x => WebPage.Clean(x.TextContent) == WebPage.Clean(words))?.NextElementSibling is { } value ? WebPage.Clean(value.TextContent).Split(' ')[0] : "";

    private static int Rank(string state) => Array.IndexOf(Way, state);

    private static string StateOf(WebPage page)
    {
        var shown = WebPage.Clean(page.Document.QuerySelector("section[aria-labelledby=situation] .card-header")?.TextContent);
        return Way.Where(x => shown.Contains(x, StringComparison.Ordinal)).MaxBy(x => x.Length) ?? throw new DemonstrationException($"L'état du dossier ne se lit pas : « {shown} ».");
    }

    private async Task<Visitor> OperatorAsync() => _operator ??= await PlayAsync(Cast.Operator);

    /// <summary>The company's own session: by the demonstration bar, or the one opened by the link received for the request.</summary>
    private async Task<Visitor> CompanyAsync() => _company ??= await PlayAsync(contact.Role ?? throw new DemonstrationException($"{contact.Name} n'a plus de session."));

    private async Task<Visitor> PlayAsync(string role)
    {
        var visitor = Anybody(host);
        await visitor.PressAsync(await visitor.ReadAsync("/connexion"), role);
        return visitor;
    }

    private Visitor Anybody(Uri site)
    {
        var visitor = new Visitor(site, stop);
        _visitors.Add(visitor);
        return visitor;
    }

    [GeneratedRegex(@"/espace/dossiers/(\d{4}-\d{5,})")]
    private static partial Regex NumeroPattern();
}
