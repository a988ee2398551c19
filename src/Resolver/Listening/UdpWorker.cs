using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using DnsGuard.Policy.Decisions;
using DnsGuard.Resolver.Answering;
using DnsGuard.Wire.Records;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Resolver.Listening;

/// <summary>One thread, one socket: receive a batch, handle each, send the batch. Workers of one address share its port (SO_REUSEPORT).</summary>
internal sealed unsafe class UdpWorker : IReplyChannel, IDisposable
{
    // How long a worker may sit in the kernel before it looks whether it should stop.
    private const long WakeUpMicroseconds = 200_000;

    // Room for bursts while a worker is busy; the kernel's default of 208 KiB holds about 250 small datagrams.
    private const int ReceiveBufferOctets = 4 << 20;

    // The client's port is the peer's, unless a proxy speaks for it.
    private const int PeersPort = -1;

    private readonly Socket _socket;
    private readonly IPEndPoint _endpoint;
    private readonly DatagramBatch _batch;
    private readonly QueryHandler _handler;
    private readonly AddressRange[] _proxies;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly int _datagramOctets;
    private readonly Thread _thread;
    private volatile bool _isStopping;
    private long _turns;

    /// <summary>Opens and binds the socket; throws <see cref="SocketException"/> where the address cannot be had.</summary>
    public UdpWorker(IPEndPoint endpoint, int index, QueryHandler handler, int datagramOctets, IReadOnlyList<AddressRange> proxies, TimeProvider time, ILogger logger)
    {
        _handler = handler;
        _proxies = [.. proxies];
        _time = time;
        _logger = logger;
        _datagramOctets = datagramOctets;
        _socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        if (endpoint.Port != 0)
            SetOption(Libc.SolSocket, Libc.SoReusePort, 1);
        // Beyond the system's limit for everybody where we have the right, up to it where not.
        SetOption(Libc.SolSocket, Libc.SoReceiveBuffer, ReceiveBufferOctets);
        SetOption(Libc.SolSocket, Libc.SoReceiveBufferForce, ReceiveBufferOctets);
        if (endpoint.AddressFamily is AddressFamily.InterNetworkV6)
        {
            SetOption(Libc.Ipv6Protocol, Libc.Ipv6Only, 1);
            SetOption(Libc.Ipv6Protocol, Libc.Ipv6PacketInfoRequest, Wildcard(endpoint));
        }
        else
        {
            SetOption(Libc.IpProtocol, Libc.IpPacketInfo, Wildcard(endpoint));
        }

        var wakeUp = stackalloc long[2] { 0, WakeUpMicroseconds };
        _ = Libc.SetOption(Handle, Libc.SolSocket, Libc.SoReceiveTimeout, wakeUp, 2 * sizeof(long));
        _socket.Bind(endpoint);
        // Where the kernel chooses the port, sharing comes after the choice: a socket that says beforehand that it shares may be given
        // the port of any other that does, and would take that one's queries.
        if (endpoint.Port == 0)
            SetOption(Libc.SolSocket, Libc.SoReusePort, 1);
        _endpoint = (IPEndPoint)_socket.LocalEndPoint!;
        _batch = new DatagramBatch(datagramOctets);
        _thread = new Thread(Run) { IsBackground = true, Name = $"udp-{endpoint.Port}-{index}" };
    }

    /// <summary>Where it listens, with the port the kernel chose if none was asked for.</summary>
    public IPEndPoint Endpoint => _endpoint;

    /// <summary>How often its loop has turned: at least once in <see cref="WakeUpMicroseconds"/> while it is well, whether anybody asks or not.</summary>
    public long Turns => Volatile.Read(ref _turns);

    private int Handle => (int)_socket.SafeHandle.DangerousGetHandle();

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Stops taking queries; returns when the thread has ended. Late answers can still be sent until <see cref="Dispose"/>.</summary>
    public void Stop()
    {
        _isStopping = true;
        if (_thread.IsAlive)
            _thread.Join();
    }

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> response, ReplyAddress address)
    {
        if (Outbox.Current?.TryAdd(_socket.SafeHandle, response, address) == true)
            return;
        fixed (byte* octets = response, peer = address.Peer, control = address.Control)
        {
            var vector = new Libc.IoVector { Base = octets, Octets = (nuint)response.Length };
            var head = new Libc.MessageHead
            {
                Name = peer,
                NameOctets = (uint)address.Peer.Length,
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlOctets = (nuint)address.Control.Length,
            };
            // SAFETY: everything pointed to is pinned or on this stack for the length of the call; the handle is kept from closing.
            var added = false;
            try
            {
                _socket.SafeHandle.DangerousAddRef(ref added);
                _ = Libc.Send(Handle, &head, 0);
            }
            catch (ObjectDisposedException)
            {
                // The server has stopped; whoever waits will ask another one.
            }
            finally
            {
                if (added)
                    _socket.SafeHandle.DangerousRelease();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _socket.Dispose();
        _batch.Dispose();
    }

    private void Run()
    {
        using var outbox = new Outbox(_datagramOctets);
        outbox.Open();
        while (!_isStopping)
        {
            // Volatile: somebody else looks whether it changes.
            Volatile.Write(ref _turns, _turns + 1);
            var count = _batch.Receive(Handle);
            if (count < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error is Libc.WouldBlock or Libc.Interrupted)
                    continue;
                ResolverLog.WorkerStopped(_logger, _endpoint, Marshal.GetPInvokeErrorMessage(error));
                return;
            }

            // The clock is read once per batch; so is the address of whatever policy is in force, once per query.
            var now = Moment.Of(_time);
            for (var slot = 0; slot < count; slot++)
                HandleSlot(slot, now);
            _batch.Send(Handle);
            outbox.Send();
        }
    }

    private void HandleSlot(int slot, Moment now)
    {
        if (_batch.IsOverlong(slot))
            return;
        var client = _batch.Client(slot);
        var query = _batch.Query(slot);
        var port = PeersPort;
        if (IsProxy(client))
        {
            // Without its header nobody knows whom a proxy speaks for.
            if (!ProxyHeader.TryRead(query, client, out client, out var head))
                return;
            query = query[head..];
            port = 0;
        }

        var source = new QuerySource(client, QueryTransport.Udp, this, _batch.Peer(slot), _batch.Control(slot), port);
        try
        {
            var octets = _handler.Handle(query, source, now, _batch.Answer(slot));
            if (octets > 0)
                _batch.Enqueue(slot, octets);
        }
        catch (Exception mistake)
        {
            // A mistake of ours costs its one query; it must not let one datagram take the whole server down.
            ResolverLog.QueryBroke(_logger, Convert.ToHexString(_batch.Query(slot)), mistake);
        }
    }

    private bool IsProxy(InternetAddress client)
    {
        foreach (var range in _proxies)
        {
            if (range.Contains(client))
                return true;
        }

        return false;
    }

    // Where all addresses are served, the answer must leave from the one that was asked; one address alone needs no telling.
    private static int Wildcard(IPEndPoint endpoint) => endpoint.Address.Equals(IPAddress.Any) || endpoint.Address.Equals(IPAddress.IPv6Any) ? 1 : 0;

    private void SetOption(int level, int option, int value) => _ = Libc.SetOption(Handle, level, option, &value, sizeof(int));
}
