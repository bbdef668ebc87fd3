using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using MonOPCO.Activities.Notifications;
using MonOPCO.Engine.Activities;
using MonOPCO.Host.Plans;

namespace MonOPCO.Host.Tests.Plans;

/// <summary>How a definition becomes a plan, without a Host.</summary>
public sealed class PlanLayoutTests
{
    private static readonly PlanReader Reader = new(new ActivityRegistry(typeof(SiteOptions).Assembly));

    [Fact]
    public void Place_AnyGraph_EveryStepHasACellOfItsOwn_AndForwardWaysGoRight() => Prop.ForAll(
        Gen.Choose(1, 25).SelectMany(n => Gen.Choose(0, n - 1).Two().ListOf(2 * n).Select(ways => (n, ways: ways.Select(x => (From: x.Item1, To: x.Item2)).ToList()))).ToArbitrary(),
        graph =>
        {
            var chart = new PlanChart("", "", [.. Enumerable.Range(0, graph.n).Select(i => Step($"s{i}"))], [.. graph.ways.Select(x => new PlanEdge($"s{x.From}", $"s{x.To}", "Done", ""))]);
            var grid = PlanLayout.Place(chart);
            Assert.Equal(graph.n, grid.Cells.Count);
            Assert.Equal(graph.n, grid.Cells.Values.Distinct().Count());

            // Without loops, every way goes to a later column.
            var forward = chart with { Edges = [.. graph.ways.Where(x => x.From < x.To).Select(x => new PlanEdge($"s{x.From}", $"s{x.To}", "Done", ""))] };
            var ordered = PlanLayout.Place(forward);
            Assert.All(forward.Edges, x => Assert.True(ordered.Cells[x.From].Column < ordered.Cells[x.To].Column));

            // Parts hold every column once.
            var parts = PlanDrawing.Parts(grid, whole: false);
            Assert.Equal(Enumerable.Range(0, grid.Columns), parts.SelectMany(x => Enumerable.Range(x.From, x.To - x.From + 1)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Place_WhereItsOwnerPutIt_KeepsColumnsAndRows()
    {
        var chart = new PlanChart("", "", [Step("c", 760, 0), Step("a", 0, 260), Step("b", 385, 255), Step("d", 760, 260)], [new("a", "b", "Done", ""), new("b", "c", "Oui", "Oui"), new("b", "d", "Non", "Non")]);
        var grid = PlanLayout.Place(chart);
        Assert.Equal([("a", 0, 1), ("b", 1, 1), ("c", 2, 0), ("d", 2, 1)], grid.InOrder(chart).Select(x => (x.Id, grid.Cells[x.Id].Column, grid.Cells[x.Id].Row)));
    }

    [Fact]
    public void Read_NestedSteps_BecomePartsOfTheirOwn_WithFrenchOutcomes()
    {
        var plan = Reader.Read(JsonNode.Parse("""
            { "root": { "type": "Elsa.Flowchart", "id": "f", "activities": [
                { "id": "controle", "type": "MonOPCO.CheckFilingGate" },
                { "id": "suite", "type": "Elsa.Sequence", "metadata": { "displayText": "Préparer" }, "activities": [
                    { "id": "si", "type": "Elsa.If", "then": { "id": "dedans", "type": "Elsa.WriteLine" } }, { "id": "apres", "type": "MonOPCO.BuildPackage" } ] } ],
              "connections": [ { "source": { "activity": "controle", "port": "Ready" }, "target": { "activity": "suite", "port": "In" } }, { "source": "controle", "sourcePort": "Incomplete", "target": "suite" } ] } }
            """)!.AsObject());
        Assert.Equal(["", "suite-activities", "si-then"], plan.Charts.Select(x => x.Id));
        Assert.Equal(["Prêt au dépôt", "À compléter"], plan.Charts[0].Edges.Select(x => x.Label));
        Assert.Equal((PlanKind.Container, "Préparer", "suite-activities"), (plan.Charts[0].Nodes[1].Kind, plan.Charts[0].Nodes[1].Title, Assert.Single(plan.Charts[0].Nodes[1].Inside)));
        Assert.Equal(["si", "apres"], plan.Charts[1].Nodes.Select(x => x.Id));
        Assert.Equal("dedans", Assert.Single(plan.Charts[2].Nodes).Id);
    }

    [Theory]
    [InlineData("Valider la demande", new[] { "Valider la", "demande" })]
    [InlineData("Anticonstitutionnellement vôtre", new[] { "Anticonsti", "tutionnel…" })]
    [InlineData("", new string[0])]
    public void Wrap_LongNames_StayWithinLines(string text, string[] lines) => Assert.Equal(lines, PlanDrawing.Wrap(text, 10, 2));

    private static PlanNode Step(string id, double? x = null, double? y = null) => new(id, id, "T", PlanKind.Step, PlanActor.Product, x, y);
}
