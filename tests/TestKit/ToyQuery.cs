using System.Net;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.TestKit;

/// <summary>What a toy server was asked.</summary>
/// <param name="Name">The QNAME.</param>
/// <param name="Type">The QTYPE.</param>
/// <param name="IsTcp">Over TCP?</param>
/// <param name="RecursionDesired">RD.</param>
public sealed record ToyQuery(DomainName Name, RecordType Type, bool IsTcp, bool RecursionDesired)
{
    /// <summary>The QNAME in wire form with the letters it was sent with.</summary>
    public byte[] NameOctets { get; init; } = Name.Octets.ToArray();

    /// <summary>CD.</summary>
    public bool CheckingDisabled { get; init; }

    /// <summary>Was there an OPT record?</summary>
    public bool HasEdns { get; init; }

    /// <summary>DO: DNSSEC records are welcome.</summary>
    public bool DnssecOk { get; init; }

    /// <summary>The payload size of the OPT record; 0 without one.</summary>
    public ushort UdpPayloadOctets { get; init; }

    /// <summary>The value of the cookie option (RFC 7873 §4); null without one.</summary>
    public byte[]? Cookie { get; init; }

    /// <summary>Where the query came from.</summary>
    public IPEndPoint? From { get; init; }

    /// <summary>Where it went to.</summary>
    public IPEndPoint? To { get; init; }
}
