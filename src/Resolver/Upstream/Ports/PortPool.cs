using System.Net;
using System.Net.Sockets;
using DnsGuard.Resolver.Listening;

namespace DnsGuard.Resolver.Upstream.Ports;

/// <summary>Random ports towards other servers: each question leaves through one that chance picks, and each port is renewed before it is known for long (RFC 5452 §9.2).</summary>
internal sealed class PortPool : IDisposable
{
    /// <summary>Questions that a port is good for. Opening one costs about five questions' work, so this makes it a twentieth of each.</summary>
    public const int QuestionsPerPort = 128;

    // Nobody shall have longer than that to find a port that is seldom used.
    private static readonly TimeSpan PortLife = TimeSpan.FromSeconds(60);

    private readonly ResolverOptions _options;
    private readonly TimeProvider _time;
    private readonly QuestionClock _clock;
    private readonly PortReceiver[] _receivers;
    private readonly UpstreamPort?[] _ports4;
    private readonly UpstreamPort?[] _ports6;
    private volatile bool _isClosed;
    private int _opened;

    /// <summary>Starts the receivers; ports open when they are first needed.</summary>
    public PortPool(ResolverOptions options, TimeProvider time, IPortListener listener)
    {
        (_options, _time) = (options, time);
        // One for two processors: the workers in front need the others.
        _receivers = [.. Enumerable.Range(0, Math.Clamp(Environment.ProcessorCount / 2, 1, 16)).Select(index => new PortReceiver(options.UdpPayloadOctets + 1, listener, index))];
        _clock = new QuestionClock(_receivers, time);
        (_ports4, _ports6) = (new UpstreamPort?[options.UpstreamPorts], new UpstreamPort?[options.UpstreamPorts]);
    }

    /// <summary>Ports opened so far.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>Ports open now, those that only wait for late answers among them.</summary>
    public int Count => _receivers.Sum(receiver => receiver.Ports.Count);

    /// <summary>Sends a question.</summary>
    /// <returns>Its end: an answer, or that there is none in time; a <see cref="SocketException"/> where it could not leave.</returns>
    /// <exception cref="SocketException">There is no port for it.</exception>
    public Task<Exchange> Ask(OpenQuestion question, AddressFamily family)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        Add(question, family);
        _clock.Watch(question);
        if (Outbox.Current is { } outbox)
            outbox.Add(question);
        else
            question.Leave();
        return question.Task;
    }

    /// <summary>Ends a question early.</summary>
    public static void Cancel(OpenQuestion question)
    {
        if (question.Port?.TryTake(question) == true)
            question.FailLater(new OperationCanceledException());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isClosed = true;
        _clock.Dispose();
        var left = new List<OpenQuestion>();
        foreach (var port in _receivers.SelectMany(receiver => receiver.Ports).ToList())
        {
            port.Collect(left);
            port.Retire();
        }

        foreach (var question in left)
            Cancel(question);
        foreach (var receiver in _receivers)
            receiver.Dispose();
    }

    private void Add(OpenQuestion question, AddressFamily family)
    {
        var now = _time.GetTimestamp();
        if (_options.FreshPorts)
        {
            AddFresh(question, family, now);
            return;
        }

        var ports = family is AddressFamily.InterNetworkV6 ? _ports6 : _ports4;
        ref var slot = ref ports[Unpredictable.Below(ports.Length)];
        // Volatile: whoever renews the port writes it.
        var port = Volatile.Read(ref slot);
        if (port?.TryAdd(question, now) == true)
            return;
        // The question that renews a port goes out through the new one.
        var next = Open(family, QuestionsPerPort, now);
        next.TryAdd(question, now);
        // Interlocked: two questions may find the same port worn out. Whose new port is not needed uses it for this question alone.
        if (Interlocked.CompareExchange(ref slot, next, port) == port)
            port?.Retire();
        else
            next.Retire();
    }

    private void AddFresh(OpenQuestion question, AddressFamily family, long now)
    {
        // Tied to its server: the kernel drops what comes from elsewhere, and a scan cannot tell the port from a closed one (SAD DNS).
        var port = Open(family, 1, now, question.Server.Endpoint);
        port.TryAdd(question, now);
        port.Retire();
    }

    private UpstreamPort Open(AddressFamily family, int questions, long now, IPEndPoint? onlyFor = null)
    {
        var opened = Interlocked.Increment(ref _opened);
        var socket = UpstreamSocket.OpenBound(family, _options.UpstreamMark);
        try
        {
            if (onlyFor is not null)
                socket.Connect(onlyFor);
            return new UpstreamPort(socket, _receivers[opened % _receivers.Length], questions, now + QuestionClock.Stamps(PortLife, _time));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
