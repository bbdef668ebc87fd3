using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MonOPCO.Host.Designer.Catalogue;

/// <summary>French texts, editors and ports of Elsa's own activities (<c>elsa-fr.json</c>): the engine knows how they run, not how they are shown.</summary>
internal static class BuiltInTexts
{
    public static IReadOnlyDictionary<string, Entry> All { get; } = Read();

    private static Dictionary<string, Entry> Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("designer/elsa-fr.json")
            ?? throw new InvalidOperationException("The embedded file elsa-fr.json is missing.");
        return JsonSerializer.Deserialize<Entry[]>(stream, JsonSerializerOptions.Web)!.ToDictionary(entry => entry.Type, StringComparer.Ordinal);
    }

    internal sealed record Entry
    {
        public required string Type { get; init; }

        public required string Title { get; init; }

        public required string Category { get; init; }

        public string Description { get; init; } = "";

        public Input[] Inputs { get; init; } = [];

        public Output[] Outputs { get; init; } = [];

        public Port[] Ports { get; init; } = [];

        public bool Hidden { get; init; }

        public bool Container { get; init; }

        public bool Start { get; init; }

        public bool Terminal { get; init; }

        public bool Trigger { get; init; }

        public ActivityDescription Describe() => new()
        {
            TypeName = Type,
            Namespace = "Elsa",
            Name = Type["Elsa.".Length..],
            Version = 1,
            Category = Category,
            DisplayName = Title,
            Description = Description,
            Kind = Trigger ? "Trigger" : "Action",
            Inputs = [.. Inputs.Select((input, order) => input.Describe(order))],
            Outputs = [.. Outputs.Select((output, order) => new OutputDescription(output.Name, output.Type, output.Title, null, order))],
            Ports = [.. Ports.Select(port => new PortDescription(port.Name, port.Title, port.Embedded ? "Embedded" : "Flow"))],
            IsContainer = Container,
            IsBrowsable = !Hidden,
            IsStart = Start,
            IsTerminal = Terminal,
        };
    }

    internal sealed record Input
    {
        public required string Name { get; init; }

        public required string Title { get; init; }

        public required string Type { get; init; }

        public string? Description { get; init; }

        public string? Hint { get; init; }

        public string Syntax { get; init; } = "Literal";

        public bool Wrapped { get; init; } = true;

        public string[] Choices { get; init; } = [];

        public JsonObject? Specification { get; init; }

        public InputDescription Describe(int order)
        {
            var hint = Hint ?? (Choices.Length > 0 ? "dropdown" : "singleline");
            return new(Name, Type, Title, Description, order, hint)
            {
                IsWrapped = Wrapped,
                DefaultSyntax = Syntax,
                UiSpecifications = UiHints.Specification(hint, [.. Choices.Select(choice => choice.Split('|', 2)).Select(parts => new Engine.Activities.Choice(parts[0], parts[^1]))], (JsonObject?)Specification?.DeepClone()),
            };
        }
    }

    internal sealed record Output(string Name, string Title, string Type);

    internal sealed record Port(string Name, string Title, bool Embedded = false);
}
