using System.Diagnostics.CodeAnalysis;

namespace MonOPCO.Host;

/// <summary>Addresses of our own site, so that a link cannot send people elsewhere after they signed in.</summary>
internal static class LocalUrl
{
    public static bool IsLocal([NotNullWhen(true)] string? url) =>
        url is ['/', ..] and not ['/', '/' or '\\', ..] && !url.Any(char.IsControl);

    public static string Or(string? url, string otherwise) => IsLocal(url) ? $"~{url}" : $"~{otherwise}";
}
