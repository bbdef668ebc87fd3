using System.Net;
using System.Text.RegularExpressions;
using Npgsql;

namespace MonOPCO.Chaos;

/// <summary>
/// Somebody at a browser: opens the page of an open task on any node and presses « Valider ». Who gets no answer, or an error, takes another node; whether the
/// lost answer was a yes shows in the books only. Several people race for the same tasks.
/// </summary>
internal sealed partial class ChaosPerson : IDisposable
{
    internal const string Email = "operateur@chaos.test";
    internal const string Password = "une phrase assez longue";

    private readonly HttpClient _client = new(new HttpClientHandler { CookieContainer = new CookieContainer() }) { Timeout = TimeSpan.FromSeconds(20) };
    private readonly string _connectionString;
    private readonly IReadOnlyList<Uri> _nodes;

    internal ChaosPerson(string connectionString, IReadOnlyList<Uri> nodes) => (_connectionString, _nodes) = (connectionString, nodes);

    /// <summary>Tasks of which a page said that they are done now.</summary>
    internal int Completed { get; private set; }

    /// <summary>Requests that a killed node, or one without its database, left without a good answer.</summary>
    internal int Lost { get; private set; }

    internal async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var tasks = await OpenTasksAsync(stop);
                foreach (var task in tasks)
                {
                    await CompleteAsync(_nodes[Random.Shared.Next(_nodes.Count)], task, stop);
                }

                await Task.Delay(tasks.Count == 0 ? 300 : 10, stop);
            }
            catch (Exception exception) when (exception is HttpRequestException or NpgsqlException or IOException || (exception is OperationCanceledException && !stop.IsCancellationRequested))
            {
                Lost++;
                await Task.Delay(100, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task CompleteAsync(Uri node, Guid task, CancellationToken stop)
    {
        var address = new Uri(node, $"/taches/{task:D}");
        var page = await GetAsync(address, stop);
        if (page.Address.AbsolutePath.StartsWith("/connexion", StringComparison.Ordinal))
        {
            await PostAsync(new Uri(node, "/connexion?handler=MotDePasse"), page.Html, new() { ["Email"] = Email, ["Password"] = Password }, stop);
            page = await GetAsync(address, stop);
        }

        // Somebody was faster, and the page has no button any more.
        if (!page.Html.Contains("value=\"Valider\"", StringComparison.Ordinal))
        {
            return;
        }

        var answer = await PostAsync(new Uri(node, $"/taches/{task:D}?handler=Terminer&immediat=true"), page.Html, new() { ["outcome"] = "Valider" }, stop);
        Completed += answer.AbsolutePath.TrimEnd('/') == "/taches" ? 1 : 0;
    }

    private async Task<(Uri Address, string Html)> GetAsync(Uri address, CancellationToken stop)
    {
        using var answer = await _client.GetAsync(address, stop);
        answer.EnsureSuccessStatusCode();
        return (answer.RequestMessage!.RequestUri!, await answer.Content.ReadAsStringAsync(stop));
    }

    /// <summary>Where it led; a page that says that somebody was faster (409) leads nowhere.</summary>
    private async Task<Uri> PostAsync(Uri address, string html, Dictionary<string, string> fields, CancellationToken stop)
    {
        fields["__RequestVerificationToken"] = WebUtility.HtmlDecode(Token().Match(html).Groups[1].Value);
        using var content = new FormUrlEncodedContent(fields);
        using var answer = await _client.PostAsync(address, content, stop);
        if (answer.StatusCode is not (HttpStatusCode.Conflict or HttpStatusCode.NotFound))
        {
            answer.EnsureSuccessStatusCode();
        }

        return answer.RequestMessage!.RequestUri!;
    }

    private async Task<List<Guid>> OpenTasksAsync(CancellationToken stop)
    {
        var found = new List<Guid>();
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync(stop);
        await using var command = new NpgsqlCommand("select id from human_tasks where completed_at is null order by random() limit 10", connection);
        await using var reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            found.Add(reader.GetGuid(0));
        }

        return found;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]*)\"")]
    private static partial Regex Token();
}
