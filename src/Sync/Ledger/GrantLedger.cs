using System.Runtime.InteropServices;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Shaping;
using DnsGuard.Sync.Targets;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Ledger;

/// <summary>All grants in force: what shall be open, until when, and because of which names. The desired state of every target.</summary>
/// <remarks>One lock over flat tables; it is held for microseconds and never while a target is spoken to.</remarks>
public sealed class GrantLedger : IGrantSink, IGrantView
{
    // An entry whose time is extended by less than this is left as it is: a second's worth of grace is not worth a transaction.
    private const long WorthExtendingMilliseconds = 1_000;

    // Answers wait for the lock: a millisecond of it per tick, and a million entries are still gone through within ten seconds.
    private const int SweepSlice = 5_000;

    // Judging a reason takes about a microsecond.
    private const int WalkSlice = 250;

    private readonly SyncOptions _options;
    private readonly TimeProvider _time;
    private readonly SyncMetrics _metrics;
    private readonly GrantJournal _journal;
    private readonly TargetSet _targets;
    private readonly Lock _lock = new();
    private readonly GrantTable _table = new();
    private readonly AnswerShaping _shaping;
    private readonly Closings _closings = new();
    private readonly List<GrantPlace> _places = [];
    private bool _hasStaleReasons;
    private int _sweptTo;
    private uint _epoch;

    internal GrantLedger(SyncOptions options, TargetSet targets, GrantJournal journal, SyncMetrics metrics, TimeProvider time)
    {
        (_options, _targets, _journal, _metrics, _time) = (options, targets, journal, metrics, time);
        _shaping = new AnswerShaping(targets, time);
        metrics.Observe(() => Count, () => journal.Dropped);
    }

    /// <inheritdoc/>
    // Volatile: workers compare it on every hit.
    public uint Epoch => Volatile.Read(ref _epoch);

    /// <inheritdoc/>
    public int Count
    {
        get
        {
            lock (_lock)
                return _table.Count;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<InternetAddress>? Choose(ChoiceRequest request) => _shaping.Choose(request);

    /// <inheritdoc/>
    public async ValueTask<GrantResult> OpenAsync(GrantRequest request, CancellationToken cancel)
    {
        // Read before anything is opened: if something closes meanwhile, what is cached under this epoch is already void.
        var epoch = Epoch;
        var targets = _targets.Of(request.Group.Targets);
        if (targets.Count == 0)
            return new GrantResult(GrantStatus.Open, long.MaxValue, epoch);
        if (request.Via is { } list)
            return new GrantResult(await Hold.OpenListAsync(targets, list, request.Ports, request.Hold, _time, cancel).ConfigureAwait(false), long.MaxValue, epoch);
        var now = Moment.Of(_time);
        var until = now.Monotonic + (long)request.Group.Document.Grace.Lifetime(request.Ttl).TotalMilliseconds;
        // Some targets begin to close before the end, so as to have closed by then.
        var openUntil = until - TargetSet.LeadOf(targets);
        if (!TryNote(request, now, until, openUntil, out var needed, out var closing))
            return new GrantResult(GrantStatus.Failed, 0, epoch);
        if (!Hold.IsNeeded(targets, needed))
            return new GrantResult(GrantStatus.Open, openUntil - WorthExtendingMilliseconds, epoch);

        var status = GrantStatus.Failed;
        try
        {
            status = await Hold.OpenAsync(targets, needed, request, closing, _time, cancel).ConfigureAwait(false);
        }
        finally
        {
            Settle(needed, openUntil, status);
        }

        return new GrantResult(status, openUntil - WorthExtendingMilliseconds, epoch);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Grant> List(string? group, InternetAddress? address, string? name, string? after, int limit)
    {
        lock (_lock)
        {
            var now = Moment.Of(_time);
            var indices = group is not null && address is { } only ? _table.Of(group, only) : _table.All();
            return [.. indices
                .Where(index => (group is null || _table.Group(_table[index]) == group) && (address is null || _table[index].Address == address) && _table[index].Until > now.Monotonic)
                .Select(index => DescribeLocked(index, now))
                .Where(grant => name is null || grant.Name == name)
                .Where(grant => after is null || string.CompareOrdinal(grant.Id, after) > 0)
                .OrderBy(grant => grant.Id, StringComparer.Ordinal)
                .Take(limit)];
        }
    }

    /// <inheritdoc/>
    public bool Revoke(string id, bool cut = false)
    {
        lock (_lock)
        {
            if (!GrantId.TryRead(id, out var entry) || _table.Find(entry) < 0)
                return false;
            // The reconciler closes it: one loop speaks for the ledger.
            _closings.Ask(id, cut);
            return true;
        }
    }

    /// <summary>Everything that shall be open at a target, with the time that is left.</summary>
    internal IReadOnlyList<TimedEntry> Desired(IReadOnlySet<string> groups)
    {
        var now = Moment.MonotonicOf(_time);
        var desired = new List<TimedEntry>();
        Walk(index =>
        {
            if (_table[index].Until > now && groups.Contains(_table.Group(_table[index])))
                desired.Add(TimedLocked(index, now, isOpen: _table[index].Confirmed > now));
        });
        return desired;
    }

    /// <summary>How many entries some groups have.</summary>
    internal int CountOf(HashSet<string> groups)
    {
        var count = 0;
        Walk(index => count += groups.Contains(_table.Group(_table[index])) ? 1 : 0);
        return count;
    }

    /// <summary>Takes out what has expired, a slice of the table at a time; the kernel's own timeouts have closed it by then.</summary>
    internal void Sweep()
    {
        lock (_lock)
        {
            var now = Moment.MonotonicOf(_time);
            _table.Expire(_sweptTo, SweepSlice, now);
            _sweptTo += SweepSlice;
            if (_sweptTo < _table.Used)
                return;
            _sweptTo = 0;
            _table.Compact();
        }
    }

    /// <summary>Judges every reason anew and takes out what no rule backs any more.</summary>
    /// <returns>What must be closed, and what stays open for other reasons that end sooner.</returns>
    internal (IReadOnlyList<AllowEntry> Closing, IReadOnlyList<TimedEntry> Shortened) Rejudge(PolicySnapshot snapshot)
    {
        var now = Moment.Of(_time);
        var closing = new List<AllowEntry>();
        var shortened = new List<TimedEntry>();
        // Before the first is judged: what an older revision grants while we go through them is judged the next time.
        lock (_lock)
            _hasStaleReasons = false;
        Walk(index =>
        {
            var before = _table[index].Until;
            var group = snapshot.Group(_table.Group(_table[index]));
            if (!_table.KeepReasons(index, (ref ReasonRow reason) => IsBackedLocked(snapshot, group, index, ref reason, now)))
                closing.Add(CloseLocked(index, now, snapshot.Revision));
            else if (_table[index].Until < before)
                shortened.Add(ShortenLocked(index, now));
        });
        return (closing, shortened);
    }

    /// <summary>Takes out what people asked to close, and what was opened too late for its rule.</summary>
    internal (List<AllowEntry> Closing, List<AllowEntry> Cutting) TakeRevoked(long revision)
    {
        lock (_lock)
        {
            var now = Moment.Of(_time);
            var closing = new List<AllowEntry>();
            var cutting = new List<AllowEntry>();
            while (_closings.TryTake(out var entry, out var cut))
            {
                if (_table.Find(entry) is not (var index and >= 0))
                    continue;
                closing.Add(CloseLocked(index, now, revision));
                if (cut)
                    cutting.Add(entry);
            }

            // What has been noted anew since then is to be open.
            closing.AddRange(_closings.TakeOvertaken(entry => _table.Find(entry) >= 0));
            return (closing, cutting);
        }
    }

    /// <summary>Takes out what a target had no room for, unless it has been answered again since.</summary>
    internal IReadOnlyList<AllowEntry> TakeEvicted(IReadOnlyList<(AllowEntry Entry, long Until)> evicted, long revision)
    {
        lock (_lock)
        {
            var now = Moment.Of(_time);
            return [.. evicted.Select(one => (Index: _table.Find(one.Entry), one.Until))
                .Where(one => one.Index >= 0 && _table[one.Index].Until < one.Until + WorthExtendingMilliseconds)
                .Select(one => CloseLocked(one.Index, now, revision))];
        }
    }

    /// <summary>Makes grants of some groups that end soon last a while longer: nobody can be asked whether they are still wanted.</summary>
    /// <returns>What has another end now. The ends are spread, so that they do not all come together once answers come again.</returns>
    internal IReadOnlyList<TimedEntry> Prolong(IReadOnlySet<string> groups, TimeSpan soon)
    {
        var now = Moment.MonotonicOf(_time);
        var prolonged = new List<TimedEntry>();
        Walk(index =>
        {
            if (_table[index].Until <= now || _table[index].Until > now + (long)soon.TotalMilliseconds || !groups.Contains(_table.Group(_table[index])))
                return;
            var until = now + (long)(soon * (2 + ((index & 63) / 64.0))).TotalMilliseconds;
            _table.KeepReasons(index, (ref ReasonRow reason) => (reason.Until = Math.Max(reason.Until, until)) > 0);
            prolonged.Add(TimedLocked(index, now, isOpen: _table[index].Confirmed > now));
        });
        return prolonged;
    }

    /// <summary>Has anything been granted by a revision that was no longer in force?</summary>
    // Volatile: who misses it in this turn sees it in the next.
    internal bool HasStaleReasons => Volatile.Read(ref _hasStaleReasons);

    /// <summary>The targets have closed what was taken out; who waits to open it again may go on.</summary>
    internal void Closed(IReadOnlyList<AllowEntry> closed)
    {
        lock (_lock)
            _closings.Done(closed);
    }

    /// <summary>Makes every cached answer prove its grants anew: something that was open has closed early.</summary>
    internal void BumpEpoch() => Interlocked.Increment(ref _epoch);

    /// <summary>Nothing counts as confirmed any more: the target was found without what it enforces with.</summary>
    internal void Unconfirm() => Walk(index => _table[index].Confirmed = 0);

    /// <summary>Puts back a grant from the journal, or one found at a target, if the policy still backs it.</summary>
    /// <returns>Whether it may stay.</returns>
    internal bool Restore(in AllowEntry entry, DomainName name, RecordType type, TimeSpan remaining, PolicySnapshot snapshot)
    {
        var now = Moment.Of(_time);
        if (remaining <= TimeSpan.Zero || snapshot.Group(entry.Group) is not { } group || !RuleBacking.IsBacked(snapshot, group, name.Octets, type, entry.Ports, now.UnixSeconds))
            return false;
        lock (_lock)
        {
            _table.AddReason(_table.FindOrAdd(entry), _table.Keep(name.Octets), type, now.Monotonic + (long)remaining.TotalMilliseconds, snapshot.Revision);
            return true;
        }
    }

    // A slice at a time: answers wait no longer than that takes. Rows stay where they are meanwhile.
    private void Walk(Action<int> look)
    {
        for (var from = 0; ; from += WalkSlice)
        {
            lock (_lock)
            {
                if (from >= _table.Used)
                    return;
                foreach (var index in _table.Slice(from, WalkSlice))
                    look(index);
            }
        }
    }

    // Writes down what shall be open before any target hears of it: if we die in between, the reconciler of the next start finds less
    // desired than actual and closes it, never the other way round.
    private bool TryNote(GrantRequest request, Moment now, long until, long openUntil, out List<TimedEntry> needed, out Task closing)
    {
        needed = [];
        closing = Task.CompletedTask;
        var note = request.Name.ToString();
        lock (_lock)
        {
            if (!_table.HasRoom(request, _options.MaxGrants, _options.MaxAddressesPerName))
            {
                _metrics.Full();
                return false;
            }

            // Judged by a revision that is no longer in force: the reconciler has to look at it again.
            _hasStaleReasons |= request.Revision != _targets.Revision;
            var name = _table.Keep(request.Name.Octets);
            _places.Clear();
            foreach (var address in request.Addresses)
            {
                foreach (var ports in request.Ports.Ranges)
                {
                    var entry = new AllowEntry(request.Group.Name, address, ports);
                    if (_closings.Contains(entry))
                        closing = _closings.Closed;
                    var index = _table.FindOrAdd(entry);
                    var isUnheard = _table.AddReason(index, name, request.Type, until, request.Revision);
                    ref var row = ref _table[index];
                    var isNeeded = row.Confirmed + WorthExtendingMilliseconds < openUntil;
                    if (isNeeded)
                        needed.Add(new TimedEntry(entry, TimeSpan.FromMilliseconds(row.Until - now.Monotonic), note, IsOpen: row.Confirmed > now.Monotonic) { Answered = request.Ttl });
                    // A name that came to an address already open is journalled too: after a restart it may be the only one left that backs it.
                    if (isNeeded || isUnheard)
                        _places.Add(new GrantPlace(address, ports));
                }
            }

            // Within the lock: what is opened and closed at once must be in the journal in that order.
            JournalLocked(request, now, until);
        }

        _metrics.Opened(needed.Count);
        return true;
    }

    private void JournalLocked(GrantRequest request, Moment now, long until)
    {
        var record = new GrantRecord
        {
            Kind = GrantEventKind.Opened,
            At = now.UnixMilliseconds,
            Until = now.UnixMilliseconds + until - now.Monotonic,
            Group = request.Group.Name,
            Revision = request.Revision,
            Name = request.Name.Octets,
            Type = request.Type,
            Aliases = request.Aliases,
            Rule = request.Rule,
        };
        _journal.Add(record, CollectionsMarshal.AsSpan(_places));
    }

    private void Settle(List<TimedEntry> entries, long openUntil, GrantStatus status)
    {
        lock (_lock)
        {
            foreach (var timed in entries)
            {
                if (_table.Find(timed.Entry) is not (var index and >= 0))
                    _closings.Overtaken(timed.Entry);
                else if (status is GrantStatus.Open)
                    _table[index].Confirmed = Math.Max(_table[index].Confirmed, openUntil);
            }
        }
    }

    private bool IsBackedLocked(PolicySnapshot snapshot, GroupSnapshot? group, int index, ref ReasonRow reason, Moment now)
    {
        if (group is null || !RuleBacking.IsBacked(snapshot, group, _table.Name(reason), reason.Type, _table[index].Ports, now.UnixSeconds))
            return false;
        reason.Revision = snapshot.Revision;
        return true;
    }

    private TimedEntry ShortenLocked(int index, Moment now)
    {
        _table[index].Confirmed = Math.Min(_table[index].Confirmed, _table[index].Until);
        return TimedLocked(index, now.Monotonic, isOpen: true);
    }

    private AllowEntry CloseLocked(int index, Moment now, long revision)
    {
        var entry = _table.Allow(_table[index]);
        _table.Remove(index);
        _closings.Add(entry);
        _journal.Add(new GrantRecord { Kind = GrantEventKind.Revoked, At = now.UnixMilliseconds, Until = now.UnixMilliseconds, Group = entry.Group, Revision = revision }, [new GrantPlace(entry.Address, entry.Ports)]);
        _metrics.Revoked();
        return entry;
    }

    private TimedEntry TimedLocked(int index, long now, bool isOpen)
    {
        ref var entry = ref _table[index];
        var note = entry.FirstReason < 0 ? "" : NameText.Write(_table.Name(_table.Reason(entry.FirstReason)));
        return new TimedEntry(_table.Allow(entry), TimeSpan.FromMilliseconds(entry.Until - now), note, isOpen);
    }

    private Grant DescribeLocked(int index, Moment now)
    {
        ref var entry = ref _table[index];
        ref var reason = ref _table.Reason(entry.FirstReason);
        var name = _table.Name(reason);
        var allow = _table.Allow(entry);
        var (rule, targets) = _targets.Explain(allow.Group, name, reason.Type, now.UnixSeconds);
        return new Grant(
            GrantId.Write(allow), allow.Group, allow.Address, allow.Ports, DateTimeOffset.FromUnixTimeMilliseconds(now.UnixMilliseconds + entry.Until - now.Monotonic),
            NameText.Write(name), reason.Type, rule, reason.Revision, targets);
    }
}
