using System.Text.Json;

namespace MonOPCO.Integrations.OpcoPortals;

/// <summary>One run of a script.</summary>
public sealed record PortalRequest
{
    /// <summary>Name of the script (<c>atlas-sandbox</c>).</summary>
    public required string Portal { get; init; }

    /// <summary>In the order given. <c>Transmettre</c> needs <c>Recherche</c>, <c>Remplir</c> and <c>Relire</c> before it in the same run.</summary>
    public required IReadOnlyList<PortalPhase> Phases { get; init; }

    public required JsonElement Data { get; init; }

    /// <summary>The pieces of the package by the names that the script uses.</summary>
    public IReadOnlyDictionary<string, PortalFile> Files { get; init; } = new Dictionary<string, PortalFile>();

    /// <summary>The values that a human confirmed (those read by a former run); every one must be read again, equal, before anything is submitted.</summary>
    public IReadOnlyDictionary<string, string>? Confirmed { get; init; }

    /// <summary>Account to use instead of the configured one.</summary>
    public PortalCredentials? Credentials { get; init; }
}

public sealed record PortalFile(string FileName, string ContentType, byte[] Content);

/// <summary>A portal's account; a class that never prints itself.</summary>
public sealed class PortalCredentials(string user, string password)
{
    internal string User { get; } = user;

    internal string Password { get; } = password;

    public override string ToString() => "(compte de portail)";
}
