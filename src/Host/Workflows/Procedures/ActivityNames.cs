using MonOPCO.Engine.Activities;
using MonOPCO.Host.Designer.Catalogue;

namespace MonOPCO.Host.Workflows.Procedures;

/// <summary>French names of activity types, inputs and outcomes, as the palette shows them; what nobody named keeps its technical name.</summary>
internal sealed class ActivityNames(ActivityRegistry registry)
{
    public string Type(string type) => BuiltInTexts.All.GetValueOrDefault(type)?.Title ?? registry.Find(type)?.Title ?? type;

    public string Input(string type, string name) =>
        BuiltInTexts.All.GetValueOrDefault(type)?.Inputs.FirstOrDefault(input => Is(input.Name, name))?.Title
        ?? registry.Find(type) switch
        {
            { } found when found.Inputs.FirstOrDefault(input => Is(input.Name, name)) is { } input => input.DisplayName,
            { } found when found.Outputs.FirstOrDefault(output => Is(output.Name, name)) is { } output => output.DisplayName,
            _ => name,
        };

    public bool IsSensitive(string type, string name) => registry.Find(type)?.Inputs.FirstOrDefault(input => Is(input.Name, name))?.IsSensitive == true;

    public string Port(string type, string port) =>
        BuiltInTexts.All.GetValueOrDefault(type)?.Ports.FirstOrDefault(candidate => candidate.Name == port)?.Title
        ?? registry.Find(type)?.Ports.FirstOrDefault(candidate => candidate.Name == port)?.Title
        ?? (port == "Done" ? "Suite" : port);

    /// <summary>What the palette offers for a value (« OPERATEUR » → « Opérateur »), else the value.</summary>
    public string Choice(string type, string name, string value) =>
        registry.Find(type)?.Inputs.FirstOrDefault(input => Is(input.Name, name))?.Choices.FirstOrDefault(choice => choice.Value == value)?.Title ?? value;

    private static bool Is(string declared, string written) => string.Equals(declared, written, StringComparison.OrdinalIgnoreCase);
}
