using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using MonOPCO.Domain.Data;
using MonOPCO.Domain.Dossiers.Listing;
using MonOPCO.Sandbox;
using MonOPCO.Seed;
using Npgsql;

namespace MonOPCO.Bench;

/// <summary>
/// The pages people live in, at 10,000 and at 1,000,000 dossiers (WEB_DOSSIERS, WEB_SMALL): first each question alone (buffers and time inside PostgreSQL, which other programs on the machine disturb little),
/// then WEB_USERS (50) people who think WEB_THINK (5) seconds between two pages, for WEB_SECONDS (120).
/// </summary>
internal static partial class WebBench
{
    private static readonly (string Name, string Url)[] Fixed =
    [
        ("list", "/dossiers?vue=table"),
        ("list, state and newest", "/dossiers?f=groupe:est:EnExamen"),
        ("list, paid and newest", "/dossiers?f=etat:est:Paye"),
        ("list, in examination > 21 days", "/dossiers?f=groupe:est:EnExamen&f=duree:sup:21&tri=-duree"),
        ("list, OPCO + granted + this month", "/dossiers?f=opco:est:akto&f=groupe:est:Valide&f=cree:est:mois"),
        ("list, amount band by amount", "/dossiers?f=demande:sup:15000&tri=-demande"),
        ("list, to file within 7 days", "/dossiers?f=delai:entre:..7&tri=limite"),
        ("list, something missing", "/dossiers?f=manque:rempli&f=groupe:est:Brouillon,Envoye,EnExamen"),
        ("list, by company", "/dossiers?tri=entreprise"),
        ("search, company", "/dossiers?q=boulangerie%20keller"),
        ("search, person", "/dossiers?q=zimmermann%20ana%C3%AFs"),
        ("search, number", "/dossiers?q=2024-01234"),
        ("search, common word", "/dossiers?q=excel"),
        ("search, nothing", "/dossiers?q=introuvablement"),
        ("search, two letters", "/dossiers?q=ke"),
        ("kanban", "/dossiers?vue=kanban&f=cree:est:annee"),
        ("views with counters", "/dossiers?handler=Vues"),
        ("inbox", "/taches"),
        ("dashboard", "/console"),
    ];

    internal static async Task RunAsync(Report report)
    {
        report.Section("Web");
        var sizes = new[] { Number("WEB_SMALL", 10_000), Number("WEB_DOSSIERS", 1_000_000) };
        var p95 = new Dictionary<(string, int), double>();
        foreach (var size in sizes)
        {
            await using var database = await BenchDatabase.CreateAsync();
            await database.PublishAsync("at-once", Definitions.BuiltIn("at-once", 5).ToJsonString());
            var clock = Stopwatch.StartNew();
            await using (var sandbox = await SandboxServer.StartAsync(new SandboxOptions { LogToConsole = false }))
            {
                await using var host = new HostBench.HostUnderTest(database.ConnectionString, sandbox.BaseUrl);
                await host.StartAsync();
                clock.Restart();
                await new Seeder(database.ConnectionString).RunAsync(new SeedOptions(size, Math.Max(100, size / 10)), CancellationToken.None);
                report.Line($"{size:N0} dossiers seeded in {clock.Elapsed.TotalSeconds:F0} s; {await ScalarAsync(database.Source, "select pg_size_pretty(pg_database_size(current_database()))")}.");
                report.Line("");
                await QuestionsAsync(report, database, size);
                await ExportsAsync(report, host, size);
                foreach (var (name, value) in await LoadAsync(report, host, database.Source, size))
                {
                    p95[(name, size)] = value;
                }
            }
        }

        report.Line("| page | p95 ms at " + string.Join(" | p95 ms at ", sizes.Select(x => x.ToString("N0", CultureInfo.InvariantCulture))) + " | ratio (wanted ≤ 2) |");
        report.Line("|---|---|---|---|");
        foreach (var name in p95.Keys.Select(x => x.Item1).Distinct())
        {
            var (small, large) = (p95.GetValueOrDefault((name, sizes[0])), p95.GetValueOrDefault((name, sizes[^1])));
            report.Line($"| {name} | {small:F1} | {large:F1} | {(small > 0 ? large / small : 0):F2} |");
        }
    }

    /// <summary>Each question of the list alone, the fixed ones and 200 random combinations: what PostgreSQL does for it.</summary>
    private static async Task QuestionsAsync(Report report, BenchDatabase database, int size)
    {
        var source = DataSources.ForLists(database.ConnectionString);
        var random = new Random(42);
        var asked = Fixed.Where(x => x.Url.StartsWith("/dossiers?", StringComparison.Ordinal) && !x.Url.Contains("handler", StringComparison.Ordinal)).Select(x => (x.Name, Read(x.Url)))
            .Concat(Enumerable.Range(0, Number("WEB_RANDOM", 200)).Select(_ => Combination(random)).Select(x => (string.Join(" & ", x.Pairs().Select(p => $"{p.Key}={p.Value}")), x))).ToList();
        var measured = new List<(string Name, double Milliseconds, long Buffers, double Count)>();
        var list = new DossierList(new DataSources(database.Source, database.Source, source));
        var context = new ListContext(DateTimeOffset.UtcNow, null);
        foreach (var (name, query) in asked)
        {
            await ExplainAsync(source, query, context);
            var (time, buffers) = await ExplainAsync(source, query, context);
            var clock = Stopwatch.StartNew();
            await list.CountAsync(query, context, CancellationToken.None);
            measured.Add((name, time, buffers, clock.Elapsed.TotalMilliseconds));
        }

        var times = measured.Select(x => x.Milliseconds).Order().ToArray();
        await source.DisposeAsync();
        report.Line($"{measured.Count} questions of the list alone at {size:N0} (second run, planning included): p50 {Percentile(times, 0.5):F1}, p95 {Percentile(times, 0.95):F1}, worst {times[^1]:F1} ms. The worst ten:");
        report.Line("");
        report.Line("| question | ms in PostgreSQL | buffers | bounded count ms |");
        report.Line("|---|---|---|---|");
        foreach (var (name, milliseconds, buffers, count) in measured.OrderByDescending(x => x.Milliseconds).Take(10))
        {
            report.Line($"| {name.Replace("|", "\\|", StringComparison.Ordinal)} | {milliseconds:F1} | {buffers:N0} | {count:F1} |");
        }

        report.Line("");
        var counts = measured.Select(x => x.Count).Order().ToArray();
        report.Line($"Bounded counts: p50 {Percentile(counts, 0.5):F1}, p95 {Percentile(counts, 0.95):F1}, worst {counts[^1]:F1} ms.");
        report.Line("");
    }

    private static async Task<(double Milliseconds, long Buffers)> ExplainAsync(NpgsqlDataSource source, DossierQuery query, ListContext context)
    {
        var (sql, parameters) = DossierList.PageStatement(query, 25, context);
        await using var command = source.CreateCommand("explain (analyze, buffers, timing off, summary on) " + sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter.Clone());
        }

        var (time, buffers, first) = (0.0, 0L, true);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var line = reader.GetString(0);
            if (Milliseconds().Match(line) is { Success: true } took)
            {
                time += double.Parse(took.Groups[1].Value, CultureInfo.InvariantCulture);
            }

            if (first && line.Contains("Buffers:", StringComparison.Ordinal))
            {
                buffers = Blocks().Matches(line).Sum(x => long.Parse(x.Groups[1].Value, CultureInfo.InvariantCulture));
                first = false;
            }
        }

        return (time, buffers);
    }

    private static async Task ExportsAsync(Report report, HostBench.HostUnderTest host, int size)
    {
        using var person = await host.SignInAsync("operateur");
        foreach (var rows in new[] { 1_000, 100_000 }.Where(x => x <= size))
        {
            // The newest so many, by the number's beginning of the year: near enough; the real count is told.
            var days = rows == 1_000 ? 1 : 400 * rows / Math.Max(size, 1) * 3;
            var before = host.PeakWorkingSet;
            var clock = Stopwatch.StartNew();
            var url = rows == 1_000 ? $"/dossiers/export.xlsx?f=cree:est:{Math.Max(1, 1_500_000 / size)}j" : $"/dossiers/export.xlsx?f=cree:est:{Math.Max(1, days)}j";
            using var answer = await person.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
            answer.EnsureSuccessStatusCode();
            var first = clock.Elapsed;
            await using var body = await answer.Content.ReadAsStreamAsync();
            using var file = new MemoryStream();
            await body.CopyToAsync(file);
            var total = clock.Elapsed;
            using var zip = new System.IO.Compression.ZipArchive(file);
            using var sheet = new StreamReader(zip.GetEntry("xl/worksheets/sheet1.xml")!.Open());
            var text = await sheet.ReadToEndAsync();
            report.Line($"Excel: {Rows().Matches(text)[^1].Groups[1].Value} rows with heading, {file.Length / 1048576.0:F1} MB in {total.TotalSeconds:F2} s (first byte after {first.TotalMilliseconds:F0} ms); peak of the Host's memory {before / 1048576:N0} → {host.PeakWorkingSet / 1048576:N0} MB.");
        }

        report.Line("");
    }

    private static async Task<Dictionary<string, double>> LoadAsync(Report report, HostBench.HostUnderTest host, NpgsqlDataSource source, int size)
    {
        var (users, think, seconds) = (Number("WEB_USERS", 50), Number("WEB_THINK", 5), Number("WEB_SECONDS", 120));
        var numbers = (await ColumnAsync(source, "select numero from dossiers where is_generated order by number_key desc limit 200")).ToArray();
        var pages = Fixed.Append(("dossier", "")).ToArray();
        var times = pages.ToDictionary(x => x.Item1, _ => new List<double>());
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        using var person = await host.SignInAsync("operateur");
        foreach (var (_, url) in Fixed)
        {
            using var warm = await person.GetAsync(url);
            warm.EnsureSuccessStatusCode();
        }

        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        await Task.WhenAll(Enumerable.Range(0, users).Select(async user =>
        {
            var random = new Random(user);
            try
            {
                await Task.Delay(random.Next(think * 1000), stop.Token);
                while (!stop.IsCancellationRequested)
                {
                    var (name, url) = pages[random.Next(pages.Length)];
                    var clock = Stopwatch.StartNew();
                    using (var answer = await person.GetAsync(name == "dossier" ? "/dossiers/" + numbers[random.Next(numbers.Length)] : url, stop.Token))
                    {
                        answer.EnsureSuccessStatusCode();
                    }

                    lock (times)
                    {
                        times[name].Add(clock.Elapsed.TotalMilliseconds);
                    }

                    await Task.Delay((int)(think * 1000 * (0.5 + random.NextDouble())), stop.Token);
                }
            }
            catch (OperationCanceledException)
            {
            }
        }));
        report.Line($"{users} people, {think} s between pages, {seconds} s, {size:N0} dossiers (load before: {load}). Time seen by the client on the same machine:");
        report.Line("");
        report.Line("| page | requests | p50 ms | p95 ms | worst ms |");
        report.Line("|---|---|---|---|---|");
        var p95 = new Dictionary<string, double>();
        foreach (var (name, all) in times.Where(x => x.Value.Count > 0))
        {
            all.Sort();
            p95[name] = Percentile(all, 0.95);
            report.Line($"| {name} | {all.Count} | {Percentile(all, 0.5):F1} | {p95[name]:F1} | {all[^1]:F1} |");
        }

        report.Line("");
        return p95;
    }

    private static DossierQuery Combination(Random random)
    {
        string Pick(params string[] from) => from[random.Next(from.Length)];
        var filters = Enumerable.Range(0, 1 + random.Next(3)).Select(_ => random.Next(12) switch
        {
            0 => "etat:est:" + Pick("Brouillon", "Depose", "EnInstruction", "Accorde", "Litige", "Paye", "Clos", "PiecesManquantes,PretAuDepot"),
            1 => "groupe:est:" + Pick("EnExamen", "Valide", "Refuse", "Paye", "PaiementEnCours,Paye", "Brouillon"),
            2 => "opco:est:" + Pick("akto", "atlas", "ocapiat", "constructys", "afdas,uniformation"),
            3 => "type:est:" + Pick("Bilan", "Formation"),
            4 => "demande:" + Pick("inf:500", "entre:5000..15000", "sup:15000", "est:2400"),
            5 => "cree:" + Pick("est:mois", "est:7j", "est:2024", "avant:2022-06-01", "entre:2023-03..2023-05"),
            6 => "duree:" + Pick("sup:21", "sup:365", "inf:3"),
            7 => "decision:est:" + Pick("Accord", "AccordPartiel", "RefusDeLOpco", "Aucune"),
            8 => "delai:" + Pick("inf:0", "entre:0..7", "sup:60"),
            9 => "manque:" + Pick("est:complement", "rempli", "est:opco"),
            10 => "entreprise:contient:" + Pick("garage martin", "strasbourg", "brasserie", "scop"),
            _ => "responsable:" + Pick("vide", "rempli"),
        });
        var query = DossierQuery.Parse(random.Next(4) == 0 ? Pick("martin", "cybersécurité", "weiss", "habilitation", "2023-0") : "", filters, random.Next(2) == 0 ? "" : Pick("-", "") + DossierColumns.All[random.Next(12)].Key, out _);
        return query;
    }

    private static DossierQuery Read(string url)
    {
        var pairs = url[(url.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&').Select(x => x.Split('=', 2)).Select(x => (Key: x[0], Value: Uri.UnescapeDataString(x[1]))).ToList();
        return DossierQuery.Parse(pairs.FirstOrDefault(x => x.Key == "q").Value, pairs.Where(x => x.Key == "f").Select(x => x.Value), pairs.FirstOrDefault(x => x.Key == "tri").Value, out _);
    }

    private static double Percentile(IReadOnlyList<double> sorted, double part) => sorted[Math.Min(sorted.Count - 1, (int)Math.Ceiling(part * sorted.Count) - 1)];

    private static int Number(string name, int usual) => int.TryParse(Environment.GetEnvironmentVariable(name), out var asked) ? asked : usual;

    private static async Task<string> ScalarAsync(NpgsqlDataSource source, string sql) => (await ColumnAsync(source, sql))[0];

    private static async Task<List<string>> ColumnAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    [GeneratedRegex(@"(?:Planning|Execution) Time: ([0-9.]+) ms")]
    private static partial Regex Milliseconds();

    [GeneratedRegex(@"(?:hit|read)=([0-9]+)")]
    private static partial Regex Blocks();

    [GeneratedRegex("ref=\"A1:[A-Z]+([0-9]+)\"")]
    private static partial Regex Rows();
}
