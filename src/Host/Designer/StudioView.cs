namespace MonOPCO.Host.Designer;

/// <summary>One page with one Studio element: <c>Pages/Procedures/_Studio.cshtml</c>. Two elements on one page do not work (they share an overlay).</summary>
/// <param name="Element">Custom element, e.g. <c>elsa-workflow-definition-editor</c>.</param>
/// <param name="Attribute">Its attribute that names what to show.</param>
/// <param name="Value">The definition's or instance's id.</param>
/// <param name="Title">Title of the page and of the header.</param>
/// <param name="Meta">Right end of the header: version, state.</param>
/// <param name="BackUrl">Where the way back leads.</param>
/// <param name="BackText">What it is called.</param>
public sealed record StudioView(string Element, string Attribute, string Value, string Title, string Meta, string BackUrl, string BackText)
{
    /// <summary>Where an open editor tells that it is open and learns of others; null where nothing is edited.</summary>
    public string? Editors { get; init; }

    /// <summary>Trials of the procedure that is open.</summary>
    public string? Trials { get; init; }
}
