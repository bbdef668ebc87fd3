using System.ComponentModel.DataAnnotations;

namespace MonOPCO.Integrations.Templates;

/// <summary>Section <c>Templates</c>. The limits protect the process from a template or data gone wrong; the engine itself has none.</summary>
public sealed class TemplateOptions
{
    public const string Section = "Templates";

    /// <summary>Folder with <c>documents/</c> and <c>mails/</c>.</summary>
    [Required] public string Root { get; set; } = "templates";

    public int MaxTemplateLength { get; set; } = 256 * 1024;

    /// <summary>Objects, arrays and values of the data, all levels together.</summary>
    public int MaxDataNodes { get; set; } = 50_000;

    /// <summary>Characters of all texts of the data.</summary>
    public int MaxDataLength { get; set; } = 4 * 1024 * 1024;

    public int MaxOutputLength { get; set; } = 8 * 1024 * 1024;
}
