using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Signatures;

namespace MonOPCO.Domain.Dossiers.Checks;

/// <summary>The automatic checks of facts §10.2: rules 1–6, 8, 12 when a request is validated; 7, 9, 11 and the package before filing.</summary>
public sealed class DossierChecks(MonOpcoDbContext db, RuleBook rules, OpcoResolver resolver, FinancingEstimator estimator, DossierPackage package)
{
    public async Task<CheckReport> RequestAsync(Guid dossierId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var facts = await LoadAsync(dossierId, now, cancellationToken);
        var threshold = (int)await rules.RequireNumberAsync(RuleCodes.HeadcountThreshold, facts.Dossier.StartDate, cancellationToken);
        var above = FinancingEstimator.IsAbove(facts.Company, threshold);
        var request = new RequestChecks(facts, rules, resolver, estimator, db);
        List<CheckLine> lines =
        [
            .. RequestChecks.Company(facts, threshold, above),
            .. await request.OpcoAsync(cancellationToken),
            .. await request.FilingAsync(cancellationToken),
            .. await request.HoursAsync(cancellationToken),
            .. await request.CostAsync(cancellationToken),
            .. RequestChecks.TrainingBody(facts),
            .. RequestChecks.Pedagogy(facts, (int)await rules.RequireNumberAsync(RuleCodes.MinDescriptionLength, facts.Dossier.StartDate, cancellationToken)),
            await request.EnvelopeAsync(cancellationToken),
        ];
        return new CheckReport(lines, above ? CheckReport.OwnFunds : CheckReport.Opco);
    }

    /// <summary>« Prêt au dépôt » : everything that leaves is complete, coherent, signed and free of bilan content.</summary>
    public async Task<CheckReport> GateAsync(Guid dossierId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var facts = await LoadAsync(dossierId, now, cancellationToken);
        var content = await package.ContentAsync(dossierId, cancellationToken);
        var requests = await db.SignatureRequests.AsNoTracking().Include(x => x.Signers).Where(x => x.DossierId == dossierId).ToListAsync(cancellationToken);

        // The employee keeps the days that applied when the convention was sent, whatever the rule says today.
        var answerDays = new Dictionary<DateOnly, int>();
        foreach (var invited in requests.SelectMany(x => x.Signers).Where(x => x is { Role: SignerRole.Beneficiaire, InvitedAt: not null }).Select(x => Fr.InParis(x.InvitedAt!.Value)).Distinct())
        {
            answerDays[invited] = (int)await rules.RequireNumberAsync(RuleCodes.EmployeeAnswerDays, invited, cancellationToken);
        }

        var window = facts.Dossier.OpcoSlug is { } slug ? await rules.FilingWindowAsync(slug, facts.Dossier.StartDate, cancellationToken) : null;
        var types = await db.DocumentTypes.AsNoTracking().ToDictionaryAsync(x => x.Code, cancellationToken);
        List<CheckLine> lines =
        [
            GateChecks.Complete(content),
            GateChecks.Coherent(facts, content),
            GateChecks.ProfessionalEmails(facts),
            .. GateChecks.Signatures(facts, content, requests, types, answerDays),
            GateChecks.NoBilanContent(content),
            RequestChecks.FilingLine(facts, window),
        ];
        return new CheckReport(lines, facts.Dossier.Circuit == PaymentCircuit.FondsPropres ? CheckReport.OwnFunds : CheckReport.Opco);
    }

    private async Task<CheckFacts> LoadAsync(Guid dossierId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var dossier = await db.Dossiers.AsNoTracking().Include(x => x.Company).Include(x => x.TrainingBody).Include(x => x.Beneficiaires.OrderBy(b => b.Position)).SingleAsync(x => x.Id == dossierId, cancellationToken);
        return new CheckFacts(dossier, dossier.Company!, Fr.InParis(now));
    }
}

internal sealed record CheckFacts(Dossier Dossier, Company Company, DateOnly Today);
