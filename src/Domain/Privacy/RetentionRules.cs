using System.Globalization;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Privacy;

/// <summary>When something has come to the end of its retention, and by which law.</summary>
public sealed record RetentionDue(DateOnly On, string Basis);

/// <summary>A class of the retention schedule: its dated rule is <c>conservation:CODE</c>, in months.</summary>
public sealed record RetentionClass(string Code, string Label, string Months, string Source, RuleCertainty Certainty, string From);

public static class RetentionClasses
{
    public const string Contract = "contrat";
    public const string Training = "formation";
    public const string Certificate = "certificat";
    public const string Accounting = "comptable";
    public const string Body = "organisme";
    public const string Log = "journal";
    public const string BilanWork = "bilan-travail";
    public const string BilanSynthesis = "bilan-synthese";
    public const string BilanSynthesisKept = "bilan-synthese-accord";
    public const string Prospect = "prospect";

    private const string EndOfAction = "la fin de l’action";

    public static IReadOnlyList<RetentionClass> All { get; } =
    [
        new(BilanWork, "Documents de travail d’un bilan", "0", "code du travail, art. R6313-7 : détruits au terme du bilan", RuleCertainty.ToConfirm, EndOfAction),
        new(BilanSynthesis, "Document de synthèse, sans accord écrit", "0", "code du travail, art. R6313-7 : détruit au terme du bilan", RuleCertainty.ToConfirm, EndOfAction),
        new(BilanSynthesisKept, "Document de synthèse, avec accord écrit", "12", "code du travail, art. R6313-7 : un an au plus, avec l’accord écrit du bénéficiaire motivé par un suivi", RuleCertainty.ToConfirm, EndOfAction),
        new(Certificate, "Certificat de réalisation", "72", "Contrôles de l’OPCO et de l’État : trois ans, preuves six ans (dix avec des fonds européens)", RuleCertainty.Indicative, EndOfAction),
        new(Training, "Programme, émargements, évaluations, accords", "72", "Preuves de réalisation, contrôles (code du travail, art. L6362-1 et suivants) : trois à six ans en pratique", RuleCertainty.Indicative, EndOfAction),
        new(Contract, "Contrats, conventions, mandats et preuves de signature", "120", "Preuve du contrat (code civil, art. 2224 ; code de la consommation, art. L213-1) : dix ans", RuleCertainty.Indicative, EndOfAction),
        new(Accounting, "Pièces comptables", "120", "code de commerce, art. L123-22 : dix ans après la clôture de l’exercice", RuleCertainty.Indicative, "la fin de l’année de la pièce"),
        new(Body, "Papiers de l’organisme", "72", "Contrôles Qualiopi : deux cycles de certification", RuleCertainty.Indicative, "l’ajout du document"),
        new(Log, "Captures d’écran et traces de dépôt", "12", "CNIL, recommandation sur la journalisation : six à douze mois", RuleCertainty.Indicative, "l’ajout du document"),
        new(Prospect, "Demandes commencées, jamais envoyées", "36", "CNIL : trois ans après le dernier contact", RuleCertainty.Indicative, "le dernier changement"),
    ];

    /// <summary>Never shorter than these, whatever is typed elsewhere: see <see cref="RetentionRules"/>.</summary>
    public static string Label(string code) => All.FirstOrDefault(x => x.Code == code)?.Label ?? code;

    public static string Rule(string code) => "conservation:" + code;
}

/// <summary>Reads the retention schedule for one document.</summary>
public sealed class RetentionRules(MonOpcoDbContext db, RuleBook rules)
{
    /// <summary>States in which the action is over, or will never be.</summary>
    internal static readonly DossierState[] Ended =
    [
        DossierState.Realise, DossierState.CertificatEmis, DossierState.ReglementDemande, DossierState.PayePartiel, DossierState.Paye, DossierState.Litige, DossierState.Clos, DossierState.Suivi6Mois,
        DossierState.Refuse, DossierState.Annule, DossierState.Abandonne, DossierState.Caduc, DossierState.RefusTacite,
    ];

    public async Task<int> MonthsAsync(string code, DateOnly today, CancellationToken cancellationToken) => (int)await rules.RequireNumberAsync(RetentionClasses.Rule(code), today, cancellationToken);

    /// <summary>Null: not known yet, because its dossier is still alive.</summary>
    public async Task<RetentionDue?> DueAsync(Document document, DateOnly today, CancellationToken cancellationToken)
    {
        var dossier = document.DossierId is null ? null : await db.Dossiers.AsNoTracking().Where(x => x.Id == document.DossierId).Select(x => new DossierEnd(x.EndDate, x.State, x.StateSince)).SingleAsync(cancellationToken);
        var consent = document.RetentionClass == RetentionClasses.BilanSynthesis && document.PersonKey is { } person
            && await db.Consents.AnyAsync(x => x.PersonKey == person && x.Purpose == ConsentPurposes.KeepSynthesis && x.WithdrawnAt == null && (x.DossierId == null || x.DossierId == document.DossierId), cancellationToken);
        return await DueAsync(document.RetentionClass, Fr.InParis(document.CreatedAt), dossier, consent, today, cancellationToken);
    }

    internal async Task<RetentionDue?> DueAsync(string retentionClass, DateOnly created, DossierEnd? dossier, bool consent, DateOnly today, CancellationToken cancellationToken)
    {
        var code = retentionClass == RetentionClasses.BilanSynthesis && consent ? RetentionClasses.BilanSynthesisKept : retentionClass;
        if (await rules.FindAsync(RetentionClasses.Rule(code), today, cancellationToken) is not { } rule)
        {
            return null;
        }

        DateOnly? from = code switch
        {
            RetentionClasses.Accounting => new DateOnly(created.Year, 12, 31),
            RetentionClasses.Body or RetentionClasses.Log => created,
            _ when dossier is null => created,

            // An interrupted or refused action ends with its decision, a finished one on its last day.
            _ when Ended.Contains(dossier.State) => dossier.EndDate < Fr.InParis(dossier.StateSince) || dossier.State is DossierState.Realise ? dossier.EndDate : Fr.InParis(dossier.StateSince),

            // Nobody closed it: long after its last day it is over all the same, except for what a short delay would destroy.
            _ when dossier.EndDate.AddMonths(12) < today => dossier.EndDate.AddMonths(12),
            _ => null,
        };
        return from is { } start ? new RetentionDue(start.AddMonths(int.Parse(rule.Value, CultureInfo.InvariantCulture)), rule.Source) : null;
    }
}

/// <summary>When a dossier's action ends, as far as it is known.</summary>
internal sealed record DossierEnd(DateOnly EndDate, DossierState State, DateTimeOffset StateSince);
