using System.Globalization;
using Microsoft.Playwright;

namespace MonOPCO.EndToEnd.Designer;

/// <summary>Everything a page does that it should not: errors in the console, requests to elsewhere, refused requests.</summary>
internal sealed class Watch
{
    private readonly List<string> _seen = [];
    private readonly List<(int Status, string Path)> _expected = [];

    public Watch(IPage page, Uri address)
    {
        page.Console += (_, message) => Note(message.Type is "error" && !(message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal) && IsExpected(null, message.Location)), $"console: {message.Text}");
        page.PageError += (_, error) => Note(true, $"page: {error}");
        page.Request += (_, request) => Note(!request.Url.StartsWith(address.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal), $"elsewhere: {request.Url}");
        page.Response += (_, answer) => Note(answer.Status >= 400 && !IsExpected(answer.Status, answer.Url), string.Create(CultureInfo.InvariantCulture, $"{answer.Status}: {answer.Request.Method} {answer.Url}"));
    }

    /// <summary>A refusal that the test provokes.</summary>
    public void Expect(int status, string path)
    {
        lock (_seen)
        {
            _expected.Add((status, path));
        }
    }

    private bool IsExpected(int? status, string url)
    {
        lock (_seen)
        {
            return _expected.Any(x => (status is null || status == x.Status) && url.Contains(x.Path, StringComparison.Ordinal));
        }
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
