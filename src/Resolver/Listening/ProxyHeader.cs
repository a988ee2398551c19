using System.Buffers.Binary;
using System.Net.Sockets;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Listening;

/// <summary>The PROXY header, version 2, by which a load balancer says for whom it speaks (haproxy.org, proxy-protocol.txt §2.2). Only configured proxies are believed.</summary>
internal static class ProxyHeader
{
    /// <summary>Signature, command, family and length.</summary>
    public const int FixedOctets = 16;

    // Addresses of IPv6 and some type-length-values; what is longer is nothing a DNS server waits for.
    private const int MaxOctets = 536;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>The length of the whole header; -1 where the octets, at least <see cref="FixedOctets"/>, start none.</summary>
    public static int LengthOf(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < FixedOctets || !octets.StartsWith(Signature) || octets[12] >> 4 != 2)
            return -1;
        var length = FixedOctets + BinaryPrimitives.ReadUInt16BigEndian(octets[14..]);
        return length <= MaxOctets ? length : -1;
    }

    /// <summary>Reads a header.</summary>
    /// <param name="octets">What starts with it.</param>
    /// <param name="proxy">Who sent it, and speaks for itself where the header says so (LOCAL).</param>
    /// <param name="client">For whom it speaks.</param>
    /// <param name="length">The header's octets.</param>
    public static bool TryRead(ReadOnlySpan<byte> octets, InternetAddress proxy, out InternetAddress client, out int length)
    {
        client = proxy;
        length = LengthOf(octets);
        if (length < 0 || octets.Length < length)
            return false;
        var (command, family) = (octets[12] & 0xF, octets[13] >> 4);
        var addresses = octets[FixedOctets..length];
        switch (command, family)
        {
            case (0, _):
                return true;
            case (1, 1) when addresses.Length >= 12:
                client = InternetAddress.FromOctets(addresses[..4]);
                return true;
            case (1, 2) when addresses.Length >= 36:
                client = InternetAddress.FromOctets(addresses[..16]);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Reads a header from the start of a stream; null where there is none.</summary>
    /// <exception cref="IOException">The stream ended.</exception>
    public static async ValueTask<InternetAddress?> ReadAsync(NetworkStream stream, InternetAddress proxy, CancellationToken cancel)
    {
        var octets = new byte[MaxOctets];
        await stream.ReadExactlyAsync(octets.AsMemory(0, FixedOctets), cancel).ConfigureAwait(false);
        var length = LengthOf(octets);
        if (length < 0)
            return null;
        await stream.ReadExactlyAsync(octets.AsMemory(FixedOctets, length - FixedOctets), cancel).ConfigureAwait(false);
        return TryRead(octets.AsSpan(0, length), proxy, out var client, out _) ? client : null;
    }
}
