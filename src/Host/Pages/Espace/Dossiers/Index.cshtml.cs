using MonOPCO.Domain.Data;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Espace.Dossiers;

public sealed class IndexModel(PortalSessions sessions, TimeProvider clock) : SpacePage(sessions)
{
    public IReadOnlyList<SpaceRow> Rows { get; private set; } = [];

    public string? Next { get; private set; }

    public bool IsFirst { get; private set; }

    public bool IsCompany => User.StandsForCompany();

    public async Task OnGetAsync(string? apres, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        IsFirst = apres is null;
        await using var session = await OpenAsync(cancellationToken);
        (Rows, Next) = await SpaceRow.PageAsync(session, new SpaceToDo(session.Db, User, Fr.InParis(now)), apres, 25, now, cancellationToken);
    }
}
