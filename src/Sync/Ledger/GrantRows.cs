using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Ledger;

/// <summary>An address that shall be open for a group on some ports. It lives while any reason does.</summary>
internal struct EntryRow
{
    public InternetAddress Address;
    public PortRange Ports;

    /// <summary>The ledger's number of the group; 0 marks a free row.</summary>
    public int Group;

    /// <summary>Until when it shall be open: the latest of its reasons.</summary>
    public long Until;

    /// <summary>None of its reasons ends before that.</summary>
    public long LookAt;

    /// <summary>Until when all targets have said that it is open; 0 before they have.</summary>
    public long Confirmed;

    /// <summary>The first of its reasons.</summary>
    public int FirstReason;

    /// <summary>The next entry in the same bucket of the index.</summary>
    public int NextInBucket;
}

/// <summary>Why an entry is open: a name was answered with it.</summary>
internal struct ReasonRow
{
    /// <summary>Where the QNAME starts in the arena.</summary>
    public int Name;

    /// <summary>The QTYPE.</summary>
    public RecordType Type;

    /// <summary>Until when this reason lasts.</summary>
    public long Until;

    /// <summary>The revision that it was last judged by.</summary>
    public long Revision;

    /// <summary>The next reason of the same entry; -1 for the last.</summary>
    public int Next;

    /// <summary>The entry.</summary>
    public int Entry;

    /// <summary>The hash of the QNAME.</summary>
    public ulong NameHash;

    /// <summary>The next reason in the same bucket of the index.</summary>
    public int NextInBucket;
}
