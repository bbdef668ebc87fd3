using System.Text.Json.Nodes;
using MonOPCO.Engine.Execution;
using MonOPCO.Engine.Expressions;

namespace MonOPCO.Engine.Activities.BuiltIn;

/// <summary>
/// Waits for an HTTP request, or starts with one. The Host matches paths, checks limits and rights and reads the body; what reaches the node is the signal
/// <c>{ requestId, outcome?, routeData, queryStringData, headers, parsedContent, files, request }</c>.
/// </summary>
internal sealed class HttpEndpointNode : NodeBehavior
{
    internal const string RequestProperty = "HttpRequest";
    internal const string ResponseProperty = "HttpResponse";

    private static readonly string[] Outcomes = ["Done", "Request too large", "File too large", "Invalid file extension", "Invalid file MIME type"];
    private static readonly string[] Copied = ["ParsedContent", "Files", "File", "RouteData", "QueryStringData", "Headers"];

    internal override IEnumerable<string> PossibleOutcomes(Definitions.Node node) => Outcomes;

    internal override void Execute(Run run, Exec exec)
    {
        if (run.TakeTrigger(exec, out var payload))
        {
            Resume(run, exec, new Signal(payload));
            return;
        }

        HttpRoute route;
        try
        {
            route = HttpRoute.Parse(LenientJson.ToText(exec.Input(0)) ?? "");
        }
        catch (FormatException exception)
        {
            throw new FaultException("http-path", exception.Message);
        }

        run.Wait(exec, route.Kind, route.Text, null, Run.InputsAsJson(exec));
    }

    internal override void Resume(Run run, Exec exec, Signal signal)
    {
        var request = signal.Payload as JsonObject ?? [];
        foreach (var output in Copied)
        {
            if (request[Definitions.NodeReader.CamelCase(output)] is { } value)
            {
                run.SetOutput(exec, output, value);
            }
        }

        run.SetOutput(exec, "Result", request["request"]);
        run.Instance.Properties[RequestProperty] = request["requestId"]?.DeepClone();
        run.Instance.Properties.Remove(ResponseProperty);
        var outcome = LenientJson.ToText(request["outcome"]) ?? "Done";
        run.Complete(exec, outcome == "Done" ? DoneOutcome : [outcome]);
    }
}

/// <summary>
/// Answers the latest request of the instance. The answer is kept with the instance, in the burst's transaction, and the Host that holds the request sends it:
/// effects and other Hosts may lie in between.
/// </summary>
internal sealed class WriteHttpResponseNode : NodeBehavior
{
    private const int MaxLength = 1_000_000;
    private static readonly System.Text.Json.JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal override void Execute(Run run, Exec exec)
    {
        var status = StatusCode(exec.Input(0));
        var content = exec.Input(1);
        var text = content is null ? null : LenientJson.KindOf(content) is System.Text.Json.JsonValueKind.Object or System.Text.Json.JsonValueKind.Array ? content.ToJsonString(Relaxed) : LenientJson.ToText(content);
        if (text is { Length: > MaxLength })
        {
            throw new FaultException("http-response-size", $"La réponse fait {text.Length} caractères : la limite est de {MaxLength}.");
        }

        var contentType = LenientJson.ToText(exec.Input(2));
        run.Instance.Properties[HttpEndpointNode.ResponseProperty] = new JsonObject
        {
            ["requestId"] = run.Instance.Properties[HttpEndpointNode.RequestProperty]?.DeepClone(),
            ["statusCode"] = status,
            ["contentType"] = !string.IsNullOrWhiteSpace(contentType) ? contentType : content is JsonObject or JsonArray ? "application/json" : "text/plain",
            ["headers"] = exec.Input(3) is JsonObject headers ? headers.DeepClone() : null,
            ["content"] = text,
        };
        run.Complete(exec);
    }

    /// <summary>Elsa writes the name of .NET's enumeration (<c>OK</c>, <c>NotFound</c>), scripts a number.</summary>
    internal static int StatusCode(JsonNode? given)
    {
        if (given is null)
        {
            return 200;
        }

        var status = LenientJson.ToInt64(given) ?? (Enum.TryParse<System.Net.HttpStatusCode>(LenientJson.ToText(given), true, out var named) ? (long)named : 0);
        return status is >= 200 and <= 599 ? (int)status : throw new FaultException("http-status", $"« {LenientJson.ToText(given)} » n'est pas un code de réponse HTTP.");
    }
}

/// <summary>SendHttpRequest in its embedded form: the effect's status chooses the activity that runs next inside.</summary>
internal sealed class SendHttpNode(ActivityDescriptor descriptor) : HostNode(descriptor)
{
    private readonly List<(long Status, Definitions.Node? Activity)> _cases = [];
    private Definitions.Node? _unmatched;
    private Definitions.Node? _failed;
    private Definitions.Node? _timeout;

    internal override IEnumerable<string> PossibleOutcomes(Definitions.Node node) => DoneOutcome;

    internal override void Read(Definitions.NodeReader reader)
    {
        _cases.AddRange(reader.StatusCases("expectedStatusCodes"));
        _unmatched = reader.Child("unmatchedStatusCode");
        _failed = reader.Child("failedToConnect");
        _timeout = reader.Child("timeout");
    }

    internal override void Recorded(Run run, Exec exec, EffectResult result)
    {
        if (result.Form != "done")
        {
            base.Recorded(run, exec, result);
            return;
        }

        run.SetOutputs(exec, result.Output as JsonObject);
        var status = LenientJson.ToInt64((result.Output as JsonObject)?["statusCode"]);
        var next = result.Outcome switch
        {
            "Failed to connect" => _failed,
            "Timeout" => _timeout,
            _ => _cases.Exists(c => c.Status == status) ? _cases.Find(c => c.Status == status).Activity : _unmatched,
        };
        run.ScheduleOrComplete(next, exec);
    }

    internal override void ChildCompleted(Run run, Exec exec, Exec child, string[] outcomes) => run.Complete(exec);
}

/// <summary>SendHttpRequest in a flowchart: outcomes are the expected status codes, besides <c>Done</c>, as in Elsa.</summary>
internal sealed class FlowSendHttpNode(ActivityDescriptor descriptor) : HostNode(descriptor)
{
    private static readonly string[] Always = ["Unmatched status code", "Failed to connect", "Timeout", "Done"];
    private readonly int _expected = descriptor.IndexOfInput("ExpectedStatusCodes");

    internal override IEnumerable<string>? PossibleOutcomes(Definitions.Node node) => node.Inputs[_expected] switch
    {
        null => Always,
        { IsConstant: true } expected => Codes(expected.Constant).Concat(Always),
        _ => null,
    };

    internal override void Recorded(Run run, Exec exec, EffectResult result)
    {
        if (result.Form != "done")
        {
            base.Recorded(run, exec, result);
            return;
        }

        run.SetOutputs(exec, result.Output as JsonObject);
        var expected = Codes(exec.Input(_expected)).ToList();
        var status = LenientJson.ToText((result.Output as JsonObject)?["statusCode"]);
        string[] outcomes = result.Outcome is "Failed to connect" or "Timeout" ? [result.Outcome]
            : expected.Count == 0 ? DoneOutcome
            : [expected.Contains(status!) ? status! : "Unmatched status code", "Done"];
        run.Complete(exec, outcomes);
    }

    private static IEnumerable<string> Codes(JsonNode? given) => LenientJson.ToItems(given).Select(code => LenientJson.ToText(code) ?? "");
}
