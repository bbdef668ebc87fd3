using System.Text.Json.Nodes;
using MonOPCO.Engine.Activities;
using MonOPCO.Engine.Storage;
using MonOPCO.Host.Endpoints.Elsa;

namespace MonOPCO.Host.Designer.Catalogue;

/// <summary>
/// Everything the palette offers: our activities as their classes describe them, Elsa's own with French texts, and published procedures that may be used as activities.
/// </summary>
public sealed class ActivityCatalogue(ActivityRegistry registry, ChoiceSources sources, DefinitionStore definitions)
{
    /// <summary>Category of procedures used as activities that name none.</summary>
    private const string ProceduresCategory = "Procédures";

    /// <summary>Asked at each opening and after each save: one query, and one per list of choices.</summary>
    public async Task<IReadOnlyList<ActivityDescription>> ListAsync(CancellationToken cancel)
    {
        var found = new List<ActivityDescription>();
        foreach (var descriptor in registry.Descriptors.Where(descriptor => !descriptor.IsBuiltIn || !BuiltInTexts.All.ContainsKey(descriptor.Type)))
        {
            found.Add(await DescribeAsync(descriptor, cancel));
        }

        // Studio needs these three whatever the engine calls them.
        string[] always = ["Elsa.Workflow", "Elsa.Flowchart", "Elsa.Sequence"];
        found.AddRange(BuiltInTexts.All.Values.Where(entry => always.Contains(entry.Type) || registry.Find(entry.Type) is not null).Select(entry => entry.Describe()));
        found.AddRange((await definitions.ListAsync(null, cancel)).Where(version => version.IsPublished).Select(Procedure).OfType<ActivityDescription>());
        return found;
    }

    private async Task<ActivityDescription> DescribeAsync(ActivityDescriptor descriptor, CancellationToken cancel)
    {
        var inputs = new List<InputDescription>();
        foreach (var input in descriptor.Inputs)
        {
            var choices = input.Source is { } source ? await sources.ListAsync(source, cancel) : input.Choices;
            inputs.Add(new InputDescription(input.Name, input.TypeName, input.DisplayName, input.Description, input.Order, input.UiHint)
            {
                IsWrapped = input.IsWrapped,
                IsSensitive = input.IsSensitive,
                DefaultValue = input.DefaultValue,
                DefaultSyntax = input.DefaultSyntax,
                UiSpecifications = UiHints.Specification(input.UiHint, choices),
            });
        }

        var dot = descriptor.Type.LastIndexOf('.');
        return new ActivityDescription
        {
            TypeName = descriptor.Type,
            Namespace = dot < 0 ? "" : descriptor.Type[..dot],
            Name = descriptor.Type[(dot + 1)..],
            Version = descriptor.Version,
            Category = descriptor.Category,
            DisplayName = descriptor.Title,
            Description = descriptor.Description,
            Kind = descriptor.IsTrigger ? "Trigger" : "Action",
            Inputs = inputs,
            Outputs = [.. descriptor.Outputs.Select(output => new OutputDescription(output.Name, output.TypeName, output.DisplayName, output.Description, output.Order))],
            Ports = [.. descriptor.Ports.Select(port => new PortDescription(port.Name, port.Title, port.IsEmbedded ? "Embedded" : "Flow"))],
            IsContainer = descriptor.IsContainer,
            IsBrowsable = descriptor.IsBrowsable,
            IsStart = descriptor.IsStart,
            IsTerminal = descriptor.IsTerminal,
        };
    }

    private static ActivityDescription? Procedure(DefinitionVersion version)
    {
        var json = DefinitionDocument.Parse(version);
        var options = json["options"] as JsonObject ?? [];
        if (options.Flag("usableAsActivity") != true)
        {
            return null;
        }

        var typeName = new Engine.Definitions.WorkflowDefinition(json) { Name = version.Name }.ActivityTypeName;
        return new ActivityDescription
        {
            TypeName = typeName,
            Namespace = "",
            Name = typeName,
            Version = version.Version,
            Category = options.Text("activityCategory") is { Length: > 0 } category ? category : ProceduresCategory,
            DisplayName = version.Name,
            Description = version.Description,
            Inputs = [.. Declared(json, "inputs").Select((input, order) => new InputDescription(input.Text("name") ?? "", input.Text("type") ?? "Object", input.Text("displayName") ?? input.Text("name") ?? "", input.Text("description"), order, input.Text("uiHint") ?? "singleline"))],
            Outputs = [.. Declared(json, "outputs").Select((output, order) => new OutputDescription(output.Text("name") ?? "", output.Text("type") ?? "Object", output.Text("displayName") ?? output.Text("name") ?? "", output.Text("description"), order))],
            Ports = [.. json.Texts("outcomes").Select(outcome => new PortDescription(outcome, outcome, "Flow"))],
            CustomProperties = new JsonObject { ["RootType"] = "WorkflowDefinitionActivity" },
            ConstructionProperties = new JsonObject
            {
                ["WorkflowDefinitionId"] = version.DefinitionId,
                ["WorkflowDefinitionVersionId"] = version.Id,
                ["LatestAvailablePublishedVersion"] = version.Version,
                ["LatestAvailablePublishedVersionId"] = version.Id,
            },
        };
    }

    private static IEnumerable<JsonObject> Declared(JsonObject json, string member) => (json[member] as JsonArray ?? []).OfType<JsonObject>();
}
