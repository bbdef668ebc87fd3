using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Host.Infrastructure.TagHelpers;
using MonOPCO.Host.Pages.Demande;
using MonOPCO.Host.Pages.Shared;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Espace;

/// <summary>Home of companies, employees and consultants: what waits for them, then their dossiers.</summary>
public sealed class IndexModel(PortalSessions sessions, RequestDrafts drafts, TimeProvider clock) : SpacePage(sessions)
{
    public IReadOnlyList<TaskCard> ToDo { get; private set; } = [];

    public IReadOnlyList<SpaceRow> Rows { get; private set; } = [];

    public bool HasMore { get; private set; }

    public IReadOnlyList<RequestDraft> Drafts { get; private set; } = [];

    public bool IsCompany => User.StandsForCompany();

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await OpenAsync(cancellationToken);
        var todo = new SpaceToDo(session.Db, User, Fr.InParis(now));
        ToDo = await todo.ListAsync(cancellationToken);
        (Rows, var next) = await SpaceRow.PageAsync(session, todo, null, 8, now, cancellationToken);
        HasMore = next is not null;
        Drafts = IsCompany ? await drafts.UnfinishedAsync(User, cancellationToken) : [];
    }
}

/// <summary>What waits for the person looking, from what the session shows.</summary>
public sealed class SpaceToDo(MonOpcoDbContext db, System.Security.Claims.ClaimsPrincipal person, DateOnly today)
{
    private readonly bool _company = person.StandsForCompany();

    public async Task<List<TaskCard>> ListAsync(CancellationToken cancellationToken)
    {
        var cards = new List<(DateOnly Due, TaskCard Card)>();
        if (_company)
        {
            var complements = await db.Complements.AsNoTracking().Where(x => x.Status == ComplementStatus.Asked || x.Status == ComplementStatus.Rejected)
                .Join(db.Dossiers, x => x.DossierId, d => d.Id, (x, d) => new { d.Numero, d.Title, x.DueOn }).ToListAsync(cancellationToken);
            foreach (var group in complements.GroupBy(x => (x.Numero, x.Title)))
            {
                Add(group.Min(x => x.DueOn), $"Répondre : {Fr.Plural(group.Count(), "élément manque", "éléments manquent")}", $"/espace/dossiers/{group.Key.Numero}#complements", $"{group.Key.Numero} · {group.Key.Title}");
            }

            var tasks = await db.HumanTasks.AsNoTracking().Where(x => x.Status == Domain.Tasks.HumanTaskStatus.Open)
                .Join(db.Dossiers, x => x.DossierId, d => d.Id, (x, d) => new { x.Title, x.DueAt, d.Numero, About = d.Title, d.Remainder }).ToListAsync(cancellationToken);
            foreach (var task in tasks)
            {
                Add(
                    task.DueAt == Domain.Tasks.HumanTask.NoDeadline ? null : Fr.InParis(task.DueAt), task.Title, $"/espace/dossiers/{task.Numero}#a-faire", $"{task.Numero} · {task.About}",
                    task.Remainder is { } rest ? Fr.Euros(rest) : null);
            }
        }

        foreach (var signature in (await PendingSignature.ListAsync(db, person, null, cancellationToken)).Where(x => x.IsMine))
        {
            Add(signature.LastDay, $"Signer : {signature.Title}", $"/espace/signatures/{signature.SignerId}", signature.Numero);
        }

        return [.. cards.OrderBy(x => x.Due).Select(x => x.Card)];

        void Add(DateOnly? due, string title, string url, string about, string? amount = null) => cards.Add((
            due ?? DateOnly.MaxValue, new TaskCard(title, url, about, due is { } day ? StatusLook.Deadline(day, today) : null, "Vous", Amount: amount)));
    }

    /// <summary>Dossiers of this list where something waits for the person.</summary>
    public async Task<HashSet<string>> NumerosAsync(CancellationToken cancellationToken) =>
        [.. (await ListAsync(cancellationToken)).Select(x => x.About.Split(' ')[0])];
}

/// <summary>A line of « Mes dossiers ».</summary>
public sealed record SpaceRow(DossierRow Dossier, string Expected, bool IsWaitingForMe)
{
    public static async Task<(IReadOnlyList<SpaceRow> Rows, string? Next)> PageAsync(PortalSession session, SpaceToDo todo, string? after, int size, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var waiting = await todo.NumerosAsync(cancellationToken);
        var page = await session.Get<DossierSearch>().PageAsync(new DossierFilter(), after, size, now, cancellationToken);
        return ([.. page.Rows.Select(x => new SpaceRow(x, ExpectedOf(x.State), waiting.Contains(x.Numero)))], page.Next);
    }

    private static string ExpectedOf(DossierState state) => DossierStates.Group(state) switch
    {
        DossierGroup.EnExamen or DossierGroup.Envoye => "Réponse de l’OPCO",
        DossierGroup.Refuse or DossierGroup.Paye => "–",
        DossierGroup.Valide => "Déroulement de l’action",
        DossierGroup.PaiementEnCours => "Règlement",
        _ => state switch
        {
            DossierState.DevisEnvoye => "Signature du devis",
            DossierState.ConventionEnSignature => "Signatures",
            DossierState.PretAuDepot => "Dépôt par nos soins",
            _ => "Relecture par nos soins",
        },
    };
}
