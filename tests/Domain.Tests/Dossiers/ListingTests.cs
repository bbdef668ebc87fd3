using Microsoft.EntityFrameworkCore;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Domain.Dossiers.Listing;
using MonOPCO.Domain.Signatures;
using MonOPCO.Domain.Tests.Dossiers.Naive;
using MonOPCO.Seed;
using MonOPCO.TestCommon;
using Npgsql;

namespace MonOPCO.Domain.Tests.Dossiers;

#pragma warning disable CA1001 // xUnit ends it by DisposeAsync.
/// <summary>A database of generated dossiers with all that makes lists go wrong: empty values, equal values, accents, limits met exactly.</summary>
public sealed class ListingFixture : IAsyncLifetime
#pragma warning restore CA1001
{
    public const int Dossiers = 1500;

    public static readonly DateTimeOffset Now = new(2026, 11, 28, 9, 30, 0, TimeSpan.Zero);

    private TestDatabase _database = null!;
    private DataSources _sources = null!;

    public DossierList List { get; private set; } = null!;

    public IReadOnlyList<Fact> Facts { get; private set; } = [];

    public IReadOnlyList<Guid> People { get; private set; } = [];

    public ListContext Context => new(Now, People[0]);

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await new Seeder(_database.ConnectionStringFor("monopco_owner")).RunAsync(new SeedOptions(Dossiers, 90, 7, Now, 5, 2), CancellationToken.None);
        var staff = _database.ConnectionStringFor("monopco_staff");
        _sources = new DataSources(NpgsqlDataSource.Create(staff), NpgsqlDataSource.Create(staff), DataSources.ForLists(staff));
        List = new DossierList(_sources);
        await using (var command = _sources.Staff.CreateCommand(
            """
            update dossiers set title = 'Élan' where sequence % 9 = 0; update dossiers set title = repeat('Très long intitulé ', 20) where sequence % 31 = 0;
            update dossiers set requested_amount = 5000 where sequence % 7 = 0; update dossiers set requested_amount = 15000 where sequence % 11 = 0;
            update dossiers set state_since = '2026-11-07 09:30:00+00' where sequence % 13 = 0; update dossiers set created_at = '2026-10-31 23:00:00+00' where sequence % 17 = 0;
            update dossiers set circuit = 'FondsPropres' where sequence % 19 = 0; update dossiers set filing_deadline = '2026-11-28' where sequence % 10 = 0 and filed_at is null;
            """))
        {
            await command.ExecuteNonQueryAsync();
        }

        await using var db = new MonOpcoDbContext(new DbContextOptionsBuilder<MonOpcoDbContext>().UseNpgsql(_sources.Staff).Options);
        var dossiers = await db.Dossiers.AsNoTracking().Include(x => x.Company).ToListAsync();
        var asked = (await db.Complements.AsNoTracking().ToListAsync()).Where(x => x.Status is ComplementStatus.Asked or ComplementStatus.Rejected).Select(x => x.DossierId).ToHashSet();
        var signing = (await db.SignatureRequests.AsNoTracking().ToListAsync()).Where(x => x.Status == SignatureRequestStatus.Pending).Select(x => x.DossierId).ToHashSet();
        var ranks = await RanksAsync(dossiers.SelectMany(x => new[] { x.CompanyName, x.OpcoName, x.BeneficiaireName, x.ResponsableName, x.Title }).OfType<string>().Distinct());
        Facts = [.. dossiers.Select(x => new Fact(x, asked.Contains(x.Id), signing.Contains(x.Id), ranks))];
        People = [.. dossiers.Select(x => x.ResponsableId).OfType<Guid>().Distinct().Order()];
    }

    public async Task DisposeAsync()
    {
        await _sources.DisposeAsync();
        await _database.DisposeAsync();
    }

    // The French order of names is PostgreSQL's; how the list uses it is what is tested.
    private async Task<Dictionary<string, int>> RanksAsync(IEnumerable<string> names)
    {
        await using var command = _sources.Staff.CreateCommand("select n from unnest($1::text[]) n order by n collate \"fr-x-icu\"");
        command.Parameters.Add(new NpgsqlParameter { Value = names.ToArray() });
        await using var reader = await command.ExecuteReaderAsync();
        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        while (await reader.ReadAsync())
        {
            ranks[reader.GetString(0)] = ranks.Count;
        }

        return ranks;
    }
}

/// <summary>The list against a plain evaluation in memory: every field with every operator, every order, every page, in both directions.</summary>
public sealed class ListingTests(ListingFixture fixture) : IClassFixture<ListingFixture>
{
    private static readonly string[] Starts = [.. DossierFields.All.SelectMany(field => field.Operators.Select(x => $"{field.Key}:{DossierCondition.Code(x)}"))];

    public static TheoryData<string> Filters() => [.. Starts];

    [Theory]
    [MemberData(nameof(Filters))]
    [Trait("Requirement", "S000-2.F.1")]
    [Trait("Requirement", "S000-2.F.2")]
    [Trait("Requirement", "S000-2.F.3")]
    [Trait("Requirement", "S000-2.F.4")]
    [Trait("Requirement", "S000-2.F.5")]
    [Trait("Requirement", "S000-2.F.6")]
    [Trait("Requirement", "S000-2.F.7")]
    public async Task Page_EveryFieldAndOperator_AsInMemory(string start)
    {
        var random = new Random(start.Sum(c => c * 31));
        for (var i = 0; i < 6; i++)
        {
            var written = start + Values.For(start, random, fixture.Facts, fixture.People);
            await CheckAsync(new DossierQuery { Conditions = [DossierQuery.ParseCondition(written) ?? throw new InvalidOperationException(written)] }, written);
        }
    }

    [Fact]
    [Trait("Requirement", "S000-2.F.8")]
    [Trait("Requirement", "S000-2.S.1")]
    public async Task Page_RandomCombinations_AsInMemory()
    {
        var random = new Random(20261128);
        var found = 0;
        for (var i = 0; i < 150; i++)
        {
            var conditions = Enumerable.Range(0, random.Next(4)).Select(_ => Starts[random.Next(Starts.Length)]).Select(x => x + Values.For(x, random, fixture.Facts, fixture.People)).Select(x => DossierQuery.ParseCondition(x)!).ToArray();
            var columns = DossierColumns.All.Where(x => x.Sql is not null).ToArray();
            var query = new DossierQuery { Text = random.Next(3) == 0 ? Values.Words(random, fixture.Facts) : "", Conditions = conditions, Sort = columns[random.Next(columns.Length)], Descending = random.Next(2) == 0 };
            found += await CheckAsync(query, string.Join('&', query.Pairs()));
        }

        Assert.True(found > 2000, $"Only {found} dossiers found: the combinations prove nothing.");
    }

    [Theory]
    [MemberData(nameof(Orders))]
    [Trait("Requirement", "S000-2.S.3")]
    [Trait("Requirement", "S000-2.S.4")]
    [Trait("Requirement", "S000-2.S.5")]
    [Trait("Requirement", "S000-2.S.6")]
    public async Task Pages_EveryOrder_ForwardAndBack_EachRowOnce(string key, bool descending)
    {
        var query = new DossierQuery { Sort = DossierColumns.Find(key)!, Descending = descending };
        var expected = Evaluation.Of(fixture.Facts, query, fixture.Context);
        var (seen, cursor, last) = (new List<Guid>(), (string?)null, (string?)null);
        ListedPage page;
        do
        {
            last = cursor;
            page = await fixture.List.PageAsync(query, cursor, 190, fixture.Context, CancellationToken.None);
            seen.AddRange(page.Rows.Select(x => x.Id));
            cursor = page.Next;
        }
        while (cursor is not null);
        Assert.Equal(expected, seen);

        var back = page.Rows.Select(x => x.Id).ToList();
        while (page.Previous is { } previous)
        {
            page = await fixture.List.PageAsync(query, previous, 190, fixture.Context, CancellationToken.None);
            Assert.NotNull(page.Next);
            back.InsertRange(0, page.Rows.Select(x => x.Id));
        }

        Assert.Equal(expected, back);
    }

    public static TheoryData<string, bool> Orders()
    {
        var data = new TheoryData<string, bool>();
        foreach (var column in DossierColumns.All.Where(x => x.Sql is not null))
        {
            data.Add(column.Key, false);
            data.Add(column.Key, true);
        }

        return data;
    }

    [Theory]
    [InlineData("2026-00012")]
    [InlineData("#2026-0001")]
    [InlineData("2026-")]
    [InlineData("informatique")]
    [InlineData("ÉLECTRICITÉ dubois")]
    [InlineData("  le goff ")]
    [InlineData("œuvrard")]
    [InlineData("a b")]
    [InlineData("100%")]
    [InlineData("o_i\\")]
    [Trait("Requirement", "S000-2.S.7")]
    public async Task Search_Words_AsInMemory(string text) => await CheckAsync(new DossierQuery { Text = text }, text);

    [Fact]
    [Trait("Requirement", "S000-2.S.7")]
    public async Task Search_SiretAndSiren_WholeCompany()
    {
        var company = fixture.Facts.GroupBy(x => x.Dossier.CompanyId).OrderByDescending(x => x.Count()).First();
        var siret = company.First().Dossier.Company!.Siret;
        foreach (var text in new[] { siret, $"{siret[..3]} {siret[3..6]} {siret[6..9]} {siret[9..]}", siret[..9] })
        {
            var page = await fixture.List.PageAsync(new DossierQuery { Text = text }, null, 2000, fixture.Context, CancellationToken.None);
            Assert.Equal(company.Select(x => x.Dossier.Id).Order(), page.Rows.Select(x => x.Id).Order());
        }
    }

    [Fact]
    public async Task Count_MoreThanAThousand_SaysSo_ExactOnDemand()
    {
        var all = await fixture.List.CountAsync(new DossierQuery(), fixture.Context, CancellationToken.None);
        Assert.Equal(new BoundedCount(1000, true), all);
        Assert.Equal(ListingFixture.Dossiers, await fixture.List.ExactCountAsync(new DossierQuery(), fixture.Context, TimeSpan.FromSeconds(20), CancellationToken.None));
    }

    [Theory]
    [InlineData("etat:est:Nimporte")]
    [InlineData("etat:entre:a..b")]
    [InlineData("demande:inf:beaucoup")]
    [InlineData("cree:avant:hier soir")]
    [InlineData("duree:sup:1,5;drop table dossiers")]
    [InlineData("inconnu:est:1")]
    [InlineData("etat")]
    [InlineData("responsable:est:quelqu'un")]
    public void Parse_Nonsense_LeftOutAndNamed(string filter)
    {
        var query = DossierQuery.Parse("mots", [filter, "type:est:Bilan"], "-nimporte", out var problems);
        Assert.Single(query.Conditions);
        Assert.Contains(filter, problems);
        Assert.Contains("tri=-nimporte", problems);
    }

    [Fact]
    public void Address_Written_ReadBackTheSame()
    {
        var random = new Random(3);
        for (var i = 0; i < 200; i++)
        {
            var query = new DossierQuery { Text = Values.Words(random, fixture.Facts), Conditions = [.. Enumerable.Range(0, 3).Select(_ => Starts[random.Next(Starts.Length)]).Select(x => DossierQuery.ParseCondition(x + Values.For(x, random, fixture.Facts, fixture.People))!).DistinctBy(x => x.ToString())], Sort = DossierColumns.All[1], Descending = i % 2 == 0 };
            var pairs = query.Pairs().ToList();
            var again = DossierQuery.Parse(pairs.FirstOrDefault(x => x.Key == "q").Value, pairs.Where(x => x.Key == "f").Select(x => x.Value), pairs.FirstOrDefault(x => x.Key == "tri").Value, out var problems);
            Assert.Empty(problems);
            Assert.Equal(pairs, again.Pairs());
        }
    }

    [Fact]
    public async Task Page_ForgedCursor_FirstPage()
    {
        var first = await fixture.List.PageAsync(new DossierQuery(), null, 5, fixture.Context, CancellationToken.None);
        foreach (var forged in new[] { "zzz", "", "c1", new PageCursor(false, true, "", Guid.NewGuid()).ToString(), new PageCursor(false, false, "' or 1=1", Guid.NewGuid()).ToString() })
        {
            Assert.Equal(first.Rows.Select(x => x.Id), (await fixture.List.PageAsync(new DossierQuery(), forged, 5, fixture.Context, CancellationToken.None)).Rows.Select(x => x.Id));
        }
    }

    private async Task<int> CheckAsync(DossierQuery query, string said)
    {
        var expected = Evaluation.Of(fixture.Facts, query, fixture.Context);
        var page = await fixture.List.PageAsync(query, null, 40, fixture.Context, CancellationToken.None);
        Assert.True(expected.Take(40).SequenceEqual(page.Rows.Select(x => x.Id)), $"{said}: {expected.Count} expected, page of {page.Rows.Count}");

        var streamed = new List<Guid>();
        await foreach (var row in fixture.List.StreamAsync(query, fixture.Context, CancellationToken.None))
        {
            streamed.Add(row.Id);
        }

        Assert.True(expected.SequenceEqual(streamed), $"{said}: {expected.Count} expected, {streamed.Count} streamed");
        Assert.Equal(expected.Count > 1000 ? new BoundedCount(1000, true) : new BoundedCount(expected.Count, false), await fixture.List.CountAsync(query, fixture.Context, CancellationToken.None));
        return expected.Count;
    }
}
