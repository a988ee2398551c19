using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Decisions;

/// <summary>What happened to a grant.</summary>
public enum GrantEventKind
{
    /// <summary>An address was opened, or its time was extended.</summary>
    Opened = 1,

    /// <summary>It was closed before its time: a rule went, or a person closed it.</summary>
    Revoked = 2,
}

/// <summary>One line of the grant journal: enough to restore a grant, and to answer later why an address was open.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="At">When, in Unix milliseconds.</param>
/// <param name="Until">Until when it was to be open, in Unix milliseconds.</param>
/// <param name="Group">For whom.</param>
/// <param name="Address">Which address.</param>
/// <param name="Ports">Which ports.</param>
/// <param name="Name">The QNAME.</param>
/// <param name="Type">The QTYPE.</param>
/// <param name="Aliases">The alias chain, separated by blanks.</param>
/// <param name="Rule">The rule, or null.</param>
/// <param name="Revision">The revision.</param>
public sealed record GrantEvent(
    GrantEventKind Kind,
    long At,
    long Until,
    string Group,
    InternetAddress Address,
    PortRange Ports,
    string Name,
    RecordType Type,
    string Aliases,
    string? Rule,
    long Revision);
