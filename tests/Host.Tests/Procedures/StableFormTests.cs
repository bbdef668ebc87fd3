using System.Net;
using System.Text.Json.Nodes;
using MonOPCO.Host.Endpoints.Elsa;

namespace MonOPCO.Host.Tests.Procedures;

/// <summary>A procedure changed in the designer can be reviewed in git: only what changed is another line.</summary>
[Collection(ProcedureTests.Name)]
public sealed class StableFormTests(ProceduresFixture host)
{
    public static TheoryData<string> Seeds => [.. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)!)];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "workflows");

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Export_UntouchedSeed_IsTheFile(string id)
    {
        var person = await host.OwnerAsync();
        var file = await File.ReadAllBytesAsync(Path.Combine(Folder, id + ".json"));
        Assert.Equal(file, await person.Browser.Client.GetByteArrayAsync(new Uri($"/procedures/{id}/fichier?version=1", UriKind.Relative)));
        Assert.Equal(file, await person.Browser.Client.GetByteArrayAsync(new Uri($"/elsa/api/workflow-definitions/{id}/export?versionOptions=1", UriKind.Relative)));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Export_SeedSavedByTheDesigner_DiffersByTheChangedLineOnly(string id)
    {
        var person = await host.OwnerAsync();
        var before = await File.ReadAllLinesAsync(Path.Combine(Folder, id + ".json"));
        var tab = Guid.NewGuid().ToString();
        var versions = (await host.LatestAsync(id)).Version;

        // Saved without a change: no version is made.
        var model = AsTheDesignerSendsIt(await person.OpenAsync(id, tab));
        var untouched = await person.SaveAsync(model, tab);
        Assert.True(untouched.Status == HttpStatusCode.OK, untouched.Text);
        Assert.Equal(string.Join('\n', before) + "\n", await person.Browser.Client.GetStringAsync(new Uri($"/procedures/{id}/fichier", UriKind.Relative)));
        Assert.Equal(versions, (await host.LatestAsync(id)).Version);

        var changed = Expressions(model["root"]!).First(expression => expression["value"] is JsonValue value && value.TryGetValue<string>(out _));
        changed["value"] = "valeur changée";
        var saved = await person.SaveAsync(model, tab);
        Assert.True(saved.Status == HttpStatusCode.OK, saved.Text);
        var after = (await person.Browser.Client.GetStringAsync(new Uri($"/procedures/{id}/fichier", UriKind.Relative))).Split('\n');
        Assert.Equal("", after[^1]);
        Assert.Equal(before.Length, after.Length - 1);
        var line = Assert.Single(Enumerable.Range(0, before.Length), i => before[i] != after[i]);
        Assert.Contains("valeur changée", after[line], StringComparison.Ordinal);

        // A second save of the saved is the same again, whatever the order it comes in.
        var again = AsTheDesignerSendsIt(await person.OpenAsync(id, tab));
        Assert.Equal(HttpStatusCode.OK, (await person.SaveAsync(again, tab)).Status);
        Assert.Equal(string.Join('\n', after), await person.Browser.Client.GetStringAsync(new Uri($"/procedures/{id}/fichier", UriKind.Relative)));
    }

    [Fact]
    public void Write_SequenceReordered_KeepsTheNewOrder_FlowchartDoesNot()
    {
        static JsonObject Root(string type, params string[] ids) => new() { ["root"] = new JsonObject { ["type"] = type, ["activities"] = new JsonArray([.. ids.Select(id => (JsonNode)new JsonObject { ["id"] = id, ["type"] = "Elsa.WriteLine" })]) } };
        static string Ids(string text) => string.Join("", JsonNode.Parse(text)!["root"]!["activities"]!.AsArray().Select(x => x!["id"]!.ToString()));

        Assert.Equal("cba", Ids(StableForm.Write(Root("Elsa.Sequence", "c", "b", "a"), Root("Elsa.Sequence", "a", "b", "c"))));
        Assert.Equal("abcd", Ids(StableForm.Write(Root("Elsa.Flowchart", "d", "c", "b", "a"), Root("Elsa.Flowchart", "a", "b", "c"))));
        Assert.Equal("ac", Ids(StableForm.Write(Root("Elsa.Flowchart", "c", "a"), Root("Elsa.Flowchart", "a", "b", "c"))));
    }

    /// <summary>As seen from Elsa Studio 3.8.2: other order of members and activities, measured sizes, members of its own, unknown ones of the top level dropped.</summary>
    private static JsonObject AsTheDesignerSendsIt(JsonObject served)
    {
        var model = (JsonObject)Turned(served);
        model["links"] = null;
        model["toolVersion"] = "3.8.2.0";
        foreach (var variable in (model["variables"] as JsonArray ?? []).OfType<JsonObject>())
        {
            variable["storageDriverTypeName"] ??= null;
            variable["isArray"] ??= variable.ContainsKey("isArray") ? null : false;
        }

        foreach (var unknown in model.Select(member => member.Key).Where(name => name.StartsWith('$')).ToList())
        {
            model.Remove(unknown);
        }

        return model;
    }

    private static JsonNode Turned(JsonNode node)
    {
        switch (node)
        {
            case JsonObject json:
                var turned = new JsonObject();
                foreach (var (name, value) in json.Reverse())
                {
                    turned[name] = name == "activities" && json["type"]?.ToString() == "Elsa.Flowchart" && value is JsonArray activities
                        ? new JsonArray([.. activities.Reverse().Select(item => Turned(item!))])
                        : name == "size" && value is JsonObject ? new JsonObject { ["width"] = 211.421875, ["height"] = 54 } : value is null ? null : Turned(value);
                }

                if (turned.ContainsKey("expression"))
                {
                    turned["memoryReference"] = null;
                }

                return turned;
            case JsonArray items:
                return new JsonArray([.. items.Select(item => item is null ? null : Turned(item))]);
            default:
                return node.DeepClone();
        }
    }

    private static IEnumerable<JsonObject> Expressions(JsonNode node) => node switch
    {
        JsonObject json => (json["expression"] is JsonObject expression ? [expression] : Array.Empty<JsonObject>()).Concat(json.Where(member => member.Value is not null).SelectMany(member => Expressions(member.Value!))),
        JsonArray items => items.Where(item => item is not null).SelectMany(item => Expressions(item!)),
        _ => [],
    };
}
