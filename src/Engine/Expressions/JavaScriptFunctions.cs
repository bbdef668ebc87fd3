using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using MonOPCO.Engine.Expressions.JavaScript;

namespace MonOPCO.Engine.Expressions;

/// <summary>The functions and objects that Elsa gives to JavaScript, under Elsa's names.</summary>
internal static class JavaScriptFunctions
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    // streamToBytes and streamToBase64 exist as in Elsa, although no stream ever reaches a script here.
    private static readonly string[] OfStreams = ["streamToBytes", "streamToBase64"];

    /// <summary>Functions of every script whose names look like generated accessors.</summary>
    internal static IReadOnlySet<string> LikeAccessors { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "getVariable", "setVariable", "getInput", "getOutputFrom", "getLastResult", "getWorkflowInstanceId", "getWorkflowDefinitionId", "getWorkflowDefinitionVersionId", "getWorkflowDefinitionVersion",
        "getCorrelationId", "setCorrelationId", "getWorkflowInstanceName", "setWorkflowInstanceName", "setOutcome", "setOutcomes", "getGuidString", "getShortGuid",
    };

    internal static ScriptHost AddTo(ScriptHost host, ExpressionContext context)
    {
        host.Function("getVariable", a => Variable(context, a.Text(0)))
            .Action("setVariable", a => context.SetVariable(a.Text(0) ?? "", a.Json(1)))
            .Function("getInput", a => context.TryGetInput(a.Text(0) ?? "", out var value) ? value : null)
            .Function("getOutputFrom", a => context.GetOutput(a.Text(0) ?? "", a.Text(1)))
            .Function("getLastResult", _ => context.LastResult)
            .Function("getWorkflowInstanceId", _ => context.InstanceId.ToString("D"))
            .Function("getWorkflowDefinitionId", _ => context.DefinitionId)
            .Function("getWorkflowDefinitionVersionId", _ => context.DefinitionVersionId)
            .Function("getWorkflowDefinitionVersion", _ => context.DefinitionVersion)
            .Function("getCorrelationId", _ => context.CorrelationId)
            .Action("setCorrelationId", a => context.CorrelationId = a.Text(0))
            .Function("getWorkflowInstanceName", _ => context.InstanceName)
            .Action("setWorkflowInstanceName", a => context.InstanceName = a.Text(0))
            .Action("setOutcome", a => context.Outcomes = [a.Text(0) ?? "Done"])
            .Action("setOutcomes", a => context.Outcomes = [.. LenientJson.ToItems(a.Json(0)).Select(o => LenientJson.ToText(o) ?? "")])
            .Object("variables", new ScriptObject
            {
                Get = name => context.TryGetVariable(name, out var value) ? (true, value) : (false, null),
                Set = context.SetVariable,
                Names = () => context.VariableNames,
            })
            .Object("input", new ScriptObject
            {
                Get = name => context.TryGetInput(name, out var value) ? (true, value) : (false, null),
                Names = () => context.InputNames,
            })
            .Object("args", new ScriptObject
            {
                Get = name => context.Arguments.FirstOrDefault(a => Camel(a.Key) == name) is { Key: not null } found ? (true, found.Value) : (false, null),
                Names = () => context.Arguments.Select(a => Camel(a.Key)),
            });
        AddTexts(host);
        AddIds(host, context);
        AddBytes(host);
        return host;
    }

    /// <summary>
    /// Elsa generates getX and setX for each variable, getX for each input (which hides a variable of the same name) and get{Output}From{Activity}.
    /// </summary>
    internal static ScriptFunction? Accessor(ExpressionContext context, string name)
    {
        if (name.Length < 4)
        {
            return null;
        }

        var subject = name[3..];
        if (name.StartsWith("get", StringComparison.Ordinal))
        {
            return context.Arguments.Any(a => a.Key == subject) ? _ => context.Arguments.First(a => a.Key == subject).Value
                : context.InputNames.Contains(subject, StringComparer.OrdinalIgnoreCase) ? _ => context.TryGetInput(subject, out var value) ? value : null
                : Known(context, subject) is { } variable ? _ => Variable(context, variable)
                : context.FindOutputAccessor(name) is { } output ? _ => context.GetOutput(output.Activity, output.Output)
                : null;
        }

        if (name.StartsWith("set", StringComparison.Ordinal) && Known(context, subject) is { } target)
        {
            return a =>
            {
                context.SetVariable(target, a.Json(0));
                return null;
            };
        }

        return null;
    }

    /// <summary>Compact JSON that keeps letters of all languages, as Elsa writes it.</summary>
    internal static string ToJson(JsonNode? node) => node is null ? "null" : node.ToJsonString(Readable);

    private static void AddTexts(ScriptHost host) => host
        .Function("isNullOrWhiteSpace", a => string.IsNullOrWhiteSpace(a.Text(0)))
        .Function("isNullOrEmpty", a => string.IsNullOrEmpty(a.Text(0)))
        .Function("toJson", a => ToJson(a.Json(0)))
        .Function("stringToBase64", a => Convert.ToBase64String(Encoding.UTF8.GetBytes(Needed(a.Text(0)))))
        .Function("stringFromBase64", a => Encoding.UTF8.GetString(FromBase64(Needed(a.Text(0)))));

    private static void AddIds(ScriptHost host, ExpressionContext context)
    {
        foreach (var name in new[] { "newGuid", "newGuidString", "getGuidString" })
        {
            host.Function(name, _ => context.NewId().ToString("D"));
        }

        foreach (var name in new[] { "newShortGuid", "getShortGuid" })
        {
            host.Function(name, _ => Convert.ToBase64String(context.NewId().ToByteArray()).Replace("/", "", StringComparison.Ordinal).Replace("+", "", StringComparison.Ordinal).TrimEnd('='));
        }

        host.Function("parseGuid", a => Guid.TryParse(a.Text(0), out var id) ? id.ToString("D") : throw new ScriptException("Error", $"« {a.Text(0)} » n'est pas un identifiant (GUID)"));
    }

    /// <summary>Bytes are arrays of numbers in a script; their JSON form, base64 text, is understood as well.</summary>
    private static void AddBytes(ScriptHost host)
    {
        host.Function("bytesToString", a => Encoding.UTF8.GetString(Bytes(a.Json(0))))
            .Function("bytesToBase64", a => Convert.ToBase64String(Bytes(a.Json(0))))
            .Function("bytesFromString", a => Numbers(Encoding.UTF8.GetBytes(Needed(a.Text(0)))))
            .Function("bytesFromBase64", a => Numbers(FromBase64(Needed(a.Text(0)))));
        foreach (var name in OfStreams)
        {
            host.Function(name, _ => throw new ScriptException("TypeError", $"{name} attend un flux, et aucun flux n'arrive jusqu'à un script"));
        }
    }

    private static JsonArray Numbers(byte[] bytes) => new([.. bytes.Select(b => (JsonNode?)JsonValue.Create((int)b))]);

    private static byte[] Bytes(JsonNode? given) => given switch
    {
        JsonArray numbers when numbers.All(n => LenientJson.ToInt64(n) is >= 0 and <= 255) => [.. numbers.Select(n => (byte)LenientJson.ToInt64(n)!)],
        JsonValue text when LenientJson.ToText(text) is { } encoded => FromBase64(encoded),
        _ => throw new ScriptException("TypeError", "une suite d'octets est attendue"),
    };

    private static byte[] FromBase64(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw new ScriptException("Error", "ce texte n'est pas du base64");
        }
    }

    private static string Needed(string? text) => text ?? throw new ScriptException("TypeError", "un texte est attendu");

    private static string? Known(ExpressionContext context, string subject)
    {
        return context.TryGetVariable(subject, out _) ? subject : context.TryGetVariable(Camel(subject), out _) ? Camel(subject) : null;
    }

    private static string Camel(string name) => name.Length == 0 ? name : char.ToLowerInvariant(name[0]) + name[1..];

    private static JsonNode? Variable(ExpressionContext context, string? name) => context.TryGetVariable(name ?? "", out var value) ? value : null;
}
