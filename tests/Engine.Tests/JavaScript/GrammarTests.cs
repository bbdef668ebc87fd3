using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Expressions.JavaScript;
using Xunit.Abstractions;

namespace MonOPCO.Engine.Tests.JavaScript;

/// <summary>
/// Valid programs by the thousand. Tame ones must mean what they mean in Node; hostile ones must end within their limits, with a value or a declared error, having
/// allocated no more than <see cref="ScriptLimits.MostBytes"/>, and leave nothing behind. <c>MONOPCO_SCRIPT_SEED</c> repeats a run, <c>MONOPCO_SCRIPT_CASES</c> makes it longer.
/// </summary>
public sealed class GrammarTests(ITestOutputHelper output)
{
    /// <summary>Prints a value the same way in both, whatever it is.</summary>
    private const string Show = """
        const show = (v, d) => v === undefined ? 'undefined' : typeof v === 'function' ? 'function' : typeof v === 'number' ? (v === 0 && 1 / v < 0 ? '-0' : String(v))
          : typeof v === 'string' ? JSON.stringify(v) : v === null || typeof v === 'boolean' ? String(v) : d > 6 ? '…' : v instanceof Error ? v.name
          : Array.isArray(v) ? '[' + v.map(x => show(x, d + 1)).join() + ']' : v instanceof Date ? 'Date' + v.getTime() : '{' + Object.keys(v).map(k => JSON.stringify(k) + ':' + show(v[k], d + 1)).join() + '}';
        """;

    private static readonly TimeZoneInfo[] Zones = [.. new[] { "UTC", "Europe/Paris", "America/New_York", "Pacific/Kiritimati" }.Select(TimeZoneInfo.FindSystemTimeZoneById)];

    [Fact]
    public void TamePrograms_MeanWhatTheyMeanInNode()
    {
        var (seed, cases) = Settings(1500);
        var (programs, answers, left) = (new List<string>(), new List<string>(), 0);
        for (var i = 0; i < cases; i++)
        {
            var program = Wrapped(new ScriptGenerator(new Random(seed + i), false).Program());
            try
            {
                answers.Add(Script.Parse(program).Evaluate(new ScriptHost(), new ScriptLimits { MaxSteps = 200_000, MaxTime = TimeSpan.FromMinutes(1) })!.GetValue<string>());
                programs.Add(program);
            }
            catch (ScriptLimitException)
            {
                left++;
            }
        }

        var expected = InNode(programs);
        var wrong = Enumerable.Range(0, programs.Count).Where(i => expected[i] != answers[i]).ToList();
        output.WriteLine($"{programs.Count} compared, {left} left, {answers.Count(a => a.StartsWith("throws", StringComparison.Ordinal))} throw, {answers.Sum(a => (long)a.Length)} characters of answers.");
        Assert.True(left * 10 < cases, $"{left} of {cases} programs met a limit.");
        if (wrong.Count > 0)
        {
            var shortest = wrong.MinBy(i => programs[i].Length);
            Assert.Fail($"{wrong.Count} differ (MONOPCO_SCRIPT_SEED={seed} MONOPCO_SCRIPT_CASES={cases}). The shortest:\n{programs[shortest][Show.Length..]}\nNode: {expected[shortest]}\nours: {answers[shortest]}");
        }
    }

    [Fact]
    public void HostilePrograms_EndWithinTheirLimits()
    {
        var (seed, cases) = Settings(1000);
        var ends = new SortedDictionary<string, int>();
        var most = 0.0;
        for (var i = 0; i < cases; i++)
        {
            var random = new Random(seed + i);
            var source = new ScriptGenerator(random, true).Program();
            var limits = new ScriptLimits { MaxSteps = 100_000, MaxAllocatedUnits = 200_000, MaxTime = TimeSpan.FromMinutes(1), MaxCallDepth = random.Next(2) == 0 ? 60 : 256 };
            var end = End(source, limits, Zones[random.Next(Zones.Length)], out var bytes);
            ends[end] = ends.GetValueOrDefault(end) + 1;
            most = Math.Max(most, (double)bytes / limits.MostBytes);
            Assert.False(end.StartsWith('!') || bytes > limits.MostBytes, $"{end}, {bytes} bytes of {limits.MostBytes} (MONOPCO_SCRIPT_SEED={seed + i} MONOPCO_SCRIPT_CASES=1)\n{source}");
        }

        output.WriteLine($"At most {most:P0} of the bytes; {string.Join(", ", ends.Select(e => $"{e.Key} {e.Value}"))}");
    }

    /// <summary>Two programs over one host: the second sees a language as new, whatever the first did to it.</summary>
    [Fact]
    public void HostilePrograms_LeaveNothingBehind()
    {
        const string probe = """
            const seen = [typeof h, typeof v0, typeof v1, Object.keys(Math).length, Object.keys(JSON).length, Object.keys(Object).length, Object.keys(Array).length, ({}).polluted, [].x, (x => x).x, Math.abs(-1), JSON.parse('[1]')[0],
              Array.isArray.x, 'a'.at(0), [3, 1].sort().join(), new Date(0).getTime(), Object.keys({}).length, new Error('e').message, typeof getVariable];
            JSON.stringify(seen.map(x => x === undefined ? 'undefined' : x))
            """;
        var (seed, cases) = Settings(500);
        var host = new FakeWorkflow(new JsonObject { ["a"] = 1 }).Host;
        var before = Script.Parse(probe).Evaluate(host)!.GetValue<string>();
        for (var i = 0; i < cases; i++)
        {
            var source = new ScriptGenerator(new Random(seed + i), true).Program();
            try
            {
                Script.Parse(source).Evaluate(host, new ScriptLimits { MaxSteps = 50_000, MaxAllocatedUnits = 100_000 });
            }
            catch (Exception e) when (e is ScriptSyntaxException or ScriptException or ScriptLimitException)
            {
            }

            Assert.True(before == Script.Parse(probe).Evaluate(host)!.GetValue<string>(), source);
        }
    }

    /// <summary>The dearest programs we know of, under the limits that everybody has.</summary>
    [Theory]
    [InlineData("const a = []; for (let i = 0; ; i++) a.push(i)")]
    [InlineData("const a = []; for (;;) a.push([])")]
    [InlineData("const a = []; for (;;) a.push({})")]
    [InlineData("const a = []; for (;;) a.push({ a: 1 })")]
    [InlineData("const a = []; for (;;) a.push('x'.at)")]
    [InlineData("const a = []; for (;;) a.push(() => a)")]
    [InlineData("const a = []; for (;;) a.push(new Date(0))")]
    [InlineData("const a = []; for (;;) a.push(new Error(''))")]
    [InlineData("const a = []; for (;;) { try { null.x } catch (e) { a.push(e) } }")]
    [InlineData("const a = []; for (;;) { let b = 1; a.push(() => b) }")]
    [InlineData("const a = []; for (let i = 0; ; i++) a.push(String(i + 0.123456789))")]
    [InlineData("const a = []; for (;;) a.push('é€'.slice(0, 1))")]
    [InlineData("const a = []; for (;;) a.push(...'é€')")]
    [InlineData("const o = {}; for (let i = 0; ; i++) o['k' + i] = i")]
    [InlineData("const o = {}; for (let i = 0; i < 20; i++) o['k' + i] = i; for (;;) { o.a = 1; delete o.a }")]
    [InlineData("const o = {}; for (let i = 0; i < 2000; i++) o['k' + i] = i; for (;;) { o.a = 1; delete o.a }")]
    [InlineData("for (;;) { const { a, b, ...c } = { a: 1, b: 2, c: 3 } }")]
    [InlineData("const f = (a, b, ...c) => [a, b, c]; for (;;) f(1, 2, 3, 4)")]
    [InlineData("let a = []; for (let i = 0; i < 40; i++) a = [a, a]; a")]
    [InlineData("let a = {}; for (let i = 0; i < 39; i++) a = { l: a, r: a }; a")]
    [InlineData("let a = {}; for (let i = 0; i < 20; i++) a = [a, a, a]; a")]
    [InlineData("let a = [1]; for (let i = 0; i < 39; i++) a = [a, a]; a")]
    [InlineData("const a = Array(1e5).fill(0); for (;;) a.toSorted()")]
    [InlineData("const a = Array(1e4).fill(0); for (;;) Object.entries(a)")]
    [InlineData("const s = 'x'.repeat(1e5); for (;;) s.split('')")]
    [InlineData("const s = 'é'.repeat(1e4); for (;;) [...s]")]
    [InlineData("let s = ''; for (;;) s += 'xyz'")]
    [InlineData("let s = 'x'.repeat(200); const a = []; for (;;) a.push(s + 'y')")]
    [InlineData("for (;;) JSON.parse('[[1],[2],{\"a\":3}]')")]
    [InlineData("for (;;) variables.a")]
    [InlineData("for (;;) variables.a = [1, [2], { a: 3 }]")]
    [InlineData("for (let i = 0; ; i++) setVariable('a', i)")]
    public void Greed_AllocatesNoMoreThanStated(string source)
    {
        var limits = new ScriptLimits { MaxTime = TimeSpan.FromMinutes(5) };
        var end = End(source, limits, TimeZoneInfo.Utc, out var bytes);
        output.WriteLine($"{end}: {bytes / 1e6:0} MB of {limits.MostBytes / 1e6:0}");
        Assert.Contains(end, new[] { "limit Memory", "limit Steps" });
        Assert.InRange(bytes, 0, limits.MostBytes);
    }

    private static string End(string source, ScriptLimits limits, TimeZoneInfo zone, out long bytes)
    {
        var fake = new FakeWorkflow(new JsonObject { ["a"] = new JsonArray(1, 2) }, zone);
        var start = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Script.Parse(source).Evaluate(fake.Host, limits);
            return "value";
        }
        catch (ScriptLimitException e)
        {
            return "limit " + e.Limit;
        }
        catch (ScriptException)
        {
            return "error";
        }
        catch (ScriptSyntaxException)
        {
            return "syntax";
        }
        catch (Exception e)
        {
            return "!" + e;
        }
        finally
        {
            bytes = GC.GetAllocatedBytesForCurrentThread() - start;
        }
    }

    private static string Wrapped(string program) =>
        Show + "try { return show((() => {\n" + program + "\n})(), 0); } catch (e) { return 'throws ' + (e instanceof Error ? e.name : show(e, 0)); }";

    private static string[] InNode(List<string> programs)
    {
        const string runner = "const list = JSON.parse(require('fs').readFileSync(0, 'utf8')); process.stdout.write(JSON.stringify(list.map(p => { try { return new Function(p)(); } catch (e) { return String(e); } })));";
        using var node = Process.Start(new ProcessStartInfo("node", ["-e", runner]) { RedirectStandardInput = true, RedirectStandardOutput = true, Environment = { ["TZ"] = "UTC" } })!;
        var answer = node.StandardOutput.ReadToEndAsync();
        node.StandardInput.Write(JsonSerializer.Serialize(programs));
        node.StandardInput.Close();
        node.WaitForExit();
        return JsonSerializer.Deserialize<string[]>(answer.GetAwaiter().GetResult())!;
    }

    private static (int Seed, int Cases) Settings(int usual)
    {
        int Read(string name, int other) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : other;
        return (Read("MONOPCO_SCRIPT_SEED", Random.Shared.Next(1_000_000_000)), Read("MONOPCO_SCRIPT_CASES", usual));
    }
}
