using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Ledger;

/// <summary>Does a policy back what is open?</summary>
internal static class RuleBacking
{
    /// <summary>Would the name be answered to the group, and does its rule open the ports?</summary>
    public static bool IsBacked(PolicySnapshot snapshot, GroupSnapshot group, ReadOnlySpan<byte> name, RecordType type, PortRange ports, long unixSeconds)
    {
        var verdict = snapshot.DecideForGroup(name, type, group.Index, unixSeconds);
        return verdict.IsAnswered && snapshot.Effective(name, type, verdict, unixSeconds).Ports.Ranges.Any(range => Covers(range, ports));
    }

    // Whoever has its answer goes on using the port while the rule allows it, under whatever heading. A range has a set of its own, which
    // goes with the last rule that names it; so it is covered by itself alone.
    private static bool Covers(PortRange range, PortRange ports) =>
        range == ports || (ports.IsSingle && (range == PortRange.Any || (range.Protocol == ports.Protocol && range.First <= ports.First && ports.First <= range.Last)));
}
