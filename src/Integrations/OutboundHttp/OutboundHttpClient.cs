using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;

namespace MonOPCO.Integrations.OutboundHttp;

/// <summary>A request that a procedure asks for.</summary>
public sealed record OutboundRequest(Uri Url, string Method)
{
    public string? Content { get; init; }

    public string? ContentType { get; init; }

    public string? Authorization { get; init; }

    public IReadOnlyDictionary<string, string[]> Headers { get; init; } = new Dictionary<string, string[]>();

    /// <summary>Sent as <c>Idempotency-Key</c>: the same over all retries of one execution.</summary>
    public required string Key { get; init; }
}

/// <summary>What came of it.</summary>
public abstract record OutboundAnswer
{
    private OutboundAnswer()
    {
    }

    public sealed record Received(int Status, string? MediaType, string Content, IReadOnlyDictionary<string, string[]> Headers) : OutboundAnswer;

    public sealed record NotConnected(string Reason) : OutboundAnswer;

    public sealed record TimedOut : OutboundAnswer;

    /// <summary>Must not be called, or the request or its answer cannot be handled; asking again is useless.</summary>
    public sealed record Refused(string Reason) : OutboundAnswer;
}

/// <summary>
/// Sends requests on behalf of procedures. The address is checked where the connection is made, after the name has been resolved, so that a name that changes its
/// address in between gains nothing. Redirections are not followed (their status is the answer) and no proxy is used.
/// </summary>
public sealed class OutboundHttpClient : IDisposable
{
    private static readonly string[] Reserved = ["Host", "Idempotency-Key", "Content-Length", "Transfer-Encoding", "Connection"];
    private readonly OutboundHttpOptions _options;
    private readonly HttpClient _client;

    public OutboundHttpClient(IOptions<OutboundHttpOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectTimeout = TimeSpan.FromSeconds(10),
            ConnectCallback = ConnectAsync,
        };
        _client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(_options.TimeoutSeconds), MaxResponseContentBufferSize = _options.MaxAnswerBytes };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("MonOPCO/1.0");
    }

    public async Task<OutboundAnswer> SendAsync(OutboundRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!request.Url.IsAbsoluteUri || request.Url.Scheme is not ("http" or "https") || request.Url.UserInfo.Length > 0)
        {
            return new OutboundAnswer.Refused("L'adresse à appeler n'est pas une adresse http ou https complète.");
        }

        if (_options.OnlyHosts.Length > 0 && !Array.Exists(_options.OnlyHosts, allowed => Names(allowed, request.Url.Host, request.Url.Port)))
        {
            return new OutboundAnswer.Refused($"Le serveur « {request.Url.Host} » ne figure pas parmi ceux que les procédures peuvent appeler.");
        }

        try
        {
            using var message = Message(request);
            using var response = await _client.SendAsync(message, cancellationToken);
            var content = await response.Content.ReadAsStringAsync(cancellationToken);
            var headers = response.Headers.Concat(response.Content.Headers).GroupBy(h => h.Key, StringComparer.OrdinalIgnoreCase).ToDictionary(g => g.Key, g => g.SelectMany(h => h.Value).ToArray());
            return new OutboundAnswer.Received((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, content, headers);
        }
        catch (FormatException exception)
        {
            return new OutboundAnswer.Refused($"La requête ne peut pas être composée : {exception.Message}");
        }
        catch (HttpRequestException exception) when (Find<ForbiddenAddressException>(exception) is { } forbidden)
        {
            return new OutboundAnswer.Refused(forbidden.Message);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return new OutboundAnswer.Refused($"La réponse dépasse {_options.MaxAnswerBytes} octets.");
        }
        catch (HttpRequestException exception)
        {
            return new OutboundAnswer.NotConnected(exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new OutboundAnswer.TimedOut();
        }
    }

    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage Message(OutboundRequest request)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), request.Url);
        if (request.Content is not null)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(request.Content));
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(request.ContentType ?? "application/json");
            message.Content.Headers.ContentType.CharSet ??= "utf-8";
        }

        if (!string.IsNullOrWhiteSpace(request.Authorization))
        {
            message.Headers.TryAddWithoutValidation("Authorization", request.Authorization);
        }

        foreach (var (name, values) in request.Headers.Where(h => !Reserved.Contains(h.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (!message.Headers.TryAddWithoutValidation(name, values))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, values);
            }
        }

        message.Headers.TryAddWithoutValidation("Idempotency-Key", request.Key);
        return message;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
        if (!Array.Exists(_options.PrivateHosts, allowed => Names(allowed, host, port)) && !Array.TrueForAll(addresses, AddressGuard.IsPublic))
        {
            throw new ForbiddenAddressException($"« {host} » est une adresse interne : les procédures ne peuvent l'appeler que si elle figure dans OutboundHttp:PrivateHosts.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary><c>name</c> (any port), <c>name:port</c> or <c>*.name</c>.</summary>
    private static bool Names(string allowed, string host, int port)
    {
        host = host.Trim('[', ']');
        return string.Equals(allowed, host, StringComparison.OrdinalIgnoreCase) || string.Equals(allowed, $"{host}:{port}", StringComparison.OrdinalIgnoreCase)
            || (allowed.StartsWith("*.", StringComparison.Ordinal) && host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase));
    }

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }

    private sealed class ForbiddenAddressException(string message) : Exception(message);
}
