using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DnsGuard.Sync.Netlink;

/// <summary>A socket to the kernel's nf_tables (NETLINK_NETFILTER). One user at a time.</summary>
internal sealed unsafe partial class NetlinkSocket : IDisposable
{
    private const int FamilyNetlink = 16;
    private const int TypeRaw = 3;
    private const int CloseOnExec = 0x8_0000;
    private const int ProtocolNetfilter = 12;
    private const int SolSocket = 1;
    private const int SoReceiveTimeout = 20;
    private const int SoSendBufferForce = 32;
    private const int SoReceiveBufferForce = 33;
    private const int ReceiveOctets = 8 << 20;

    // A transaction is one message: a lost table with every element takes as much as there are grants. It is a limit, nothing is set aside.
    private const int SendOctets = int.MaxValue / 2;
    private const int TimeoutSeconds = 5;

    private readonly SafeFileHandle _socket;

    /// <summary>Opens it.</summary>
    /// <exception cref="NetlinkException">The kernel does not offer it.</exception>
    public NetlinkSocket()
    {
        var descriptor = OpenSocket(FamilyNetlink, TypeRaw | CloseOnExec, ProtocolNetfilter);
        if (descriptor < 0)
            throw new NetlinkException(Marshal.GetLastPInvokeError(), "opening a netlink socket");
        _socket = new SafeFileHandle(descriptor, ownsHandle: true);
        var octets = SendOctets;
        _ = SetOption(_socket, SolSocket, SoSendBufferForce, &octets, sizeof(int));
        octets = ReceiveOctets;
        _ = SetOption(_socket, SolSocket, SoReceiveBufferForce, &octets, sizeof(int));
        // The kernel answers within the send; the timeout is for a kernel that does not, so that we never hang.
        var timeout = stackalloc long[2] { TimeoutSeconds, 0 };
        _ = SetOption(_socket, SolSocket, SoReceiveTimeout, timeout, 2 * sizeof(long));
    }

    /// <summary>Sends octets as one datagram.</summary>
    /// <exception cref="NetlinkException">The kernel did not take it.</exception>
    public void Send(ReadOnlySpan<byte> message)
    {
        fixed (byte* octets = message)
        {
            // SAFETY: pinned for the length of the call.
            if (SendTo(_socket, octets, (nuint)message.Length, 0) != message.Length)
                throw new NetlinkException(Marshal.GetLastPInvokeError(), "sending to the kernel");
        }
    }

    /// <summary>Receives one datagram.</summary>
    /// <exception cref="NetlinkException">None came in time, or replies were lost.</exception>
    public ReadOnlySpan<byte> Receive(Span<byte> buffer)
    {
        fixed (byte* octets = buffer)
        {
            // SAFETY: the kernel writes no more than the length we give.
            var received = ReceiveFrom(_socket, octets, (nuint)buffer.Length, 0);
            return received >= 0 ? buffer[..(int)received] : throw new NetlinkException(Marshal.GetLastPInvokeError(), "waiting for the kernel");
        }
    }

    /// <summary>Throws away whatever is waiting: replies to a request that was given up.</summary>
    public void Discard()
    {
        const int DontWait = 0x40;
        var buffer = stackalloc byte[4_096];
        while (ReceiveFrom(_socket, buffer, 4_096, DontWait) >= 0)
        {
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint SendTo(SafeFileHandle socket, byte* octets, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint ReceiveFrom(SafeFileHandle socket, byte* octets, nuint count, int flags);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(SafeFileHandle socket, int level, int option, void* value, uint octets);
}
