using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Snapshots;

/// <summary>Client address → group, by the most specific block: two sorted tables of disjoint ranges, searched by halving.</summary>
public sealed class ClientTree
{
    // IPv4 addresses live inside the IPv6 space (InternetAddress): a wide IPv6 block has a hole there.
    private static readonly AddressRange AllIPv4 = new(InternetAddress.FromIPv4(0), 0);

    private readonly uint[] _starts4;
    private readonly short[] _groups4;
    private readonly UInt128[] _starts6;
    private readonly short[] _groups6;

    /// <summary>Flattens nested blocks.</summary>
    /// <param name="blocks">Blocks and their groups; of two equal blocks the later counts.</param>
    public ClientTree(IEnumerable<(AddressRange Block, int Group)> blocks)
    {
        var all = blocks.ToList();
        Ranges = [.. Flatten(all.Where(block => block.Block.IsIPv4)), .. Flatten(all.Where(block => !block.Block.IsIPv4).Append((AllIPv4, -1)))];
        (_starts4, _groups4) = Table(Ranges.Where(range => range.First.IsIPv4).Select(range => (range.First.IPv4Bits, range.Last.IPv4Bits, (short)range.Group)), 0u, uint.MaxValue, last => last + 1);
        (_starts6, _groups6) = Table(Ranges.Where(range => !range.First.IsIPv4).Select(range => (range.First.Bits, range.Last.Bits, (short)range.Group)), UInt128.Zero, UInt128.MaxValue, last => last + 1);
    }

    /// <summary>The blocks as disjoint ranges in ascending order: what an interval set at the kernel wants.</summary>
    public IReadOnlyList<ClientRange> Ranges { get; }

    /// <summary>The group of an address, or -1.</summary>
    public int Find(InternetAddress address) => address.IsIPv4
        ? Find(_starts4, _groups4, address.IPv4Bits)
        : Find(_starts6, _groups6, address.Bits);

    private static int Find<T>(T[] starts, short[] groups, T address)
        where T : IComparable<T>
    {
        var low = 0;
        var high = starts.Length;
        while (high - low > 1)
        {
            var middle = (low + high) >>> 1;
            if (starts[middle].CompareTo(address) <= 0)
                low = middle;
            else
                high = middle;
        }

        return groups[low];
    }

    // The ranges tile the whole space: gaps get the group -1, so that one search answers every address.
    private static (T[] Starts, short[] Groups) Table<T>(IEnumerable<(T First, T Last, short Group)> ranges, T zero, T max, Func<T, T> after)
        where T : IEquatable<T>
    {
        var starts = new List<T> { zero };
        var groups = new List<short> { -1 };
        foreach (var (first, last, group) in ranges)
        {
            if (starts[^1].Equals(first))
            {
                groups[^1] = group;
            }
            else
            {
                starts.Add(first);
                groups.Add(group);
            }

            if (last.Equals(max))
                break;
            starts.Add(after(last));
            groups.Add(-1);
        }

        return ([.. starts], [.. groups]);
    }

    // CIDR blocks nest or are disjoint. Sorted by start and then wide before narrow, a stack holds the blocks around the current point.
    private static IEnumerable<ClientRange> Flatten(IEnumerable<(AddressRange Block, int Group)> blocks)
    {
        var sorted = blocks
            .GroupBy(block => block.Block).Select(same => same.Last())
            .OrderBy(block => block.Block.First).ThenBy(block => block.Block.PrefixBits);
        var around = new Stack<(AddressRange Block, int Group)>();
        var pending = new List<ClientRange>();
        var at = InternetAddress.FromIPv4(0);
        var reachedEnd = false;
        foreach (var block in sorted)
        {
            while (around.TryPeek(out var outer) && outer.Block.Last < block.Block.First)
                Close(around.Pop());
            if (around.TryPeek(out var parent) && at < block.Block.First)
                pending.Add(new ClientRange(at, new InternetAddress(block.Block.First.Bits - 1), parent.Group));
            around.Push(block);
            at = block.Block.First;
        }

        while (around.Count > 0)
            Close(around.Pop());
        return pending.Where(range => range.Group >= 0);

        void Close((AddressRange Block, int Group) block)
        {
            if (reachedEnd || at > block.Block.Last)
                return;
            pending.Add(new ClientRange(at, block.Block.Last, block.Group));
            // Behind the very last address there is no next one; whatever still surrounds it has nothing left.
            reachedEnd = block.Block.Last.Bits == UInt128.MaxValue;
            at = new InternetAddress(unchecked(block.Block.Last.Bits + 1));
        }
    }
}

/// <summary>Addresses from <paramref name="First"/> to <paramref name="Last"/>, whose clients belong to one group.</summary>
public readonly record struct ClientRange(InternetAddress First, InternetAddress Last, int Group);
