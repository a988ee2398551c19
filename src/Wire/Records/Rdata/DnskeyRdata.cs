using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace DnsGuard.Wire.Records.Rdata;

/// <summary>The data of a DNSKEY record (RFC 4034 §2).</summary>
/// <param name="Flags">Zone key, secure entry point, revoked.</param>
/// <param name="Protocol">Always 3.</param>
/// <param name="Algorithm">The number of the algorithm.</param>
/// <param name="PublicKey">The key in the algorithm's own form.</param>
/// <param name="Wire">All of it as it came.</param>
public sealed record DnskeyRdata(ushort Flags, byte Protocol, byte Algorithm, ReadOnlyMemory<byte> PublicKey, ReadOnlyMemory<byte> Wire)
{
    private const ushort ZoneKeyFlag = 0x0100;
    private const ushort RevokedFlag = 0x0080;
    private const ushort EntryPointFlag = 0x0001;

    /// <summary>May it sign records of its zone? (RFC 4034 §2.1.1 and §2.1.2)</summary>
    public bool IsZoneKey => (Flags & ZoneKeyFlag) != 0 && Protocol == 3;

    /// <summary>Has it been taken back by its owner? (RFC 5011 §2.1)</summary>
    public bool IsRevoked => (Flags & RevokedFlag) != 0;

    /// <summary>Is it meant to be named by DS records or trust anchors?</summary>
    public bool IsEntryPoint => (Flags & EntryPointFlag) != 0;

    /// <summary>The number that RRSIG and DS records name it by; not unique (RFC 4034 appendix B).</summary>
    public ushort KeyTag { get; } = TagOf(Wire.Span);

    /// <summary>Reads RDATA; false where it is too short.</summary>
    public static bool TryRead(byte[] rdata, [NotNullWhen(true)] out DnskeyRdata? key)
    {
        key = rdata.Length <= 4 ? null : new DnskeyRdata(BinaryPrimitives.ReadUInt16BigEndian(rdata), rdata[2], rdata[3], rdata.AsMemory(4), rdata);
        return key is not null;
    }

    private static ushort TagOf(ReadOnlySpan<byte> rdata)
    {
        var sum = 0u;
        for (var i = 0; i < rdata.Length; i++)
            sum += (i & 1) == 0 ? (uint)rdata[i] << 8 : rdata[i];
        return (ushort)(sum + (sum >> 16));
    }
}
