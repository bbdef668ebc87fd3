using System.Text.Json.Nodes;
using MonOPCO.Engine.Expressions.JavaScript;

namespace MonOPCO.Engine.Tests.JavaScript;

public sealed class HostTests
{
    [Theory]
    [InlineData("({}).__proto__")]
    [InlineData("({}).constructor")]
    [InlineData("[].constructor")]
    [InlineData("'a'.constructor")]
    [InlineData("(5).constructor")]
    [InlineData("(() => 1).constructor")]
    [InlineData("(() => 1).prototype")]
    [InlineData("Math.constructor")]
    [InlineData("Object.prototype")]
    [InlineData("getVariable.constructor")]
    [InlineData("variables.constructor")]
    [InlineData("new Date().GetType")]
    [InlineData("[].Count")]
    [InlineData("(() => 1).call")]
    public void Evaluate_WayOut_IsUndefined(string source) =>
        Assert.Equal("undefined", Script.Parse("String(" + source + ")").Evaluate(new FakeWorkflow([]).Host)!.GetValue<string>());

    [Theory]
    [InlineData("Math.x = 1")]
    [InlineData("Object.keys.x = 1")]
    [InlineData("delete JSON.parse")]
    [InlineData("getVariable.x = 1")]
    [InlineData("Math = 1")]
    [InlineData("Function('return 1')()")]
    [InlineData("delete variables.a")]
    public void Evaluate_ChangeOfSharedThings_ThrowsTypeError(string source) =>
        Assert.Equal("TypeError", Assert.Throws<ScriptException>(() => Script.Parse(source).Evaluate(new FakeWorkflow(new JsonObject { ["a"] = 1 }).Host)).Kind);

    [Theory]
    [InlineData("eval('1')", "eval")]
    [InlineData("globalThis", "globalThis")]
    [InlineData("require('fs')", "require")]
    [InlineData("System.IO", "System")]
    [InlineData("importNamespace('System')", "importNamespace")]
    public void Evaluate_UnknownName_ThrowsReferenceError(string source, string name)
    {
        var thrown = Assert.Throws<ScriptException>(() => Script.Parse(source).Evaluate(new ScriptHost()));

        Assert.Equal("ReferenceError", thrown.Kind);
        Assert.Equal($"« {name} » n'est pas défini.", thrown.Reason);
    }

    [Theory]
    [InlineData("let x = /a+/", "Les expressions régulières ne sont pas prises en charge ; utilisez includes, startsWith, split ou replaceAll. (ligne 1, colonne 9)")]
    [InlineData("a.match(/['\"]/)", "Les expressions régulières ne sont pas prises en charge ; utilisez includes, startsWith, split ou replaceAll. (ligne 1, colonne 9)")]
    [InlineData("class A {}", "Les classes ne sont pas prises en charge ; utilisez des fonctions et des objets. (ligne 1, colonne 1)")]
    [InlineData("x = this.y", "« this » n'est pas pris en charge ; passez l'objet en paramètre. (ligne 1, colonne 5)")]
    [InlineData("await f()", "« await » n'est pas pris en charge : un script s'exécute d'un trait, sans attente. (ligne 1, colonne 1)")]
    [InlineData("10n", "Les grands entiers (BigInt) ne sont pas pris en charge. (ligne 1, colonne 1)")]
    [InlineData("a: for (;;) {}", "Les étiquettes ne sont pas prises en charge ; pour donner un objet, mettez-le entre parenthèses : ({ … }). (ligne 1, colonne 1)")]
    [InlineData("let a = 1;\nlet a = 2;", "« a » est déjà déclaré. (ligne 2, colonne 5)")]
    [InlineData("1 +", "Le script s'arrête trop tôt. (ligne 1, colonne 4)")]
    [InlineData("(1", "« ( » n'est pas refermé. (ligne 1, colonne 1)")]
    [InlineData("1 2", "« 2 » n'est pas attendu ici. (ligne 1, colonne 3)")]
    [InlineData("if (a) let b = 1", "Une déclaration doit se trouver entre accolades ici. (ligne 1, colonne 8)")]
    [InlineData("1 = 2", "On ne peut pas affecter de valeur à cette expression. (ligne 1, colonne 1)")]
    [InlineData("a ?? b || c", "« ?? » ne se mélange pas avec « && » ou « || » sans parenthèses. (ligne 1, colonne 8)")]
    [InlineData("'abc", "Ce texte n'est pas refermé. (ligne 1, colonne 1)")]
    [InlineData("break", "« break » n'a de sens que dans une boucle ou un « switch ». (ligne 1, colonne 1)")]
    public void Parse_Refused_SaysWhyAndWhere(string source, string message) =>
        Assert.Equal(message, Assert.Throws<ScriptSyntaxException>(() => Script.Parse(source)).Message);

    [Theory]
    [InlineData("throw new RangeError('trop')", "RangeError", "trop")]
    [InlineData("throw 'texte'", "Error", "le script a levé texte.")]
    [InlineData("refuser()", "RangeError", "non")]
    [InlineData("try { refuser() } catch (e) { throw new Error(e.name + e.message) }", "Error", "RangeErrornon")]
    public void Evaluate_Thrown_ReachesTheCaller(string source, string kind, string reason)
    {
        var host = new ScriptHost().Function("refuser", _ => throw new ScriptException("RangeError", "non"));

        var thrown = Assert.Throws<ScriptException>(() => Script.Parse(source).Evaluate(host));

        Assert.Equal((kind, reason), (thrown.Kind, thrown.Reason));
    }

    [Fact]
    public void Evaluate_SameScriptInManyThreads_KeepsNoState()
    {
        var script = Script.Parse("n = typeof n === 'undefined' ? x : n + x; const f = () => n * 2; f()");

        Parallel.For(0, 2000, i => Assert.Equal(i * 2, script.Evaluate(new ScriptHost().Value("x", i))!.GetValue<long>()));
    }

    [Fact]
    public void Evaluate_LocalDates_FollowTheZoneAndClockOfTheHost()
    {
        var host = new ScriptHost { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris"), Clock = new FixedClock() };

        Assert.Equal("2026-03-29T22:00:00.000Z", Script.Parse("new Date(2026, 2, 30)").Evaluate(host)!.GetValue<string>());
        Assert.Equal("29/03/2026 03:30:00", Script.Parse("new Date(2026, 2, 29, 2, 30).toLocaleString()").Evaluate(host)!.GetValue<string>());
        Assert.Equal("03/02/2026", Script.Parse("new Date().toLocaleDateString('fr-FR')").Evaluate(host)!.GetValue<string>());
        Assert.Equal(1770118200000, Script.Parse("Date.now()").Evaluate(host)!.GetValue<long>());
    }

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 2, 3, 11, 30, 0, TimeSpan.Zero);
    }
}
