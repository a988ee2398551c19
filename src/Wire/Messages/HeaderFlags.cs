namespace DnsGuard.Wire.Messages;

/// <summary>The flag bits of a header, where they stand in its second pair of octets (RFC 1035 §4.1.1, RFC 4035 §3).</summary>
[Flags]
public enum HeaderFlags
{
    /// <summary>No bit set: a query, opcode QUERY, no error.</summary>
    None = 0,

    /// <summary>CD: the client will validate by itself.</summary>
    CheckingDisabled = 0x0010,

    /// <summary>AD: all data was validated.</summary>
    AuthenticData = 0x0020,

    /// <summary>RA: recursion is on offer.</summary>
    RecursionAvailable = 0x0080,

    /// <summary>RD: recursion is wished for.</summary>
    RecursionDesired = 0x0100,

    /// <summary>TC: cut to fit; ask again over TCP.</summary>
    Truncated = 0x0200,

    /// <summary>AA: from an authoritative server for the QNAME.</summary>
    Authoritative = 0x0400,

    /// <summary>QR: this is a response.</summary>
    Response = 0x8000,
}
