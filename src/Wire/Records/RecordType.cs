namespace DnsGuard.Wire.Records;

/// <summary>Types of records (IANA Resource Record TYPEs). A value without a name here is carried as opaque octets (RFC 3597).</summary>
public enum RecordType
{
    /// <summary>No type; never on the wire.</summary>
    None = 0,

    /// <summary>IPv4 address (RFC 1035).</summary>
    A = 1,

    /// <summary>Authoritative server (RFC 1035).</summary>
    NS = 2,

    /// <summary>Alias (RFC 1035).</summary>
    CNAME = 5,

    /// <summary>Start of a zone of authority (RFC 1035).</summary>
    SOA = 6,

    /// <summary>Null data; a favourite of tunnels (RFC 1035).</summary>
    NULL = 10,

    /// <summary>Name of an address (RFC 1035).</summary>
    PTR = 12,

    /// <summary>Host information; what an ANY query gets (RFC 8482).</summary>
    HINFO = 13,

    /// <summary>Mail exchange (RFC 1035).</summary>
    MX = 15,

    /// <summary>Text (RFC 1035).</summary>
    TXT = 16,

    /// <summary>IPv6 address (RFC 3596).</summary>
    AAAA = 28,

    /// <summary>Service location (RFC 2782).</summary>
    SRV = 33,

    /// <summary>Naming authority pointer (RFC 3403).</summary>
    NAPTR = 35,

    /// <summary>Alias of a whole subtree (RFC 6672).</summary>
    DNAME = 39,

    /// <summary>EDNS pseudo-record (RFC 6891).</summary>
    OPT = 41,

    /// <summary>Delegation signer (RFC 4034).</summary>
    DS = 43,

    /// <summary>SSH fingerprint (RFC 4255).</summary>
    SSHFP = 44,

    /// <summary>Signature of an RRset (RFC 4034).</summary>
    RRSIG = 46,

    /// <summary>Authenticated denial (RFC 4034).</summary>
    NSEC = 47,

    /// <summary>Key of a zone (RFC 4034).</summary>
    DNSKEY = 48,

    /// <summary>Authenticated denial by hash (RFC 5155).</summary>
    NSEC3 = 50,

    /// <summary>Parameters of NSEC3 (RFC 5155).</summary>
    NSEC3PARAM = 51,

    /// <summary>Certificate association (RFC 6698).</summary>
    TLSA = 52,

    /// <summary>Service binding (RFC 9460).</summary>
    SVCB = 64,

    /// <summary>Service binding for HTTPS (RFC 9460).</summary>
    HTTPS = 65,

    /// <summary>Transaction signature (RFC 8945).</summary>
    TSIG = 250,

    /// <summary>Incremental transfer, as QTYPE only (RFC 1995).</summary>
    IXFR = 251,

    /// <summary>Transfer, as QTYPE only (RFC 5936).</summary>
    AXFR = 252,

    /// <summary>All records, as QTYPE only (RFC 8482).</summary>
    ANY = 255,

    /// <summary>Certification authority authorization (RFC 8659).</summary>
    CAA = 257,
}
