using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace DnsGuard.Resolver.Upstream;

/// <summary>Sockets towards other servers.</summary>
internal static class UpstreamSocket
{
    private const int SolSocket = 1;
    private const int SoMark = 36;
    private const int IpMtuDiscover = 10;
    private const int IpPmtudiscDo = 2;

    /// <summary>Opens one, with our mark where a host's own firewall must be able to tell it.</summary>
    public static Socket Open(IPEndPoint server, SocketType socketType, ProtocolType protocol, int mark)
    {
        var socket = new Socket(server.AddressFamily, socketType, protocol);
        if (mark != 0)
        {
            Span<byte> octets = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(octets, mark);
            socket.SetRawSocketOption(SolSocket, SoMark, octets);
        }

        // Our queries never fragment: a fragment is what a forger can replace.
        if (protocol is ProtocolType.Udp && server.AddressFamily is AddressFamily.InterNetwork)
        {
            Span<byte> octets = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(octets, IpPmtudiscDo);
            socket.SetRawSocketOption(0, IpMtuDiscover, octets);
        }

        return socket;
    }
}
