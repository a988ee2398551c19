using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Resolver.Tapping;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Host.Tapping;

/// <summary>★ dnstap: rings → messages → a queue for each place they go to → a socket, a file. Nothing here is ever waited for by an answer.</summary>
internal sealed class Tap : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    private readonly LivePolicy _livePolicy;
    private readonly TapMessages _messages;
    private readonly TapReader _add;
    private readonly List<TapSink> _sinks = [];

    /// <summary>Taps nothing yet.</summary>
    public Tap(TapOptions options, string version, LivePolicy livePolicy, TimeProvider time, ILogger logger)
    {
        _livePolicy = livePolicy;
        _messages = new TapMessages(options.Identity, version, QueryLogPump.NamesOf(livePolicy));
        // One delegate for all turns.
        _add = Add;
        if (options.Socket is { } socketPath)
        {
            var queue = new FrameQueue(options.QueueBytes);
            var socket = new TapSocket(socketPath, queue, time, logger);
            _sinks.Add(new TapSink("socket", queue, socket.RunAsync, () => socket.IsConnected));
        }

        if (options.File is { } filePath)
        {
            var queue = new FrameQueue(options.QueueBytes);
            var file = new TapFile(filePath, options.FileBytes, queue, logger);
            _sinks.Add(new TapSink("file", queue, file.RunAsync, () => file.IsOpen));
        }
    }

    /// <summary>Where the data plane writes.</summary>
    public TapRings Rings { get; } = new();

    /// <summary>Where it goes, for the metrics.</summary>
    public IReadOnlyList<TapSink> Sinks => _sinks;

    /// <summary>Pumps until it is told to stop, and what waits then.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var ended = new CancellationTokenSource();
        var writing = _sinks.ConvertAll(sink => sink.RunAsync(ended.Token));
        await PumpLoop.RunAsync(Period, _ => Rings.Drain(_add), stopping).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(writing).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => Rings.Dispose();

    private void Add(in TappedExchange exchange, ReadOnlySpan<byte> query, ReadOnlySpan<byte> response)
    {
        // A message is whole or it is not told: names and clients stand in its octets.
        if (exchange.IsJudged && Privacy.Of(_livePolicy, exchange.Record) is not LogPrivacy.Full)
            return;
        if (!query.IsEmpty)
            Send(_messages.Query(exchange, query));
        if (!response.IsEmpty)
            Send(_messages.Response(exchange, response));
    }

    private void Send(ReadOnlySpan<byte> frame)
    {
        foreach (var sink in _sinks)
            sink.Queue.Add(frame);
    }
}

/// <summary>One place that frames go to.</summary>
/// <param name="Name">What metrics call it.</param>
/// <param name="Queue">What waits for it.</param>
/// <param name="RunAsync">Writes until nothing will follow.</param>
/// <param name="IsUp">Is it being written?</param>
internal sealed record TapSink(string Name, FrameQueue Queue, Func<CancellationToken, Task> RunAsync, Func<bool> IsUp);
