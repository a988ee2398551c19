using DnsGuard.Wire.Messages;
using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Answering;

/// <summary>What must be remembered of a query that waits: how to answer it, and what the log wants to know.</summary>
internal sealed class ClientQuery(in QuestionView question, InternetAddress client, QueryTransport transport, IReplyChannel channel, ReplyAddress address, Moment received, long receivedTimestamp, in ReplyFrame frame)
{
    private readonly byte[] _question = question.QuestionOctets.ToArray();
    private readonly ushort _id = question.Header.Id;
    private readonly HeaderFlags _echo = frame.Echo;
    private readonly bool _hasEdns = frame.HasEdns;
    private readonly bool _dnssecOk = frame.DnssecOk;
    private readonly bool _wantsAuthentic = frame.WantsAuthentic;
    private readonly int _maxOctets = frame.MaxOctets;
    private readonly byte[] _cookie = frame.Cookie.ToArray();

    /// <summary>Who asked.</summary>
    public InternetAddress Client { get; } = client;

    /// <summary>The client's port; 0 where nobody knows it.</summary>
    public ushort Port { get; init; }

    /// <summary>How it came.</summary>
    public QueryTransport Transport { get; } = transport;

    /// <summary>When it came.</summary>
    public Moment Received { get; } = received;

    /// <summary>The same in the units of <see cref="TimeProvider.GetTimestamp"/>, for durations.</summary>
    public long ReceivedTimestamp { get; } = receivedTimestamp;

    /// <summary>Was it one name too many below a wildcard?</summary>
    public bool LooksLikeTunnel { get; init; }

    /// <summary>What of the query comes back.</summary>
    public ReplyFrame Frame => new(_id, _echo, _question, _hasEdns, _dnssecOk, _wantsAuthentic, _maxOctets, _cookie);

    /// <summary>Sends the answer, from whatever thread.</summary>
    public void Reply(ReadOnlySpan<byte> response) => channel.Send(response, address);
}

/// <summary>Where a parked query's answer goes.</summary>
internal interface IReplyChannel
{
    /// <summary>Sends from whatever thread; a client that has gone is no error.</summary>
    void Send(ReadOnlySpan<byte> response, ReplyAddress address);
}

/// <summary>The peer's socket address and the local address it wrote to, as the kernel gave them. Unused on a stream.</summary>
/// <param name="Peer">A <c>sockaddr</c>.</param>
/// <param name="Control">Control messages (<c>IP_PKTINFO</c>), so that the answer leaves from the address that was asked.</param>
internal readonly record struct ReplyAddress(byte[] Peer, byte[] Control);
