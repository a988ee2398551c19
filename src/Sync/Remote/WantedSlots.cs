using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Targets;

namespace DnsGuard.Sync.Remote;

/// <summary>What grants want open at a target, as its sets can tell it apart. Guarded by the target's lock.</summary>
/// <param name="sets">The ports that the target's sets open together, such as those of the rules that refer to a prefix list; null where each range of ports is a slot of its own.</param>
internal sealed class WantedSlots(IReadOnlyList<PortSet>? sets)
{
    // Far away, and still far from an overflow.
    private const long ForEver = long.MaxValue / 2;

    private readonly Dictionary<Slot, WantedSlot> _slots = [];
    private long _number;

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<WantedSlot> All => _slots.Values;

    /// <summary>Those that one set shall hold.</summary>
    public IReadOnlyCollection<WantedSlot> At(RemoteActor actor) => [.. _slots.Values.Where(slot => slot.Homes.Contains(actor))];

    /// <summary>One of them, or null.</summary>
    public WantedSlot? Find(Slot slot) => _slots.GetValueOrDefault(slot);

    /// <summary>The slots that a grant has a part in; none where no set opens any of its ports.</summary>
    public IReadOnlyList<Slot> SlotsOf(AllowEntry entry) => sets is null
        ? [new Slot(entry.Address, PortSet.From([entry.Ports]))]
        : [.. sets.Where(set => set.Ranges.Any(entry.Ports.Covers)).Select(set => new Slot(entry.Address, set))];

    /// <summary>Notes that a grant wants its slots.</summary>
    /// <returns>The slots; none where no set opens any of its ports.</returns>
    public IReadOnlyList<WantedSlot> Put(in TimedEntry timed, long now)
    {
        var lease = new Lease(timed.Entry.Group, timed.Entry.Ports, now + (long)timed.Remaining.TotalMilliseconds, now + (long)timed.Answered.TotalMilliseconds, timed.Note, ++_number);
        var slots = new List<WantedSlot>(1);
        foreach (var slot in SlotsOf(timed.Entry))
        {
            if (!_slots.TryGetValue(slot, out var wanted))
                _slots[slot] = wanted = new WantedSlot(slot);
            wanted.Put(lease);
            slots.Add(wanted);
        }

        return slots;
    }

    /// <summary>A grant wants its slots no more.</summary>
    public void Drop(AllowEntry entry)
    {
        foreach (var slot in SlotsOf(entry))
            Find(slot)?.Drop(lease => lease.Group == entry.Group && lease.Ports == entry.Ports);
    }

    /// <summary>The number of the last lease: whoever makes a list now knows of that many.</summary>
    public long Mark => _number;

    /// <summary>Makes the leases those of a list: what is not on it is wanted no more. Who waits goes on waiting, and what was asked for since the list was begun stays as it is.</summary>
    /// <param name="desired">The list.</param>
    /// <param name="mark">The <see cref="Mark"/> before it was begun.</param>
    /// <param name="now">The monotonic clock.</param>
    public void Replace(IReadOnlyList<TimedEntry> desired, long mark, long now)
    {
        var wanted = desired.Select(timed => timed.Entry).ToHashSet();
        foreach (var slot in _slots.Values.Where(slot => slot.Slot.List is null))
            slot.Drop(lease => lease.Number <= mark && !wanted.Contains(new AllowEntry(lease.Group, slot.Slot.Address, lease.Ports)));
        foreach (var timed in desired)
        {
            var known = SlotsOf(timed.Entry).SelectMany(slot => Find(slot)?.Leases ?? []).Where(lease => lease.Group == timed.Entry.Group && lease.Ports == timed.Entry.Ports).ToList();
            // Nobody remembers over a restart how long clients were told: until the end, then.
            if (known.TrueForAll(lease => lease.Number <= mark))
                Put(known.Count > 0 ? timed : timed with { Answered = timed.Remaining }, now);
        }
    }

    /// <summary>Makes the lists of AWS that shall be open those that the policy names; for as long as it does.</summary>
    public void SetLists(IReadOnlyCollection<Slot> lists)
    {
        foreach (var slot in _slots.Values.Where(slot => slot.Slot.List is not null && !lists.Contains(slot.Slot)))
            slot.Drop(_ => true);
        foreach (var list in lists.Where(list => !_slots.ContainsKey(list)))
        {
            _slots[list] = new WantedSlot(list);
            _slots[list].Put(new Lease("", list.Ports.Ranges[0], ForEver, ForEver, list.List!, ++_number));
        }
    }

    /// <summary>Forgets slots that nobody wants or waits for.</summary>
    public void Forget(long now)
    {
        foreach (var slot in _slots.Values.Where(slot => slot.Until <= now).ToList())
        {
            slot.Waiters.ForEach(waiter => waiter.Fail(Opened.NotYet));
            _slots.Remove(slot.Slot);
        }
    }
}
