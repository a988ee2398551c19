namespace DnsGuard.Sync.Remote;

/// <summary>A slot that grants want open: who wants it, where it goes, and who waits for it.</summary>
internal sealed class WantedSlot(Slot slot)
{
    private readonly List<Lease> _leases = [];

    /// <summary>Which.</summary>
    public Slot Slot => slot;

    /// <summary>Who wants it.</summary>
    public IReadOnlyList<Lease> Leases => _leases;

    /// <summary>Where it goes; none until the sets are known.</summary>
    public IReadOnlyList<RemoteActor> Homes { get; set; } = [];

    /// <summary>Answers that wait for it.</summary>
    public List<Waiter> Waiters { get; } = [];

    /// <summary>When the last group ends that wants it on all of its ports; 0 if there is none: what opens more than was granted stays closed.</summary>
    public long Until
    {
        get
        {
            long until = 0;
            foreach (var lease in _leases)
                until = Math.Max(until, UntilFor(lease.Group));
            return until;
        }
    }

    /// <summary>When the last client has forgotten the address.</summary>
    public long AnsweredUntil => _leases.Count == 0 ? 0 : _leases.Max(lease => lease.AnsweredUntil);

    /// <summary>Sets the time of a lease.</summary>
    public void Put(Lease lease)
    {
        var index = _leases.FindIndex(other => other.Group == lease.Group && other.Ports == lease.Ports);
        if (index < 0)
            _leases.Add(lease);
        else
            _leases[index] = lease with { AnsweredUntil = Math.Max(lease.AnsweredUntil, _leases[index].AnsweredUntil) };
    }

    /// <summary>Takes leases out.</summary>
    public void Drop(Predicate<Lease> which) => _leases.RemoveAll(which);

    /// <summary>The note that goes along.</summary>
    public string Note()
    {
        var last = _leases.MaxBy(lease => lease.Until);
        return SlotNote.Write(last.Group ?? "", last.Name ?? "");
    }

    private long UntilFor(string group)
    {
        var until = long.MaxValue;
        foreach (var range in slot.Ports.Ranges)
        {
            long own = 0;
            foreach (var lease in _leases)
            {
                if (lease.Group == group && lease.Ports.Covers(range))
                    own = Math.Max(own, lease.Until);
            }

            until = Math.Min(until, own);
        }

        return until;
    }
}

/// <summary>An answer that waits until all its slots are open.</summary>
internal sealed class Waiter(int slots)
{
    // Continuations run elsewhere: whoever changes a set must not end up answering everybody's queries.
    private readonly TaskCompletionSource<Targets.Opened> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _missing = slots;

    /// <summary>How it ended.</summary>
    public ValueTask<Targets.Opened> Completion => new(_completion.Task);

    /// <summary>One of its slots is open. Under the target's lock.</summary>
    public void SlotOpened()
    {
        if (--_missing == 0)
            _completion.TrySetResult(Targets.Opened.Yes);
    }

    /// <summary>It will not be.</summary>
    public void Fail(Targets.Opened how) => _completion.TrySetResult(how);
}
