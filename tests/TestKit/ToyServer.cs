using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Text;

namespace DnsGuard.TestKit;

/// <summary>An authoritative server on a loopback address, over UDP and TCP; it may be told to misbehave.</summary>
public sealed class ToyServer : IDisposable
{
    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentBag<Socket> _connections = [];
    private volatile IReadOnlyList<ToyZone> _zones = [];
    private readonly CancellationTokenSource _ending = new();

    internal ToyServer(IPEndPoint endpoint)
    {
        Endpoint = endpoint;
        _udp.Bind(endpoint);
        _tcp.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _tcp.Bind(endpoint);
        _tcp.Listen(64);
        _ = ServeUdpAsync();
        _ = ServeTcpAsync();
    }

    public IPEndPoint Endpoint { get; }

    public string Address => Endpoint.Address.ToString();

    /// <summary>Every query so far.</summary>
    public ConcurrentQueue<ToyQuery> Asked { get; } = [];

    /// <summary>Changes the honest reply before it is sent.</summary>
    public Action<ToyQuery, ToyReply>? Script { get; set; }

    /// <summary>Adds a zone.</summary>
    public ToyServer With(string apex, string text) => With(new ToyZone(apex, text));

    /// <summary>Adds a zone, in place of an earlier one with the same apex.</summary>
    public ToyServer With(ToyZone zone)
    {
        _zones = [.. _zones.Where(one => !one.Apex.Equals(zone.Apex)), zone];
        return this;
    }

    /// <summary>Sets the script.</summary>
    public ToyServer That(Action<ToyQuery, ToyReply> script)
    {
        Script = script;
        return this;
    }

    /// <summary>How often a name was asked for.</summary>
    public int Count(string name) => Asked.Count(query => query.Name.Equals(DomainName.Parse(name)));

    /// <summary>How often a name was asked for with a type.</summary>
    public int Count(string name, RecordType type) => Asked.Count(query => query.Type == type && query.Name.Equals(DomainName.Parse(name)));

    /// <summary>Records in master-file text, for scripts.</summary>
    public static IReadOnlyList<RRset> Records(string text) => MasterFileReader.Read(text, DomainName.Root);

    public void Dispose()
    {
        _ending.Cancel();
        _udp.Dispose();
        _tcp.Dispose();
        foreach (var connection in _connections)
            connection.Dispose();
    }

    private ToyReply? Reply(ReadOnlySpan<byte> message, bool isTcp, EndPoint? from, out int maxOctets)
    {
        maxOctets = isTcp ? ushort.MaxValue : 512;
        if (QuestionView.Read(message, new byte[255], out var view) is not ParseError.None)
            return null;
        if (view.Edns.IsPresent && !isTcp)
            maxOctets = Math.Max(512, (int)view.Edns.UdpPayloadOctets);
        var query = new ToyQuery(DomainName.FromWire(view.Name), view.Type, isTcp, (view.Header.Flags & HeaderFlags.RecursionDesired) != 0)
        {
            NameOctets = view.QuestionOctets[..view.Name.Length].ToArray(),
            CheckingDisabled = (view.Header.Flags & HeaderFlags.CheckingDisabled) != 0,
            HasEdns = view.Edns.IsPresent,
            DnssecOk = view.Edns.IsDnssecOk,
            UdpPayloadOctets = view.Edns.UdpPayloadOctets,
            Cookie = view.Edns.TryFind(EdnsView.CookieOption, out var cookie) ? cookie.ToArray() : null,
            From = from as IPEndPoint,
            To = Endpoint,
        };
        Asked.Enqueue(query);
        var reply = new ToyReply(query, view.Header.Id);
        AnswerFromZones(query, reply);
        Script?.Invoke(query, reply);
        return reply;
    }

    private void AnswerFromZones(ToyQuery query, ToyReply reply)
    {
        DomainName? name = query.Name;
        for (var i = 0; name is not null && i < 20; i++)
        {
            var zone = ZoneFor(name, query.Type);
            if (zone is null)
            {
                reply.Code = i == 0 ? ResponseCode.Refused : ResponseCode.NoError;
                return;
            }

            name = zone.Answer(name, query.Type, reply);
        }
    }

    // RFC 4035 §3.1.4.1: a DS belongs to the zone above. Where only the zone below is here, it says that it has none.
    private ToyZone? ZoneFor(DomainName name, RecordType type) => _zones
        .Where(zone => name.IsAtOrBelow(zone.Apex))
        .MaxBy(zone => type is RecordType.DS && zone.Apex.Equals(name) ? 0 : zone.Apex.LabelCount + 1);

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[4_096];
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                var received = await _udp.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _ending.Token);
                if (Reply(buffer.AsSpan(0, received.ReceivedBytes), isTcp: false, received.RemoteEndPoint, out var maxOctets) is { IsSilent: false } reply)
                    _ = SendLaterAsync(reply, maxOctets, received.RemoteEndPoint);
            }
            catch (SocketException)
            {
                // The port unreachable of somebody who did not wait for his answer.
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task SendLaterAsync(ToyReply reply, int maxOctets, EndPoint to)
    {
        try
        {
            foreach (var forged in reply.Before)
                await _udp.SendToAsync(forged, to);
            if (reply.Delay > TimeSpan.Zero)
                await Task.Delay(reply.Delay, _ending.Token);
            await _udp.SendToAsync(reply.ToWire(maxOctets), to);
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (!_ending.IsCancellationRequested)
            {
                var connection = await _tcp.AcceptAsync(_ending.Token);
                _connections.Add(connection);
                _ = ServeConnectionAsync(connection);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeConnectionAsync(Socket connection)
    {
        using var stream = new NetworkStream(connection, ownsSocket: true);
        try
        {
            while (!_ending.IsCancellationRequested)
            {
                var head = new byte[2];
                await stream.ReadExactlyAsync(head, _ending.Token);
                var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
                await stream.ReadExactlyAsync(message, _ending.Token);
                var reply = Reply(message, isTcp: true, connection.RemoteEndPoint, out var maxOctets);
                if (reply is { IsSilent: true, ClosesStream: true })
                    return;
                if (reply is not { IsSilent: false })
                    continue;
                await Task.Delay(reply.Delay, _ending.Token);
                var wire = reply.ToWire(maxOctets);
                await stream.WriteAsync(new byte[] { (byte)(wire.Length >> 8), (byte)wire.Length }.Concat(wire).ToArray(), _ending.Token);
                if (reply.ClosesStream)
                    return;
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or IOException)
        {
            // The other side has left.
        }
    }
}
