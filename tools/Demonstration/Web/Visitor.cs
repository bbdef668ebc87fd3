using System.Net;
using System.Text;
using AngleSharp.Html.Parser;

namespace MonOPCO.Demonstration.Web;

/// <summary>One person at one browser: own cookies, follows redirections, comes back later when asked to slow down.</summary>
public sealed class Visitor : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly HttpClientHandler _handler = new() { CookieContainer = new CookieContainer(), AllowAutoRedirect = true };
    private readonly HttpClient _client;
    private readonly CancellationToken _stop;

    public Visitor(Uri site, CancellationToken stop)
    {
        _client = new HttpClient(_handler) { BaseAddress = site, Timeout = TimeSpan.FromSeconds(60) };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("MonOPCO-Demonstration/1");
        _client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("fr");
        _stop = stop;
    }

    public void Dispose()
    {
        _client.Dispose();
        _handler.Dispose();
    }

    public async Task<WebPage> OpenAsync(string address)
    {
        using var answer = await _client.GetAsync(address, _stop);
        return await ReadAsync(answer);
    }

    /// <summary>Opens it and insists that it is there.</summary>
    public async Task<WebPage> ReadAsync(string address)
    {
        var page = await OpenAsync(address);
        return page.IsRefused ? throw new DemonstrationException($"La page {address} ne s'ouvre pas : {page.Complaints}") : page;
    }

    public async Task<byte[]> DownloadAsync(string address)
    {
        using var answer = await _client.GetAsync(address, _stop);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsByteArrayAsync(_stop) : throw new DemonstrationException($"Le fichier {address} ne se télécharge pas : réponse {(int)answer.StatusCode}.");
    }

    public async Task<string> TextAsync(string address) => Encoding.UTF8.GetString(await DownloadAsync(address));

    /// <summary>Sends the form; a page that complains stops the scene.</summary>
    public async Task<WebPage> SendAsync(WebForm form)
    {
        while (true)
        {
            using var content = form.Content();
            // Nobody is here who could change his mind: decisions take effect at once.
            var target = form.Target.ToString();
            using var answer = await _client.PostAsync(target.Contains("handler=Terminer", StringComparison.Ordinal) ? target + "&immediat=true" : target, content, _stop);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                await Task.Delay(answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(2), _stop);
                continue;
            }

            var page = await ReadAsync(answer);
            return page.IsRefused ? throw new DemonstrationException(page.Complaints) : page;
        }
    }

    public Task<WebPage> PressAsync(WebPage page, string button) => SendAsync(page.Form(button));

    /// <summary>Looks again and again until it is there; <paramref name="what"/> completes « n'est pas venu ».</summary>
    public async Task<T> UntilAsync<T>(string what, Func<Task<T?>> look, TimeSpan? patience = null)
        where T : class
    {
        var end = DateTime.UtcNow + (patience ?? TimeSpan.FromSeconds(60));
        while (true)
        {
            if (await look() is { } found)
            {
                return found;
            }

            if (DateTime.UtcNow > end)
            {
                throw new DemonstrationException($"Attendu en vain : {what}.");
            }

            await Task.Delay(Pause, _stop);
        }
    }

    private async Task<WebPage> ReadAsync(HttpResponseMessage answer)
    {
        var html = await answer.Content.ReadAsStringAsync(_stop);
        return new WebPage(answer.RequestMessage!.RequestUri!, answer.StatusCode, new HtmlParser().ParseDocument(html));
    }
}
