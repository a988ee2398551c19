using System.Runtime.InteropServices;

namespace DnsGuard.Resolver.Upstream.Ports;

/// <summary>The system calls of upstream ports that the framework does not offer: readiness, batches, the queue of network errors. Declarations only (Linux, 64 bit).</summary>
internal static unsafe partial class PortCalls
{
    // SAFETY: declarations only. Every pointer handed over lives as long as the call: each caller says why.
    public const int EpollAdd = 1;
    public const uint Readable = 0x1;
    public const uint Failed = 0x8;
    public const int DontWait = 0x40;
    public const int ErrorQueue = 0x2000;
    public const int IpProtocol = 0;
    public const int IpReceiveErrors = 11;
    public const int Ipv6Protocol = 41;
    public const int Ipv6ReceiveErrors = 25;
    public const int MessageTooLong = 90;

    /// <summary>Octets of a <c>struct epoll_event</c>: packed on x86-64, aligned elsewhere.</summary>
    public static readonly int EventOctets = RuntimeInformation.ProcessArchitecture is Architecture.X64 ? 12 : 16;

    /// <summary>Where in it our own number stands.</summary>
    public static readonly int EventNumberAt = EventOctets - 8;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int NewPoll(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int Watch(int poll, int operation, int handle, byte* what);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int Wait(int poll, byte* events, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int NewBell(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int handle, void* octets, nuint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int handle);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    public static partial nint SendTo(int socket, void* octets, nuint count, int flags, void* address, uint addressOctets);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint Receive(int socket, Listening.Libc.MessageHead* message, int flags);
}
