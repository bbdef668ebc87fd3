using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;

namespace MonOPCO.Host.Audit;

/// <summary>Walks along the chain and says so in the audit itself.</summary>
internal sealed class AuditCheck(AuditVerifier verifier, AuditLog audit, IServiceScopeFactory scopes, ILogger<AuditCheck> log)
{
    public async Task<AuditVerdict> RunAsync(ChangeContext change, CancellationToken cancellationToken)
    {
        var verdict = await verifier.VerifyAsync(cancellationToken);
        if (verdict.Problem is { } problem)
        {
            log.LogCritical("The audit has been tampered with: {Problem}", problem);
        }

        await audit.AddAsync(
            AuditEntry.Of(
                change with { Reason = verdict.Problem }, AuditReader.ChainSubject, "chain", null, verdict.IsIntact ? AuditReader.Verified : AuditReader.TamperingFound, null,
                new JsonObject { ["seals"] = verdict.Seals, ["rows"] = verdict.Rows, ["anchors"] = verdict.Anchors, ["unsealed"] = verdict.Unsealed }),
            cancellationToken);
        return verdict;
    }

    public async Task<DateTimeOffset?> LastAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<MonOpcoDbContext>().AuditEntries
            .Where(x => x.Subject == AuditReader.ChainSubject && (x.Action == AuditReader.Verified || x.Action == AuditReader.TamperingFound)).MaxAsync(x => (DateTimeOffset?)x.At, cancellationToken);
    }
}
