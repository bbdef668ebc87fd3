using System.ComponentModel.DataAnnotations;

namespace MonOPCO.Integrations.Pdf;

/// <summary>Section <c>Pdf</c>.</summary>
public sealed class PdfOptions
{
    public const string Section = "Pdf";

    /// <summary>Documents printed at the same time; each holds one page of the browser.</summary>
    [Range(1, 16)] public int Concurrency { get; set; } = 2;

    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);
}
