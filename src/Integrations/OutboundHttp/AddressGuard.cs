using System.Net;
using System.Net.Sockets;

namespace MonOPCO.Integrations.OutboundHttp;

/// <summary>Tells addresses of the open internet from those of this machine and its neighbourhood.</summary>
public static class AddressGuard
{
    private static readonly IPNetwork[] Closed =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::/96", "64:ff9b:1::/48", "100::/64", "2001:2::/48", "2001:db8::/32", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(text => IPNetwork.Parse(text)),
    ];

    /// <summary>False for loopback, private, link-local (cloud metadata), shared, reserved and multicast addresses, also when wrapped in an IPv6 address.</summary>
    public static bool IsPublic(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return !Array.Exists(Closed, network => network.Contains(address)) && (Embedded(address) is not { } inner || IsPublic(inner));
    }

    /// <summary>The IPv4 address inside a mapped, NAT64, 6to4 or Teredo address.</summary>
    private static IPAddress? Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }

        var bytes = address.GetAddressBytes();
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
            : bytes is [0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, ..] ? new IPAddress(bytes[12..])
            : bytes is [0x20, 0x02, ..] ? new IPAddress(bytes[2..6])
            : bytes is [0x20, 0x01, 0x00, 0x00, ..] ? new IPAddress([.. bytes[12..].Select(b => (byte)~b)])
            : null;
    }
}
