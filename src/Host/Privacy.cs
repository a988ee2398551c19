using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;

namespace DnsGuard.Host;

/// <summary>What may be written down of a query, by the policy that judged it.</summary>
internal static class Privacy
{
    /// <summary>What the query's group allows. Where nobody knows any more which group it was, it may have been one that wants nothing to be known.</summary>
    public static LogPrivacy Of(LivePolicy livePolicy, in QueryRecord record) => record.Group < 0 ? LogPrivacy.Full
        : SnapshotOf(livePolicy, record.Revision) is { } snapshot && record.Group < snapshot.Groups.Count ? snapshot.Groups[record.Group].Document.QueryLog
        : LogPrivacy.Counts;

    /// <summary>The policy of a revision; null where two edits have come since.</summary>
    public static PolicySnapshot? SnapshotOf(LivePolicy livePolicy, long revision)
    {
        var (current, previous) = (livePolicy.Current, livePolicy.Previous);
        return current.Revision == revision ? current : previous.Revision == revision ? previous : null;
    }
}
