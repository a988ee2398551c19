using System.Net;
using System.Net.Sockets;
using DnsGuard.Host.Tests.Running;
using DnsGuard.TestKit;

namespace DnsGuard.Host.Tests.Monitoring;

/// <summary>Metrics that are pushed, at a collector that takes a request apart without any library.</summary>
[Collection(nameof(Alone))]
public sealed class PushTests : IDisposable
{
    private readonly GuardProcess _guard = new();
    private readonly HttpListener _collector = new();
    private readonly int _port = Ports.Free();

    public PushTests()
    {
        _collector.Prefixes.Add($"http://127.0.0.1:{_port}/");
        _collector.Start();
    }

    public void Dispose()
    {
        _collector.Close();
        _guard.Dispose();
    }

    [Fact]
    public async Task A_collector_gets_the_numbers_that_metrics_shows_and_the_last_of_them_at_the_end()
    {
        using var socket = new UdpClient(0);
        // Or the rest of the test would go on within the collector, which would then hear nothing.
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0L;
        // Off the tests' own threads: others wait there for programs to end.
        var collecting = Task.Run(CollectAsync);
        await _guard.Start(_guard.Config(rest: $"telemetry: {{otlp: \"http://127.0.0.1:{_port}\", otlpPeriod: 1s}}")).ReadyAsync();
        for (ushort id = 1; id <= 5; id++)
            await _guard.AskAsync(socket, [3, .. "www"u8, 7, .. "example"u8, 0], id);
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(60));
        for (ushort id = 6; id <= 7; id++)
            await _guard.AskAsync(socket, [3, .. "www"u8, 7, .. "example"u8, 0], id);
        _guard.Signal(15);
        Assert.Equal(0, _guard.Ended());
        _collector.Close();
        await collecting;

        Assert.Equal(7, asked);

        async Task CollectAsync()
        {
            try
            {
                while (true)
                {
                    var context = await _collector.GetContextAsync();
                    using var body = new MemoryStream();
                    await context.Request.InputStream.CopyToAsync(body);
                    Assert.Equal(("/v1/metrics", "application/x-protobuf"), (context.Request.Url!.AbsolutePath, context.Request.ContentType));
                    asked = Queries(new Protobuf(body.ToArray()));
                    context.Response.Close();
                    if (asked == 5)
                        heard.TrySetResult();
                }
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }

    // ResourceMetrics → ScopeMetrics → Metric: name, sum → data point: a signed number of eight octets.
    private static long Queries(Protobuf request) => (long)(request.All(1).SelectMany(resource => resource.All(2)).SelectMany(scope => scope.All(2))
        .Single(metric => metric.Text(1) == "dnsguard_queries_total").Message(7).Message(1).Number(6) ?? 0);
}
