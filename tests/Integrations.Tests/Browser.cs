using Microsoft.Extensions.Options;
using MonOPCO.Integrations.Browsers;
using MonOPCO.Integrations.Pdf;

namespace MonOPCO.Integrations.Tests;

/// <summary>One Chromium for all tests that print; they run one after the other.</summary>
public sealed class Browser : IAsyncLifetime
{
    internal PdfRenderer Renderer { get; } = new(Options.Create(new PdfOptions()), Options.Create(new ChromiumOptions()));

    internal async Task<byte[]> PrintAsync(string html, string? header = null, string? footer = null)
    {
        var result = await Renderer.RenderAsync(new PdfRequest(html, header, footer), default);
        return Assert.IsType<PdfResult.Rendered>(result).Pdf;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Renderer.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<Browser>
{
    public const string Name = "Chromium";
}
