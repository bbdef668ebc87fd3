using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using MonOPCO.Engine.Expressions.JavaScript;

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
