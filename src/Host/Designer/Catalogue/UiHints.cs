using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;

namespace MonOPCO.Host.Designer.Catalogue;

/// <summary>What Studio's editors expect beside their name (studio contract: the key of a specification is the hint).</summary>
internal static class UiHints
{
    /// <summary>The specification of an editor, null when it needs none.</summary>
    public static JsonObject? Specification(string hint, IReadOnlyList<Choice> choices, JsonObject? given = null) => (hint, given) switch
    {
        (_, not null) => new JsonObject { [hint] = given },
        ("dropdown", _) => new JsonObject { ["dropdown"] = new JsonObject { ["selectList"] = List(choices) } },
        ("radiolist", _) => new JsonObject { ["radiolist"] = new JsonObject { ["radioList"] = List(choices) } },
        ("checklist", _) => new JsonObject { ["checklist"] = new JsonObject { ["checkList"] = List(choices, isChecked: true) } },

        // A number: as a text it kills Studio's panel.
        ("code-editor", _) => new JsonObject { ["code-editor"] = new JsonObject { ["language"] = "javascript", ["editorHeight"] = 1 } },
        _ => null,
    };

    private static JsonObject List(IReadOnlyList<Choice> choices, bool isChecked = false)
    {
        var items = new JsonArray();
        foreach (var choice in choices)
        {
            var item = new JsonObject { ["text"] = choice.Title, ["value"] = choice.Value };
            if (isChecked)
            {
                item["isChecked"] = false;
            }

            items.Add(item);
        }

        return new JsonObject { ["items"] = items, ["isFlagsEnum"] = false };
    }
}
