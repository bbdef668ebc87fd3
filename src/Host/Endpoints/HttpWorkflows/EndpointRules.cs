using System.Text.Json.Nodes;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Host.Endpoints.HttpWorkflows;

/// <summary>What a node of type HttpEndpoint allows: its inputs, as a published trigger or a bookmark holds them.</summary>
internal sealed record EndpointRules(JsonObject Inputs)
{
    public string[] Methods => Texts("supportedMethods") is { Length: > 0 } given ? given : ["GET"];

    /// <summary>An unreadable value closes the endpoint rather than opening it.</summary>
    public bool RequiresSignIn => Inputs["authorize"] is { } value && (LenientJson.ToText(value) is not { } text || !text.Equals("false", StringComparison.OrdinalIgnoreCase));

    public string? Policy => LenientJson.ToText(Inputs["policy"]) is { Length: > 0 } policy ? policy : null;

    public TimeSpan? Timeout => LenientJson.ToTimeSpan(Inputs["requestTimeout"]);

    public long? MaxBytes => LenientJson.ToInt64(Inputs["requestSizeLimit"]);

    public long? MaxFileBytes => LenientJson.ToInt64(Inputs["fileSizeLimit"]);

    public string[] AllowedExtensions => Texts("allowedFileExtensions");

    public string[] BlockedExtensions => Texts("blockedFileExtensions");

    public string[] AllowedTypes => Texts("allowedMimeTypes");

    public bool Allows(string method) => Methods.Contains(method, StringComparer.OrdinalIgnoreCase);

    /// <summary>True: the procedure has a branch of its own for this refusal.</summary>
    public bool Exposes(string flag) => LenientJson.ToBoolean(Inputs[flag]);

    private string[] Texts(string name) => [.. LenientJson.ToItems(LenientJson.Coerce(Inputs[name], "String[]")).Select(item => LenientJson.ToText(item) ?? "").Where(text => text.Length > 0)];
}
