using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Workflows;

namespace MonOPCO.Host.Workflows.Procedures;

internal static class ProcedureAudit
{
    public const string Subject = "procedure";

    /// <summary>One line of the audit about a procedure; saved with what it tells of.</summary>
    public static void Note(this MonOpcoDbContext db, ChangeContext change, string definitionId, string action, JsonObject? values, string? reason, JsonObject? before = null) =>
        db.Add(AuditEntry.Of(change with { Reason = reason }, Subject, definitionId, null, action, before, values));

    /// <summary>The draft was made anew elsewhere than in an editor: even the tab that saved it last is now out of date.</summary>
    public static Task MakeEditorsStaleAsync(this MonOpcoDbContext db, string definitionId, CancellationToken cancel) =>
        db.Set<WorkflowProcedureRow>().Where(x => x.DefinitionId == definitionId).ExecuteUpdateAsync(x => x.SetProperty(p => p.SavedBySession, "-"), cancel);
}
