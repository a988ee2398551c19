using System.Diagnostics.CodeAnalysis;
using DnsGuard.Wire.Names;

namespace DnsGuard.Wire.Records.Rdata;

/// <summary>The data of an NSEC record (RFC 4034 §4): between its owner and the next name there is nothing.</summary>
/// <param name="Next">The next owner name of the zone.</param>
/// <param name="Types">Types that exist at the owner.</param>
public sealed record NsecRdata(DomainName Next, TypeBitmap Types)
{
    /// <summary>Reads RDATA; false where it is malformed.</summary>
    public static bool TryRead(byte[] rdata, [NotNullWhen(true)] out NsecRdata? nsec)
    {
        nsec = null;
        var name = WireName.LengthOf(rdata);
        if (name < 0 || !TypeBitmap.IsWellFormed(rdata.AsSpan(name)))
            return false;
        nsec = new NsecRdata(DomainName.FromWire(rdata.AsSpan(0, name)), new TypeBitmap(rdata.AsMemory(name)));
        return true;
    }
}
