using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Host.Pages.Public;

/// <summary>What the page says on top: can this be paid for, in one sentence.</summary>
public sealed record Verdict(string Tone, string Title, string Text, bool CanAsk);

/// <summary>An estimate with the names and words that the page shows.</summary>
public sealed record FundingAnswer(Company Company, DossierKind Kind, FinancingEstimate Estimate, IReadOnlyList<string> Candidates, DateOnly? CeilingSince)
{
    /// <summary>The register masks name and address of those who opposed their diffusion.</summary>
    public bool IsMasked => Company.Name.Contains("NON-DIFFUSIBLE", StringComparison.OrdinalIgnoreCase);

    public bool IsPublicEmployer => Company.LegalCategory?.StartsWith('7') == true;

    /// <summary>What is left of the estimator's sentences once the verdict has said its own.</summary>
    public IEnumerable<string> Warnings => Company.IsDegraded || !Company.IsOpen ? [] : Estimate.Warnings.Where(x => !IsLate || !x.StartsWith("La date", StringComparison.Ordinal));

    private bool IsLate => Estimate is { DaysLeft: < 0, Window.Strict: true };

    public Verdict Verdict => this switch
    {
        { Company.IsOpen: false } => new(
            "danger", "Aucune demande possible avec ce SIRET", $"Le registre indique que cet établissement est fermé{(Company.ClosedOn is { } day ? $" depuis le {Fr.Date(day)}" : "")}. Indiquez le SIRET de l’établissement qui emploie la personne.", false),
        { Company.IsDegraded: true } => new(
            "waiting", "Le registre des entreprises ne répond pas", "Nous gardons votre SIRET. Continuez votre demande : la fiche se complétera toute seule dès le retour du registre, et l’OPCO avec elle.", true),
        { IsPublicEmployer: true } => new("warning", "Employeur public : pas d’OPCO", Estimate.Opco.Explanation, false),
        { IsLate: true } => new("danger", "Trop tard pour cette date de début", $"{Estimate.OpcoName} n’accepte plus de demande pour un début le {Fr.Date(Estimate.StartDate)} : il fallait déposer au plus tard le {Fr.Date(Estimate.Window!.Last)}. Choisissez une date plus lointaine.", false),
        { Estimate.AboveThreshold: true } => new("warning", "Possible, mais pas sur les fonds mutualisés", "L’entreprise paraît atteindre le seuil au-delà duquel l’OPCO ne mutualise plus. La demande peut continuer sur vos fonds propres ou conventionnels.", true),
        { Estimate.Opco.Opco: null } => new("warning", "OPCO à déterminer", "Vous pouvez faire votre demande : nous trouverons l’OPCO avec vous, à partir de votre convention collective.", true),
        { Estimate.Opco.Confidence: OpcoConfidence.AConfirmer } => new("info", "Probablement finançable, OPCO à confirmer", $"{Estimate.OpcoName} est le plus vraisemblable. Nous le confirmerons avec vous avant le dépôt.", true),
        _ => new("success", "Finançable, sous réserve de l’accord de votre OPCO", $"{Estimate.OpcoName} peut prendre en charge {(Kind == DossierKind.Bilan ? "un bilan de compétences" : "une formation")} à cette date.", true),
    };

    public string OriginText => Estimate.Opco.Origin switch
    {
        OpcoOrigin.Siro => "table officielle des SIRET",
        OpcoOrigin.Idcc => "d’après la convention collective",
        OpcoOrigin.Naf => "suggestion d’après l’activité (code NAF)",
        OpcoOrigin.Manual => "indiqué par une personne",
        OpcoOrigin.None => "non déterminé",
        _ => throw new InvalidOperationException($"Unknown origin {Estimate.Opco.Origin}."),
    };

    public (string Label, string Tone, string Icon) Confidence => Estimate.Opco.Confidence switch
    {
        OpcoConfidence.Certain => ("Certain", "success", "circle-check"),
        OpcoConfidence.Forte => ("Quasi certain", "success", "check"),
        OpcoConfidence.AConfirmer => ("À confirmer", "warning", "help"),
        OpcoConfidence.Inconnue => ("Inconnu", "neutral", "help"),
        _ => throw new InvalidOperationException($"Unknown confidence {Estimate.Opco.Confidence}."),
    };

    public string CircuitTitle => Estimate.Circuit switch
    {
        PaymentCircuit.Subrogation => "L’OPCO paie l’organisme",
        PaymentCircuit.Remboursement => "Vous payez, l’OPCO vous rembourse",
        PaymentCircuit.Mixte => "L’accord dira qui est payé",
        PaymentCircuit.FondsPropres => "Vous financez",
        null => "À préciser avec l’OPCO",
        _ => throw new InvalidOperationException($"Unknown circuit {Estimate.Circuit}."),
    };
}

/// <summary>Makes the answer from what is stored; no network.</summary>
public sealed class FundingAnswers(MonOpcoDbContext database, FinancingEstimator estimator, RuleBook rules, TimeProvider clock)
{
    public async Task<FundingAnswer> MakeAsync(Company company, DossierKind kind, DateOnly start, CancellationToken cancellationToken, decimal? hours = null, int trainees = 1)
    {
        var estimate = await estimator.EstimateAsync(company, kind, start, Fr.InParis(clock.GetUtcNow()), cancellationToken, hours, trainees);
        var slugs = estimate.Opco.Candidates;
        var candidates = slugs.Count < 2 ? [] : await database.Opcos.Where(x => slugs.Contains(x.Slug)).OrderBy(x => x.Name).Select(x => x.Name).ToListAsync(cancellationToken);
        var ceiling = estimate.Opco.Opco is not { } opco ? null
            : await rules.FindAsync(RuleCodes.LumpCeiling, start, cancellationToken, opco, kind) ?? await rules.FindAsync(RuleCodes.HourlyCeilingHt, start, cancellationToken, opco, kind);
        return new FundingAnswer(company, kind, estimate, candidates, ceiling?.ValidFrom);
    }
}
