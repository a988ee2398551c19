using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Decisions;

/// <summary>What an answer wants opened before it leaves.</summary>
/// <param name="Group">For whom.</param>
/// <param name="Name">Because of which QNAME.</param>
/// <param name="Type">Asked for with which type.</param>
/// <param name="Aliases">The alias chain between the QNAME and the addresses, for people.</param>
/// <param name="Rule">By which rule; null where the group is only audited.</param>
/// <param name="Revision">Of which revision.</param>
/// <param name="Ports">Which ports.</param>
/// <param name="Hold">How long the answer may wait; null: as the target says.</param>
/// <param name="Addresses">Every address in the answer, hints included; at least one.</param>
/// <param name="Ttl">How long the answer may be kept.</param>
public sealed record GrantRequest(
    GroupSnapshot Group,
    DomainName Name,
    RecordType Type,
    IReadOnlyList<DomainName> Aliases,
    string? Rule,
    long Revision,
    PortSet Ports,
    TimeSpan? Hold,
    IReadOnlyList<InternetAddress> Addresses,
    TimeSpan Ttl)
{
    /// <summary>The list of AWS that stands for the addresses, and must be open instead of them; null: they must.</summary>
    public string? Via { get; init; }
}

/// <summary>How a request to open ended.</summary>
public enum GrantStatus
{
    /// <summary>Every address is open at every target: the answer may leave.</summary>
    Open,

    /// <summary>The hold budget ran out, and the target says: answer all the same, with a short TTL.</summary>
    Late,

    /// <summary>The hold budget ran out or a target failed, and the target says: fail the query.</summary>
    Failed,
}

/// <summary>What came of a request.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="OpenUntil">Until when all of it stays open, by <see cref="Moment.Monotonic"/>.</param>
/// <param name="Epoch">The ledger's epoch at that time; a cached answer of another epoch must prove its grants anew.</param>
public readonly record struct GrantResult(GrantStatus Status, long OpenUntil, uint Epoch);
