using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Tasks;
using MonOPCO.Host.TaskWork;

namespace MonOPCO.Host.Live;

/// <summary>One line of the palette.</summary>
public sealed record PaletteLine(string Kind, string Label, string Detail, string Url, string Icon);

/// <summary><c>GET /palette?q=…</c>: pages, acts, dossiers and tasks that this person may open. What a person may not see is not found.</summary>
internal static class PaletteEndpoint
{
    private const int Few = 6;

    private static readonly PaletteLine[] Acts =
    [
        new("Action", "Annoncer une absence", "", "/taches/absence", "calendar"),
        new("Action", "Tâches en retard", "", "/taches?liste=en-retard", "alert-triangle"),
        new("Action", "Tâches à prendre", "", "/taches?liste=a-prendre", "inbox"),
        new("Action", "Dossiers à déposer sous 7 jours", "", "/dossiers?depot=7", "upload"),
        new("Action", "Raccourcis clavier", "", "/mon-compte#raccourcis", "keyboard"),
    ];

    public static void MapPalette(this WebApplication app) => app.MapGet("/palette", async (string? q, HttpContext context, Navigation navigation, DossierSearch dossiers, Inbox inbox, InboxPerson person, TimeProvider clock) =>
    {
        var text = (q ?? "").Trim();
        text = text.Length > 100 ? text[..100] : text;
        var words = Domain.Data.SearchText.Of(text).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool Fits(string label) => words.All(Domain.Data.SearchText.Of(label).Contains);
        var cancel = context.RequestAborted;
        var now = clock.GetUtcNow();
        var lines = new List<PaletteLine>();
        if (words.Length > 0)
        {
            var keys = await person.KeysAsync(context.User, cancel);
            foreach (var list in new[] { InboxList.Mine, InboxList.Available })
            {
                lines.AddRange((await inbox.PageAsync(list, keys, new InboxFilter { Text = text }, now, null, Few / 2, cancel)).Rows.Select(x => new PaletteLine("Tâche", x.Title, $"{x.Numero} {x.CompanyName}", $"/taches/{x.Id}", "clipboard-check")));
            }

            lines.AddRange((await dossiers.PageAsync(new DossierFilter { Text = text }, null, Few, now, cancel)).Rows.Select(x => new PaletteLine("Dossier", $"{x.Numero} · {x.CompanyName}", $"{x.Title}, {DossierStates.Label(x.State).ToLowerInvariant()}", $"/dossiers/{x.Numero}", "folder")));
        }

        lines.AddRange((await navigation.ForAsync(context, NavigationArea.Console)).Where(x => Fits(x.Label)).Select(x => new PaletteLine("Page", x.Label, x.Section ?? "", x.Path, x.Icon)));
        lines.AddRange(Acts.Where(x => Fits(x.Label)));
        return Results.Json(lines);
    }).RequireAuthorization(Policies.Staff);
}
