using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace DnsGuard.Wire.Records;

/// <summary>An IPv4 or IPv6 address as one number: IPv4 in its mapped form <c>::ffff:0:0/96</c> (RFC 4291 §2.5.5.2).</summary>
/// <remarks>One value type for both families keeps every table that holds addresses flat and free of references.</remarks>
/// <param name="Bits">The 128 bits in host order.</param>
public readonly record struct InternetAddress(UInt128 Bits) : IComparable<InternetAddress>
{
    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000;

    /// <summary>Is this an IPv4 address?</summary>
    public bool IsIPv4 => (Bits >> 32) == (UInt128)(MappedPrefix >> 32);

    /// <summary>The IPv4 address as a number; meaningful only where <see cref="IsIPv4"/> holds.</summary>
    public uint IPv4Bits => (uint)Bits;

    /// <summary>The octets on the wire: 4 or 16.</summary>
    public int Octets => IsIPv4 ? 4 : 16;

    /// <summary>The record type that carries such an address.</summary>
    public RecordType Type => IsIPv4 ? RecordType.A : RecordType.AAAA;

    /// <summary>From an IPv4 address as a number.</summary>
    public static InternetAddress FromIPv4(uint bits) => new(MappedPrefix | bits);

    /// <summary>From 4 or 16 octets in network order.</summary>
    public static InternetAddress FromOctets(ReadOnlySpan<byte> octets) => octets.Length == 4
        ? FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(octets))
        : new InternetAddress(BinaryPrimitives.ReadUInt128BigEndian(octets));

    /// <summary>From the framework's form. A scope is dropped: no answer carries one.</summary>
    public static InternetAddress From(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var written);
        return FromOctets(octets[..written]);
    }

    /// <summary>Reads text; unlike <see cref="IPAddress.TryParse(string?, out IPAddress?)"/> it takes no octal, hexadecimal or shortened IPv4, no scope, bracket or port.</summary>
    public static bool TryParse(string text, out InternetAddress address)
    {
        address = default;
        if (!IPAddress.TryParse(text, out var parsed) || text.AsSpan().ContainsAny('%', '['))
            return false;
        if (parsed.AddressFamily is AddressFamily.InterNetwork && parsed.ToString() != text)
            return false;
        address = From(parsed);
        return true;
    }

    /// <summary>Writes 4 or 16 octets in network order; returns how many.</summary>
    public int Write(Span<byte> octets)
    {
        if (IsIPv4)
            BinaryPrimitives.WriteUInt32BigEndian(octets, IPv4Bits);
        else
            BinaryPrimitives.WriteUInt128BigEndian(octets, Bits);
        return Octets;
    }

    /// <summary>The framework's form.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> octets = stackalloc byte[16];
        return new IPAddress(octets[..Write(octets)]);
    }

    /// <inheritdoc/>
    public int CompareTo(InternetAddress other) => Bits.CompareTo(other.Bits);

    /// <summary>Numeric order.</summary>
    public static bool operator <(InternetAddress left, InternetAddress right) => left.Bits < right.Bits;

    /// <summary>Numeric order.</summary>
    public static bool operator >(InternetAddress left, InternetAddress right) => left.Bits > right.Bits;

    /// <summary>Numeric order.</summary>
    public static bool operator <=(InternetAddress left, InternetAddress right) => left.Bits <= right.Bits;

    /// <summary>Numeric order.</summary>
    public static bool operator >=(InternetAddress left, InternetAddress right) => left.Bits >= right.Bits;

    /// <summary>Text as RFC 5952 wants it.</summary>
    public override string ToString() => ToIPAddress().ToString();
}
