using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;
using MonOPCO.Domain.Audit;
using MonOPCO.Host.Audit;
using MonOPCO.Host.Infrastructure;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.Permissions;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Audit;

/// <summary>The audit: who did what, when, for whom, from what to what.</summary>
[Authorize(Policies.AuditView)]
public sealed class IndexModel(AuditReader reader, TimeProvider clock, IServiceProvider services) : PageModel
{
    private const int PageSize = 50;

    /// <summary>Without a period: that many days, so that the page opens at once and the export is no accident.</summary>
    private const int DefaultDays = 30;

    [BindProperty(SupportsGet = true)]
    public string? Du { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Au { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Personne { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Pour { get; set; }

    [BindProperty(SupportsGet = true)]
    public ActorKind? Nature { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Objet { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Action { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Dossier { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Requete { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Texte { get; set; }

    /// <summary>Where the page begins: ticks and id of the row before.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Apres { get; set; }

    public DateOnly From { get; private set; }

    public DateOnly To { get; private set; }

    public string? PeriodError { get; private set; }

    public AuditPage Found { get; private set; } = new([], null);

    public AuditState State { get; private set; } = null!;

    public IReadOnlyList<string> Subjects { get; private set; } = [];

    public IReadOnlyList<string> Actions { get; private set; } = [];

    public bool IsFiltered => new[] { Du, Au, Personne, Pour, Objet, Action, Dossier, Requete, Texte }.Any(x => !string.IsNullOrWhiteSpace(x)) || Nature is not null;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        return PeriodError is null && ModelState.IsValid ? Page() : this.Invalid();
    }

    /// <summary>What the filters find, as a table for a spreadsheet; personal values stay masked. Its own row is written first.</summary>
    [Requires(Policies.Exports)]
    public async Task<IActionResult> OnGetCsvAsync(CancellationToken cancellationToken)
    {
        if (!ReadPeriod())
        {
            await LoadAsync(cancellationToken);
            return this.Invalid();
        }

        var facts = new JsonObject { ["format"] = "text/csv", ["from"] = From.ToString("O", CultureInfo.InvariantCulture), ["to"] = To.ToString("O", CultureInfo.InvariantCulture) };
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[("kind", Nature?.ToString()), ("subject", Objet), ("action", Action), ("dossier", Dossier), ("request", Requete)])
        {
            if (!string.IsNullOrEmpty(value))
            {
                facts[name] = value;
            }
        }

        // Whom one looked for is personal: only that one did.
        facts["byPerson"] = !string.IsNullOrWhiteSpace(Personne) || !string.IsNullOrWhiteSpace(Pour);
        HttpContext.Leaves("audit", facts);
        return new AuditCsv(reader.StreamAsync(Filter(), cancellationToken), $"journal-{From:yyyy-MM-dd}-{To:yyyy-MM-dd}.csv");
    }

    public async Task<IActionResult> OnPostVerifierAsync(CancellationToken cancellationToken)
    {
        var verdict = await services.GetRequiredService<AuditCheck>().RunAsync(User.Change(clock.GetUtcNow()), cancellationToken);
        this.Flash(verdict.IsIntact ? "success" : "danger", verdict.Problem ?? $"Journal intact : {Fr.Plural(verdict.Rows, "ligne vérifiée", "lignes vérifiées")} en {Fr.Number((decimal)Math.Round(verdict.Took.TotalSeconds, 1))} s.");
        return Redirect("/admin/audit");
    }

    public string ListUrl(AuditCursor? after, bool csv = false) => QueryHelpers.AddQueryString("/admin/audit", new Dictionary<string, string?>
    {
        ["handler"] = csv ? "Csv" : null,
        ["du"] = Du,
        ["au"] = Au,
        ["personne"] = Personne,
        ["pour"] = Pour,
        ["nature"] = Nature?.ToString(),
        ["objet"] = Objet,
        ["action"] = Action,
        ["dossier"] = Dossier,
        ["requete"] = Requete,
        ["texte"] = Texte,
        ["apres"] = after is null ? null : string.Create(CultureInfo.InvariantCulture, $"{after.At.UtcTicks}-{after.Id}"),
    }.Where(x => !string.IsNullOrEmpty(x.Value)));

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        State = await reader.StateAsync(cancellationToken);
        (Subjects, Actions) = await reader.ChoicesAsync(cancellationToken);
        if (ReadPeriod())
        {
            Found = await reader.SearchAsync(Filter(), Cursor(), PageSize, cancellationToken);
        }
    }

    private bool ReadPeriod()
    {
        var today = Fr.InParis(clock.GetUtcNow());
        (From, To) = (Day(Du, today.AddDays(-DefaultDays)), Day(Au, today));
        PeriodError ??= From > To ? "La fin de la période précède son début." : null;
        return PeriodError is null;
    }

    private DateOnly Day(string? text, DateOnly otherwise)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return otherwise;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        PeriodError = "Cette date n’existe pas : écrivez-la sous la forme 03/02/2026.";
        return otherwise;
    }

    private AuditFilter Filter() => new()
    {
        From = Fr.StartInParis(From),
        To = Fr.StartInParis(To.AddDays(1)),
        Person = Personne,
        OnBehalfOf = Pour,
        Kind = Nature,
        Subject = Objet,
        Action = Action,
        Dossier = Dossier,
        RequestId = Requete,
        Text = Texte,
    };

    private AuditCursor? Cursor() =>
        Apres?.Split('-') is [var ticks, var id] && long.TryParse(ticks, CultureInfo.InvariantCulture, out var at) && at is > 0 and < 3_155_378_975_999_999_999 && long.TryParse(id, CultureInfo.InvariantCulture, out var row)
            ? new AuditCursor(new DateTimeOffset(at, TimeSpan.Zero), row)
            : null;
}
