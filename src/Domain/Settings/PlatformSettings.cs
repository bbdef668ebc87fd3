using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;

namespace MonOPCO.Domain.Settings;

/// <summary>What an administrator says of an organisme de formation.</summary>
public sealed record SaveTrainingBody
{
    public required string Name { get; init; }

    public required string LegalForm { get; init; }

    public required string Siret { get; init; }

    public required string Nda { get; init; }

    public bool NdaActive { get; init; } = true;

    public string NdaRegion { get; init; } = "";

    public string QualiopiNumber { get; init; } = "";

    public string QualiopiCertifier { get; init; } = "";

    public DateOnly? QualiopiFrom { get; init; }

    public DateOnly? QualiopiTo { get; init; }

    public IReadOnlyList<string> QualiopiCategories { get; init; } = [];

    public string Address { get; init; } = "";

    public string PostalCode { get; init; } = "";

    public string City { get; init; } = "";

    public string Email { get; init; } = "";

    public string Phone { get; init; } = "";

    public string Website { get; init; } = "";

    public VatStatus VatStatus { get; init; }

    public decimal VatRate { get; init; }

    public string RepresentativeName { get; init; } = "";

    public string RepresentativeRole { get; init; } = "";

    public string RepresentativeEmail { get; init; } = "";

    public string HandicapContact { get; init; } = "";

    public bool IsFictitious { get; init; }
}

/// <summary>What of the platform an administrator sets: organismes, largest files. Each change leaves its line in the audit. Codes of refusals end with the property they are about.</summary>
public sealed class PlatformSettings(MonOpcoDbContext db)
{
    /// <summary>What a page lets pass at most.</summary>
    public const int LargestMegabytes = 10;

    /// <summary>Categories of the Qualiopi certificate and their names.</summary>
    public static IReadOnlyList<(string Code, string Label)> Categories { get; } =
        [("AF", "Actions de formation"), ("BC", "Bilans de compétences"), ("VAE", "Validation des acquis de l’expérience"), ("CFA", "Apprentissage")];

    /// <summary>Changes an organisme, or (null) adds one. Throws <see cref="RuleBrokenException"/> with a sentence.</summary>
    public Task<TrainingBody> SaveAsync(Guid? id, SaveTrainingBody facts, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            ArgumentNullException.ThrowIfNull(facts);
            var (siret, nda) = Check(facts);
            if (await db.TrainingBodies.AnyAsync(x => x.Siret == siret && x.Id != id, cancellationToken))
            {
                throw Refused(nameof(facts.Siret), "Un autre organisme porte déjà ce SIRET.");
            }

            TrainingBody body;
            if (id is null)
            {
                body = new TrainingBody { Id = Guid.CreateVersion7(change.Now), Slug = await FreeSlugAsync(facts.Name, cancellationToken), Name = facts.Name, LegalForm = facts.LegalForm, Siret = siret, Nda = nda };
                db.Add(body);
            }
            else
            {
                body = await db.TrainingBodies.SingleAsync(x => x.Id == id, cancellationToken);
            }

            (body.Name, body.LegalForm, body.Siret, body.Nda, body.NdaActive, body.NdaRegion) = (facts.Name.Trim(), facts.LegalForm.Trim(), siret, nda, facts.NdaActive, facts.NdaRegion.Trim());
            (body.QualiopiNumber, body.QualiopiCertifier, body.QualiopiFrom, body.QualiopiTo) = (facts.QualiopiNumber.Trim(), facts.QualiopiCertifier.Trim(), facts.QualiopiFrom, facts.QualiopiTo);
            string[] categories = [.. Categories.Select(x => x.Code).Where(facts.QualiopiCategories.Contains)];
            body.QualiopiCategories = categories.SequenceEqual(body.QualiopiCategories) ? body.QualiopiCategories : categories;
            (body.Address, body.PostalCode, body.City) = (facts.Address.Trim(), facts.PostalCode.Trim(), facts.City.Trim());
            (body.Email, body.Phone, body.Website, body.HandicapContact) = (facts.Email.Trim(), facts.Phone.Trim(), facts.Website.Trim(), facts.HandicapContact.Trim());
            (body.VatStatus, body.VatRate) = (facts.VatStatus, facts.VatStatus == VatStatus.Assujetti ? facts.VatRate : 0);
            (body.RepresentativeName, body.RepresentativeRole, body.RepresentativeEmail) = (facts.RepresentativeName.Trim(), facts.RepresentativeRole.Trim(), facts.RepresentativeEmail.Trim());
            body.IsFictitious = facts.IsFictitious;
            if (db.Audit(body, "training-body", body.Id, null, id is null ? "Added" : "Changed", change))
            {
                await db.SaveChangesAsync(cancellationToken);
            }

            return body;
        },
        cancellationToken);

    /// <summary>How large a file of this type may be; false when it was so already.</summary>
    public Task<bool> SetLargestFileAsync(string typeCode, int megabytes, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var type = await db.DocumentTypes.SingleAsync(x => x.Code == typeCode, cancellationToken);
            if (!type.Uploadable || megabytes is < 1 or > LargestMegabytes)
            {
                throw Refused("MaxBytes", $"Choisissez une taille de 1 à {LargestMegabytes} Mo.");
            }

            type.MaxBytes = megabytes * 1024L * 1024;
            if (!db.Audit(type, "document-type", type.Code, null, "Changed", change))
            {
                return false;
            }

            await db.SaveChangesAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    private static (string Siret, string Nda) Check(SaveTrainingBody facts)
    {
        if (!Siret.TryParse(facts.Siret, out var siret))
        {
            throw Refused(nameof(facts.Siret), "Ce numéro SIRET n’est pas valide : il compte 14 chiffres, dont une clé de contrôle.");
        }

        var nda = string.Concat(facts.Nda.Where(char.IsAsciiDigit));
        if (nda.Length != 11 || facts.Nda.Any(char.IsLetter))
        {
            throw Refused(nameof(facts.Nda), "Le numéro de déclaration d’activité compte 11 chiffres.");
        }

        if (facts.QualiopiFrom is { } from && facts.QualiopiTo is { } to && to < from)
        {
            throw Refused(nameof(facts.QualiopiTo), "Le certificat ne peut pas finir avant d’avoir commencé.");
        }

        if (facts.QualiopiCategories.Count > 0 && (string.IsNullOrWhiteSpace(facts.QualiopiNumber) || facts.QualiopiTo is null))
        {
            throw Refused(nameof(facts.QualiopiNumber), "Un organisme certifié a un numéro de certificat et une date de fin de validité.");
        }

        if (facts.VatStatus == VatStatus.Assujetti && facts.VatRate is <= 0 or > 100)
        {
            throw Refused(nameof(facts.VatRate), "Indiquez le taux de TVA, par exemple 20.");
        }

        return (siret.Value, nda);
    }

    /// <summary>Stable and readable: from the name, with a number when it is taken.</summary>
    private async Task<string> FreeSlugAsync(string name, CancellationToken cancellationToken)
    {
        var plain = string.Join('-', new string([.. SearchText.Of(name).Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(6));
        plain = plain.Length == 0 ? "organisme" : plain;
        var taken = await db.TrainingBodies.Where(x => x.Slug.StartsWith(plain)).Select(x => x.Slug).ToListAsync(cancellationToken);
        return !taken.Contains(plain) ? plain : Enumerable.Range(2, taken.Count + 1).Select(n => $"{plain}-{n}").First(x => !taken.Contains(x));
    }

    private static RuleBrokenException Refused(string property, string sentence) => new("settings:" + property, sentence);
}
