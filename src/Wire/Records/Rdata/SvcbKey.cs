namespace DnsGuard.Wire.Records.Rdata;

/// <summary>Keys of service parameters (RFC 9460 §14.3.2).</summary>
public enum SvcbKey
{
    /// <summary>Keys that a client must understand.</summary>
    Mandatory = 0,

    /// <summary>Protocols on offer.</summary>
    Alpn = 1,

    /// <summary>The default protocol is not on offer.</summary>
    NoDefaultAlpn = 2,

    /// <summary>The port to connect to.</summary>
    Port = 3,

    /// <summary>IPv4 addresses to try.</summary>
    Ipv4Hint = 4,

    /// <summary>Encrypted ClientHello configuration (RFC 9848).</summary>
    Ech = 5,

    /// <summary>IPv6 addresses to try.</summary>
    Ipv6Hint = 6,
}
