using System.Net;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace DnsGuard.Host;

/// <summary>Sends every metric to a collector, now and then (OTLP over HTTP). Counters stay the workers' own cells: it reads them when it sends.</summary>
internal sealed class MetricsPush : IDisposable
{
    private const string MetricsPath = "/v1/metrics";

    // What a collector has not taken by then is told again with the next push: totals lose nothing.
    private const int TimeoutMilliseconds = 5_000;

    private readonly MeterProvider _provider;

    private MetricsPush(MeterProvider provider) => _provider = provider;

    /// <summary>Starts where the options name a collector; null where they do not.</summary>
    /// <remarks>Nothing of the library is loaded for a node that pushes nothing.</remarks>
    public static MetricsPush? Start(TelemetryOptions options, string version) =>
        options.Otlp is { } collector ? Open(collector, options.OtlpPeriod, version) : null;

    private static MetricsPush Open(Uri collector, TimeSpan period, string version)
    {
        // A collector's address alone means its usual path.
        var endpoint = collector.AbsolutePath == "/" ? new Uri(collector, MetricsPath) : collector;
        var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter("DnsGuard.*")
            .ConfigureResource(resource => resource.AddService("dnsguard", serviceVersion: version, serviceInstanceId: Environment.MachineName))
            .AddOtlpExporter((exporter, reader) =>
            {
                exporter.Endpoint = endpoint;
                exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
                exporter.TimeoutMilliseconds = TimeoutMilliseconds;
                // Never through a proxy that some variable names: it would be looked up by its name, and that name be asked of us.
                exporter.HttpClientFactory = () => new HttpClient(new SocketsHttpHandler { UseProxy = false, AutomaticDecompression = DecompressionMethods.None }) { Timeout = TimeSpan.FromMilliseconds(TimeoutMilliseconds) };
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = (int)period.TotalMilliseconds;
                reader.TemporalityPreference = MetricReaderTemporalityPreference.Cumulative;
            })
            .Build();
        return new MetricsPush(provider);
    }

    /// <summary>Sends once more, within a bound, and ends.</summary>
    public void Dispose()
    {
        _provider.Shutdown(TimeoutMilliseconds);
        _provider.Dispose();
    }
}
