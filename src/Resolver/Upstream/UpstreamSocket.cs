using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Globalization;
using DnsGuard.Resolver.Upstream.Ports;

namespace DnsGuard.Resolver.Upstream;

/// <summary>Sockets towards other servers.</summary>
internal static class UpstreamSocket
{
    private const int SolSocket = 1;
    private const int SoMark = 36;
    private const int IpMtuDiscover = 10;
    private const int IpPmtudiscDo = 2;

    // A port drawn may be somebody else's; where so many are, the kernel knows one that is free.
    private const int MaxDraws = 16;

    // Linux's own default, where the system does not say.
    private const string DefaultPorts = "32768 60999";

    // The ports that the system keeps for such sockets: services have theirs elsewhere, and firewalls count on it.
    private static readonly (int First, int Last) Ports = ReadPorts();

    /// <summary>Opens one for datagrams to whatever server, on a port that nobody can foresee, and that is told of what the network refuses.</summary>
    /// <exception cref="SocketException">There is none: no such family here, or no handle left.</exception>
    public static Socket OpenBound(AddressFamily family, int mark)
    {
        var socket = Open(family, SocketType.Dgram, ProtocolType.Udp, mark);
        try
        {
            SetOption(socket, family is AddressFamily.InterNetwork ? PortCalls.IpProtocol : PortCalls.Ipv6Protocol, family is AddressFamily.InterNetwork ? PortCalls.IpReceiveErrors : PortCalls.Ipv6ReceiveErrors, 1);
            Bind(socket, family is AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Opens one, with our mark where a host's own firewall must be able to tell it.</summary>
    public static Socket Open(AddressFamily family, SocketType socketType, ProtocolType protocol, int mark)
    {
        var socket = new Socket(family, socketType, protocol);
        if (mark != 0)
            SetOption(socket, SolSocket, SoMark, mark);
        // Our queries never fragment: a fragment is what a forger can replace.
        if (protocol is ProtocolType.Udp && family is AddressFamily.InterNetwork)
            SetOption(socket, 0, IpMtuDiscover, IpPmtudiscDo);
        return socket;
    }

    private static void Bind(Socket socket, IPAddress any)
    {
        for (var draws = 0; draws < MaxDraws; draws++)
        {
            try
            {
                socket.Bind(new IPEndPoint(any, Ports.First + Unpredictable.Below(Ports.Last - Ports.First + 1)));
                return;
            }
            catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // Somebody has it: another is drawn.
            }
        }

        socket.Bind(new IPEndPoint(any, 0));
    }

    private static (int First, int Last) ReadPorts()
    {
        const string Path = "/proc/sys/net/ipv4/ip_local_port_range";
        var text = File.Exists(Path) ? File.ReadAllText(Path) : DefaultPorts;
        var numbers = text.Split((char[])['\t', ' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToList();
        return (numbers[0], numbers[1]);
    }

    private static void SetOption(Socket socket, int level, int option, int value)
    {
        Span<byte> octets = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(octets, value);
        socket.SetRawSocketOption(level, option, octets);
    }
}
