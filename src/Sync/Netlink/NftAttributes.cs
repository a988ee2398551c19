namespace DnsGuard.Sync.Netlink;

/// <summary>Numbers of the nf_tables protocol (linux/netfilter/nf_tables.h, nfnetlink.h).</summary>
internal static class Nft
{
    public const byte FamilyInet = 1;
    public const byte FamilyUnspecified = 0;

    public const ushort BatchBegin = 0x10;
    public const ushort BatchEnd = 0x11;
    public const ushort Subsystem = 10;

    public const int NewTable = 0;
    public const int GetTable = 1;
    public const int DeleteTable = 2;
    public const int NewChain = 3;
    public const int GetChain = 4;
    public const int DeleteChain = 5;
    public const int NewRule = 6;
    public const int GetRule = 7;
    public const int DeleteRule = 8;
    public const int NewSet = 9;
    public const int GetSet = 10;
    public const int DeleteSet = 11;
    public const int NewSetElement = 12;
    public const int GetSetElement = 13;
    public const int DeleteSetElement = 14;
    public const int GetGeneration = 16;
    public const int NewObject = 18;
    public const int GetObject = 19;
    public const int DeleteObject = 20;
    public const int DestroySetElement = 30;

    public const ushort Request = 0x1;
    public const ushort Acknowledge = 0x4;
    public const ushort Dump = 0x300;
    public const ushort Exclusive = 0x200;
    public const ushort Create = 0x400;
    public const ushort Append = 0x800;

    public const uint SetConstant = 0x2;
    public const uint SetInterval = 0x4;
    public const uint SetMap = 0x8;
    public const uint SetTimeout = 0x10;

    public const uint TypeVerdict = 0xFFFF_FF00;
    public const uint TypeAddress4 = 7;
    public const uint TypeAddress6 = 8;
    public const uint TypeProtocol = 12;
    public const uint TypePort = 13;

    public const uint SetAnonymous = 0x1;
    public const uint ChainBound = 0x4;
    public const uint ObjectCounter = 1;
    public const uint ElementIntervalEnd = 1;

    public const uint RegisterVerdict = 0;
    public const uint Register1 = 1;
    public const uint FirstShortRegister = 8;

    public const int Drop = 0;
    public const int Accept = 1;
    public const int Jump = -3;

    public const uint HookForward = 2;
    public const uint HookOutput = 3;
    public const uint HookPostRouting = 4;

    /// <summary>The type of a concatenation, six bits a part, as the <c>nft</c> program reads it.</summary>
    public static uint Concatenation(params ReadOnlySpan<uint> parts)
    {
        var type = 0u;
        foreach (var part in parts)
            type = (type << 6) | part;
        return type;
    }
}
