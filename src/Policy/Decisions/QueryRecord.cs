using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Decisions;

/// <summary>How a query came.</summary>
public enum QueryTransport : byte
{
    /// <summary>A datagram.</summary>
    Udp,

    /// <summary>A stream (RFC 7766).</summary>
    Tcp,

    /// <summary>A stream within TLS (RFC 7858).</summary>
    Tls,

    /// <summary>An HTTPS request (RFC 8484).</summary>
    Https,
}

/// <summary>Where an answer came from.</summary>
public enum AnswerSource : byte
{
    /// <summary>Nowhere: it was blocked, refused or malformed.</summary>
    None,

    /// <summary>The answer cache.</summary>
    Cache,

    /// <summary>Other servers, asked for this query.</summary>
    Upstream,

    /// <summary>Made here: special-use names, ANY.</summary>
    Local,
}

/// <summary>One line of the query log: fixed size, no references. Name, addresses and aliases travel behind it as octets.</summary>
public struct QueryRecord
{
    /// <summary>When the query came, in Unix milliseconds.</summary>
    public long UnixMilliseconds;

    /// <summary>Who asked.</summary>
    public InternetAddress Client;

    /// <summary>The revision it was judged by.</summary>
    public long Revision;

    /// <summary>The index of the deciding rule in that revision, or -1.</summary>
    public int Rule;

    /// <summary>The index of the group in that revision, or -1.</summary>
    public short Group;

    /// <summary>The QTYPE.</summary>
    public ushort Type;

    /// <summary>How it came.</summary>
    public QueryTransport Transport;

    /// <summary>What became of it.</summary>
    public Outcome Outcome;

    /// <summary>Why.</summary>
    public VerdictReason Reason;

    /// <summary>Where the answer came from.</summary>
    public AnswerSource Source;

    /// <summary>The response code.</summary>
    public byte ResponseCode;

    /// <summary>The extended error's code, or -1.</summary>
    public short ExtendedError;

    /// <summary>From the query's arrival to the answer's departure, in microseconds.</summary>
    public uint DurationMicroseconds;

    /// <summary>Of that, waiting for grants, in microseconds.</summary>
    public uint HoldMicroseconds;
}
