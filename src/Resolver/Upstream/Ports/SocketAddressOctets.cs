using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace DnsGuard.Resolver.Upstream.Ports;

/// <summary>Socket addresses as the kernel has them (<c>sockaddr_in</c>, <c>sockaddr_in6</c>).</summary>
internal static class SocketAddressOctets
{
    /// <summary>The longer of the two.</summary>
    public const int Most = 28;

    private const int Family4 = 2;
    private const int Family6 = 10;

    /// <summary>Writes one.</summary>
    public static byte[] Of(IPEndPoint endpoint)
    {
        var isIPv4 = endpoint.AddressFamily is AddressFamily.InterNetwork;
        var octets = new byte[isIPv4 ? 16 : Most];
        BinaryPrimitives.WriteUInt16LittleEndian(octets, (ushort)(isIPv4 ? Family4 : Family6));
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(2), (ushort)endpoint.Port);
        endpoint.Address.TryWriteBytes(octets.AsSpan(isIPv4 ? 4 : 8), out _);
        if (!isIPv4)
            BinaryPrimitives.WriteUInt32LittleEndian(octets.AsSpan(24), (uint)endpoint.Address.ScopeId);
        return octets;
    }

    /// <summary>Are they the same address and port? What the kernel pads with, or marks flows with, does not count.</summary>
    public static bool AreSame(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (one.Length < 8 || other.Length < 8 || !one[..4].SequenceEqual(other[..4]))
            return false;
        if (BinaryPrimitives.ReadUInt16LittleEndian(one) == Family4)
            return one[4..8].SequenceEqual(other[4..8]);
        if (one.Length < Most || other.Length < Most || !one[8..24].SequenceEqual(other[8..24]))
            return false;
        // An address that is the same on every link (fe80::/10) is told apart by its link, where we asked for one.
        var scope = BinaryPrimitives.ReadUInt32LittleEndian(one[24..]);
        var otherScope = BinaryPrimitives.ReadUInt32LittleEndian(other[24..]);
        return scope == 0 || otherScope == 0 || scope == otherScope;
    }
}
