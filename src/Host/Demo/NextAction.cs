using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Tasks;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Demo;

/// <summary>What waits for this person first: title, why, where. <paramref name="PlayContactOf"/>: number of a dossier whose company's contact must be played for it.</summary>
public sealed record NextStep(string Title, string Instruction, string Url, DateTimeOffset? DueAt, string? PlayContactOf = null);

/// <summary>« Votre prochaine action » of the demonstration bar and of the two home pages: the open task that is due first.</summary>
public sealed class NextAction(MonOpcoDbContext database)
{
    public async Task<NextStep?> FindAsync(ClaimsPrincipal person, CancellationToken cancellationToken)
    {
        if (person.Identity?.IsAuthenticated != true)
        {
            return null;
        }

        if (!person.IsStaff())
        {
            return await PortalNextAction.FindAsync(database, person, cancellationToken);
        }

        var (id, company, roles, email) = (person.Id(), person.CompanyId(), person.Roles().ToArray(), SearchText.EmailKey(person.Email()));
        var task = await database.HumanTasks.AsNoTracking()
            .Where(x => x.Status == HumanTaskStatus.Open)
            .Where(x => x.AssigneeId == id || (x.AssigneeId == null && (x.CandidateUserId == id || x.CandidateEmailKey == email
                || (x.CandidateRole != null && roles.Contains(x.CandidateRole) && (x.CandidateCompanyId == null || x.CandidateCompanyId == company)))))
            .OrderBy(x => x.DueAt).ThenBy(x => x.Id)
            .Select(x => new { x.Id, x.Title, x.Instruction, x.DueAt, Numero = database.Dossiers.Where(d => d.Id == x.DossierId).Select(d => d.Numero).FirstOrDefault() })
            .FirstOrDefaultAsync(cancellationToken);
        return task is null
            ? await StaffNextAction.FindAsync(database, person, cancellationToken)
            : new NextStep(task.Numero is null ? task.Title : $"{task.Title} · {task.Numero}", task.Instruction, $"/taches/{task.Id}", task.DueAt == HumanTask.NoDeadline ? null : task.DueAt);
    }

    /// <summary>Where the bar opens the OPCO agent.</summary>
    public Task<string> AgentUrlAsync(string agent, CancellationToken cancellationToken) => StaffNextAction.AgentUrlAsync(database, agent, cancellationToken);
}
