using Microsoft.Extensions.Diagnostics.HealthChecks;
using MonOPCO.Engine.Storage;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MonOPCO.Host.Workflows;

/// <summary>
/// Meters and traces sent by OpenTelemetry (OTLP) where <c>OpenTelemetry:Endpoint</c> or OTEL_EXPORTER_OTLP_ENDPOINT says; nothing is sent otherwise.
/// <c>OpenTelemetry:Protocol</c>: <c>grpc</c> (when not said) or <c>http/protobuf</c>, for which the endpoint is the address before <c>/v1/traces</c>.
/// </summary>
internal sealed class Telemetry : IHostedService, IDisposable
{
    private readonly MeterProvider? _meters;
    private readonly TracerProvider? _traces;

    public Telemetry(IConfiguration configuration)
    {
        var endpoint = configuration["OpenTelemetry:Endpoint"];
        if (string.IsNullOrEmpty(endpoint) && string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        var overHttp = configuration["OpenTelemetry:Protocol"] switch
        {
            "http/protobuf" => true,
            null or "" or "grpc" => false,
            var other => throw new InvalidOperationException($"OpenTelemetry:Protocol: '{other}' is not known; grpc or http/protobuf."),
        };
        Action<OtlpExporterOptions> To(string signal) => options =>
        {
            if (!string.IsNullOrEmpty(endpoint))
            {
                // An address that is set here is taken as it is: the exporter adds no path to it.
                options.Protocol = overHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
                options.Endpoint = new Uri(overHttp ? $"{endpoint.TrimEnd('/')}/v1/{signal}" : endpoint);
            }
        };

        var resource = ResourceBuilder.CreateDefault().AddService("monopco");
        _meters = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(WorkflowMeters.Name, "Npgsql", "Microsoft.AspNetCore.Hosting", "System.Runtime").AddOtlpExporter(To("metrics")).Build();
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(WorkflowMeters.Name, "Npgsql", "Microsoft.AspNetCore").AddOtlpExporter(To("traces")).Build();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _meters?.Dispose();
        _traces?.Dispose();
    }
}

/// <summary>
/// Roles worker and bot: a worker that has not come round for <c>Workflows:Health:Round</c> (half a minute) is not ready, nor is one whose effect runs for longer
/// than <c>Workflows:Health:Effect</c> (half an hour): one that hangs keeps its place, and the bot has a single one.
/// </summary>
internal sealed class WorkerHealth(WorkflowWorker worker, IConfiguration configuration) : IHealthCheck
{
    private readonly TimeSpan _round = configuration.GetValue("Workflows:Health:Round", TimeSpan.FromSeconds(30));
    private readonly TimeSpan _effect = configuration.GetValue("Workflows:Health:Effect", TimeSpan.FromMinutes(30));

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        worker.SinceLastRound >= _round ? HealthCheckResult.Unhealthy($"Last round {worker.SinceLastRound.TotalSeconds:F0} s ago.")
        : worker.LongestEffect >= _effect ? HealthCheckResult.Unhealthy($"An effect has been running for {worker.LongestEffect.TotalMinutes:F0} min.")
        : HealthCheckResult.Healthy());
}
