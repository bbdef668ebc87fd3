using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using MonOPCO.Host.Designer;

namespace MonOPCO.Host.Tests.Designer;

public sealed class StudioPackageTests : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("studio").FullName;
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        Write("package.json", """{ "version": "3.8.2" }""");
        Write("index.html", "theirs");
        Write("appsettings.json", "theirs");
        Write("_framework/dotnet.runtime.p75cdgrca3.js", "plain");
        Write("_framework/dotnet.runtime.p75cdgrca3.js.br", "brotli!");
        Write("_framework/dotnet.runtime.p75cdgrca3.js.gz", "gzip");
        Write("_framework/dotnet.js", "boot");
        Write("_framework/code.abcdefghij.wasm", "wasm");
        Write("_content/small.cur", "cursor");
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(_root)!, Path.GetFileName(_root) + ".secret"), "outside");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddAuthorization();
        builder.Services.AddDesigner();
        builder.Services.AddSingleton(new StudioPackage(_root));
        _app = builder.Build();
        _app.MapDesigner();
        await _app.StartAsync();
        _client = _app.GetTestClient();
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(_root, true);
        File.Delete(_root + ".secret");
    }

    [Theory]
    [InlineData("gzip, br", "br", "brotli!")]
    [InlineData("gzip", "gzip", "gzip")]
    [InlineData("br;q=0, gzip;q=0.5", "gzip", "gzip")]
    [InlineData("", null, "plain")]
    public async Task Serve_AcceptedEncodings_ChoosesThePrecompressedFile(string accepted, string? encoding, string body)
    {
        using var answer = await GetAsync("_framework/dotnet.runtime.p75cdgrca3.js", accepted);

        Assert.Equal(encoding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal(body, await answer.Content.ReadAsStringAsync());
        Assert.Equal("text/javascript", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("Accept-Encoding", answer.Headers.Vary);
    }

    [Fact]
    public async Task Serve_FingerprintedName_IsKeptForEver()
    {
        using var fingerprinted = await GetAsync("_framework/code.abcdefghij.wasm");
        using var plain = await GetAsync("_framework/dotnet.js");

        Assert.Equal("public, max-age=31536000, immutable", fingerprinted.Headers.CacheControl!.ToString());
        Assert.Equal("application/wasm", fingerprinted.Content.Headers.ContentType!.MediaType);
        Assert.Equal("no-cache", plain.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task Serve_KnownTag_AnswersNotModified()
    {
        using var first = await GetAsync("_framework/dotnet.js");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/designer/_framework/dotnet.js");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var second = await _client.SendAsync(request);

        Assert.Equal(System.Net.HttpStatusCode.NotModified, second.StatusCode);
    }

    [Theory]
    [InlineData("../{0}.secret")]
    [InlineData("%2e%2e/{0}.secret")]
    [InlineData("..%2f{0}.secret")]
    [InlineData("_content/..%2f..%2f{0}.secret")]
    [InlineData("_framework/dotnet.runtime.p75cdgrca3.js.br")]
    [InlineData("index.html")]
    [InlineData("package.json")]
    [InlineData("")]
    [InlineData("nowhere.js")]
    public async Task Serve_PathThatIsNotAnAsset_IsNotFound(string path)
    {
        using var answer = await GetAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, path, Path.GetFileName(_root)));

        Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Serve_AppSettings_AreOurs()
    {
        Assert.Equal("""{"Backend":{"Url":""}}""", await _client.GetStringAsync("/designer/appsettings.json"));
    }

    [Fact]
    public async Task Serve_OurDictionary_IsAddressedByItsHash()
    {
        var url = _app.Services.GetRequiredService<DesignerAssets>().Url("fr.json");

        using var answer = await _client.GetAsync(url);

        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void IsInstalled_MissingFolder_IsFalse()
    {
        var package = new StudioPackage(Path.Combine(_root, "missing"));

        Assert.False(package.IsInstalled);
        Assert.Null(package.Version);
    }

    private Task<HttpResponseMessage> GetAsync(string path, string? accepted = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/designer/" + path);
        if (accepted is { Length: > 0 })
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        }

        return _client.SendAsync(request);
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
