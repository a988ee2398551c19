using System.Net.Sockets;

namespace DnsGuard.Resolver.Upstream.Ports;

/// <summary>The kernel's error numbers (Linux), as far as sending a datagram meets them.</summary>
internal static class Posix
{
    public const int NetworkUnreachable = 101;
    public const int HostUnreachable = 113;

    /// <summary>The framework's word for one.</summary>
    public static SocketError ToSocketError(int error) => error switch
    {
        1 or 13 => SocketError.AccessDenied,
        90 => SocketError.MessageSize,
        97 => SocketError.AddressFamilyNotSupported,
        99 => SocketError.AddressNotAvailable,
        100 => SocketError.NetworkDown,
        NetworkUnreachable => SocketError.NetworkUnreachable,
        111 => SocketError.ConnectionRefused,
        112 => SocketError.HostDown,
        HostUnreachable => SocketError.HostUnreachable,
        _ => SocketError.SocketError,
    };
}
