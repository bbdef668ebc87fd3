using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Companies;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Activities;
using MonOPCO.Integrations.CompanyLookup;
using Siret = MonOPCO.Domain.Companies.Siret;
using static MonOPCO.Engine.Activities.ActivityResult<MonOPCO.Activities.Companies.LookUpCompany.Output>;

namespace MonOPCO.Activities.Companies;

[Activity("MonOPCO.LookUpCompany", Title = "Chercher l'entreprise au registre", Category = "Entreprises", Description = "Interroge le registre des entreprises et complète la fiche et l'OPCO. Si le registre ne répond pas, réessaie plus tard.", Kind = ActivityKind.Effect, MaxAttempts = 200)]
[Outcome("Found", "Trouvée")]
[Outcome("NotFound", "Inconnue")]
public sealed class LookUpCompany(CompanyRegisterClient register, CompanyService companies, DossierService dossiers, MonOpcoDbContext db) : Activity<LookUpCompany.Input, LookUpCompany.Output>
{
    public sealed record Input
    {
        [Display(Name = "SIRET", Description = "Les 14 chiffres de l'établissement.")]
        public required string Siret { get; init; }
    }

    public sealed record Output
    {
        [Display(Name = "Raison sociale")]
        public string? CompanyName { get; init; }

        [JsonIgnore]
        public CompanyRecord? Record { get; init; }
    }

    // Without a pause that the register asked for, the runtime's own growing delays are enough.
    public override async Task<ActivityResult<Output>> ExecuteAsync(Input input, ActivityContext context) => await register.FindBySiretAsync(input.Siret, context.CancellationToken) switch
    {
        CompanyLookupResult.Found found => new Done(new Output { CompanyName = found.Company.Name, Record = found.Company }, "Found"),
        CompanyLookupResult.NotFound => new Done(new Output(), "NotFound"),
        CompanyLookupResult.Unavailable unavailable => new RetryLater(unavailable.Failure.RetryAfter ?? TimeSpan.Zero, unavailable.Failure.Reason),
        CompanyLookupResult.Refused refused => new Failed("register-refused", refused.Failure.Reason),
        _ => throw new InvalidOperationException("The register answered none of these."),
    };

    public override async Task<Output> RecordAsync(Input input, Output output, ActivityContext context)
    {
        if (output.Record is null)
        {
            if (Siret.TryParse(input.Siret, out var siret) && await companies.SaveUnknownAsync(siret, context.Change(), context.CancellationToken) is { } unknown)
            {
                foreach (var dossierId in await db.Dossiers.Where(x => x.CompanyId == unknown.Id && x.State == DossierState.Brouillon).Select(x => x.Id).ToListAsync(context.CancellationToken))
                {
                    await dossiers.AddEventAsync(dossierId, DossierEventKinds.Note, "Le registre des entreprises répond de nouveau : il ne connaît pas ce SIRET.", context.Change(), context.CancellationToken);
                }
            }

            return output;
        }

        var company = await companies.SaveAsync(RegisterFacts.Of(output.Record), context.Change(), context.CancellationToken);

        // Dossiers opened while the register was silent did not know their OPCO.
        var waiting = await db.Dossiers.Where(x => x.CompanyId == company.Id && x.OpcoSlug == null && x.State == DossierState.Brouillon).Select(x => x.Id).ToListAsync(context.CancellationToken);
        foreach (var dossierId in waiting)
        {
            await dossiers.SetOpcoAsync(dossierId, company.OpcoSlug, company.OpcoOrigin, company.OpcoConfidence, context.Change(), context.CancellationToken);
        }

        return output;
    }
}

/// <summary>From the register's words to ours.</summary>
public static class RegisterFacts
{
    public static CompanyFacts Of(CompanyRecord record) => new(record.Siret, record.Name, record.IsLive ? CompanyOrigin.Live : CompanyOrigin.Sandbox)
    {
        Address = StreetOf(record),
        PostalCode = record.PostalCode ?? "",
        City = record.City ?? "",
        Department = record.PostalCode is { Length: 5 } code ? (code.StartsWith("97", StringComparison.Ordinal) ? code[..3] : code[..2]) : "",
        Naf = record.Naf,
        Idcc = record.Idcc,
        LegalCategory = record.LegalCategory,
        HeadcountBand = record.HeadcountBand,
        IsOpen = record.IsOpen,
        ClosedOn = record.ClosedOn,
        Nda = record.Nda.Count > 0 ? record.Nda[0] : null,
        IsQualiopi = record.IsQualiopi,
    };

    /// <summary>The register writes the whole address in one line; town and code have columns of their own.</summary>
    private static string StreetOf(CompanyRecord record)
    {
        var (address, end) = (record.Address ?? "", $" {record.PostalCode} {record.City}");
        return address.EndsWith(end, StringComparison.OrdinalIgnoreCase) ? address[..^end.Length] : address;
    }
}
