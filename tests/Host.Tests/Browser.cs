using System.Net;
using System.Text.RegularExpressions;

namespace MonOPCO.Host.Tests;

/// <summary>Fetches pages and sends their forms as a browser without script does.</summary>
public sealed class Browser(HttpClient client)
{
    public HttpClient Client => client;

    public async Task<HtmlPage> GetAsync(string url)
    {
        var page = await HtmlPage.ReadAsync(await client.GetAsync(url));

        // PostAsync would find the token of any form of the page; a real browser sends only that of the form.
        Assert.All(page.PostForms, form => Assert.Contains("__RequestVerificationToken", form));
        return page;
    }

    /// <summary>Fills and sends a form of <paramref name="page"/>: its hidden fields go along. <paramref name="handler"/>: the button's <c>?handler=</c>.</summary>
    public async Task<HtmlPage> PostAsync(HtmlPage page, string url, Dictionary<string, string> fields, string? handler = null)
    {
        var all = new Dictionary<string, string>(page.HiddenFields);
        foreach (var (name, value) in fields)
        {
            all[name] = value;
        }

        using var content = new FormUrlEncodedContent(all);
        var target = handler is null ? url : url + (url.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "handler=" + handler;
        return await HtmlPage.ReadAsync(await client.PostAsync(target, content));
    }

    public async Task SignInAsync(string email, string password)
    {
        var answer = await PostAsync(await GetAsync("/connexion"), "/connexion", new() { ["Email"] = email, ["Password"] = password }, "MotDePasse");
        Assert.Equal(HttpStatusCode.Redirect, answer.Status);
    }
}

/// <summary>What a test asks of an answer. Our HTML is regular, so a few expressions are enough.</summary>
public sealed partial class HtmlPage
{
    public required HttpStatusCode Status { get; init; }

    public required string Html { get; init; }

    public required string? Location { get; init; }

    public required HttpResponseMessage Response { get; init; }

    public string Title => WebUtility.HtmlDecode(TitlePattern().Match(Html).Groups[1].Value);

    /// <summary>Text of the page without tags, spaces joined.</summary>
    public string Text => Spaces().Replace(WebUtility.HtmlDecode(Tags().Replace(Html, " ")), " ");

    public IReadOnlyDictionary<string, string> HiddenFields => HiddenPattern().Matches(Html).Select(x => x.Value).GroupBy(x => Attribute(x, "name") ?? "", x => Attribute(x, "value") ?? "").ToDictionary(x => x.Key, x => x.Last());

    public IEnumerable<string> PostForms => FormPattern().Matches(Html).Select(x => x.Value);

    /// <summary>The whole start tag of the element with this id.</summary>
    public string? TagById(string id) => Regex.Match(Html, $"<[a-z]+[^>]*\\bid=\"{Regex.Escape(id)}\"[^>]*>").Value is { Length: > 0 } tag ? tag : null;

    public static string? Attribute(string tag, string name) => Regex.Match(tag, $"\\b{name}=\"([^\"]*)\"") is { Success: true } match ? WebUtility.HtmlDecode(match.Groups[1].Value) : null;

    public static async Task<HtmlPage> ReadAsync(HttpResponseMessage response) => new()
    {
        Status = response.StatusCode,
        Html = await response.Content.ReadAsStringAsync(),
        Location = response.Headers.Location?.ToString(),
        Response = response,
    };

    [GeneratedRegex("<title>(.*?)</title>", RegexOptions.Singleline)]
    private static partial Regex TitlePattern();

    [GeneratedRegex("<(script|style|svg)\\b.*?</\\1>|<[^>]+>", RegexOptions.Singleline)]
    private static partial Regex Tags();

    [GeneratedRegex("<form[^>]*method=\"post\"[^>]*>.*?</form>", RegexOptions.Singleline)]
    private static partial Regex FormPattern();

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("<input[^>]*type=\"hidden\"[^>]*>|<input name=\"__RequestVerificationToken\"[^>]*>")]
    private static partial Regex HiddenPattern();
}
