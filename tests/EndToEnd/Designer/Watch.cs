using System.Globalization;
using Microsoft.Playwright;

namespace MonOPCO.EndToEnd.Designer;

/// <summary>Everything a page does that it should not: errors in the console, requests to elsewhere, refused requests.</summary>
internal sealed class Watch
{
    private readonly List<string> _seen = [];

    public Watch(IPage page, Uri address)
    {
        page.Console += (_, message) => Note(message.Type is "error", $"console: {message.Text}");
        page.PageError += (_, error) => Note(true, $"page: {error}");
        page.Request += (_, request) => Note(!request.Url.StartsWith(address.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal), $"elsewhere: {request.Url}");
        page.Response += (_, answer) => Note(answer.Status >= 400, string.Create(CultureInfo.InvariantCulture, $"{answer.Status}: {answer.Request.Method} {answer.Url}"));
    }

    public void AssertQuiet(string where = "")
    {
        lock (_seen)
        {
            Assert.True(_seen.Count == 0, $"{where}: {string.Join('\n', _seen)}");
        }
    }

    private void Note(bool bad, string what)
    {
        if (bad)
        {
            lock (_seen)
            {
                _seen.Add(what);
            }
        }
    }
}
