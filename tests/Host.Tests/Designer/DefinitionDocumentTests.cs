using System.Text.Json.Nodes;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Endpoints.Elsa;

namespace MonOPCO.Host.Tests.Designer;

public sealed class DefinitionDocumentTests
{
    private const string Body = """
        {
          "definitionId": "d", "name": "Essai", "$schema": "ours",
          "root": {
            "type": "Elsa.Flowchart", "id": "fc", "version": 1, "later": { "kept": true },
            "variables": [{ "id": "v", "name": "V", "typeName": "String" }],
            "activities": [
              { "type": "Elsa.If", "id": "if", "version": 1, "condition": { "typeName": "Boolean", "expression": { "type": "Literal", "value": true } },
                "then": { "type": "Elsa.Sequence", "id": "seq", "version": 1, "activities": [{ "type": "Elsa.WriteLine", "id": "w", "version": 1, "metadata": { "designer": { "position": { "x": 1.5, "y": 2 } } } }] } },
              { "type": "Elsa.Switch", "id": "sw", "version": 1, "cases": [{ "label": "A", "activity": { "type": "Elsa.WriteLine", "id": "inCase", "version": 1 } }] }
            ],
            "connections": []
          }
        }
        """;

    [Fact]
    public void ForStudio_StoredDefinition_GetsStandingLinksAndNodeIds()
    {
        var json = DefinitionDocument.ForStudio(Version(), canEdit: true, canPublish: true);

        Assert.Equal("v-2", json.Text("id"));
        Assert.Equal(2, json.Number("version"));
        Assert.Empty(json["inputs"]!.AsArray());
        Assert.Contains(json["links"]!.AsArray(), link => link!["rel"]!.ToString() == "publish");
        Assert.Equal("Workflow1:fc:if:seq:w", DefinitionDocument.NodeIds(json)["w"]);
        Assert.Equal("Workflow1:fc:sw:inCase", DefinitionDocument.NodeIds(json)["inCase"]);
        Assert.DoesNotContain("v", DefinitionDocument.NodeIds(json).Keys);
    }

    [Fact]
    public void ForStudio_ReaderOnly_HasNoLinkToPublish()
    {
        var json = DefinitionDocument.ForStudio(Version(), canEdit: false, canPublish: false);

        Assert.DoesNotContain(json["links"]!.AsArray(), link => link!["rel"]!.ToString() is "publish" or "delete");
        Assert.True(json.Flag("isReadonly"));
    }

    [Fact]
    public void ForStore_WhatStudioEchoes_KeepsUnknownMembersAndPositions()
    {
        var kept = DefinitionDocument.ForStore(DefinitionDocument.ForStudio(Version(), true, true));

        Assert.Equal("ours", kept.Text("$schema"));
        Assert.True(kept["root"]!["later"]!["kept"]!.GetValue<bool>());
        Assert.Equal(1.5, kept["root"]!["activities"]![0]!["then"]!["activities"]![0]!["metadata"]!["designer"]!["position"]!["x"]!.GetValue<double>());
        Assert.Null(kept["links"]);
        Assert.Null(kept["isPublished"]);
    }

    private static DefinitionVersion Version() => new()
    {
        Id = "v-2",
        DefinitionId = "d",
        Version = 2,
        Name = "Essai",
        Body = JsonNode.Parse(Body)!.ToJsonString(),
        CreatedAt = new DateTimeOffset(2026, 2, 3, 8, 0, 0, TimeSpan.Zero),
        IsLatest = true,
    };
}
