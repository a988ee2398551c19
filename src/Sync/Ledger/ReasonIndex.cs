using DnsGuard.Wire.Names;

namespace DnsGuard.Sync.Ledger;

/// <summary>Finds the reasons of an entry by their name: behind one address of a content network there may be a hundred thousand.</summary>
internal sealed class ReasonIndex(FlatTable<ReasonRow> reasons)
{
    private int[] _buckets = NewBuckets(1_024);

    /// <summary>The first reason in the bucket of an entry and a name, or -1; the others follow by <see cref="ReasonRow.NextInBucket"/>.</summary>
    public int First(int entry, ulong nameHash) => _buckets[Bucket(entry, nameHash)];

    /// <summary>Adds a reason whose row is filled.</summary>
    public void Link(int reason)
    {
        if (reasons.Count > _buckets.Length)
            Grow();
        LinkOnly(reason);
    }

    /// <summary>Takes a reason out; its row must still be as it was.</summary>
    public void Unlink(int reason)
    {
        ref var link = ref _buckets[Bucket(reasons[reason].Entry, reasons[reason].NameHash)];
        while (link != reason)
            link = ref reasons[link].NextInBucket;
        link = reasons[reason].NextInBucket;
    }

    private void Grow()
    {
        var old = _buckets;
        _buckets = NewBuckets(old.Length * 2);
        foreach (var head in old)
        {
            for (var reason = head; reason >= 0;)
            {
                var next = reasons[reason].NextInBucket;
                LinkOnly(reason);
                reason = next;
            }
        }
    }

    private void LinkOnly(int reason)
    {
        ref var bucket = ref _buckets[Bucket(reasons[reason].Entry, reasons[reason].NameHash)];
        reasons[reason].NextInBucket = bucket;
        bucket = reason;
    }

    private int Bucket(int entry, ulong nameHash) => (int)(NameHash.With(nameHash, (ulong)entry) & (ulong)(_buckets.Length - 1));

    private static int[] NewBuckets(int count)
    {
        var buckets = new int[count];
        Array.Fill(buckets, -1);
        return buckets;
    }
}
