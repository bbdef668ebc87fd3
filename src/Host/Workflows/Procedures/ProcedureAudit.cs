using System.Text.Json.Nodes;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;

namespace MonOPCO.Host.Workflows.Procedures;

internal static class ProcedureAudit
{
    public const string Subject = "procedure";

    /// <summary>One line of the audit about a procedure; saved with what it tells of.</summary>
    public static void Note(this MonOpcoDbContext db, ChangeContext change, string definitionId, string action, JsonObject? values, string? reason, JsonObject? before = null) => db.Add(new AuditEntry
    {
        At = change.Now,
        ActorKind = change.ActorKind,
        Actor = change.ActorName,
        UserId = change.UserId,
        Subject = Subject,
        SubjectId = definitionId,
        Action = action,
        OldValues = before,
        NewValues = values,
        Reason = string.IsNullOrWhiteSpace(reason) ? null : reason,
    });
}
