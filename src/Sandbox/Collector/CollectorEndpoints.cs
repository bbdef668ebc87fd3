namespace MonOPCO.Sandbox.Collector;

/// <summary>Where a Host sends traces and metrics: <c>OpenTelemetry:Endpoint</c> = this Sandbox + <c>/collecteur</c>, <c>OpenTelemetry:Protocol</c> = <c>http/protobuf</c>.</summary>
internal static class CollectorEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/collecteur/v1/metrics", async (HttpContext http, TelemetryLog log) =>
        {
            log.ReceiveMetrics(await BodyAsync(http));
            return Accepted();
        });
        app.MapPost("/collecteur/v1/traces", async (HttpContext http, TelemetryLog log) =>
        {
            log.ReceiveSpans(await BodyAsync(http));
            return Accepted();
        });
        app.MapGet("/control/telemetry", (TelemetryLog log) => Results.Json(new { log.Metrics, log.Spans }, Vault.Json));
    }

    /// <summary>An empty answer message says that everything was taken.</summary>
    private static IResult Accepted() => Results.Bytes(ReadOnlyMemory<byte>.Empty, "application/x-protobuf");

    private static async Task<byte[]> BodyAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        return body.ToArray();
    }
}
