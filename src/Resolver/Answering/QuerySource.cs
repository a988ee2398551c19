using System.Buffers.Binary;
using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Answering;

/// <summary>Where a query came from, and how an answer gets back.</summary>
/// <param name="client">The client's address.</param>
/// <param name="transport">UDP or TCP.</param>
/// <param name="channel">What sends late answers.</param>
/// <param name="peer">The peer's <c>sockaddr</c>; empty on a stream.</param>
/// <param name="control">Its control messages; empty on a stream.</param>
/// <param name="port">The client's port; 0 for nobody knows, -1 for the peer's.</param>
internal readonly ref struct QuerySource(InternetAddress client, QueryTransport transport, IReplyChannel channel, ReadOnlySpan<byte> peer, ReadOnlySpan<byte> control, int port = 0)
{
    private readonly ReadOnlySpan<byte> _peer = peer;
    private readonly ReadOnlySpan<byte> _control = control;
    private readonly int _port = port;

    public InternetAddress Client { get; } = client;

    public QueryTransport Transport { get; } = transport;

    public IReplyChannel Channel { get; } = channel;

    /// <summary>The client's port; 0 where nobody knows it. Read only when somebody asks.</summary>
    public ushort Port => _port >= 0 ? (ushort)_port : BinaryPrimitives.ReadUInt16BigEndian(_peer[2..]);

    /// <summary>Copies the address, for a query that has to wait.</summary>
    public ReplyAddress ReplyAddress() => new(_peer.ToArray(), _control.ToArray());
}
