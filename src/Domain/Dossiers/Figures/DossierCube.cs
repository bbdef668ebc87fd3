using MonOPCO.Domain.Dossiers.Listing;

namespace MonOPCO.Domain.Dossiers.Figures;

/// <summary>Dossiers created in one month that stand alike. <paramref name="Granted"/> and <paramref name="Requested"/> in euros, excluding VAT.</summary>
public sealed record CreatedCell(DateOnly Month, DossierState State, string? Opco, DossierKind Kind, DossierDecision Decision, long Count, decimal Requested, decimal Granted, long GrantedCount);

/// <summary>Accords of one month. <paramref name="DelayDays"/>: sum of the days from filing to accord over <paramref name="DelayCount"/> dossiers.</summary>
public sealed record AccordCell(DateOnly Month, string? Opco, DossierKind Kind, long Count, decimal Granted, long DelayDays, long DelayCount);

/// <summary>What an OPCO has had since one day, still without answer.</summary>
public sealed record AwaitedCell(string Opco, DateOnly Filed, long Count);

/// <summary>Companies with a dossier; with at least two; with one that is neither ended nor refused.</summary>
public sealed record CompanyFigures(long All, long WithTwo, long Active);

/// <summary>Requests checked in a period, and those among them checked within 24 hours of their arrival.</summary>
public sealed record CheckFigures(long All, long WithinDay);

/// <summary>Dossiers paid in a period and the sum of their days from creation to payment.</summary>
public sealed record PaymentFigures(long Count, double Days)
{
    public double? Average => Count == 0 ? null : Days / Count;
}

/// <summary>One of the companies with most dossiers.</summary>
public sealed record ActiveCompany(Guid CompanyId, long Dossiers);

/// <summary>Everything the dashboard adds up, read at one moment.</summary>
public sealed record DossierCube(
    DateTimeOffset At, IReadOnlyList<CreatedCell> Created, IReadOnlyList<AccordCell> Accords, IReadOnlyList<AwaitedCell> Awaited, CompanyFigures Companies, CheckFigures Checks, PaymentFigures PaidLately,
    PaymentFigures PaidBefore)
{
    /// <summary>Most dossiers first.</summary>
    public IReadOnlyList<ActiveCompany> MostActive { get; init; } = [];
}
