using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Documents;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Signatures;

namespace MonOPCO.Host.Pages.Signature;

/// <summary>Everything a signature page shows; found by the personal link alone.</summary>
public sealed class SignPage(SignatureService signatures, MonOpcoDbContext database, RuleBook rules, TimeProvider clock)
{
    public Signer Signer { get; private set; } = null!;

    public SignerRefusal? Refusal { get; private set; }

    public string Message { get; private set; } = "";

    public SignatureRequest Request => Signer.Request!;

    public IReadOnlyList<Signer> Signers { get; private set; } = [];

    public Document Document { get; private set; } = null!;

    public Dossier Dossier { get; private set; } = null!;

    /// <summary>Wording in force, by the day of the request.</summary>
    public string Consent { get; private set; } = "";

    public string Kind { get; private set; } = "";

    /// <summary>The employee of a bilan may refuse, and silence is a refusal.</summary>
    public bool IsEmployeeOfBilan => Signer.Role == SignerRole.Beneficiaire && Dossier.Kind == DossierKind.Bilan;

    public int EmployeeDays { get; private set; }

    public string EmployeeSource { get; private set; } = "";

    /// <summary>The instant stored is the midnight after the last day.</summary>
    public DateOnly? LastDay => Signer.ExpiresAt is { } end ? Fr.InParis(end.AddSeconds(-1)) : null;

    public bool HasCode => Signer.CodeHash is not null && Signer.CodeExpiresAt > clock.GetUtcNow();

    /// <summary>Names the exact text that was accepted.</summary>
    public string ConsentVersion => "mentions.consentement:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Consent)))[..12];

    /// <summary>False when the link opens nothing.</summary>
    public async Task<bool> LoadAsync(string token, CancellationToken cancellationToken)
    {
        // After a handler changed something in a scope of its own, or somebody else did meanwhile, what is tracked here is old.
        database.ChangeTracker.Clear();
        var (signer, refusal, message) = await signatures.OpenAsync(token, clock.GetUtcNow(), cancellationToken);
        if (signer is null)
        {
            return false;
        }

        (Signer, Refusal, Message) = (signer, refusal, message);
        var on = Fr.InParis(signer.Request!.CreatedAt);
        Signers = await database.Signers.AsNoTracking().Where(x => x.RequestId == signer.RequestId).OrderBy(x => x.Order).ThenBy(x => x.Id).ToListAsync(cancellationToken);
        Dossier = await database.Dossiers.AsNoTracking().Include(x => x.Company).Include(x => x.TrainingBody).SingleAsync(x => x.Id == signer.Request.DossierId, cancellationToken);
        var current = await database.SignatureRequests.Where(x => x.Id == signer.RequestId).Select(x => x.CurrentDocumentId).SingleAsync(cancellationToken);
        Document = await database.Documents.AsNoTracking().SingleAsync(x => x.Id == current, cancellationToken);
        Consent = DatedTexts.Text("mentions.consentement", Dossier.Kind, on);
        Kind = DatedTexts.Text("mentions.signature", Dossier.Kind, on);
        if (IsEmployeeOfBilan && await rules.FindAsync(RuleCodes.EmployeeAnswerDays, on, cancellationToken) is { } rule)
        {
            (EmployeeDays, EmployeeSource) = (int.Parse(rule.Value, System.Globalization.CultureInfo.InvariantCulture), rule.Source);
        }

        return true;
    }

    public ChangeContext Change() => new(
        Signer.Role switch { SignerRole.Entreprise => ActorKind.Company, SignerRole.Beneficiaire => ActorKind.Beneficiary, SignerRole.Organisme => ActorKind.Human, _ => throw new InvalidOperationException() },
        Signer.Name,
        null,
        clock.GetUtcNow());

    public static string RoleLabel(SignerRole role) => role switch
    {
        SignerRole.Entreprise => "pour l’entreprise",
        SignerRole.Beneficiaire => "bénéficiaire",
        SignerRole.Organisme => "pour l’organisme",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    /// <summary>What comes after one's own signature, in a sentence.</summary>
    public string NextText() => (Signers.Where(x => x.Status != SignerStatus.Signed).ToList(), Request.DocumentTypeCode) switch
    {
        ({ Count: > 0 } others, _) => $"C’est maintenant au tour de {string.Join(" et de ", others.Select(x => x.Name))}. La personne reçoit son lien par courriel ; vous n’avez rien à faire.",
        (_, DocumentTypes.Devis) => "Le devis est accepté. Nous préparons la convention : vous recevrez un nouveau lien.",
        (_, DocumentTypes.Mandat) => "Nous pouvons déposer la demande pour vous dès que la convention est signée par tous.",
        _ => "Tout le monde a signé. Nous continuons le dossier.",
    };
}

internal static class SignPageResults
{
    public static PageResult With(this PageModel page, int status)
    {
        var result = page.Page();
        result.StatusCode = status;
        return result;
    }
}
