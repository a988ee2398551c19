using DnsGuard.Wire.Messages;

namespace DnsGuard.Resolver.Answering;

/// <summary>What of a query comes back in its answer, whatever the answer is.</summary>
/// <param name="id">The ID.</param>
/// <param name="echo">RD and CD, as asked.</param>
/// <param name="question">The question section with the client's own letters.</param>
/// <param name="hasEdns">Did the client use EDNS? Only then does it get an OPT (RFC 6891 §7).</param>
/// <param name="dnssecOk">DO, which is copied (RFC 3225 §3).</param>
/// <param name="wantsAuthentic">Does the client look at AD? (RFC 6840 §5.7)</param>
/// <param name="maxOctets">The largest answer that may be sent.</param>
/// <param name="cookie">The cookie that goes back; empty for none.</param>
internal readonly ref struct ReplyFrame(ushort id, HeaderFlags echo, ReadOnlySpan<byte> question, bool hasEdns, bool dnssecOk, bool wantsAuthentic, int maxOctets, ReadOnlySpan<byte> cookie)
{
    /// <summary>The largest datagram for a client without EDNS (RFC 1035 §4.2.1).</summary>
    public const int PlainUdpOctets = 512;

    private const HeaderFlags Echoed = HeaderFlags.RecursionDesired | HeaderFlags.CheckingDisabled;

    public ushort Id { get; } = id;

    public HeaderFlags Echo { get; } = echo;

    public ReadOnlySpan<byte> Question { get; } = question;

    public bool HasEdns { get; } = hasEdns;

    public bool DnssecOk { get; } = dnssecOk;

    public bool WantsAuthentic { get; } = wantsAuthentic;

    public int MaxOctets { get; } = maxOctets;

    public ReadOnlySpan<byte> Cookie { get; } = cookie;

    /// <summary>The frame of a query that was read.</summary>
    public static ReplyFrame Of(in QuestionView question, bool isStream, int udpPayloadOctets, ReadOnlySpan<byte> cookie = default) => new(
        question.Header.Id,
        question.Header.Flags & Echoed,
        question.QuestionOctets,
        question.Edns.IsPresent,
        question.Edns.IsDnssecOk,
        question.Edns.IsDnssecOk || (question.Header.Flags & HeaderFlags.AuthenticData) != 0,
        isStream ? ushort.MaxValue : UdpLimit(question.Edns, udpPayloadOctets),
        cookie);

    // RFC 6891 §6.2.3: less than 512 means 512.
    private static int UdpLimit(in EdnsView edns, int udpPayloadOctets) =>
        edns.IsPresent ? Math.Clamp((int)edns.UdpPayloadOctets, PlainUdpOctets, udpPayloadOctets) : PlainUdpOctets;
}
