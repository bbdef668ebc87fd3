using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Host.Workflows.Procedures;

namespace MonOPCO.Host.Tests.Procedures;

/// <summary>Differences as a process owner would tell them.</summary>
public sealed class ComparisonTests
{
    private static readonly DefinitionComparison Comparison = new(new ActivityRegistry(typeof(MonOPCO.Activities.Notifications.SiteOptions).Assembly));

    private static JsonObject Definition() => JsonNode.Parse("""
        {
          "name": "Dossier", "description": "", "options": { "usableAsActivity": false },
          "variables": [ { "id": "v1", "name": "Montant", "typeName": "Decimal", "value": "0" } ],
          "root": { "id": "flow", "type": "Elsa.Flowchart", "version": 1, "customProperties": {},
            "activities": [
              { "id": "a", "name": "a", "type": "Elsa.WriteLine", "version": 1, "text": { "typeName": "String", "expression": { "type": "Literal", "value": "avant" } }, "metadata": { "displayText": "Écrire", "designer": { "position": { "x": 0, "y": 0 } } } },
              { "id": "b", "name": "b", "type": "Elsa.If", "version": 1, "condition": { "typeName": "Boolean", "expression": { "type": "Literal", "value": true } }, "metadata": { "displayText": "Assez ?" },
                "then": { "id": "s", "name": "s", "type": "Elsa.Sequence", "version": 1, "metadata": { "displayText": "La suite" }, "activities": [
                  { "id": "c", "name": "c", "type": "Elsa.WriteLine", "version": 1, "metadata": { "displayText": "Premier" } },
                  { "id": "d", "name": "d", "type": "Elsa.WriteLine", "version": 1, "metadata": { "displayText": "Second" } } ] } },
              { "id": "e", "name": "e", "type": "Elsa.WriteLine", "version": 1, "metadata": { "displayText": "Finir" } } ],
            "connections": [
              { "source": { "activity": "a", "port": "Done" }, "target": { "activity": "b", "port": "In" } },
              { "source": { "activity": "b", "port": "Done" }, "target": { "activity": "e", "port": "In" } } ] }
        }
        """)!.AsObject();

    [Fact]
    public void Compare_Same_Nothing() => Assert.Empty(Comparison.Compare(Definition(), Definition()));

    [Fact]
    public void Compare_DesignersTrueIsTrue_Nothing()
    {
        var after = Definition();
        Step(after, "b")["condition"]!["expression"]!["value"] = "True";
        Step(after, "b")["condition"]!["memoryReference"] = null;
        Assert.Empty(Comparison.Compare(Definition(), after));
    }

    [Fact]
    public void Compare_InputChanged_FromTo()
    {
        var after = Definition();
        Step(after, "a")["text"]!["expression"]!["value"] = "après";
        var difference = Assert.Single(Comparison.Compare(Definition(), after));
        Assert.Equal(("« Écrire » : « Texte » change.", "avant", "après"), (difference.Sentence, difference.Before, difference.After));
    }

    [Fact]
    public void Compare_StepRenamedAndMovedOnTheDiagram_TwoSentences()
    {
        var after = Definition();
        Step(after, "a")["metadata"]!["displayText"] = "Noter";
        Step(after, "a")["metadata"]!["designer"]!["position"]!["x"] = 40;
        var found = Comparison.Compare(Definition(), after);
        Assert.Equal("« Écrire » s’appelle maintenant « Noter ». Une étape est placée ailleurs sur le schéma.", Sentences(found));
        Assert.Equal(DifferenceGroup.Layout, found[^1].Group);
    }

    [Fact]
    public void Compare_StepAddedInAPath_OneAdditionAndTheReroutedPath()
    {
        var after = Definition();
        Root(after)["activities"]!.AsArray().Add(JsonNode.Parse("""{ "id": "n", "name": "n", "type": "Elsa.WriteLine", "version": 1, "metadata": { "displayText": "Contrôler" } }"""));
        Connections(after)[1]!["target"]!["activity"] = "n";
        Connections(after).Add(JsonNode.Parse("""{ "source": { "activity": "n", "port": "Done" }, "target": { "activity": "e", "port": "In" } }"""));
        var found = Comparison.Compare(Definition(), after);
        Assert.Equal("« Contrôler » (Écrire une ligne) est ajoutée. « Assez ? » mène ailleurs. « Contrôler » mène à « Finir ».", Sentences(found));
        Assert.Equal(("Finir", "Contrôler"), (found[1].Before, found[1].After));
    }

    [Fact]
    public void Compare_StepRemoved_ItsPathsAreNotToldTwice()
    {
        var after = Definition();
        Root(after)["activities"]!.AsArray().RemoveAt(2);
        Connections(after).RemoveAt(1);
        Assert.Equal("« Finir » (Écrire une ligne) est retirée.", Sentences(Comparison.Compare(Definition(), after)));
    }

    [Fact]
    public void Compare_SequenceReorderedAndStepTakenOut_BothTold()
    {
        var reordered = Definition();
        var list = Step(reordered, "s")["activities"]!.AsArray();
        var first = list[0];
        list.RemoveAt(0);
        list.Add(first);
        Assert.Equal("« La suite » : l’ordre des étapes change.", Sentences(Comparison.Compare(Definition(), reordered)));

        var moved = Definition();
        list = Step(moved, "s")["activities"]!.AsArray();
        var second = list[1];
        list.RemoveAt(1);
        Root(moved)["activities"]!.AsArray().Add(second);
        Assert.Equal("« Second » est déplacée.", Sentences(Comparison.Compare(Definition(), moved)));
        Assert.Equal("« Second » est déplacée dans « La suite ».", Sentences(Comparison.Compare(moved, Definition())));
    }

    [Fact]
    public void Compare_VariablesAndSettings_Told()
    {
        var after = Definition();
        after["variables"]![0]!["name"] = "Coût";
        after["variables"]![0]!["typeName"] = "String";
        after["variables"]!.AsArray().Add(JsonNode.Parse("""{ "id": "v2", "name": "Date", "typeName": "DateTime" }"""));
        after["name"] = "Dossier PDC";
        after["options"]!["usableAsActivity"] = true;
        Assert.Equal(
            "La variable « Date » est ajoutée. La variable « Montant » s’appelle maintenant « Coût ». La variable « Coût » change. Le nom de la procédure change. « Utilisable dans une autre procédure » change.",
            Sentences(Comparison.Compare(Definition(), after)));
    }

    private static JsonObject Root(JsonObject definition) => definition["root"]!.AsObject();

    private static JsonArray Connections(JsonObject definition) => Root(definition)["connections"]!.AsArray();

    private static JsonObject Step(JsonObject definition, string id) => Find(definition["root"]!, id)!;

    private static JsonObject? Find(JsonNode? node, string id) => node switch
    {
        JsonObject json when json["id"]?.ToString() == id && json.ContainsKey("type") => json,
        JsonObject json => json.Select(member => Find(member.Value, id)).FirstOrDefault(found => found is not null),
        JsonArray items => items.Select(item => Find(item, id)).FirstOrDefault(found => found is not null),
        _ => null,
    };

    private static string Sentences(IEnumerable<Difference> differences) => string.Join(' ', differences.Select(difference => difference.Sentence));
}
