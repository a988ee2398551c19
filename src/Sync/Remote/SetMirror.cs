namespace DnsGuard.Sync.Remote;

/// <summary>What a set holds as far as we know: what was read, and what we have done since. Guarded by the target's lock.</summary>
/// <remarks>A look at EC2 may be seconds behind what was done there. So what we did ourselves counts more than a look for a while, and what nobody knows to be open is not called open.</remarks>
internal sealed class SetMirror
{
    /// <summary>How far behind a look may be.</summary>
    public const long LagMilliseconds = 10_000;

    private readonly Dictionary<Slot, State> _slots = [];
    private readonly Dictionary<Slot, long> _removed = [];

    /// <summary>Has it been read at all?</summary>
    public bool IsKnown { get; private set; }

    /// <summary>How many slots of ours it can hold, for IPv4 and IPv6.</summary>
    public (int IPv4, int IPv6) Room { get; private set; }

    /// <summary>Slots that we may take out.</summary>
    public IEnumerable<Slot> Ours => _slots.Where(slot => slot.Value.IsOurs).Select(slot => slot.Key);

    /// <summary>How many of ours there are, of one family.</summary>
    public int CountOurs(bool isIPv4) => _slots.Count(slot => slot.Value.IsOurs && slot.Key.Address.IsIPv4 == isIPv4);

    /// <summary>Is it open, for certain?</summary>
    public bool IsOpen(Slot slot, long now) => _slots.TryGetValue(slot, out var state) && state.DoubtUntil <= now;

    /// <summary>Is it there and ours, for all we know?</summary>
    public bool MayBeOurs(Slot slot) => _slots.TryGetValue(slot, out var state) && state.IsOurs;

    /// <summary>Takes a look into account.</summary>
    /// <returns>What was there without our doing, what was gone without our doing, and whether a further look is wanted once this one cannot be behind.</returns>
    public (List<FoundSlot> Found, List<Slot> Gone, bool IsBehind) Read(RemoteContents contents, long now)
    {
        var seen = contents.Slots.ToDictionary(slot => slot.Slot);
        var found = new List<FoundSlot>();
        var isBehind = false;
        foreach (var slot in seen.Values)
        {
            if (_removed.TryGetValue(slot.Slot, out var until) && until > now)
                isBehind = true;
            else if (_slots.TryGetValue(slot.Slot, out var state))
                _slots[slot.Slot] = state with { IsOurs = slot.IsOurs };
            else
                found.Add(slot);
        }

        var absent = _slots.Where(slot => !seen.ContainsKey(slot.Key)).ToList();
        // What is in doubt was not called open: that it is gone is no news.
        var gone = absent.Where(slot => slot.Value.FreshUntil <= now && slot.Value.DoubtUntil <= now).Select(slot => slot.Key).ToList();
        isBehind |= absent.Exists(slot => slot.Value.FreshUntil > now);
        foreach (var (slot, state) in absent.Where(slot => slot.Value.FreshUntil <= now))
            _slots.Remove(slot);
        foreach (var slot in found)
            _slots[slot.Slot] = new State(slot.IsOurs, 0, 0);
        foreach (var slot in _removed.Where(removed => removed.Value <= now).Select(removed => removed.Key).ToList())
            _removed.Remove(slot);
        (IsKnown, Room) = (true, (contents.IPv4Room, contents.IPv6Room));
        return (found, gone, isBehind);
    }

    /// <summary>It is not open any more, whatever is there, until it is opened anew.</summary>
    public void Suspect(Slot slot) => SetDoubt(new RemoteChange([], [slot]), long.MaxValue);

    /// <summary>A change is about to be made: what it removes is not open any more for those who ask meanwhile.</summary>
    public void Begin(RemoteChange change) => SetDoubt(change, long.MaxValue);

    /// <summary>A change was not made, or nobody knows: what it would have removed may be there or not, and a look cannot tell for a while.</summary>
    public void Failed(RemoteChange change, bool mayBeDone, long now) => SetDoubt(change, mayBeDone ? now + LagMilliseconds : 0);

    /// <summary>A change was made.</summary>
    public void Changed(RemoteChange change, long now)
    {
        foreach (var slot in change.Remove)
        {
            _slots.Remove(slot);
            _removed[slot] = now + LagMilliseconds;
        }

        foreach (var (slot, _) in change.Add)
        {
            _slots[slot] = new State(IsOurs: true, now + LagMilliseconds, 0);
            _removed.Remove(slot);
        }
    }

    /// <summary>It was refused since it is there: by somebody else's doing, or by ours, when an answer was lost.</summary>
    public void FoundOpen(Slot slot, long now) => _slots[slot] = new State(IsOurs: _slots.TryGetValue(slot, out var state) && state.IsOurs, now + LagMilliseconds, 0);

    private void SetDoubt(RemoteChange change, long until)
    {
        foreach (var slot in change.Remove.Where(_slots.ContainsKey))
            _slots[slot] = _slots[slot] with { DoubtUntil = until };
    }

    // FreshUntil: added by us, and a look before that moment may not show it. DoubtUntil: removed by us, perhaps.
    private readonly record struct State(bool IsOurs, long FreshUntil, long DoubtUntil);
}
