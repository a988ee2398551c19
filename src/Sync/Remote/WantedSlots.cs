using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Targets;

namespace DnsGuard.Sync.Remote;

/// <summary>What grants want open at a target, as its sets can tell it apart. Guarded by the target's lock.</summary>
/// <param name="sets">The ports that the target's sets open together, such as those of the rules that refer to a prefix list; null where each range of ports is a slot of its own.</param>
internal sealed class WantedSlots(IReadOnlyList<PortSet>? sets)
{
    private readonly Dictionary<Slot, WantedSlot> _slots = [];

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<WantedSlot> All => _slots.Values;

    /// <summary>One of them, or null.</summary>
    public WantedSlot? Find(Slot slot) => _slots.GetValueOrDefault(slot);

    /// <summary>The slot that a grant belongs to; null where no set opens just its ports.</summary>
    public Slot? SlotOf(in AllowEntry entry)
    {
        var range = entry.Ports;
        if (sets is null)
            return new Slot(entry.Address, PortSet.From([range]));
        return sets.FirstOrDefault(set => set.Ranges.Contains(range)) is { } ports ? new Slot(entry.Address, ports) : null;
    }

    /// <summary>Notes that a grant wants its slot.</summary>
    /// <returns>The slot; null where no set opens just its ports.</returns>
    public WantedSlot? Put(in TimedEntry timed, long now)
    {
        if (SlotOf(timed.Entry) is not { } slot)
            return null;
        if (!_slots.TryGetValue(slot, out var wanted))
            _slots[slot] = wanted = new WantedSlot(slot);
        wanted.Put(new Lease(timed.Entry.Group, timed.Entry.Ports, now + (long)timed.Remaining.TotalMilliseconds, now + (long)timed.Answered.TotalMilliseconds, timed.Note));
        return wanted;
    }

    /// <summary>A grant wants its slot no more.</summary>
    public WantedSlot? Drop(AllowEntry entry)
    {
        if (SlotOf(entry) is not { } slot || Find(slot) is not { } wanted)
            return null;
        wanted.Drop(lease => lease.Group == entry.Group && lease.Ports == entry.Ports);
        return wanted;
    }

    /// <summary>Makes the leases those of a list: what is not on it is wanted no more. Who waits goes on waiting.</summary>
    public void Replace(IReadOnlyList<TimedEntry> desired, long now)
    {
        var wanted = desired.Select(timed => timed.Entry).ToHashSet();
        foreach (var slot in _slots.Values)
            slot.Drop(lease => !wanted.Contains(new AllowEntry(lease.Group, slot.Slot.Address, lease.Ports)));
        foreach (var timed in desired)
        {
            // Nobody remembers over a restart how long clients were told: until the end, then.
            var isKnown = SlotOf(timed.Entry) is { } slot && Find(slot) is { } known && known.Leases.Any(lease => lease.Group == timed.Entry.Group && lease.Ports == timed.Entry.Ports);
            Put(isKnown ? timed : timed with { Answered = timed.Remaining }, now);
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
