using System.Runtime.InteropServices;

namespace DnsGuard.Resolver.Listening;

/// <summary>The system calls that the framework does not offer: batches of datagrams. Declarations only (Linux, 64 bit).</summary>
internal static unsafe partial class Libc
{
    public const int SolSocket = 1;
    public const int SoReusePort = 15;
    public const int SoReceiveTimeout = 20;
    public const int SoReceiveBufferForce = 33;
    public const int SoReceiveBuffer = 8;
    public const int IpProtocol = 0;
    public const int IpPacketInfo = 8;
    public const int IpMtuDiscover = 10;
    public const int Ipv6Protocol = 41;
    public const int Ipv6PacketInfoRequest = 49;
    public const int Ipv6Only = 26;
    public const int WaitForOne = 0x1_0000;
    public const int TruncatedDatagram = 0x20;
    public const int WouldBlock = 11;
    public const int Interrupted = 4;

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMany(int socket, MessageSlot* slots, uint count, int flags, nint timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int SendMany(int socket, MessageSlot* slots, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint Send(int socket, MessageHead* message, int flags);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int socket, int level, int option, void* value, uint octets);

    /// <summary><c>struct msghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHead
    {
        public byte* Name;
        public uint NameOctets;
        public IoVector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlOctets;
        public int Flags;
    }

    /// <summary><c>struct mmsghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageSlot
    {
        public MessageHead Head;
        public uint Octets;
    }

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public byte* Base;
        public nuint Octets;
    }
}
