using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using MonOPCO.Engine.Expressions.JavaScript;
using MonOPCO.Engine.Expressions.JavaScript.Builtins;
using MonOPCO.Engine.Expressions.JavaScript.Parsing;
using MonOPCO.Engine.Expressions.JavaScript.Values;

namespace MonOPCO.Engine.Tests.JavaScript;

/// <summary>Whatever the text: a value, or one of the declared exceptions, within the limits.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Pieces =
    [
        "a", "b", "x", "f", "1", "0", "2.5", "1e9", "'s'", "`t`", "`${", "}`", "(", ")", "[", "]", "{", "}", ",", ";", ".", "?.", "...", "=>", "=", "+=", "??=", "==", "===", "<", ">", "+",
        "-", "*", "**", "/", "%", "!", "~", "?", ":", "&&", "||", "??", "++", "--", "<<", ">>>", "in", "of", "instanceof", "typeof", "delete", "void", "new", "var", "let", "const", "function",
        "return", "if", "else", "for", "while", "do", "break", "continue", "switch", "case", "default", "try", "catch", "finally", "throw", "null", "undefined", "true", "NaN", "Math", "JSON",
        "Object", "Array", "Date", "String", "Number", "Error", ".length", ".map", ".push", ".repeat", ".join", ".sort", ".toString", ".name", "['a']", "(a => a)", "\n", "__proto__",
        "constructor", "prototype", "getVariable", "variables", "this", "class", "async", "/x/", "\"", "\\", "é", "\ud800", "#", "@"
    ];

    private static readonly string[] Seeds =
    [
        "const f = (a, [b, c] = [1, 2], { d = 3, ...e } = {}) => a + b + c + d; f(1)",
        "let s = 0; for (let i = 0; i < 10; i++) { if (i % 2) continue; s += i ** 2; } return `total ${s}`;",
        "try { null.x } catch (e) { e.name + ': ' + e.message } finally { x = 1 }",
        "switch (typeof a) { case 'number': a++; break; default: a = [...'abc'].map((c, i) => c.repeat(i)).join('-') }",
        "variables.list = Object.entries({ a: 1, b: [2, 3] }).filter(([k, v]) => v != 1); JSON.stringify(variables.list, null, 2)",
        "function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) } fib(12) ?? a?.b?.[0]?.()",
        "const d = new Date(2026, 1, 31); d.setDate(d.getDate() + 45); d.toISOString().split('T')[0]"
    ];

    [Fact]
    public void TokenSoup_EndsWithADeclaredOutcome() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20_000).WithEndSize(40), Prop.ForAll(Gen.Elements(Pieces).ListOf().ToArbitrary(), parts => Ends(string.Join(' ', parts))));

    [Fact]
    public void MutatedScripts_EndWithADeclaredOutcome()
    {
        var mutated = from seed in Gen.Elements(Seeds)
                      from edits in (from at in Gen.Choose(0, 1000) from piece in Gen.Elements(Pieces) from cut in Gen.Choose(0, 6) select (at, piece, cut)).ListOf()
                      select edits.Take(4).Aggregate(seed, (text, edit) =>
                      {
                          var at = edit.at % (text.Length + 1);
                          return text[..at] + edit.piece + text[Math.Min(at + edit.cut, text.Length)..];
                      });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20_000), Prop.ForAll(mutated.ToArbitrary(), Ends));
    }

    [Fact]
    public void RandomNesting_EndsWithADeclaredOutcome()
    {
        string[] wraps = ["({0})", "[{0}]", "({{a: {0}}}).a", "(() => {0})()", "`${{{0}}}`", "!{0}", "[{0}].map(x => x)[0]", "(1 ? {0} : 2)", "String({0})", "({0} + 1)", "f({0})", "JSON.stringify({0})"];
        var nested = from depth in Gen.Choose(0, 300) from picks in Gen.Elements(wraps).ArrayOf(depth) select picks.Aggregate("1", (inner, wrap) => string.Format(null, wrap, inner));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(nested.ToArbitrary(), Ends));
    }

    [Fact]
    public void AnyText_EndsWithADeclaredOutcome() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5_000), Prop.ForAll(ArbMap.Default.ArbFor<string>().Filter(text => text is not null), Ends));

    /// <summary>Every built-in on every kind of receiver with every pair of awkward arguments.</summary>
    [Fact]
    public void BuiltIns_WithAwkwardArguments_EndWithADeclaredOutcome()
    {
        string[] receivers = ["'a\ud800é'", "''", "5.5", "-0", "NaN", "[3, 'x', null]", "[]", "({ a: 1, 5: 2 })", "new Date(0)", "new Date(NaN)", "new Date(9999, 11, 31, 23)", "new Date('0001-01-01')", "(x => x)", "true", "new Error('e')"];
        string[] values = ["", "undefined", "null", "-1", "NaN", "Infinity", "-1e300", "2.5", "1e15", "'a'", "'\udc00'", "[]", "[[1, 2], 'b']", "({ length: 3 })", "(x => x)", "(() => { throw 1 })"];
        var globals = Globals.Table.SelectMany(global => new[] { global.Key, "new " + global.Key }.Concat(global.Value.Object is { } holder
            ? holder.Keys(new Runtime(new SourceText(""), new ScriptHost(), ScriptLimits.Default, default)).Select(member => global.Key + "." + member)
            : []));
        var methods = new[] { StringMethods.Table, NumberMethods.Table, ArrayMethods.Table, DateMethods.Table, ObjectMethods.Table }.SelectMany(table => table.Keys).Distinct().ToArray();
        foreach (var callee in globals.Concat(methods.Select(method => "r." + method)))
        {
            // The script swallows what it can catch: only a limit or a fault of ours comes out.
            foreach (var receiver in callee.StartsWith("r.", StringComparison.Ordinal) ? receivers : ["0"])
            {
                var calls = from first in values
                            from second in values
                            where first.Length > 0 || second.Length == 0
                            select $"try {{ const r = {receiver}; keep = {callee}({first}{(second.Length > 0 ? "," + second : "")}) }} catch {{ }}";
                foreach (var call in calls)
                {
                    Ends(call + " keep");
                }
            }
        }
    }

    private static bool Ends(string source)
    {
        var limits = new ScriptLimits { MaxSteps = 20_000, MaxAllocatedUnits = 200_000, MaxCallDepth = 60 };
        try
        {
            Script.Parse(source).Evaluate(new FakeWorkflow(new JsonObject { ["a"] = 1 }).Host, limits);
        }
        catch (Exception e) when (e is ScriptSyntaxException or ScriptException or ScriptLimitException)
        {
            Assert.NotEmpty(e.Message);
        }

        return true;
    }
}
