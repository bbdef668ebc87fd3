using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;

namespace MonOPCO.Domain.Dossiers;

/// <summary>Filters of the list; all optional. <see cref="CompanyId"/> is compulsory for a company's own list.</summary>
public sealed record DossierFilter
{
    public string? Text { get; init; }

    public DossierGroup? Group { get; init; }

    public DossierState? State { get; init; }

    public string? OpcoSlug { get; init; }

    public DossierKind? Kind { get; init; }

    public Guid? CompanyId { get; init; }

    public DateOnly? CreatedFrom { get; init; }

    public DateOnly? CreatedTo { get; init; }

    public decimal? MinAmount { get; init; }

    public decimal? MaxAmount { get; init; }

    /// <summary>In the same state for at least so many days.</summary>
    public int? DaysInState { get; init; }

    /// <summary>Not filed yet, with the last filing day at this date or before (passed ones included).</summary>
    public DateOnly? ToFileBefore { get; init; }

    public bool OldestFirst { get; init; }
}

public sealed record DossierRow(
    Guid Id, string Numero, int Year, int Sequence, DossierKind Kind, DossierState State, DateTimeOffset StateSince, string Title, string CompanyName, string? OpcoName,
    string? FirstBeneficiaire, int BeneficiaireCount, decimal RequestedAmount, decimal? GrantedAmount, DateOnly StartDate, DateOnly? FilingDeadline, DateTimeOffset CreatedAt);

/// <summary><paramref name="Next"/>: Cursor of the next page (the last row's number); null on the last one.</summary>
public sealed record DossierPage(IReadOnlyList<DossierRow> Rows, string? Next);

public sealed class DossierSearch(MonOpcoDbContext db)
{
    /// <summary>Keyset paging by (year, sequence): the cost of a page does not grow with its number.</summary>
    public async Task<DossierPage> PageAsync(DossierFilter filter, string? after, int size, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var query = Apply(db.Dossiers.AsNoTracking(), filter, now);
        if (DossierNumber.TryParse(after, out var year, out var sequence))
        {
            query = filter.OldestFirst
                ? query.Where(x => x.Year > year || (x.Year == year && x.Sequence > sequence))
                : query.Where(x => x.Year < year || (x.Year == year && x.Sequence < sequence));
        }

        query = filter.OldestFirst ? query.OrderBy(x => x.Year).ThenBy(x => x.Sequence) : query.OrderByDescending(x => x.Year).ThenByDescending(x => x.Sequence);
        var rows = await query.Take(size + 1)
            .Select(x => new DossierRow(
                x.Id, x.Numero, x.Year, x.Sequence, x.Kind, x.State, x.StateSince, x.Title, x.Company!.Name, db.Opcos.Where(o => o.Slug == x.OpcoSlug).Select(o => o.Name).FirstOrDefault(),
                x.Beneficiaires.OrderBy(b => b.Position).Select(b => b.FirstName + " " + b.LastName).FirstOrDefault(), x.Beneficiaires.Count, x.RequestedAmount, x.GrantedAmount, x.StartDate, x.FilingDeadline, x.CreatedAt))
            .ToListAsync(cancellationToken);
        return rows.Count > size ? new DossierPage(rows[..size], rows[size - 1].Numero) : new DossierPage(rows, null);
    }

    public static IQueryable<Dossier> Apply(IQueryable<Dossier> query, DossierFilter filter, DateTimeOffset now)
    {
        foreach (var word in SearchText.Of(filter.Text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var pattern = $"%{word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";
            query = query.Where(x => EF.Functions.Like(x.Search, pattern));
        }

        if (filter.Group is { } group)
        {
            var states = DossierStates.Of(group).ToArray();
            query = query.Where(x => states.Contains(x.State));
        }

        query = filter.State is { } state ? query.Where(x => x.State == state) : query;
        query = filter.OpcoSlug is { } opco ? query.Where(x => x.OpcoSlug == opco) : query;
        query = filter.Kind is { } kind ? query.Where(x => x.Kind == kind) : query;
        query = filter.CompanyId is { } company ? query.Where(x => x.CompanyId == company) : query;
        query = filter.CreatedFrom is { } from ? query.Where(x => x.CreatedAt >= Fr.StartInParis(from)) : query;
        query = filter.CreatedTo is { } to ? query.Where(x => x.CreatedAt < Fr.StartInParis(to.AddDays(1))) : query;
        query = filter.MinAmount is { } min ? query.Where(x => x.RequestedAmount >= min) : query;
        query = filter.MaxAmount is { } max ? query.Where(x => x.RequestedAmount <= max) : query;
        if (filter.ToFileBefore is { } day)
        {
            var open = DossierStates.Of(DossierGroup.Brouillon).ToArray();
            query = query.Where(x => x.FilingDeadline <= day && x.FiledAt == null && open.Contains(x.State) && x.Circuit != PaymentCircuit.FondsPropres);
        }

        return filter.DaysInState is { } days ? query.Where(x => x.StateSince <= now.ToUniversalTime().AddDays(-days)) : query;
    }
}
