using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Mails;

namespace MonOPCO.Domain.Companies;

/// <summary>Filters of the list of companies; all optional. <see cref="Siren"/> and <see cref="GroupId"/> give the establishments of one client.</summary>
public sealed record CompanyFilter
{
    public string? Text { get; init; }

    public string? OpcoSlug { get; init; }

    public bool Archived { get; init; }

    public Guid? GroupId { get; init; }

    public string? Siren { get; init; }
}

/// <summary>Amounts in euros, excluding VAT. <paramref name="People"/>: different employees, by their address.</summary>
public sealed record CompanyStatistics(int Dossiers, int Validated, decimal Obtained, int People, DateTimeOffset? LastDossierAt)
{
    public static CompanyStatistics None { get; } = new(0, 0, 0, 0, null);
}

public sealed record CompanyRow(Guid Id, string Siret, string Name, string City, string? OpcoName, bool IsOpen, string? GroupName, CompanyStatistics Statistics);

/// <summary><paramref name="Next"/>: cursor of the next page, or null.</summary>
public sealed record CompanyPage(IReadOnlyList<CompanyRow> Rows, string? Next);

/// <summary>A record that may be the same client, and why.</summary>
public sealed record PossibleDuplicate(Guid Id, string Siret, string Name, string City, bool IsOpen, int Dossiers, string Why);

public sealed class CompanyDirectory(MonOpcoDbContext db)
{
    private static readonly DossierState[] Validated = [.. Enum.GetValues<DossierState>().Where(x => DossierStates.Group(x) is DossierGroup.Valide or DossierGroup.PaiementEnCours or DossierGroup.Paye)];

    /// <summary>By name; the cost of a page does not grow with its number.</summary>
    public async Task<CompanyPage> PageAsync(CompanyFilter filter, string? after, int size, CancellationToken cancellationToken)
    {
        var query = Apply(db.Companies.AsNoTracking(), filter);
        if (after is { Length: > 37 } && Guid.TryParse(after[..36], out var lastId))
        {
            var lastName = after[37..];
#pragma warning disable CA1309 // Compared by the database, in the column's French collation.
            query = query.Where(x => string.Compare(x.Name, lastName) > 0 || (x.Name == lastName && x.Id > lastId));
#pragma warning restore CA1309
        }

        var rows = await query.OrderBy(x => x.Name).ThenBy(x => x.Id).Take(size + 1).ToListAsync(cancellationToken);
        var page = await DescribeAsync(rows.Take(size).ToList(), cancellationToken);
        return new CompanyPage(page, rows.Count > size ? $"{rows[size - 1].Id}.{rows[size - 1].Name}" : null);
    }

    /// <summary>These companies in this order, e.g. the most active ones.</summary>
    public async Task<IReadOnlyList<CompanyRow>> RowsAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var rows = await db.Companies.AsNoTracking().Where(x => ids.Contains(x.Id)).ToListAsync(cancellationToken);
        return await DescribeAsync([.. ids.Select(id => rows.FirstOrDefault(x => x.Id == id)).OfType<Company>()], cancellationToken);
    }

    /// <summary>Exact up to <paramref name="limit"/>.</summary>
    public Task<int> CountAsync(CompanyFilter filter, int limit, CancellationToken cancellationToken) => Apply(db.Companies, filter).Take(limit + 1).CountAsync(cancellationToken);

    public async Task<CompanyStatistics> StatisticsAsync(Guid companyId, CancellationToken cancellationToken) =>
        (await StatisticsAsync([companyId], cancellationToken)).GetValueOrDefault(companyId, CompanyStatistics.None);

    /// <summary>Mails that left for this company's dossiers, newest first.</summary>
    public Task<List<SentMail>> MailsAsync(Guid companyId, int count, CancellationToken cancellationToken) =>
        db.SentMails.AsNoTracking().Where(x => db.Dossiers.Any(d => d.Id == x.DossierId && d.CompanyId == companyId)).OrderByDescending(x => x.CreatedAt).Take(count).ToListAsync(cancellationToken);

    /// <summary>The last time anything happened with this company: an event of a dossier or a note.</summary>
    public async Task<DateTimeOffset?> LastInteractionAsync(Guid companyId, CancellationToken cancellationToken)
    {
        var events = await db.DossierEvents.Where(x => x.CompanyId == companyId).MaxAsync(x => (DateTimeOffset?)x.At, cancellationToken);
        var notes = await db.Set<CompanyNote>().Where(x => x.CompanyId == companyId).MaxAsync(x => (DateTimeOffset?)x.At, cancellationToken);
        return events > notes || notes is null ? events : notes;
    }

    /// <summary>Other establishments of the same SIREN, and records of the same town whose name is the same once written plainly.</summary>
    public async Task<IReadOnlyList<PossibleDuplicate>> DuplicatesAsync(Company company, CancellationToken cancellationToken)
    {
        var words = SearchText.Of(company.Name);
        var near = await db.Companies.AsNoTracking()
            .Where(x => x.Id != company.Id && x.MergedIntoId == null && (x.Siren == company.Siren || (words.Length > 3 && x.PostalCode == company.PostalCode && x.PostalCode != "" && EF.Functions.Like(x.Search, words + "%"))))
            .OrderBy(x => x.Name).ThenBy(x => x.Id).Take(20).ToListAsync(cancellationToken);
        var statistics = await StatisticsAsync([.. near.Select(x => x.Id)], cancellationToken);
        return
        [
            .. near.Select(x => new PossibleDuplicate(
                x.Id, x.Siret, x.Name, x.City, x.IsOpen, statistics.GetValueOrDefault(x.Id, CompanyStatistics.None).Dossiers,
                x.Siren == company.Siren ? "Même SIREN" : "Même nom, même code postal")),
        ];
    }

    private static IQueryable<Company> Apply(IQueryable<Company> query, CompanyFilter filter)
    {
        foreach (var word in SearchText.Of(filter.Text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var pattern = $"%{word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";
            query = query.Where(x => EF.Functions.Like(x.Search, pattern));
        }

        query = filter.Archived ? query.Where(x => x.ArchivedAt != null) : query.Where(x => x.ArchivedAt == null);
        query = filter.OpcoSlug is { Length: > 0 } opco ? query.Where(x => x.OpcoSlug == opco) : query;
        query = filter.GroupId is { } group ? query.Where(x => x.GroupId == group) : query;
        return filter.Siren is { Length: > 0 } siren ? query.Where(x => x.Siren == siren) : query;
    }

    private async Task<IReadOnlyList<CompanyRow>> DescribeAsync(List<Company> companies, CancellationToken cancellationToken)
    {
        var statistics = await StatisticsAsync([.. companies.Select(x => x.Id)], cancellationToken);
        var opcos = await db.Opcos.AsNoTracking().ToDictionaryAsync(x => x.Slug, x => x.Name, cancellationToken);
        var ids = companies.Select(x => x.GroupId).OfType<Guid>().Distinct().ToArray();
        var groups = await db.Set<CompanyGroup>().AsNoTracking().Where(x => ids.Contains(x.Id)).ToDictionaryAsync(x => x.Id, x => x.Name, cancellationToken);
        return
        [
            .. companies.Select(x => new CompanyRow(
                x.Id, x.Siret, x.Name, x.City, x.OpcoSlug is { } opco ? opcos.GetValueOrDefault(opco) : null, x.IsOpen, x.GroupId is { } group ? groups.GetValueOrDefault(group) : null,
                statistics.GetValueOrDefault(x.Id, CompanyStatistics.None))),
        ];
    }

    private async Task<Dictionary<Guid, CompanyStatistics>> StatisticsAsync(Guid[] ids, CancellationToken cancellationToken)
    {
        var dossiers = await db.Dossiers.Where(x => ids.Contains(x.CompanyId)).GroupBy(x => x.CompanyId)
            .Select(x => new { x.Key, Count = x.Count(), Validated = x.Count(d => Validated.Contains(d.State)), Obtained = x.Sum(d => d.GrantedAmount ?? 0), Last = x.Max(d => d.CreatedAt) })
            .ToListAsync(cancellationToken);
        var people = await db.Beneficiaires.Where(x => ids.Contains(x.CompanyId)).GroupBy(x => x.CompanyId).Select(x => new { x.Key, Count = x.Select(b => b.EmailKey).Distinct().Count() }).ToDictionaryAsync(x => x.Key, x => x.Count, cancellationToken);
        return dossiers.ToDictionary(x => x.Key, x => new CompanyStatistics(x.Count, x.Validated, x.Obtained, people.GetValueOrDefault(x.Key), x.Last));
    }
}
