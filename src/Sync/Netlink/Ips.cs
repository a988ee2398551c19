namespace DnsGuard.Sync.Netlink;

/// <summary>Numbers of the ipset protocol (linux/netfilter/ipset/ip_set.h).</summary>
internal static class Ips
{
    public const ushort Subsystem = 6;

    /// <summary>The oldest version that kernels still speak; what came later is of no use here.</summary>
    public const byte Protocol = 6;

    public const int Create = 2;
    public const int Destroy = 3;
    public const int Flush = 4;
    public const int List = 7;
    public const int Add = 9;
    public const int Delete = 10;

    public const ushort ProtocolAttribute = 1;
    public const ushort SetName = 2;
    public const ushort TypeName = 3;
    public const ushort Revision = 4;
    public const ushort Family = 5;
    public const ushort Flags = 6;
    public const ushort Data = 7;
    public const ushort Elements = 8;

    public const ushort Address = 1;
    public const ushort IPv4 = 1;
    public const ushort IPv6 = 2;
    public const ushort Port = 4;
    public const ushort Timeout = 6;
    public const ushort PortProtocol = 7;
    public const ushort DataFlags = 8;
    public const ushort MaxElements = 19;
    public const ushort Count = 24;
    public const ushort Comment = 26;

    /// <summary>Set on attributes whose numbers are in network order; the kernel insists.</summary>
    public const ushort NetworkOrder = 0x4000;

    public const uint OnlyNames = 1 << 1;
    public const uint OnlyHeader = 1 << 2;
    public const uint WithComment = 1 << 4;

    public const byte FamilyIPv4 = 2;
    public const byte FamilyIPv6 = 10;

    /// <summary>The set has as many elements as it may.</summary>
    public const int ErrorFull = 4352;

    /// <summary>A rule refers to the set.</summary>
    public const int ErrorBusy = 4100;
}
