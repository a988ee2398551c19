namespace DnsGuard.Sync.Remote;

/// <summary>What is wanted and what is there → the next change of a set. Pure.</summary>
/// <remarks>Adds come first, since answers wait for them. When there is no room, what has expired goes first, then what no client can remember any more, the least recently answered first; then answers are refused rather than left unenforced.</remarks>
internal static class ChangePlanner
{
    /// <summary>Plans.</summary>
    /// <param name="wanted">What this set shall hold.</param>
    /// <param name="mirror">What it holds.</param>
    /// <param name="limits">What a change may be like.</param>
    /// <param name="now">The monotonic clock.</param>
    public static Plan Make(IReadOnlyCollection<WantedSlot> wanted, SetMirror mirror, PlanLimits limits, long now)
    {
        var alive = wanted.Where(slot => slot.Until - limits.Lead > now).ToDictionary(slot => slot.Slot);
        var missing = alive.Values.Where(slot => !mirror.IsOpen(slot.Slot, now)).OrderBy(slot => slot.Waiters.Count == 0).ThenByDescending(slot => slot.AnsweredUntil).ToList();
        // Expired: in its last moments. What is nobody's at all goes at once.
        var known = wanted.ToDictionary(slot => slot.Slot);
        var surplus = mirror.Ours.Where(slot => !alive.ContainsKey(slot)).ToLookup(slot => known.TryGetValue(slot, out var own) && own.Until > now);
        var (expired, closed) = (surplus[true].OrderBy(slot => known[slot].Until).ToList(), surplus[false].ToList());

        var plan = new Plan();
        foreach (var isIPv4 in (ReadOnlySpan<bool>)[true, false])
            MakeRoom(plan, isIPv4, missing, alive.Values, mirror, isIPv4 ? limits.IPv4Room : limits.IPv6Room, now);
        var adds = missing.Where(slot => !plan.Refused.Contains(slot) && !plan.Postponed.Contains(slot)).Take(limits.IsCareful ? 1 : limits.MostPerChange).ToList();
        var takesExpired = limits.IsRemovalDue || plan.MakesRoom || (adds.Count > 0 && limits.RemovesAlong);
        var removals = plan.Evicted.Select(slot => slot.Slot).Concat(closed).Concat(takesExpired ? expired : []).Take(limits.MostPerChange).ToList();
        // One change is one call, which is done or not done. Where a set cannot do both at once, answers come first; but not so that what is
        // to be closed stays open for as long as there are answers.
        var removesFirst = plan.MakesRoom || (limits.IsRemovalDue && removals.Count > 0);
        if (limits.RemovesAlong || !removesFirst)
            plan.Add.AddRange(adds);
        if (limits.RemovesAlong || plan.Add.Count == 0)
            plan.Remove.AddRange(removals);
        return plan;
    }

    private static void MakeRoom(Plan plan, bool isIPv4, List<WantedSlot> missing, IReadOnlyCollection<WantedSlot> alive, SetMirror mirror, int room, long now)
    {
        // What may be there already, for all we know, takes no further room.
        var adds = missing.Where(slot => slot.Slot.Address.IsIPv4 == isIPv4 && !mirror.MayBeOurs(slot.Slot)).ToList();
        var staying = alive.Count(slot => slot.Slot.Address.IsIPv4 == isIPv4 && mirror.MayBeOurs(slot.Slot));
        var present = mirror.CountOurs(isIPv4);
        if (present + adds.Count <= room)
            return;
        plan.MakesRoom |= present > staying;
        var lacking = staying + adds.Count - room;
        var forgotten = alive.Where(slot => slot.Slot.Address.IsIPv4 == isIPv4 && slot.AnsweredUntil <= now && slot.Waiters.Count == 0 && mirror.MayBeOurs(slot.Slot)).OrderBy(slot => slot.Until).Take(Math.Max(0, lacking)).ToList();
        plan.Evicted.AddRange(forgotten);
        plan.MakesRoom |= forgotten.Count > 0;
        foreach (var slot in Enumerable.Reverse(adds).Take(lacking - forgotten.Count))
            (slot.Waiters.Count > 0 ? plan.Refused : plan.Postponed).Add(slot);
    }
}

/// <summary>What a change may be like.</summary>
/// <param name="MostPerChange">Slots that it may add, and as many that it may remove.</param>
/// <param name="IPv4Room">Slots of ours that the set can hold, for IPv4.</param>
/// <param name="IPv6Room">For IPv6.</param>
/// <param name="Lead">How long before its end a slot is closed, in milliseconds: it must be closed by then.</param>
/// <param name="IsRemovalDue">Is it time to remove what has expired, even by a call of its own?</param>
/// <param name="RemovesAlong">Can one change both add and remove?</param>
/// <param name="IsCareful">One slot at a time, since a batch was refused for one that is there?</param>
internal readonly record struct PlanLimits(int MostPerChange, int IPv4Room, int IPv6Room, long Lead, bool IsRemovalDue, bool RemovesAlong, bool IsCareful);

/// <summary>The next change, and what it does to grants.</summary>
internal sealed class Plan
{
    /// <summary>To open.</summary>
    public List<WantedSlot> Add { get; } = [];

    /// <summary>To close.</summary>
    public List<Slot> Remove { get; } = [];

    /// <summary>Of those to close: granted still, but no client remembers them.</summary>
    public List<WantedSlot> Evicted { get; } = [];

    /// <summary>There is no room for them; answers that wait for them fail.</summary>
    public List<WantedSlot> Refused { get; } = [];

    /// <summary>There is no room for them, and nobody waits.</summary>
    public List<WantedSlot> Postponed { get; } = [];

    /// <summary>Must something be closed before anything can be opened?</summary>
    public bool MakesRoom { get; set; }

    /// <summary>As the set takes it.</summary>
    public RemoteChange Change => new([.. Add.Select(slot => (slot.Slot, slot.Note()))], Remove);
}
