using System.Net;

namespace DnsGuard.Wire.Records.Rdata;

/// <summary>The data of A and AAAA records (RFC 1035 §3.4.1, RFC 3596 §2.2).</summary>
public static class AddressRdata
{
    /// <summary>The address, or null where the length is not the type's.</summary>
    public static IPAddress? Read(ReadOnlySpan<byte> rdata) => rdata.Length is 4 or 16 ? new IPAddress(rdata) : null;

    /// <summary>Is this a type whose RDATA is one address?</summary>
    public static bool IsAddress(RecordType type) => type is RecordType.A or RecordType.AAAA;
}
