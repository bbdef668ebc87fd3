using System.Text.Json.Nodes;
using MonOPCO.Domain.Dossiers;
using MonOPCO.Engine.Storage;

namespace MonOPCO.Host.Tests.Story;

/// <summary>The procedure is data: one connection changed, and the next dossier goes another way.</summary>
public sealed class ChangedProcedureTests(StoryFixture story) : IClassFixture<StoryFixture>
{
    [Fact]
    public async Task Procedure_OneConnectionChanged_NextDossierFollowsRunningOneDoesNot()
    {
        const string definition = "dossier-formation-pdc";
        var running = await story.OpenDossierAsync("99900137300011", DossierKind.Formation, x => x.Title = "Avant le changement");
        await story.TaskAsync(running.Id, "valider-demande");

        // « Valider » now leads to the refusal.
        var store = story.Get<DefinitionStore>();
        var published = (await store.FindPublishedAsync(definition))!;
        var copy = JsonNode.Parse(published.Body)!.AsObject();
        var connection = copy["root"]!["connections"]!.AsArray().Single(x => (string?)x!["source"]!["activity"] == "valider" && (string?)x["source"]!["port"] == "Valider")!;
        connection["target"]!["activity"] = "refuser";
        await store.SaveDraftAsync(new SaveDraft(definition, copy.ToJsonString()) { Name = published.Name, Author = "Marc Schmitt" });
        await store.PublishAsync(definition, "Marc Schmitt");

        var next = await story.OpenDossierAsync("99900137300011", DossierKind.Formation, x => x.Title = "Après le changement");
        var data = new JsonObject { ["motif"] = "depot-tardif" };
        await story.CompleteAsync(await story.TaskAsync(next.Id, "valider-demande"), "Valider", (JsonObject)data.DeepClone());
        await story.StateAsync(next.Id, DossierState.Refuse);
        await story.CompleteAsync(await story.TaskAsync(running.Id, "valider-demande"), "Valider", data);
        await story.StateAsync(running.Id, DossierState.DevisEnvoye);
    }
}
