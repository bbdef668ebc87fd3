using System.Text.Json.Nodes;
using MonOPCO.Host.Forms;

namespace MonOPCO.Host.Tests.Taches;

/// <summary>Forms out of a JSON Schema: kinds, order, French complaints at the field, data in the schema's types.</summary>
public sealed class SchemaFormTests
{
    private const string Schema = """
        {"type":"object","required":["zebre","montant","adresse","lignes","canaux"],"properties":{
          "zebre":{"type":"string","title":"Zèbre","pattern":"^Z[0-9]{3}$","examples":["Z123"]},
          "montant":{"type":"number","format":"money","title":"Montant","minimum":10,"maximum":2000},
          "quand":{"type":"string","format":"date","title":"Quand","minimum":"2026-12-01"},
          "niveau":{"oneOf":[{"const":"a","title":"Débutant"},{"const":"b","title":"Confirmé"}],"title":"Niveau"},
          "places":{"enum":[1,2,3],"title":"Places"},
          "adresse":{"type":"object","title":"Adresse","required":["ville"],"properties":{"rue":{"type":"string"},"ville":{"type":"string","title":"Ville","minLength":2}}},
          "courriel":{"type":"string","format":"email","title":"Courriel"},
          "canaux":{"type":"array","title":"Canaux","minItems":1,"items":{"enum":["mail","téléphone"]}},
          "lignes":{"type":"array","title":"Lignes","minItems":1,"maxItems":3,"items":{"type":"object","required":["nom"],"properties":{"nom":{"type":"string","title":"Nom"},"age":{"type":"integer","title":"Âge"}}}},
          "notes":{"type":"array","title":"Notes","items":{"type":"string","title":"Note"}},
          "accord":{"type":"boolean","title":"Accord"}}}
        """;

    private static readonly IReadOnlyList<SchemaField> Fields = SchemaForm.FieldsOf((JsonObject)JsonNode.Parse(Schema)!);

    [Fact]
    public void Fields_KeepTheAuthorsOrder() =>
        Assert.Equal(["zebre", "montant", "quand", "niveau", "places", "adresse", "courriel", "canaux", "lignes", "notes", "accord"], Fields.Select(x => x.Path));

    [Fact]
    public void Read_AllFine_GivesTheSchemasTypes()
    {
        var (data, wrong) = Read(new()
        {
            ["zebre"] = "Z001",
            ["montant"] = "1 234,50",
            ["quand"] = "3/2/2027",
            ["niveau"] = "b",
            ["places"] = "2",
            ["adresse.ville"] = "Haguenau",
            ["courriel"] = "a@b.fr",
            ["canaux.1"] = "true",
            ["lignes.0.nom"] = "Léa",
            ["lignes.0.age"] = "41",
            ["lignes.1.nom"] = "",
            ["lignes.2.nom"] = "Max",
            ["notes.0"] = "un",
            ["accord"] = "true",
        });
        Assert.Empty(wrong);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"zebre":"Z001","montant":1234.50,"quand":"2027-02-03","niveau":"b","places":2,"adresse":{"ville":"Haguenau"},"courriel":"a@b.fr","canaux":["téléphone"],"lignes":[{"nom":"Léa","age":41},{"nom":"Max"}],"notes":["un"],"accord":true}"""),
            JsonNode.Parse(data!.ToJsonString())), data.ToJsonString());
    }

    [Theory]
    [InlineData("zebre", "X1", "Zèbre : ce n’est pas la forme attendue, par exemple Z123.")]
    [InlineData("zebre", "", "Zèbre : ce champ est nécessaire.")]
    [InlineData("montant", "9,99", "Montant : indiquez au moins 10,00\u202F€.")]
    [InlineData("montant", "2000,01", "Montant : indiquez au plus 2\u202F000,00\u202F€.")]
    [InlineData("quand", "30/11/2026", "Quand : indiquez une date à partir du 01/12/2026.")]
    [InlineData("quand", "31/02/2027", "Quand : indiquez une date qui existe, par exemple 03/02/2026.")]
    [InlineData("niveau", "c", "Niveau : choisissez une des valeurs proposées.")]
    [InlineData("adresse.ville", "H", "Ville : indiquez au moins 2\u00A0caractères.")]
    [InlineData("courriel", "ab", "Courriel : indiquez une adresse comme nom@exemple.fr.")]
    [InlineData("canaux.0", "", "Canaux : indiquez au moins 1 choix.")]
    [InlineData("lignes.0.age", "deux", "Âge : indiquez un nombre entier.")]
    [InlineData("lignes.0.nom", "", "Lignes : indiquez au moins 1 ligne.")]
    public void Read_Wrong_SaysSoAtTheField(string path, string typed, string sentence)
    {
        var good = new Dictionary<string, string?> { ["zebre"] = "Z001", ["montant"] = "20", ["adresse.ville"] = "Haguenau", ["canaux.0"] = "true", ["lignes.0.nom"] = "Léa" };
        good[path] = typed;
        var (data, wrong) = Read(good);
        Assert.Null(data);
        var (at, said) = Assert.Single(wrong);
        Assert.Equal(sentence, said);
        Assert.StartsWith(at, path);
    }

    [Fact]
    public void Read_SlowPattern_IsBounded()
    {
        var fields = SchemaForm.FieldsOf((JsonObject)JsonNode.Parse("""{"properties":{"x":{"type":"string","pattern":"^(a+)+$"}}}""")!);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Null(SchemaForm.Read(fields, new Dictionary<string, string?> { ["x"] = new string('a', 5000) + "b" }, (_, _) => { }));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2));
    }

    private static (JsonObject? Data, List<(string Path, string Sentence)> Wrong) Read(Dictionary<string, string?> typed)
    {
        var wrong = new List<(string, string)>();
        return (SchemaForm.Read(Fields, typed, (path, sentence) => wrong.Add((path, sentence))), wrong);
    }
}
