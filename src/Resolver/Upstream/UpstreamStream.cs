using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;
using DnsGuard.Policy.Decisions;

namespace DnsGuard.Resolver.Upstream;

/// <summary>One stream to one server, shared by queries: sent as they come, answered in any order (RFC 7766 §6.2.1).</summary>
internal sealed class UpstreamStream(Stream stream, TimeProvider time) : IDisposable
{
    /// <summary>Queries that may be under way on one stream (Knot Resolver: 100).</summary>
    public const int MaxInFlight = 100;

    private readonly Dictionary<ushort, TaskCompletionSource<byte[]>> _waiting = [];
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _writing = new(1);
    private bool _isRetired;
    private bool _isClosed;

    /// <summary>When it was last used, by the clock that is never stepped.</summary>
    public long UsedAt { get; private set; } = Moment.MonotonicOf(time);

    /// <summary>Is there room for one more query?</summary>
    public bool IsUsable
    {
        get
        {
            lock (_lock)
                return !_isClosed && !_isRetired && _waiting.Count < MaxInFlight;
        }
    }

    /// <summary>Is nobody waiting?</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
                return _waiting.Count == 0;
        }
    }

    /// <summary>Starts reading; ends when the server does.</summary>
    public void Start() => _ = ReadAsync();

    /// <summary>Asks and waits.</summary>
    /// <exception cref="IOException">The stream has ended.</exception>
    public async ValueTask<byte[]> AskAsync(OutgoingQuery query, CancellationToken cancel)
    {
        var answered = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        Register(query, answered);
        try
        {
            var framed = new byte[2 + query.Octets.Length];
            BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Octets.Length);
            query.Octets.CopyTo(framed.AsMemory(2));
            await _writing.WaitAsync(cancel).ConfigureAwait(false);
            await WriteAsync(framed, cancel).ConfigureAwait(false);
            return await answered.Task.WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // One that got no answer may be on a dead connection: the next takes another, and those that wait here still may get theirs.
            Retire();
            throw;
        }
        finally
        {
            Leave(query.Id);
        }
    }

    /// <summary>Takes no more queries, and closes once nobody waits.</summary>
    public void Retire()
    {
        bool isOver;
        lock (_lock)
        {
            _isRetired = true;
            isOver = _waiting.Count == 0;
        }

        if (isOver)
            Close();
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private async ValueTask WriteAsync(byte[] framed, CancellationToken cancel)
    {
        try
        {
            await stream.WriteAsync(framed, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // A frame that was cut puts the stream out of step, for everybody.
            Close();
            throw;
        }
        finally
        {
            _writing.Release();
        }
    }

    private void Leave(ushort id)
    {
        bool isOver;
        lock (_lock)
        {
            _waiting.Remove(id);
            isOver = _isRetired && _waiting.Count == 0;
        }

        if (isOver)
            Close();
    }

    private void Register(OutgoingQuery query, TaskCompletionSource<byte[]> answered)
    {
        lock (_lock)
        {
            if (_isClosed)
                throw new IOException("the stream has ended");
            UsedAt = Moment.MonotonicOf(time);
            while (!_waiting.TryAdd(query.Id, answered))
                query.Id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            var length = new byte[2];
            while (true)
            {
                await stream.ReadExactlyAsync(length).ConfigureAwait(false);
                var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(message).ConfigureAwait(false);
                if (message.Length >= 2)
                    Deliver(BinaryPrimitives.ReadUInt16BigEndian(message), message);
            }
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException or SocketException)
        {
            Close();
        }
    }

    private void Deliver(ushort id, byte[] message)
    {
        lock (_lock)
        {
            if (_waiting.TryGetValue(id, out var answered))
                answered.TrySetResult(message);
        }
    }

    private void Close()
    {
        List<TaskCompletionSource<byte[]>> waiting;
        lock (_lock)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            waiting = [.. _waiting.Values];
        }

        stream.Dispose();
        foreach (var one in waiting)
            one.TrySetException(new IOException("the stream has ended"));
    }
}
