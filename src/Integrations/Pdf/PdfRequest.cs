namespace MonOPCO.Integrations.Pdf;

/// <summary>What to print.</summary>
/// <param name="Html">A whole document; its <c>title</c> and <c>lang</c> become those of the PDF.</param>
/// <param name="HeaderHtml">Repeated on each page; Chromium fills the classes <c>title</c>, <c>pageNumber</c> and <c>totalPages</c>.</param>
/// <param name="FooterHtml">The same at the bottom.</param>
public sealed record PdfRequest(string Html, string? HeaderHtml = null, string? FooterHtml = null)
{
    public string MarginTop { get; init; } = "24mm";

    public string MarginBottom { get; init; } = "22mm";

    public string MarginSide { get; init; } = "18mm";
}

/// <summary>Closed answer of <see cref="PdfRenderer"/>.</summary>
public abstract record PdfResult
{
    private PdfResult()
    {
    }

    public sealed record Rendered(byte[] Pdf) : PdfResult;

    public sealed record Failed(Failure Failure) : PdfResult;
}
