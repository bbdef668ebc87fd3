using System.Security.Cryptography;

namespace MonOPCO.Host.Designer;

/// <summary>
/// Content security policy of the two pages that host Studio, and of nothing else: WebAssembly, styles written by MudBlazor and the X6 canvas, Monaco's
/// workers, and the one inline script that the editor inserts.
/// </summary>
public static class StudioPolicy
{
    /// <summary>Studio's inline <c>editorHotkeys</c> script in version <see cref="StudioPackage.ExpectedVersion"/>; another version has another hash.</summary>
    private const string HotkeysScript = "'sha256-snlP1jz0gjwc5cTz9ErZcliXuCK63+Mmf68RRCeptgc='";

    public static string NewNonce() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));

    public static string For(string nonce) =>
        "default-src 'self'; " +
        $"script-src 'self' 'wasm-unsafe-eval' 'nonce-{nonce}' {HotkeysScript}; " +
        "style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; " +
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
}
