using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MonOPCO.Sandbox.Identity;

/// <summary>What somebody said at the sign-in page of the fictitious identity provider, until the code is exchanged.</summary>
internal sealed record Grant(string ClientId, string RedirectUri, string Challenge, string? Nonce, string Email, string Name, IReadOnlyList<string> Groups, bool Verified);

/// <summary>An identity provider as companies have one: authorization code with PKCE, tokens signed by a key of its own, and the faults a client must notice.</summary>
public sealed class IdentityProvider : IDisposable
{
    public const string ClientId = "monopco";

    /// <summary>A fiction like everything here: it protects nothing.</summary>
    public const string ClientSecret = "secret-du-bac-a-sable";

    public static readonly string[] Modes = ["ok", "nonce", "audience", "expired", "issuer", "signature", "unverified", "down"];

    private readonly ConcurrentDictionary<string, Grant> codes = [];
    private readonly RSA key = RSA.Create(2048);
    private readonly RSA strange = RSA.Create(2048);

    /// <summary>What is wrong with the next tokens.</summary>
    public string Mode { get; set; } = "ok";

    public void Dispose()
    {
        key.Dispose();
        strange.Dispose();
    }

    internal string Issue(Grant grant)
    {
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        codes[code] = grant;
        return code;
    }

    internal JsonObject Keys()
    {
        var parameters = key.ExportParameters(false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject { ["kty"] = "RSA", ["use"] = "sig", ["alg"] = "RS256", ["kid"] = "1", ["n"] = Base64Url.EncodeToString(parameters.Modulus), ["e"] = Base64Url.EncodeToString(parameters.Exponent) }),
        };
    }

    /// <summary>The token for a code: it serves once, to the client that asked, who must know what it was asked with.</summary>
    internal string? Exchange(string? code, string? clientId, string? secret, string? redirectUri, string? verifier, string issuer, DateTimeOffset now)
    {
        if (code is null || !codes.TryRemove(code, out var grant) || clientId != grant.ClientId || secret != ClientSecret || redirectUri != grant.RedirectUri || verifier is null
            || Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))) != grant.Challenge)
        {
            return null;
        }

        var past = Mode == "expired" ? now.AddHours(-2) : now;
        return Sign(new JsonObject
        {
            ["iss"] = Mode == "issuer" ? issuer + "-autre" : issuer,
            ["aud"] = Mode == "audience" ? "autre-application" : grant.ClientId,
            ["sub"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(grant.Email.ToLowerInvariant())))[..24],
            ["nonce"] = Mode == "nonce" ? "un-autre" : grant.Nonce,
            ["iat"] = past.ToUnixTimeSeconds(),
            ["exp"] = past.AddMinutes(5).ToUnixTimeSeconds(),
            ["email"] = grant.Email,
            ["email_verified"] = Mode != "unverified" && grant.Verified,
            ["name"] = grant.Name,
            ["groups"] = new JsonArray([.. grant.Groups.Select(x => (JsonNode)x)]),
            ["amr"] = new JsonArray("pwd", "mfa"),
        });
    }

    private string Sign(JsonObject claims)
    {
        var head = Part(new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = "1" }) + "." + Part(claims);
        var signature = (Mode == "signature" ? strange : key).SignData(Encoding.ASCII.GetBytes(head), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return string.Create(CultureInfo.InvariantCulture, $"{head}.{Base64Url.EncodeToString(signature)}");
    }

    private static string Part(JsonObject value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
}
