using System.Collections.Concurrent;

namespace MonOPCO.Sandbox.Collector;

/// <summary>What Hosts sent by OpenTelemetry (OTLP over HTTP, protobuf): the latest value of each metric, and how many spans of each name came.</summary>
public sealed class TelemetryLog
{
    private readonly ConcurrentDictionary<string, double> metrics = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> spans = new(StringComparer.Ordinal);

    /// <summary>By name: the sum over the points of the last export; for a histogram the number of its measurements.</summary>
    public IReadOnlyDictionary<string, double> Metrics => metrics;

    /// <summary><c>source/name</c> → how many.</summary>
    public IReadOnlyDictionary<string, long> Spans => spans;

    /// <summary>ExportMetricsServiceRequest: resource_metrics (1) → scope_metrics (2) → metrics (2).</summary>
    internal void ReceiveMetrics(ReadOnlySpan<byte> request)
    {
        for (var export = new Wire(request); export.Next();)
        {
            for (var resource = new Wire(export.Bytes); resource.Next();)
            {
                if (resource.Field != 2)
                {
                    continue;
                }

                for (var scope = new Wire(resource.Bytes); scope.Next();)
                {
                    if (scope.Field == 2)
                    {
                        ReadMetric(scope.Bytes);
                    }
                }
            }
        }
    }

    /// <summary>ExportTraceServiceRequest: resource_spans (1) → scope_spans (2) → scope (1) and spans (2).</summary>
    internal void ReceiveSpans(ReadOnlySpan<byte> request)
    {
        for (var export = new Wire(request); export.Next();)
        {
            for (var resource = new Wire(export.Bytes); resource.Next();)
            {
                if (resource.Field == 2)
                {
                    ReadSpans(resource.Bytes);
                }
            }
        }
    }

    /// <summary>Name (1); gauge (5), sum (7) and histogram (9) each hold their points as field 1.</summary>
    private void ReadMetric(ReadOnlySpan<byte> metric)
    {
        var (name, total) = ("", 0.0);
        for (var part = new Wire(metric); part.Next();)
        {
            if (part.Field == 1)
            {
                name = part.Text;
            }
            else if (part.Field is 5 or 7 or 9)
            {
                for (var data = new Wire(part.Bytes); data.Next();)
                {
                    total += data.Field == 1 ? Point(data.Bytes, part.Field == 9) : 0;
                }
            }
        }

        metrics[name] = total;
    }

    /// <summary>Of a number: as_double (4) or as_int (6). Of a histogram: count (4).</summary>
    private static double Point(ReadOnlySpan<byte> point, bool isHistogram)
    {
        for (var part = new Wire(point); part.Next();)
        {
            if (part.Field == 4)
            {
                return isHistogram ? part.Number : part.Double;
            }

            if (part.Field == 6 && !isHistogram)
            {
                return (long)part.Number;
            }
        }

        return 0;
    }

    private void ReadSpans(ReadOnlySpan<byte> scopeSpans)
    {
        var source = "";
        for (var part = new Wire(scopeSpans); part.Next();)
        {
            if (part.Field == 1)
            {
                for (var scope = new Wire(part.Bytes); scope.Next();)
                {
                    source = scope.Field == 1 ? scope.Text : source;
                }
            }
            else if (part.Field == 2)
            {
                for (var span = new Wire(part.Bytes); span.Next();)
                {
                    if (span.Field == 5)
                    {
                        spans.AddOrUpdate($"{source}/{span.Text}", 1, (_, n) => n + 1);
                    }
                }
            }
        }
    }
}
