using System.Globalization;
using System.Text.RegularExpressions;

namespace MonOPCO.Integrations.OpcoPortals;

/// <summary>The addresses one portal may use.</summary>
internal sealed partial class PortalHosts
{
    private readonly HashSet<string> _allowed;

    public PortalHosts(Uri baseUrl, IEnumerable<string> others)
    {
        BaseUrl = baseUrl.AbsoluteUri.EndsWith('/') ? baseUrl : new Uri(baseUrl.AbsoluteUri + "/");
        _allowed = new HashSet<string>(others.Append(baseUrl.Authority), StringComparer.OrdinalIgnoreCase);
    }

    public Uri BaseUrl { get; }

    public IEnumerable<string> Names => _allowed.Select(authority => authority.Split(':')[0]).Distinct(StringComparer.OrdinalIgnoreCase);

    public bool Allows(Uri address) =>
        address.Scheme is "about" or "data" or "blob" || (address.Scheme is "http" or "https" && (_allowed.Contains(address.Authority) || (address.IsDefaultPort && _allowed.Contains(address.Host))));

    /// <summary>Puts values of the data into « {path} », escaped for a path segment.</summary>
    public static string Fill(string address, Func<string, string?> find) =>
        Placeholder().Replace(address, match => Uri.EscapeDataString(find(match.Groups[1].Value) ?? throw new PortalScriptException($"La donnée « {match.Groups[1].Value} » manque pour l'adresse « {address} ».")));

    public static string Number(string text, int index) => text
        .Replace("{n}", (index + 1).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{i}", index.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    [GeneratedRegex(@"\{([A-Za-z][A-Za-z0-9.]*)\}")]
    private static partial Regex Placeholder();
}
