using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;
using MonOPCO.Integrations.OutboundHttp;

namespace MonOPCO.Integrations.Tests.OutboundHttp;

/// <summary>What procedures may call: the open internet, and inside only what the configuration names.</summary>
public sealed class OutboundHttpTests
{
    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("172.15.0.1", true)]
    [InlineData("2a00:1450:4007:80e::200e", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.8.8.8", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.20.30.40", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:169.254.169.254", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("64:ff9b::10.0.0.1", false)]
    [InlineData("64:ff9b::8.8.8.8", true)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2002:c0a8:101::1", false)]
    [InlineData("2001:0:1:2:3:4:80ff:fffe", false)]
    public void IsPublic_EveryFormOfAnInnerAddress_IsNot(string address, bool expected) => Assert.Equal(expected, AddressGuard.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0x7f.1:{0}/")]
    [InlineData("http://0177.0.0.1:{0}/")]
    [InlineData("http://127.1:{0}/")]
    public async Task Send_InnerAddressInAnyWriting_IsRefusedBeforeAnyByte(string url)
    {
        using var server = new Server();
        using var client = Client();
        var answer = await client.SendAsync(Request(string.Format(System.Globalization.CultureInfo.InvariantCulture, url, server.Port)), CancellationToken.None);
        Assert.Contains("adresse interne", Assert.IsType<OutboundAnswer.Refused>(answer).Reason, StringComparison.Ordinal);
        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://exemple.fr/")]
    [InlineData("http://utilisateur:secret@exemple.fr/")]
    public async Task Send_OtherSchemesAndCredentials_AreRefused(string url)
    {
        using var client = Client();
        Assert.IsType<OutboundAnswer.Refused>(await client.SendAsync(Request(url), CancellationToken.None));
    }

    [Fact]
    public async Task Send_NamedInnerHost_IsCalled_ItsRedirectionIsNotFollowed()
    {
        using var server = new Server("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/meta-data\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using var client = Client(x => x.PrivateHosts = [$"127.0.0.1:{server.Port}"]);
        var answer = Assert.IsType<OutboundAnswer.Received>(await client.SendAsync(Request($"http://127.0.0.1:{server.Port}/"), CancellationToken.None));
        Assert.Equal((302, 1), (answer.Status, server.Connections));

        // The port is part of what is named.
        using var other = new Server();
        Assert.IsType<OutboundAnswer.Refused>(await client.SendAsync(Request($"http://127.0.0.1:{other.Port}/"), CancellationToken.None));
    }

    [Fact]
    public async Task Send_NotAmongTheOnlyHosts_IsRefused()
    {
        using var client = Client(x => x.OnlyHosts = ["api.exemple.fr", "*.netz.fr"]);
        Assert.Contains("ne figure pas", Assert.IsType<OutboundAnswer.Refused>(await client.SendAsync(Request("https://exemple.com/"), CancellationToken.None)).Reason, StringComparison.Ordinal);
        Assert.Contains("ne figure pas", Assert.IsType<OutboundAnswer.Refused>(await client.SendAsync(Request("https://mauvais-netz.fr/"), CancellationToken.None)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_AnswerThatGrowsWhenUnpacked_IsRefused()
    {
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(new byte[20_000_000]);
        }

        using var server = new Server($"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\nContent-Length: {packed.Length}\r\nConnection: close\r\n\r\n", packed.ToArray());
        using var client = Client(x => x.PrivateHosts = ["127.0.0.1"]);
        Assert.Contains("dépasse", Assert.IsType<OutboundAnswer.Refused>(await client.SendAsync(Request($"http://127.0.0.1:{server.Port}/"), CancellationToken.None)).Reason, StringComparison.Ordinal);
    }

    private static OutboundRequest Request(string url) => new(new Uri(url), "GET") { Key = "essai" };

    private static OutboundHttpClient Client(Action<OutboundHttpOptions>? change = null)
    {
        var options = new OutboundHttpOptions { TimeoutSeconds = 10 };
        change?.Invoke(options);
        return new OutboundHttpClient(Options.Create(options));
    }

    /// <summary>Answers every connection the same and counts them.</summary>
    private sealed class Server : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private int _connections;

        public Server(string head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", byte[]? body = null)
        {
            _listener.Start();
            _ = ServeAsync(Encoding.ASCII.GetBytes(head), body ?? []);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public int Connections => Volatile.Read(ref _connections);

        public void Dispose() => _listener.Stop();

        private async Task ServeAsync(byte[] head, byte[] body)
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    Interlocked.Increment(ref _connections);
                    var stream = client.GetStream();
                    await stream.ReadAtLeastAsync(new byte[1024], 1);
                    await stream.WriteAsync(head);
                    await stream.WriteAsync(body);
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or IOException)
            {
                // Stopped, or the client has gone.
            }
        }
    }
}
