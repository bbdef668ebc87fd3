using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using MonOPCO.Engine.Expressions.JavaScript;

namespace MonOPCO.Engine.Tests.JavaScript;

public sealed class PropertyTests
{
    private static readonly Arbitrary<double> Finite = ArbMap.Default.ArbFor<double>().Filter(double.IsFinite);

    private static readonly Arbitrary<string> Text = ArbMap.Default.ArbFor<string>().Filter(text => text is not null);

    [Fact]
    public void Arithmetic_IsIeee() => Prop.ForAll(Finite, Finite, (x, y) =>
    {
        var result = (JsonArray)Run("[x + y, x - y, x * y, x % y, x < y, x === y, -x]", x, y)!;
        return Same(result[0], x + y) && Same(result[1], x - y) && Same(result[2], x * y) && Same(result[3], x % y)
            && result[4]!.GetValue<bool>() == x < y && result[5]!.GetValue<bool>() == (x == y) && Same(result[6], -x);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void NumberText_ComesBackToTheSameDouble() => Prop.ForAll(Finite, x =>
    {
        var text = Run("String(x)", x)!.GetValue<string>();
        return double.Parse(text, CultureInfo.InvariantCulture) == x && Run("Number(x)", text) is { } back && Same(back, x)
            && !text.Contains('E', StringComparison.Ordinal) && text.Length <= 26;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Money_CrossesTheBorderUnchanged() => Prop.ForAll(ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<byte>(), (euros, cents) =>
    {
        var amount = euros + cents % 100 / 100m;
        var node = JsonNode.Parse(amount.ToString(CultureInfo.InvariantCulture));
        return JsonNode.DeepEquals(Run("[x][0]", node), node) && Run("x", JsonValue.Create(amount))!.Deserialize<decimal>() == amount;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Integers_CrossTheBorderUnchanged() => Prop.ForAll(ArbMap.Default.ArbFor<long>().Filter(n => Math.Abs(n) <= 1L << 53), n =>
        Run("x", JsonValue.Create(n))!.ToJsonString() == n.ToString(CultureInfo.InvariantCulture)).QuickCheckThrowOnFailure();

    [Fact]
    public void ToFixed_IsExact() => Prop.ForAll(ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<byte>(), (n, decimals) =>
    {
        // Multiples of 1/8 are exact in binary and in decimal: ties go away from zero.
        var digits = decimals % 4;
        var x = n / 8.0;
        return Run("x.toFixed(y)", x, digits)!.GetValue<string>().TrimStart('-')
            == Math.Round(Math.Abs((decimal)x), digits, MidpointRounding.AwayFromZero).ToString("F" + digits, CultureInfo.InvariantCulture);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void StringFunctions_AgreeWithDotNet() => Prop.ForAll(Text, Text, ArbMap.Default.ArbFor<int>(), (x, y, n) =>
    {
        var small = Math.Abs(n % 20);
        var result = (JsonArray)Run("[x.indexOf(y), x.includes(y), x.startsWith(y), x.endsWith(y), x.lastIndexOf(y), x + y, x.padStart(z, '*'), x.slice(z), x.length, x.split(''), x < y]", x, y, small)!;
        return result[0]!.GetValue<long>() == x.IndexOf(y, StringComparison.Ordinal)
            && result[1]!.GetValue<bool>() == x.Contains(y, StringComparison.Ordinal)
            && result[2]!.GetValue<bool>() == x.StartsWith(y, StringComparison.Ordinal)
            && result[3]!.GetValue<bool>() == x.EndsWith(y, StringComparison.Ordinal)
            && result[4]!.GetValue<long>() == (y.Length == 0 ? x.Length : x.LastIndexOf(y, StringComparison.Ordinal))
            && result[5]!.GetValue<string>() == x + y
            && result[6]!.GetValue<string>() == x.PadLeft(small, '*')
            && result[7]!.GetValue<string>() == (small < x.Length ? x[small..] : "")
            && result[8]!.GetValue<long>() == x.Length
            && ((JsonArray)result[9]!).Count == x.Length
            && result[10]!.GetValue<bool>() == string.CompareOrdinal(x, y) < 0;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void ReplaceAndSplit_AgreeWithDotNet() => Prop.ForAll(Text, x =>
    {
        var result = (JsonArray)Run("[x.replaceAll('a', 'bb'), x.split('a').join('a') === x, [...x].join('') === x, JSON.parse(JSON.stringify(x)) === x]", x)!;
        return result[0]!.GetValue<string>() == x.Replace("a", "bb", StringComparison.Ordinal) && result.Skip(1).All(one => one!.GetValue<bool>());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Sort_IsStableAndAgreesWithDotNet() => Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), numbers =>
    {
        var node = new JsonArray([.. numbers.Select(n => (JsonNode)n)]);
        var sorted = (JsonArray)Run("x.map((v, i) => ({ v: v % 5, i })).sort((a, b) => a.v - b.v).map(p => p.i)", node)!;
        return sorted.Select(i => (int)i!.GetValue<long>()).SequenceEqual(Enumerable.Range(0, numbers.Length).OrderBy(i => numbers[i] % 5));
    }).QuickCheckThrowOnFailure();

    private static bool Same(JsonNode? node, double expected) =>
        double.IsFinite(expected) ? node is not null && node.Deserialize<double>() == expected : node is null;

    private static JsonNode? Run(string source, params JsonNode?[] values)
    {
        var host = new ScriptHost();
        for (var i = 0; i < values.Length; i++)
        {
            host.Value(((char)('x' + i)).ToString(), values[i]);
        }

        return Script.Parse(source).Evaluate(host);
    }
}
