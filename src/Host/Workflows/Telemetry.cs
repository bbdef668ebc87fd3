using Microsoft.Extensions.Diagnostics.HealthChecks;
using MonOPCO.Engine.Storage;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MonOPCO.Host.Workflows;

/// <summary>Meters and traces sent by OpenTelemetry (OTLP) where <c>OpenTelemetry:Endpoint</c> or OTEL_EXPORTER_OTLP_ENDPOINT says; nothing is sent otherwise.</summary>
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

        void address(OpenTelemetry.Exporter.OtlpExporterOptions options)
        {
            if (!string.IsNullOrEmpty(endpoint))
            {
                options.Endpoint = new Uri(endpoint);
            }
        }

        var resource = ResourceBuilder.CreateDefault().AddService("monopco");
        _meters = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(WorkflowMeters.Name, "Npgsql", "Microsoft.AspNetCore.Hosting", "System.Runtime").AddOtlpExporter(address).Build();
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(WorkflowMeters.Name, "Npgsql", "Microsoft.AspNetCore").AddOtlpExporter(address).Build();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _meters?.Dispose();
        _traces?.Dispose();
    }
}

/// <summary>Roles worker and bot: a worker that has not come round for half a minute is not ready.</summary>
internal sealed class WorkerHealth(WorkflowWorker worker) : IHealthCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(worker.SinceLastRound < Limit ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"Last round {worker.SinceLastRound.TotalSeconds:F0} s ago."));
}
