using System.Net;
using System.Net.Sockets;
using DnsGuard.Resolver.Listening;

namespace DnsGuard.Resolver.Upstream.Ports;

/// <summary>A question on its way, from its port to its answer. Whoever takes it off its port completes it, and nobody else.</summary>
internal sealed class OpenQuestion(IPEndPoint server, OutgoingQuery query, ServerHabits habits, UpstreamServer asked, long deadline) : TaskCompletionSource<Exchange>, IThreadPoolWorkItem, IDeparture
{
    private Exchange _ending;
    private Exception? _failure;

    /// <summary>The server's socket address: an answer must come from exactly there.</summary>
    public byte[] Address { get; } = SocketAddressOctets.Of(server);

    /// <summary>What was asked.</summary>
    public OutgoingQuery Query { get; } = query;

    /// <summary>What the server was known to do when it was asked.</summary>
    public ServerHabits Habits { get; } = habits;

    /// <summary>Whom.</summary>
    public UpstreamServer Server { get; } = asked;

    /// <summary>When the wait ends, by the clock that is never stepped.</summary>
    public long Deadline { get; } = deadline;

    /// <summary>Its port.</summary>
    public UpstreamPort? Port { get; set; }

    /// <summary>Datagrams that might have been answers and were not. The receiver's.</summary>
    public int Misses { get; set; }

    /// <summary>Ends it from a thread that has no time for what follows.</summary>
    public void EndLater(Exchange ending)
    {
        _ending = ending;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>As <see cref="EndLater"/>, with an exception.</summary>
    public void FailLater(Exception failure)
    {
        _failure = failure;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <inheritdoc/>
    public void Leave()
    {
        try
        {
            Port!.Send(this);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            if (Port!.TryTake(this))
                FailLater(failure);
        }
    }

    /// <inheritdoc/>
    public void Execute()
    {
        if (_failure is { } failure)
            SetException(failure);
        else
            SetResult(_ending);
    }
}
