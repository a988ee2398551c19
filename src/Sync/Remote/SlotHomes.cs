using DnsGuard.Policy.Decisions;

namespace DnsGuard.Sync.Remote;

/// <summary>Which sets a slot goes to, and how full they are. Guarded by the target's lock.</summary>
/// <param name="actors">Those who speak to the sets.</param>
/// <param name="wanted">What is wanted.</param>
/// <param name="isSharded">Does a slot go to one of the sets, or to all of them?</param>
internal sealed class SlotHomes(IReadOnlyList<RemoteActor> actors, WantedSlots wanted, bool isSharded)
{
    private static readonly bool[] BothFamilies = [true, false];

    /// <summary>Gives a slot its homes, unless it has some.</summary>
    /// <returns>False where no set can ever hold it; true also while some set has not been read yet.</returns>
    public bool Find(WantedSlot slot)
    {
        if (slot.Homes.Count > 0)
            return true;
        var possible = actors.Where(actor => !actor.Mirror.IsKnown || actor.Set.Takes(slot.Slot)).ToList();
        var known = possible.Where(actor => actor.Mirror.IsKnown).ToList();
        if (!isSharded)
            slot.Homes = known.Count == actors.Count ? known : [];
        else if (known.Find(actor => actor.Mirror.MayBeOurs(slot.Slot)) is { } holder)
            slot.Homes = [holder];
        else if (known.Count > 0)
            slot.Homes = [Roomiest(known, slot.Slot.Address.IsIPv4)];
        return possible.Count > 0 && (isSharded || possible.Count == actors.Count);
    }

    /// <summary>How full the fuller of the two families is: either may be what stops answers. What does not hold one of them has no room for it.</summary>
    public CapacityStatus? Capacity(CapacityForecast forecast)
    {
        var families = BothFamilies.Select(isIPv4 => (Limit: Limit(isIPv4), Used: Used(isIPv4)))
            .Where(family => family.Limit is > 0 and < int.MaxValue).ToList();
        if (families.Count == 0)
            return null;
        var (limit, used) = families.MaxBy(family => (double)family.Used / family.Limit);
        return new CapacityStatus(limit, used, Math.Round(forecast.PerHour, 1), (long?)forecast.FullIn(used, limit)?.TotalSeconds, forecast.Refused, forecast.Evicted);
    }

    // One that has room before one that has none; then one that is not in the middle of a call: the call would have to be waited for.
    private RemoteActor Roomiest(List<RemoteActor> candidates, bool isIPv4) => candidates
        .Select(actor => (Actor: actor, Given: wanted.At(actor).Count(slot => slot.Slot.Address.IsIPv4 == isIPv4)))
        .OrderBy(candidate => candidate.Given >= (isIPv4 ? candidate.Actor.Room.IPv4 : candidate.Actor.Room.IPv6)).ThenBy(candidate => candidate.Actor.IsBusy).ThenBy(candidate => candidate.Given).First().Actor;

    private int Limit(bool isIPv4)
    {
        var rooms = actors.Where(actor => actor.Mirror.IsKnown).Select(actor => isIPv4 ? actor.Room.IPv4 : actor.Room.IPv6).ToList();
        return rooms.Count == 0 ? 0 : isSharded ? (int)Math.Min(int.MaxValue, rooms.Sum(room => (long)room)) : rooms.Min();
    }

    private int Used(bool isIPv4)
    {
        var used = actors.Select(actor => actor.Mirror.CountOurs(isIPv4)).ToList();
        return isSharded ? used.Sum() : used.Max();
    }
}
