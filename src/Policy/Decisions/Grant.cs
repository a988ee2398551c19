using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Decisions;

/// <summary>An address that is open for a client group, and why: what people see of the ledger.</summary>
/// <param name="Id">Identifies the grant while it lasts.</param>
/// <param name="Group">For whom.</param>
/// <param name="Address">Which address.</param>
/// <param name="Ports">Which ports.</param>
/// <param name="Until">Until when, by the wall clock.</param>
/// <param name="Name">The QNAME that was answered.</param>
/// <param name="Type">The QTYPE.</param>
/// <param name="Rule">The rule, as list/id or group/id; null where the group is only audited.</param>
/// <param name="Revision">The revision that allowed it.</param>
/// <param name="Targets">Where it is open.</param>
public sealed record Grant(
    string Id,
    string Group,
    InternetAddress Address,
    PortRange Ports,
    DateTimeOffset Until,
    string Name,
    RecordType Type,
    string? Rule,
    long Revision,
    IReadOnlyList<string> Targets);
