using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Audit;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Companies;

/// <summary>What a register says about an establishment.</summary>
public sealed record CompanyFacts(string Siret, string Name, CompanyOrigin Origin)
{
    public string? TradeName { get; init; }

    public string Address { get; init; } = "";

    public string PostalCode { get; init; } = "";

    public string City { get; init; } = "";

    public string Department { get; init; } = "";

    public string? Naf { get; init; }

    public string? Naf2025 { get; init; }

    public IReadOnlyList<string> Idcc { get; init; } = [];

    public string? LegalCategory { get; init; }

    public string? HeadcountBand { get; init; }

    public bool IsOpen { get; init; } = true;

    public DateOnly? ClosedOn { get; init; }

    public string? Nda { get; init; }

    public bool IsQualiopi { get; init; }
}

public sealed class CompanyService(MonOpcoDbContext db, OpcoResolver resolver)
{
    public Task<Company?> FindAsync(Siret siret, CancellationToken cancellationToken) =>
        db.Companies.FirstOrDefaultAsync(x => x.Siret == siret.Value, cancellationToken);

    /// <summary>Creates or refreshes the company and resolves its OPCO; a choice made by a person is kept.</summary>
    public Task<Company> SaveAsync(CompanyFacts facts, ChangeContext change, CancellationToken cancellationToken, string? siroOpco = null) => db.InTransactionAsync(
        async () =>
        {
            var siret = Siret.Parse(facts.Siret);
            var company = await FindOrAddAsync(siret, facts.Name, facts.Origin, change, cancellationToken);
            company.Name = facts.Name;
            company.TradeName = facts.TradeName;
            company.Address = facts.Address;
            company.PostalCode = facts.PostalCode;
            company.City = facts.City;
            company.Department = facts.Department;
            company.Naf = facts.Naf is { } naf ? OpcoResolver.NormalizeNaf(naf) : null;
            company.Naf2025 = facts.Naf2025 is { } naf25 ? OpcoResolver.NormalizeNaf(naf25) : null;
            company.Idcc = [.. facts.Idcc.Select(OpcoResolver.NormalizeIdcc)];
            company.LegalCategory = facts.LegalCategory;
            company.HeadcountBand = facts.HeadcountBand;
            company.IsOpen = facts.IsOpen;
            company.ClosedOn = facts.ClosedOn;
            company.Nda = facts.Nda;
            company.IsQualiopi = facts.IsQualiopi;
            company.Origin = facts.Origin;
            company.IsDegraded = false;
            if (company.OpcoOrigin != OpcoOrigin.Manual)
            {
                var answer = await resolver.ResolveAsync(QuestionOf(company, siroOpco), Fr.InParis(change.Now), cancellationToken);
                (company.OpcoSlug, company.OpcoOrigin, company.OpcoConfidence) = (answer.Opco, answer.Origin, answer.Confidence);
            }

            return await StoreAsync(company, "Saved", change, cancellationToken);
        },
        cancellationToken);

    /// <summary>The register did not answer: the SIRET alone is kept, the look-up is to be done again. Known facts are not overwritten.</summary>
    public Task<Company> SaveDegradedAsync(Siret siret, CompanyOrigin origin, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var company = await FindOrAddAsync(siret, $"Entreprise {siret.Formatted}", origin, change, cancellationToken);
            company.IsDegraded = company.LookedUpAt is null;
            return await StoreAsync(company, "SavedWithoutRegister", change, cancellationToken, lookedUp: false);
        },
        cancellationToken);

    /// <summary>The register answers at last, and does not know this SIRET: nobody goes on waiting for it, and no request passes its checks.</summary>
    public Task<Company?> SaveUnknownAsync(Siret siret, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            await db.LockAsync($"company:{siret.Value}", cancellationToken);
            if (await FindAsync(siret, cancellationToken) is not { IsDegraded: true } company)
            {
                return null;
            }

            (company.Name, company.IsOpen, company.IsDegraded) = ($"SIRET {siret.Formatted}, inconnu du registre", false, false);
            return await StoreAsync(company, "UnknownToRegister", change, cancellationToken);
        },
        cancellationToken);

    /// <summary>A person says which OPCO it is, e.g. after the official check.</summary>
    public Task<Company> ChooseOpcoAsync(Guid companyId, string opcoSlug, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var company = await db.Companies.SingleAsync(x => x.Id == companyId, cancellationToken);
            (company.OpcoSlug, company.OpcoOrigin, company.OpcoConfidence) = (opcoSlug, OpcoOrigin.Manual, OpcoConfidence.Certain);
            return await StoreAsync(company, "OpcoChosen", change, cancellationToken, lookedUp: false);
        },
        cancellationToken);

    public Task<Company> DeclareHeadcountAsync(Guid companyId, int headcount, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            var company = await db.Companies.SingleAsync(x => x.Id == companyId, cancellationToken);
            company.DeclaredHeadcount = headcount;
            return await StoreAsync(company, "HeadcountDeclared", change, cancellationToken, lookedUp: false);
        },
        cancellationToken);

    /// <summary>The convention on the payslip, as the company says: the OPCO follows, unless a person has chosen it.</summary>
    public Task<Company> DeclareIdccAsync(Guid companyId, string idcc, ChangeContext change, CancellationToken cancellationToken) => db.InTransactionAsync(
        async () =>
        {
            if (idcc.Length is < 3 or > 4 || !idcc.All(char.IsAsciiDigit))
            {
                throw new RuleBrokenException("idcc", "L’IDCC compte 4 chiffres, par exemple 1486.");
            }

            var company = await db.Companies.SingleAsync(x => x.Id == companyId, cancellationToken);
            company.Idcc = [OpcoResolver.NormalizeIdcc(idcc)];
            if (company.OpcoOrigin != OpcoOrigin.Manual)
            {
                var answer = await resolver.ResolveAsync(QuestionOf(company), Fr.InParis(change.Now), cancellationToken);
                (company.OpcoSlug, company.OpcoOrigin, company.OpcoConfidence) = (answer.Opco, answer.Origin, answer.Confidence);
            }

            return await StoreAsync(company, "IdccDeclared", change, cancellationToken, lookedUp: false);
        },
        cancellationToken);

    /// <summary>Companies whose look-up is to be done again, oldest first.</summary>
    public Task<List<string>> DegradedAsync(int count, CancellationToken cancellationToken) =>
        db.Companies.Where(x => x.IsDegraded).OrderBy(x => x.UpdatedAt).Select(x => x.Siret).Take(count).ToListAsync(cancellationToken);

    public static OpcoQuestion QuestionOf(Company company, string? siroOpco = null) =>
        new(company.Idcc, company.Naf, company.LegalCategory, company.Department, company.DeclaredHeadcount, company.HeadcountBand, siroOpco);

    private async Task<Company> FindOrAddAsync(Siret siret, string name, CompanyOrigin origin, ChangeContext change, CancellationToken cancellationToken)
    {
        await db.LockAsync($"company:{siret.Value}", cancellationToken);
        if (await FindAsync(siret, cancellationToken) is { } known)
        {
            return known;
        }

        var company = new Company { Id = Guid.CreateVersion7(change.Now), Siret = siret.Value, Name = name, Origin = origin, CreatedAt = change.Now };
        db.Companies.Add(company);
        return company;
    }

    private async Task<Company> StoreAsync(Company company, string action, ChangeContext change, CancellationToken cancellationToken, bool lookedUp = true)
    {
        company.Refresh();
        var changed = db.Audit(company, "company", company.Id, null, action, change);
        if (lookedUp)
        {
            company.LookedUpAt = change.Now;
        }

        if (changed)
        {
            company.UpdatedAt = change.Now;
        }

        var name = db.Entry(company).Property(x => x.Name);
        var (renamed, before) = (db.Entry(company).State == EntityState.Modified && name.IsModified, name.OriginalValue);
        await db.SaveChangesAsync(cancellationToken);
        if (renamed)
        {
            // The list of dossiers sorts and searches by this name.
            var (old, current) = (SearchText.Of(before), SearchText.Of(company.Name));
            await db.Database.ExecuteSqlAsync($"update dossiers set company_name = {company.Name}, search = replace(search, {old}, {current}) where company_id = {company.Id}", cancellationToken);
        }

        return company;
    }
}
