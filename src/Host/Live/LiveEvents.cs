using System.Security.Claims;
using System.Threading.Channels;
using MonOPCO.Domain.News;
using MonOPCO.Host.SignIn;

namespace MonOPCO.Host.Live;

/// <summary>
/// <c>GET /evenements</c>: server-sent events, one connection per browser (its tabs share it, see <c>live.js</c>). An event is a list of topics — « tasks », « task:… »,
/// « dossier:… », « notices:… » — and nothing else: pages that show them read again what they may see. Whoever signs out, or is no longer of the staff, hears nothing more
/// at the next connection; connections end by themselves after a quarter of an hour.
/// </summary>
internal static class LiveEvents
{
    // Short enough for proxies that cut silent connections.
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    public static void MapLiveEvents(this WebApplication app) => app.MapGet("/evenements", StreamAsync).RequireAuthorization(Policies.Staff);

    /// <summary>May this person hear of the topic? Notices are one's own; the rest says nothing but that something changed.</summary>
    internal static bool MayHear(ClaimsPrincipal person, string topic) => !topic.StartsWith("notices:", StringComparison.Ordinal) || topic == $"notices:{person.Id()}";

    private static async Task StreamAsync(HttpContext context, NewsDesk news, IHostApplicationLifetime lifetime)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        ending.CancelAfter(Longest);

        // A slow reader keeps its place by being told « everything » instead of an endless list.
        var heard = Channel.CreateBounded<string>(new BoundedChannelOptions(500) { FullMode = BoundedChannelFullMode.DropOldest });
        using var listening = news.Listen(topics =>
        {
            foreach (var topic in topics.Where(x => MayHear(context.User, x)))
            {
                heard.Writer.TryWrite(topic);
            }
        });
        try
        {
            await response.WriteAsync("retry: 2000\nevent: pret\ndata: 1\n\n", ending.Token);
            await response.Body.FlushAsync(ending.Token);
            while (true)
            {
                if (!await WaitAsync(heard.Reader, ending.Token))
                {
                    await response.WriteAsync(": \n\n", ending.Token);
                }
                else
                {
                    // What one commit says together is told together.
                    await Task.Delay(Gather, ending.Token);
                    var topics = new HashSet<string>(StringComparer.Ordinal);
                    while (heard.Reader.TryRead(out var topic))
                    {
                        topics.Add(topic);
                    }

                    await response.WriteAsync($"data: {(topics.Count > 300 ? "*" : string.Join(' ', topics))}\n\n", ending.Token);
                }

                await response.Body.FlushAsync(ending.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
        }
    }

    private static async Task<bool> WaitAsync(ChannelReader<string> reader, CancellationToken cancellationToken)
    {
        using var beat = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        beat.CancelAfter(Beat);
        try
        {
            return await reader.WaitToReadAsync(beat.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}

/// <summary>Hears the other Hosts.</summary>
internal sealed class NewsListener(NewsDesk news) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => news.RunAsync(stoppingToken);
}
