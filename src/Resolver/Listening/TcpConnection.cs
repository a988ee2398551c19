using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using DnsGuard.Policy.Decisions;
using DnsGuard.Resolver.Answering;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Listening;

/// <summary>One connection: queries are read one after another, answers leave as they are ready, in any order (RFC 7766 §6.2.1.1).</summary>
[SuppressMessage("Design", "CA1001", Justification = "Late answers release the semaphore after the connection has ended; without a wait handle it holds nothing to dispose of.")]
internal sealed class TcpConnection(Stream stream, InternetAddress client, int port, QueryTransport transport, ResolverOptions options, StreamHandler handler, ResolverMetrics metrics, TimeProvider time) : IReplyChannel
{
    /// <summary>Queries of one connection whose answers have not left yet; beyond that reading pauses, and TCP slows the sender down.</summary>
    private const int MaxInFlight = 100;

    // Room for every answer that can be under way: none is ever dropped while the connection lasts.
    private readonly Channel<byte[]> _answers = Channel.CreateBounded<byte[]>(MaxInFlight);
    private readonly SemaphoreSlim _inFlight = new(MaxInFlight);
    private readonly CancellationTokenSource _aborting = new();
    private long _heardAt = Moment.MonotonicOf(time);

    /// <summary>Who is at the other end.</summary>
    public InternetAddress Client => client;

    /// <summary>When its last query came, or when it was opened.</summary>
    public long HeardAt => Volatile.Read(ref _heardAt);

    /// <summary>Is any query without its answer still?</summary>
    public bool IsAnswering => _inFlight.CurrentCount < MaxInFlight;

    /// <summary>Serves until the client leaves, falls silent or breaks the framing. Never throws.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, _aborting.Token);
        var writing = WriteAsync(end);
        try
        {
            await ReadAsync(end.Token).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The client has left, was silent too long, or we stop: nothing to say about it.
        }

        // Answers still being made get until the idle time to leave.
        for (var i = 0; i < MaxInFlight && IsAnswering && !end.IsCancellationRequested; i++)
            await Task.Delay(options.TcpIdle / MaxInFlight, time, CancellationToken.None).ConfigureAwait(false);
        _answers.Writer.TryComplete();
        await writing.ConfigureAwait(false);
    }

    /// <summary>Was it told to end?</summary>
    public bool IsClosing => _aborting.IsCancellationRequested;

    /// <summary>Ends it soon, to make room for somebody else.</summary>
    public void Abort() => _ = _aborting.CancelAsync();

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> response, ReplyAddress address) => Enqueue(response);

    private async Task ReadAsync(CancellationToken cancel)
    {
        var length = new byte[2];
        var patience = options.TcpFirstQuery;
        while (!cancel.IsCancellationRequested)
        {
            using var late = new CancellationTokenSource(patience, time);
            using var counted = late.Token.UnsafeRegister(static hit => ((ResolverMetrics)hit!).LimitHit(ResolverLimit.TcpIdle), metrics);
            using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
            patience = options.TcpIdle;
            await stream.ReadExactlyAsync(length, idle.Token).ConfigureAwait(false);
            int octets = BinaryPrimitives.ReadUInt16BigEndian(length);
            // Less than a header is not DNS, and a stream out of step stays so.
            if (octets < MessageHeader.Octets)
                return;
            // Made to measure: queries are small, and an idle connection must cost next to nothing.
            var query = new byte[octets];
            await stream.ReadExactlyAsync(query, idle.Token).ConfigureAwait(false);
            Volatile.Write(ref _heardAt, Moment.MonotonicOf(time));
            await _inFlight.WaitAsync(idle.Token).ConfigureAwait(false);
            Answer(query);
        }
    }

    private void Answer(ReadOnlySpan<byte> query)
    {
        var source = new QuerySource(client, transport, this, default, default, port);
        // What is answered gives its place back when the answer has left.
        if (!handler.Handle(query, source, Enqueue))
            _inFlight.Release();
    }

    private void Enqueue(ReadOnlySpan<byte> response)
    {
        var framed = new byte[2 + response.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)response.Length);
        response.CopyTo(framed.AsSpan(2));
        _answers.Writer.TryWrite(framed);
    }

    private async Task WriteAsync(CancellationTokenSource end)
    {
        try
        {
            await foreach (var answer in _answers.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                using var late = new CancellationTokenSource(options.TcpIdle, time);
                using var slow = CancellationTokenSource.CreateLinkedTokenSource(end.Token, late.Token);
                await stream.WriteAsync(answer, slow.Token).ConfigureAwait(false);
                _inFlight.Release();
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // A client that does not read ends its connection; reading from it ends too.
            await end.CancelAsync().ConfigureAwait(false);
        }
    }
}
