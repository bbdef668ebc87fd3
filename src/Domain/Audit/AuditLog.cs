using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Audit;

/// <summary>
/// Traces of what changes nothing: documents opened, lists taken away, sensitive values read, sign-ins. Written and committed at once, on a connection of its
/// own, so that a portal session or a read-only page may call it; await it before the first byte leaves.
/// </summary>
public sealed class AuditLog(IServiceScopeFactory scopes)
{
    /// <summary>A list, a table or a package left as a file. <paramref name="facts"/>: filters, format, number of rows; no personal value.</summary>
    public Task ExportAsync(ChangeContext change, string what, JsonObject? facts, CancellationToken cancellationToken, Guid? dossierId = null) =>
        AddAsync(AuditEntry.Of(change, "export", what, dossierId, "Exported", null, facts), cancellationToken);

    /// <summary>Somebody opened or downloaded a document.</summary>
    public Task DocumentOpenedAsync(ChangeContext change, Guid documentId, Guid? dossierId, string typeCode, CancellationToken cancellationToken) =>
        AddAsync(AuditEntry.Of(change, "document", documentId.ToString(), dossierId, "Opened", null, new JsonObject { ["type"] = typeCode }), cancellationToken);

    /// <summary>Anything else that must leave a trace without changing a row.</summary>
    public Task AddAsync(AuditEntry entry, CancellationToken cancellationToken) => AddAsync([entry], cancellationToken);

    public async Task AddAsync(IEnumerable<AuditEntry> entries, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MonOpcoDbContext>();
        db.AuditEntries.AddRange(entries);
        await db.SaveChangesAsync(cancellationToken);
    }
}
