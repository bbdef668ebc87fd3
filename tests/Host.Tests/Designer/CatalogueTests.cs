using System.Reflection;
using System.Text.Json;
using MonOPCO.Engine.Activities;
using MonOPCO.Host.Designer;
using MonOPCO.Host.Designer.Catalogue;

namespace MonOPCO.Host.Tests.Designer;

public sealed class CatalogueTests
{
    [Fact]
    public void BuiltInTexts_EveryActivityOfTheEngine_IsInFrench()
    {
        var missing = new ActivityRegistry(Array.Empty<System.Reflection.Assembly>()).Descriptors.Where(descriptor => descriptor.IsBuiltIn).Select(descriptor => descriptor.Type).Except(BuiltInTexts.All.Keys);

        Assert.Empty(missing);
    }

    [Fact]
    [Trait("Requirement", "M-W.4")]
    public void ChoiceSources_EveryListThatAnActivityNames_IsKnown()
    {
        var registry = new ActivityRegistry(Assembly.Load("MonOPCO.Activities"));

        Assert.Empty(registry.Descriptors.SelectMany(descriptor => descriptor.Inputs).Select(input => input.Source).OfType<string>().Distinct().Except(ChoiceSources.Known));
        Assert.All(registry.Descriptors.Where(descriptor => !descriptor.IsBuiltIn && !descriptor.Type.EndsWith("SendHttpRequest", StringComparison.Ordinal)), descriptor => Assert.StartsWith("MonOPCO.", descriptor.Type, StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Requirement", "M-W.4")]
    public void OurActivities_EveryInputAndOutput_HasItsFrenchNameAndEveryInputItsSentence()
    {
        var ours = new ActivityRegistry(Assembly.Load("MonOPCO.Activities")).Descriptors.Where(descriptor => !descriptor.IsBuiltIn).ToList();

        Assert.True(ours.Count > 20);
        Assert.Empty(ours.Where(activity => string.IsNullOrWhiteSpace(activity.Description) && activity.Type.StartsWith("MonOPCO.", StringComparison.Ordinal)).Select(activity => activity.Type));
        Assert.Empty(ours.SelectMany(activity => activity.Inputs.Where(input => string.IsNullOrWhiteSpace(input.Description)).Select(input => $"{activity.Type}.{input.Name}")));
        Assert.Empty(ours.SelectMany(activity => activity.Outputs.Where(output => output.DisplayName == output.Name).Select(output => $"{activity.Type}.{output.Name}")));
    }

    [Fact]
    public void BuiltInTexts_EveryInputOutputAndOutcome_HasFrenchText()
    {
        var missing = new List<string>();
        foreach (var descriptor in new ActivityRegistry(Array.Empty<System.Reflection.Assembly>()).Descriptors.Where(descriptor => descriptor.IsBuiltIn && descriptor.IsBrowsable))
        {
            var texts = BuiltInTexts.All[descriptor.Type];
            var shown = texts.Describe();
            missing.AddRange(descriptor.Inputs.Select(input => input.Name).Except(texts.Inputs.Where(input => input.Title.Length > 0).Select(input => input.Name)).Select(name => $"{descriptor.Type}.{name}"));
            missing.AddRange(descriptor.Outputs.Select(output => output.Name).Except(texts.Outputs.Where(output => output.Title.Length > 0).Select(output => output.Name)).Select(name => $"{descriptor.Type} → {name}"));

            // One outcome alone is drawn by Studio itself.
            missing.AddRange(descriptor.Ports.Select(port => port.Name).Except(shown.Ports.Where(port => port.DisplayName.Length > 0).Select(port => port.Name)).Where(name => name != "Done" || descriptor.Ports.Count(port => !port.IsEmbedded) > 1).Select(name => $"{descriptor.Type} : {name}"));
            missing.AddRange(texts.Inputs.Select(input => input.Name).Except(descriptor.Inputs.Select(input => input.Name)).Select(name => $"{descriptor.Type}.{name} is not an input"));
        }

        Assert.Empty(missing);
    }

    [Fact]
    public void BuiltInTexts_CodeEditor_HasItsHeightAsANumber()
    {
        var script = BuiltInTexts.All["Elsa.RunJavaScript"].Describe().Inputs.Single(input => input.Name == "Script");

        Assert.Equal(JsonValueKind.Number, script.UiSpecifications!["code-editor"]!["editorHeight"]!.GetValueKind());
    }

    [Fact]
    public void Specification_Dropdown_IsWhatStudioReads()
    {
        var specification = UiHints.Specification("dropdown", [new Choice("akto", "AKTO")])!;

        Assert.Equal("""{"dropdown":{"selectList":{"items":[{"text":"AKTO","value":"akto"}],"isFlagsEnum":false}}}""", specification.ToJsonString());
    }

    [Fact]
    public void Dictionary_EveryPattern_UsesThePlacesOfItsEnglish()
    {
        using var stream = typeof(DesignerAssets).Assembly.GetManifestResourceStream("designer/fr.json")!;
        using var dictionary = JsonDocument.Parse(stream);
        foreach (var pattern in dictionary.RootElement.GetProperty("patterns").EnumerateObject())
        {
            foreach (var place in new[] { "{0}", "{1}", "{2}" }.Where(place => pattern.Value.GetString()!.Contains(place, StringComparison.Ordinal)))
            {
                Assert.Contains(place, pattern.Name, StringComparison.Ordinal);
            }
        }

        Assert.True(dictionary.RootElement.GetProperty("texts").EnumerateObject().Count() > 40);
    }
}
