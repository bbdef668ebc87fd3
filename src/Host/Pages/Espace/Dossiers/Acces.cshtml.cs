using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Bilans;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Users;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Pages.Espace.Dossiers;

/// <summary>« Qui a ouvert mon dossier »: every opening by anybody, day by day, in plain words.</summary>
public sealed class AccesModel(PortalSessions sessions) : BeneficiaryPage(sessions)
{
    /// <summary>Most that is read at once; older ones follow behind a link.</summary>
    private const int Size = 300;

    public IReadOnlyList<AccessDay> Days { get; private set; } = [];

    public long? Before { get; private set; }

    public async Task OnGetAsync(long? avant, CancellationToken cancellationToken)
    {
        await using var session = await OpenAsync(cancellationToken);
        var rows = await session.Db.DossierAccesses.AsNoTracking().Where(x => x.DossierId == Dossier.Id && (avant == null || x.Id < avant)).OrderByDescending(x => x.Id).Take(Size).ToListAsync(cancellationToken);
        var ids = rows.Select(x => x.DocumentId).OfType<Guid>().ToHashSet();

        // Names of documents that the person may see; of the others it is told that it was a document of the dossier.
        var names = await session.Db.Documents.Where(x => ids.Contains(x.Id)).ToDictionaryAsync(x => x.Id, x => x.Name, cancellationToken);
        Before = rows.Count == Size ? rows[^1].Id : null;
        var me = User.Id();
        Days = [.. rows.GroupBy(x => Fr.InParis(x.At)).Select(day => new AccessDay(day.Key,
        [
            .. day.GroupBy(x => (x.UserId, x.Name, x.Role)).Select(who => new AccessLine(
                who.Key.UserId == me ? "Vous" : who.Key.Role == Roles.Beneficiaire ? "Un autre participant" : who.Key.Name,
                who.Key.UserId == me ? "" : Who(who.Key.Role),
                who.Key.UserId == me,
                [.. who.GroupBy(x => What(x, names)).Select(x => new AccessedTimes(x.Key, [.. x.Select(y => y.At).Order()]))])),
        ]))];
    }

    private string Who(string role) => role switch
    {
        Roles.Entreprise => $"{Dossier.Company!.Name}, ressources humaines",
        Roles.Direction => $"{Dossier.Company!.Name}, direction",
        Roles.Manager or Roles.Technicien => $"{Dossier.Company!.Name}, {Roles.Label(role).ToLowerInvariant()}",
        Roles.Beneficiaire => "",
        Roles.Consultant => "votre consultant",
        Roles.Formateur => "formateur",
        _ => $"notre équipe, {Roles.Label(role).ToLowerInvariant()}",
    };

    private static string What(DossierAccess access, Dictionary<Guid, string> names) => access.Thing switch
    {
        AccessedThing.Document => access.DocumentId is { } id && names.TryGetValue(id, out var name) ? $"le document « {name} »" : "un document du dossier",
        AccessedThing.Task => "une tâche de votre dossier",
        AccessedThing.WorkPage => "une autre page de votre dossier",
        _ => "la fiche de votre dossier",
    };
}

public sealed record AccessDay(DateOnly Day, IReadOnlyList<AccessLine> Lines);

/// <summary>One person on one day.</summary>
public sealed record AccessLine(string Name, string Role, bool IsMe, IReadOnlyList<AccessedTimes> Things);

public sealed record AccessedTimes(string What, IReadOnlyList<DateTimeOffset> At);
