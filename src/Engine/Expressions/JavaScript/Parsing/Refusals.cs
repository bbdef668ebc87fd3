using System.Collections.Frozen;

namespace MonOPCO.Engine.Expressions.JavaScript.Parsing;

/// <summary>What JavaScript has and this subset has not: said plainly, not as a syntax error.</summary>
internal static class Refusals
{
    public const string Regex = "Les expressions régulières ne sont pas prises en charge ; utilisez includes, startsWith, split ou replaceAll.";

    public const string Label = "Les étiquettes ne sont pas prises en charge ; pour donner un objet, mettez-le entre parenthèses : ({ … }).";

    public const string Nesting = "Le script est trop imbriqué.";

    private static readonly FrozenDictionary<string, string> ByWord = new Dictionary<string, string>
    {
        ["class"] = "Les classes ne sont pas prises en charge ; utilisez des fonctions et des objets.",
        ["extends"] = "Les classes ne sont pas prises en charge ; utilisez des fonctions et des objets.",
        ["super"] = "Les classes ne sont pas prises en charge ; utilisez des fonctions et des objets.",
        ["this"] = "« this » n'est pas pris en charge ; passez l'objet en paramètre.",
        ["import"] = "« import » n'est pas pris en charge : un script ne charge aucun module.",
        ["export"] = "« export » n'est pas pris en charge : un script n'est pas un module.",
        ["async"] = "« async » n'est pas pris en charge : un script s'exécute d'un trait, sans attente.",
        ["await"] = "« await » n'est pas pris en charge : un script s'exécute d'un trait, sans attente.",
        ["yield"] = "« yield » n'est pas pris en charge : les générateurs n'existent pas ici.",
        ["with"] = "« with » n'est pas pris en charge.",
        ["debugger"] = "« debugger » n'est pas pris en charge.",
        ["enum"] = "« enum » n'est pas pris en charge."
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static string? OfWord(string word) => ByWord.GetValueOrDefault(word);
}
