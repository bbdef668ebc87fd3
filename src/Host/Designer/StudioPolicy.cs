namespace MonOPCO.Host.Designer;

/// <summary>What the two pages that host Studio need beyond the policy of all other pages (see <c>ContentSecurityAttribute</c>).</summary>
public static class StudioPolicy
{
    /// <summary>
    /// WebAssembly, and the inline <c>editorHotkeys</c> script that the editor of version <see cref="StudioPackage.ExpectedVersion"/> inserts; another version
    /// has another hash.
    /// </summary>
    public const string Script = "'wasm-unsafe-eval' 'sha256-snlP1jz0gjwc5cTz9ErZcliXuCK63+Mmf68RRCeptgc='";

    /// <summary>MudBlazor and the X6 canvas write style attributes.</summary>
    public const string Style = "'unsafe-inline'";

    public const string Font = "data:";

    /// <summary>Monaco starts its workers from blobs.</summary>
    public const string Worker = "blob:";
}
