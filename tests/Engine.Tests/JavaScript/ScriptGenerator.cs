using System.Globalization;

namespace MonOPCO.Engine.Tests.JavaScript;

/// <summary>
/// Random programs of the subset, by grammar. Tame ones end by themselves and mean the same in any JavaScript (no holes in arrays, nothing that the subset refuses);
/// hostile ones also ask for too much, go round, recurse, change what is being walked, and reach for prototypes.
/// </summary>
internal sealed class ScriptGenerator(Random random, bool isHostile)
{
    private static readonly string[] Numbers = ["0", "1", "2", "3", "5", "7.5", "-1", "0.1", "100", "-0", "NaN", "Infinity", "1e21", "123456789", "2147483648", "1e-7"];
    private static readonly string[] Texts = ["''", "'a'", "'abc'", "'b,c'", "'  x '", "'12'", "'1.5'", "'é'", "'A-B'", "'aaaa'", "'😀'", "'$&'"];

    private static readonly string[] Binary = ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", ">>>"];
    private static readonly string[] Comparison = ["<", "<=", ">", ">=", "==", "!=", "===", "!=="];

    private static readonly string[] Attacks =
    [
        "'x'.repeat(1e6)", "'ab'.padStart(1e7, 'xy')", "new Array(1e6)", "Array.from({ length: 1e6 }, (_, i) => i)", "Array(1e5).fill('xx').join('-')", "(() => { let s = 'x'; for (;;) s += s })()",
        "(() => { let a = [1]; for (;;) a = [...a, ...a] })()", "(() => { const o = {}; for (let i = 0; ; i++) o['k' + i] = [i] })()", "(() => { const a = []; for (;;) a.push([]) })()", "(() => { const a = []; for (;;) a.push({}) })()",
        "(() => { const a = []; for (;;) a.push('x'.at) })()", "(() => { const a = []; for (;;) a.push(() => a) })()", "(() => { const a = []; for (;;) a.push(new Date(a.length)) })()", "(() => { const a = []; for (;;) a.push(new Error('e')) })()",
        "(() => { let a = []; for (let i = 0; i < 60; i++) a = [a, a]; return JSON.stringify(a) })()", "(() => { let a = {}; for (let i = 0; i < 60; i++) a = { l: a, r: a }; return a })()", "(() => { let a = []; for (let i = 0; i < 30; i++) a = [a, a]; return a })()",
        "(() => { let a = ['x'.repeat(100)]; for (let i = 0; i < 30; i++) a = a.concat(a); return a.join() })()", "JSON.parse('[' .repeat(1e4))", "JSON.parse('1'.repeat(1e5))", "JSON.parse(' '.repeat(1e5) + '1')", "JSON.stringify({ a: 'é\\u0001'.repeat(1e4) }, null, 10)",
        "JSON.stringify(Array(1e4).fill([]), null, '          ')", "(function f() { return f() })()", "(function f(...a) { return f(...a, 1) })()", "(function f(n) { try { return f(n + 1) } catch { return f(n) } finally { f(n) } })(0)", "[1].map(function f(x) { return [x].map(f) })",
        "(() => { const o = { toString: () => `${o}` }; return o + '' })()", "(() => { const o = { valueOf: () => o * 2 }; return -o })()", "[3, 1, 2].sort(() => { throw 1 })", "[...Array(2000).keys()].sort(() => Math.random() - 0.5).length", "[3, 2, 1].sort((a, b) => ({}))",
        "(() => { const a = [5, 4, 3, 2, 1]; a.sort((x, y) => { a.length = 0; a.push(9); return x - y }); return a })()", "(() => { const a = [1, 2, 3]; a.fill(0, 0, { valueOf: () => { a.length = 0; return 3 } }); return a })()",
        "(() => { const a = [1, 2, 3]; return a.slice(0, { valueOf: () => { a.length = 1; return 3 } }) })()", "(() => { const a = [1, 2, 3]; return a.splice({ valueOf: () => { a.length = 0; return 2 } }, { valueOf: () => { a.push(1); return 5 } }, 7) })()",
        "(() => { const a = [1, 2, 3]; for (const x of a) a.unshift(x) })()", "(() => { const o = { a: 1 }; for (const k in o) { delete o[k]; o[k + 'a'] = 1 } return o })()", "(() => { const a = [1, 2, 3]; return a.map(x => { a.pop(); return a.length }) })()",
        "(() => { const a = [[1, [2]]]; a[0].push(a); return a.flat(Infinity) })()", "(() => { const a = []; a.push(a); return String(a) })()", "(() => { const o = {}; o.o = o; return JSON.stringify(o) })()", "(() => { const o = {}; o.o = o; return o })()",
        "({}).constructor.constructor('return 1')()", "''.constructor", "[].__proto__", "({}).__proto__.polluted = 1", "Object.defineProperty", "Object.prototype", "Object.getPrototypeOf({})", "Function('return this')()", "new Function('x', 'x')", "globalThis", "eval('1')",
        "Object.assign(Math, { abs: 1 })", "(Math.abs = 1)", "(JSON.parse = () => 1)", "delete Math.abs", "(Array.isArray.x = 1)", "('x'.at.call)", "((x => x).apply)", "({}).toString.call(null)", "Reflect", "Proxy", "Symbol.iterator", "import.meta", "System", "require('fs')", "process.exit()", "AppDomain", "importNamespace",
        "new Date(8.64e15)", "new Date(-8.64e15).toISOString()", "new Date(1e300).getTime()", "new Date(9999, 11, 31, 23, 59).toLocaleString()", "new Date(-62135596800000).getHours()", "new Date(0, 0, 1e9)", "(() => { const d = new Date(0); d.setFullYear(1e9); d.setMonth(-1e9); return d.toString() })()", "new Date('2026-03-29T02:30:00')", "new Date(2026, 9, 25, 2, 30).getTimezoneOffset()",
        "(1e21).toFixed(100)", "(5e-324).toPrecision(100)", "(2 ** 53).toString(2)", "(0.1).toString(36)", "parseInt('9'.repeat(1e5))", "parseInt('z'.repeat(1e4), 36)", "Number('0x' + 'f'.repeat(1e4))", "+('1'.repeat(1e5) + 'e-99999')", "Math.max(...Array(1e5).fill(1))", "String.fromCharCode(...Array(1e4).fill(55296))",
        "'a'.repeat(3e4).replaceAll('a', '$`')", "'a'.repeat(1e4).split('').map(x => x + x).join('')", "'x'.repeat(1e4).replaceAll('', 'yy')", "'é'.repeat(1e5).normalize('NFD').localeCompare('é'.repeat(1e5))", "encodeURIComponent('€'.repeat(1e5))", "encodeURIComponent('\\ud800')",
        "variables.a.b.c", "(variables.a = { b: variables })", "(() => { variables.a = []; for (;;) variables.a.push(variables.a.length) })()", "setVariable('a', (x => x))", "setVariable({ toString: () => { throw 1 } }, 1)", "getVariable({})", "getVariable('a'.repeat(1e5))", "setVariable('deep', (() => { let a = 1; for (let i = 0; i < 39; i++) a = [a]; return a })())",
        "(() => { let a = 1; for (let i = 0; i < 60; i++) a = { a }; return a })()", "setOutcome([[]])", "getOutputFrom('Sum1', {})", "(() => { for (;;) { try { null.x } finally { continue } } })()", "(() => { try { throw 1 } finally { return 2 } })()", "(() => { for (const i of [1, 2]) { try { return i } finally { break } } return 3 })()",
    ];

    private const string Start = "const log = [], name = e => e instanceof Error ? e.name : e, kept = f => { try { return f(); } catch (e) { return name(e); } };\n";

    private readonly List<string> _names = [];
    private readonly List<string> _fixed = [];
    private int _count;

    internal string Program()
    {
        var statements = Enumerable.Range(0, random.Next(2, 9)).Select(_ => Kept(Statement(3, false))).ToList();
        return Start + string.Join('\n', statements) + $"\nreturn [log, {string.Join(", ", _names.Take(8).Append(Any(2)).Select(value => $"kept(() => {value})"))}];";
    }

    /// <summary>What one statement throws is noted, so that the others still count.</summary>
    private static string Kept(string statement) => statement.StartsWith("let ", StringComparison.Ordinal) || statement.StartsWith("const ", StringComparison.Ordinal) || statement.StartsWith("var ", StringComparison.Ordinal)
        ? statement
        : $"try {{ {statement} }} catch (e) {{ log.push(name(e)); }}";

    private bool Chance(int percent) => random.Next(100) < percent;

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];

    private string Name() => _names.Count > 0 ? _names[random.Next(_names.Count)] : "1";

    private string Fresh() => "v" + _count++.ToString(CultureInfo.InvariantCulture);

    /// <summary>Declarations inside are forgotten outside.</summary>
    private string Inside(int depth, bool inLoop, params string[] also)
    {
        var (names, constants) = (_names.Count, _fixed.Count);
        _names.AddRange(also);
        _fixed.AddRange(also);
        var body = string.Join(' ', Enumerable.Range(0, random.Next(1, 3)).Select(_ => Statement(depth - 1, inLoop)));
        _names.RemoveRange(names, _names.Count - names);
        _fixed.RemoveRange(constants, _fixed.Count - constants);
        return "{ " + body + " }";
    }

    private string Statement(int depth, bool inLoop)
    {
        if (isHostile && Chance(12))
        {
            return Pick("", "try { ", "var h = ") switch
            {
                "try { " => $"try {{ {Fresh()} = {Pick(Attacks)} }} catch (e) {{ }} finally {{ }}",
                var start => start + Pick(Attacks) + ";",
            };
        }

        switch (depth <= 0 ? random.Next(5) : random.Next(17))
        {
            case 0 or 1:
                {
                    var (name, value) = (Fresh(), $"kept(() => {Any(depth)})");
                    _names.Add(name);
                    if (Chance(30))
                    {
                        _fixed.Add(name);
                        return $"const {name} = {value};";
                    }

                    return $"{Pick("let", "var")} {name} = {value};";
                }

            case 2:
                return Assignable() is { } target ? $"{target} {Pick("=", "=", "+=", "-=", "*=", "??=", "||=", "&&=")} {Any(depth)};" : Any(depth) + ";";
            case 3:
                return Assignable() is { } counter ? $"{counter}{Pick("++", "--")};" : ";";
            case 4:
                return Any(depth) + ";";
            case 5:
                return $"if ({Truth(depth)}) {Inside(depth, inLoop)}" + (Chance(60) ? $" else {Inside(depth, inLoop)}" : "");
            case 6:
                {
                    var i = Fresh();
                    return $"for (let {i} = 0; {i} < {random.Next(1, 5)}; {i}++) {Inside(depth, true, i)}";
                }

            case 7:
                {
                    var i = Fresh();
                    return $"for (const {i} of {List(depth)}) {Inside(depth, true, i)}";
                }

            case 8:
                {
                    var i = Fresh();
                    return $"for (const {i} in {Holder(depth)}) {Inside(depth, true, i)}";
                }

            case 9:
                {
                    var i = Fresh();
                    return $"{{ let {i} = {random.Next(1, 4)}; while ({i}-- > 0) {Inside(depth, true, i)} }}";
                }

            case 10:
                {
                    var e = Fresh();
                    return $"try {Inside(depth, inLoop)} catch ({e}) {Inside(depth, inLoop, $"({e} instanceof Error ? {e}.name : {e})")}" + (Chance(40) ? $" finally {Inside(depth, inLoop)}" : "");
                }

            case 11:
                return Chance(30) ? $"throw {Pick("new Error('e')", "new TypeError('t')", Any(1))};" : $"if ({Truth(depth)}) throw {Any(1)};";
            case 12:
                return $"switch ({Any(depth)}) {{ case {Any(1)}: {Inside(depth, inLoop)} {Pick("", "break;")} case {Any(1)}: {Inside(depth, inLoop)} default: {Inside(depth, inLoop)} }}";
            case 13:
                {
                    var (name, a, b) = (Fresh(), Fresh(), Fresh());
                    var function = $"const {name} = ({a}, {b} = {Any(1)}) => {(Chance(50) ? $"{{ {Inside(depth, false, a, b)} return {With(() => Any(depth - 1), a, b)}; }}" : $"({With(() => Any(depth - 1), a, b)})")};";
                    _names.Add($"{name}({Any(1)})");
                    _fixed.Add(_names[^1]);
                    return function;
                }

            case 14:
                {
                    var (a, b, c) = (Fresh(), Fresh(), Fresh());
                    _names.AddRange([a, b, c]);
                    return Chance(50) ? $"let [{a}, {b} = {Pick(Numbers)}, ...{c}] = kept(() => {List(depth)});" : $"let {{ a: {a}, b: {b} = {Pick(Numbers)}, ...{c} }} = kept(() => {Holder(depth)});";
                }

            case 15 when inLoop:
                return $"if ({Truth(1)}) {Pick("break", "continue")};";
            default:
                return Chance(10) ? $"if ({Truth(1)}) return {Any(depth)};" : Inside(depth, inLoop);
        }
    }

    private string With(Func<string> make, params string[] names)
    {
        var (before, constants) = (_names.Count, _fixed.Count);
        _names.AddRange(names);
        _fixed.AddRange(names);
        var made = make();
        _names.RemoveRange(before, _names.Count - before);
        _fixed.RemoveRange(constants, _fixed.Count - constants);
        return made;
    }

    private string? Assignable()
    {
        var free = _names.Where(n => !_fixed.Contains(n)).ToList();
        return free.Count == 0 ? null : free[random.Next(free.Count)];
    }

    private string Any(int depth) => isHostile && Chance(4) ? "(" + Pick(Attacks) + ")" : random.Next(8) switch
    {
        0 or 1 => Number(depth),
        2 or 3 => Text(depth),
        4 => Truth(depth),
        5 => List(depth),
        6 => Holder(depth),
        _ => depth <= 0 ? Pick("null", "undefined", Name()) : Pick($"({Truth(depth - 1)} ? {Any(depth - 1)} : {Any(depth - 1)})", $"({Any(depth - 1)} {Pick("&&", "||")} {Any(depth - 1)})", $"({Any(depth - 1)} ?? {Any(depth - 1)})", $"({Holder(depth - 1)})?.a?.b", Name()),
    };

    private string Number(int depth) => depth <= 0 ? Pick(Pick(Numbers), Name()) : random.Next(12) switch
    {
        0 or 1 => Pick(Numbers),
        2 or 3 => $"(({Number(depth - 1)}) {Pick(Binary)} ({Number(depth - 1)}))",
        4 => $"({Any(depth - 1)} {Pick("-", "*", "+")} {Any(depth - 1)})",

        // The last digit of other powers is left to each JavaScript.
        5 when Chance(30) => $"({random.Next(5)} ** {random.Next(6)})",
        5 => $"Math.{Pick("floor", "ceil", "round", "abs", "sign", "trunc", "max", "min")}({Number(depth - 1)})",
        6 => $"({Pick("Number", "parseInt", "parseFloat", "+", "~", "-")}({Any(depth - 1)}))",
        7 => $"({Text(depth - 1)}).{Pick("length", $"indexOf({Text(0)})", $"lastIndexOf({Text(0)})", $"charCodeAt({Number(0)})", $"codePointAt({Number(0)})")}",
        8 => $"({List(depth - 1)}).{Pick("length", $"indexOf({Any(0)})", $"findIndex(x => {With(() => Truth(1), "x")})", $"lastIndexOf({Any(0)})", $"push({Any(0)})", $"unshift({Any(0)})")}",
        9 => $"({List(depth - 1)}).{Pick("reduce", "reduceRight")}((p, q) => {With(() => Any(1), "p", "q")}, {Any(0)})",
        10 => $"new Date(Date.UTC({random.Next(1971, 2100)}, {random.Next(24)}, {random.Next(60)}, {random.Next(48)})).{Pick("getTime()", "getUTCDay()", "getUTCMonth()", "getUTCDate()", "getUTCHours()")}",
        _ => Name(),
    };

    private string Text(int depth) => depth <= 0 ? Pick(Pick(Texts), Name()) : random.Next(12) switch
    {
        0 or 1 => Pick(Texts),
        2 => $"`{Pick("", "a", "-")}${{{Any(depth - 1)}}}{Pick("", "z")}`",
        3 => $"({Text(depth - 1)} + {Any(depth - 1)})",
        4 => $"String({Any(depth - 1)})",
        5 => $"({Text(depth - 1)}).{Pick("trim()", "toUpperCase()", "toLowerCase()", "trimStart()", "trimEnd()", "toString()")}",
        6 => $"({Text(depth - 1)}).{Pick("slice", "substring", "substr")}({Number(0)}, {Number(0)})",
        7 => $"({Text(depth - 1)}).{Pick("replace", "replaceAll")}({Text(0)}, {Text(0)})",
        8 => $"({Text(depth - 1)}).{Pick("padStart", "padEnd")}({random.Next(12)}, {Text(0)})",
        9 => $"({List(depth - 1)}).join({Text(0)})",
        10 => Pick($"typeof {Name()}", $"JSON.stringify({Any(depth - 1)})", $"({Pick(Numbers)}).toFixed({random.Next(5)})", $"({Text(depth - 1)}).repeat({random.Next(4)})", $"({Text(depth - 1)}).charAt({Number(0)})", $"({Text(depth - 1)}).at({Number(0)})"),
        _ => Name(),
    };

    private string Truth(int depth) => depth <= 0 ? Pick("true", "false", Name()) : random.Next(7) switch
    {
        0 => Pick("true", "false"),
        1 or 2 => $"({Any(depth - 1)} {Pick(Comparison)} {Any(depth - 1)})",
        3 => $"!{Any(depth - 1)}",
        4 => Pick($"Array.isArray({Any(depth - 1)})", $"Number.isInteger({Any(depth - 1)})", $"isNaN({Any(depth - 1)})", $"('a' in {Holder(depth - 1)})"),
        5 => $"({List(depth - 1)}).{Pick("some", "every")}(x => {With(() => Truth(1), "x")})",
        _ => $"({Pick(Text(depth - 1), List(depth - 1))}).includes({Any(0)})",
    };

    private string List(int depth) => depth <= 0 ? Pick("[]", "[1, 2, 3]", "['b', 'a']", $"[{Name()}]") : random.Next(11) switch
    {
        0 or 1 => "[" + string.Join(", ", Enumerable.Range(0, random.Next(4)).Select(_ => Any(depth - 1))) + "]",
        2 => $"[...{List(depth - 1)}, {Any(depth - 1)}]",
        3 => $"({List(depth - 1)}).{Pick("map", "filter", "flatMap")}((x, i) => {With(() => Any(depth - 1), "x", "i")})",
        4 => $"({List(depth - 1)}).{Pick("slice", "splice")}({Number(0)}, {random.Next(4)})",
        5 => $"({List(depth - 1)}).concat({List(depth - 1)}, {Any(0)})",
        6 => $"({List(depth - 1)}).{Pick("reverse()", "flat()", $"fill({Any(0)})", "toReversed()", "sort()", "toSorted((p, q) => String(p) < String(q) ? -1 : String(p) > String(q) ? 1 : 0)")}",
        7 => $"({Text(depth - 1)}).split({Text(0)})",
        8 => $"Object.{Pick("keys", "values", "entries")}({Holder(depth - 1)})",
        9 => Pick($"Array.from({{ length: {random.Next(5)} }}, (_, i) => {With(() => Any(1), "i")})", $"Array({random.Next(5)}).fill({Any(0)})", $"[...{Pick(Texts)}]"),
        _ => $"[{Name()}, {Name()}]",
    };

    private string Holder(int depth) => depth <= 0 ? Pick("({ a: 1, b: 2 })", "({})", "({ b: { a: [] } })") : random.Next(5) switch
    {
        0 or 1 => $"({{ a: {Any(depth - 1)}, {Pick("b", "5", "'x y'", $"[{Text(0)}]")}: {Any(depth - 1)} }})",
        2 => $"({{ ...{Holder(depth - 1)}, c: {Any(depth - 1)} }})",
        3 => $"Object.assign({{}}, {Holder(depth - 1)}, {Holder(depth - 1)})",
        _ => $"Object.fromEntries([['a', {Any(depth - 1)}], ['k', {Any(depth - 1)}]])",
    };
}
