using System.Diagnostics;
using System.Text.Json.Nodes;
using MonOPCO.Engine.Expressions.JavaScript;

namespace MonOPCO.Engine.Tests.JavaScript;

public sealed class LimitsTests
{
    [Theory]
    [InlineData("while (true) {}", ScriptLimit.Steps)]
    [InlineData("for (;;) ;", ScriptLimit.Steps)]
    [InlineData("const f = () => f(); f()", ScriptLimit.Depth)]
    [InlineData("function f(a) { return [f([a])] } f(1)", ScriptLimit.Depth)]
    [InlineData("const o = { toString: () => '' + o }; o + ''", ScriptLimit.Depth)]
    [InlineData("let a = []; for (let i = 0; i < 1000; i++) a = [a]; String(a)", ScriptLimit.Depth)]
    [InlineData("let a = []; for (let i = 0; i < 1000; i++) a = [a]; JSON.stringify(a)", ScriptLimit.Depth)]
    [InlineData("let a = []; for (let i = 0; i < 1000; i++) a = [a]; a", ScriptLimit.Depth)]
    [InlineData("let a = []; for (let i = 0; i < 1000; i++) a = [a]; a.flat(Infinity)", ScriptLimit.Depth)]
    [InlineData("JSON.parse('['.repeat(100000))", ScriptLimit.Depth)]
    [InlineData("const o = {}; o.o = o; o", ScriptLimit.Depth)]
    [InlineData("new Array(1e8)", ScriptLimit.Memory)]
    [InlineData("const a = []; a[1e9] = 1", ScriptLimit.Memory)]
    [InlineData("const a = []; a.length = 4e9", ScriptLimit.Memory)]
    [InlineData("Array.from({ length: 1e9 })", ScriptLimit.Memory)]
    [InlineData("'x'.repeat(1e9)", ScriptLimit.Memory)]
    [InlineData("'x'.repeat(1e300)", ScriptLimit.Memory)]
    [InlineData("'x'.padStart(1e9)", ScriptLimit.Memory)]
    [InlineData("'x'.padEnd(Infinity, 'ab')", ScriptLimit.Memory)]
    [InlineData("let s = 'x'; while (true) s += s", ScriptLimit.Memory)]
    [InlineData("let s = 'x'; while (true) s = `${s}${s}`", ScriptLimit.Memory)]
    [InlineData("let s = 'x'.repeat(1e6); [s, s, s, s, s, s, s].join('')", ScriptLimit.Memory)]
    [InlineData("const a = []; while (true) a.push(a.length)", ScriptLimit.Memory)]
    [InlineData("let a = [1]; while (true) a = a.concat(a)", ScriptLimit.Memory)]
    [InlineData("let a = [1]; while (true) a = [...a, ...a]", ScriptLimit.Memory)]
    [InlineData("const a = [1]; for (const x of a) a.push(x)", ScriptLimit.Memory)]
    [InlineData("const o = {}; for (let i = 0; ; i++) o['k' + i] = i", ScriptLimit.Memory)]
    [InlineData("let a = [1]; for (let i = 0; i < 40; i++) a = [a, a]; JSON.stringify(a)", ScriptLimit.Memory)]
    [InlineData("let a = ['x']; for (let i = 0; i < 40; i++) a = [a, a]; a", ScriptLimit.Memory)]
    [InlineData("let s = 'a'.repeat(1000); for (;;) s = s.replaceAll('a', s)", ScriptLimit.Memory)]
    [InlineData("try { while (true) {} } catch (e) { 'pris' } finally { 'fini' }", ScriptLimit.Steps)]
    [InlineData("while (true) { try { null.x } catch { } }", ScriptLimit.Steps)]
    public void Evaluate_Greed_StopsAtTheLimit(string source, ScriptLimit limit)
    {
        var limits = new ScriptLimits { MaxSteps = limit == ScriptLimit.Steps ? 2_000_000 : 100_000_000, MaxTime = TimeSpan.FromSeconds(60) };

        var stopped = Assert.Throws<ScriptLimitException>(() => Script.Parse(source).Evaluate(new ScriptHost(), limits));

        Assert.Equal(limit, stopped.Limit);
    }

    [Theory]
    [InlineData("while (true) {}")]
    [InlineData("const a = 'a'.repeat(1e6), b = 'a'.repeat(4e5) + 'b' + 'a'.repeat(1e5); while (true) a.indexOf(b)")]
    [InlineData("const a = 'a'.repeat(1e6), b = 'a'.repeat(1e6); while (true) (a + 'x') === (b + 'x')")]
    [InlineData("const a = []; for (let i = 0; i < 1e5; i++) a.push(i); while (true) { a.unshift(1); a.shift() }")]
    [InlineData("const a = []; for (let i = 0; i < 1e5; i++) a.push(1e5 - i); while (true) a.sort((x, y) => x - y)")]
    [InlineData("const o = {}; for (let i = 0; i < 1e5; i++) o['k' + i] = i; while (true) { for (const k in o) { delete o[k]; break } }")]
    public void Evaluate_Slow_StopsAtTheTime(string source)
    {
        var limits = new ScriptLimits { MaxSteps = long.MaxValue / 2, MaxAllocatedUnits = long.MaxValue / 2, MaxTime = TimeSpan.FromMilliseconds(150) };
        var clock = Stopwatch.StartNew();

        var stopped = Assert.Throws<ScriptLimitException>(() => Script.Parse(source).Evaluate(new ScriptHost(), limits));

        Assert.Equal(ScriptLimit.Time, stopped.Limit);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5);
    }

    [Fact]
    public void Evaluate_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => Script.Parse("while (true) {}").Evaluate(new ScriptHost(), null, source.Token));
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("{", "}")]
    [InlineData("({a:", "})")]
    [InlineData("`${", "}`")]
    [InlineData("(() => ", ")")]
    [InlineData("function f() {", "}")]
    [InlineData("if (1) ", ";")]
    [InlineData("!", "1")]
    [InlineData("- ", "1")]
    [InlineData("1 ** ", "1")]
    [InlineData("1 ? 1 : ", "1")]
    [InlineData("a = ", "1")]
    [InlineData("x => ", "1")]
    [InlineData("new ", "Date")]
    [InlineData("a(", ")")]
    [InlineData("a[", "]")]
    [InlineData("var [", "] = 1")]
    [InlineData("for (let {a = function() {", "}} of [])")]
    public void Parse_DeepNesting_IsRefused(string open, string close)
    {
        var source = string.Concat(Enumerable.Repeat(open, 5000)) + string.Concat(Enumerable.Repeat(close, 5000));

        Assert.Throws<ScriptSyntaxException>(() => Script.Parse(source));
    }

    [Theory]
    [InlineData(".a", 5000)]
    [InlineData("()", 5000)]
    [InlineData("[0]", 5000)]
    [InlineData("?.a", 5000)]
    public void Parse_LongChain_IsRefused(string link, int count) =>
        Assert.Throws<ScriptSyntaxException>(() => Script.Parse("a" + string.Concat(Enumerable.Repeat(link, count))));

    [Fact]
    public void Parse_LongFlatScripts_AreAccepted()
    {
        Assert.Equal(5001, Script.Parse("1" + string.Concat(Enumerable.Repeat(" + 1", 5000))).Evaluate(new ScriptHost())!.GetValue<long>());
        Assert.Equal("b", Script.Parse("x = 7; if (x === 0) { 'a' }" + string.Concat(Enumerable.Repeat(" else if (x === 1) { 'a' }", 1000)) + " else { 'b' }").Evaluate(new ScriptHost())!.GetValue<string>());
        Assert.Equal(3000, Script.Parse("[" + string.Concat(Enumerable.Repeat("1,", 3000)) + "].length").Evaluate(new ScriptHost())!.GetValue<long>());
        Assert.True(Script.Parse(string.Concat(Enumerable.Repeat("0 || ", 5000)) + "true").Evaluate(new ScriptHost())!.GetValue<bool>());
    }

    [Fact]
    public void Parse_TooLong_IsRefused() =>
        Assert.Contains("trop long", Assert.Throws<ScriptSyntaxException>(() => Script.Parse(new string(' ', 70_000))).Message, StringComparison.Ordinal);

    [Fact]
    public void Evaluate_OnASmallStack_StopsInsteadOfCrashing()
    {
        Exception? seen = null;
        var thread = new Thread(() => seen = Record.Exception(() => Script.Parse("const f = n => [n].map(x => f(x + 1)); f(0)").Evaluate(new ScriptHost(), new ScriptLimits { MaxCallDepth = 1_000_000 })), 256 * 1024);
        thread.Start();
        thread.Join();

        Assert.Equal(ScriptLimit.Depth, Assert.IsType<ScriptLimitException>(seen).Limit);
    }

    [Fact]
    public void Evaluate_DeepJsonFromTheHost_Stops()
    {
        JsonNode deep = new JsonArray();
        for (var i = 0; i < 5000; i++)
        {
            deep = new JsonArray(deep);
        }

        Assert.Throws<ScriptLimitException>(() => Script.Parse("x").Evaluate(new ScriptHost().Value("x", deep)));
    }

    [Fact]
    public void Evaluate_LongConcatenationInALoop_IsCheap()
    {
        var text = Script.Parse("let s = ''; for (let i = 0; i < 20000; i++) s += 'ligne ' + i + '\\n'; s.length").Evaluate(new ScriptHost());

        Assert.Equal(20000 * 7 + 10 + 90 * 2 + 900 * 3 + 9000 * 4 + 10000 * 5, text!.GetValue<long>());
    }
}
