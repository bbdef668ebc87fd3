using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Workflows;

namespace MonOPCO.Host.Workflows.Procedures;

/// <summary>An open editor other than the one that asks.</summary>
public sealed record OpenEditor(string Name, DateTimeOffset Since, bool IsSamePerson);

/// <summary>Who has a procedure open in the designer. Each open page tells every few seconds; who is silent for a minute is gone.</summary>
public sealed class Editors(MonOpcoDbContext database)
{
    private static readonly TimeSpan Gone = TimeSpan.FromMinutes(1);

    /// <summary>Tells that this tab is open and answers which others are.</summary>
    public async Task<IReadOnlyList<OpenEditor>> SeenAsync(string definitionId, string session, ChangeContext change, CancellationToken cancel)
    {
        await database.Database.ExecuteSqlAsync($"""
            insert into workflow_editors (definition_id, session, name, user_id, since, seen_at) values ({definitionId}, {session}, {change.ActorName}, {change.UserId}, {change.Now}, {change.Now})
            on conflict (definition_id, session) do update set seen_at = excluded.seen_at
            """, cancel);
        var others = await database.Set<WorkflowEditorRow>().AsNoTracking().Where(x => x.DefinitionId == definitionId && x.Session != session && x.SeenAt > change.Now - Gone).OrderBy(x => x.Since).ToListAsync(cancel);
        return [.. others.Select(x => new OpenEditor(x.Name, x.Since, x.UserId is not null && x.UserId == change.UserId))];
    }

    /// <summary>The tab was closed. Rows of tabs that could not say so go with it.</summary>
    public Task LeftAsync(string definitionId, string session, DateTimeOffset now, CancellationToken cancel) =>
        database.Set<WorkflowEditorRow>().Where(x => (x.DefinitionId == definitionId && x.Session == session) || x.SeenAt < now - Gone).ExecuteDeleteAsync(cancel);

    /// <summary>Everybody who has it open now.</summary>
    public async Task<IReadOnlyList<OpenEditor>> OpenAsync(string definitionId, DateTimeOffset now, CancellationToken cancel) =>
        [.. (await database.Set<WorkflowEditorRow>().AsNoTracking().Where(x => x.DefinitionId == definitionId && x.SeenAt > now.ToUniversalTime() - Gone).OrderBy(x => x.Since).ToListAsync(cancel)).Select(x => new OpenEditor(x.Name, x.Since, false))];
}
