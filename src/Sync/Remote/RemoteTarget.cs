using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Policy.Text;
using DnsGuard.Sync.Targets;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Sync.Remote;

/// <summary>★ A target behind an API, a file or a program: it takes time, it may refuse, it holds only so much. Each of its sets has an actor.</summary>
/// <remarks>Grants become wanted slots, slots get homes, actors make their sets equal to that, and answers wait until all their slots are open.</remarks>
internal sealed class RemoteTarget : IAllowTarget, IRemoteBoard
{
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WantedSlots _wanted;
    private readonly List<RemoteActor> _actors;
    private readonly SlotHomes _homes;
    private readonly bool _isSharded;
    private readonly List<(AllowEntry Entry, long Until)> _evicted = [];
    private readonly TaskCompletionSource _firstLook = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CapacityForecast _forecast;
    private readonly IDisposable? _door;
    private readonly IReadOnlyList<IRemoteCompanion> _companions;
    private Func<TimedEntry, bool> _adopt = static _ => false;
    private Task _running = Task.CompletedTask;
    private long _drift;
    private int _driftUntold;
    private bool _isGoneUntold;

    /// <summary>Puts a target together; nothing is asked before it is started.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="sets">What it is made of.</param>
    /// <param name="ports">The ports that its sets open together; null where each range is a slot of its own.</param>
    /// <param name="isSharded">Does a slot go to one of the sets, or to all of them?</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where the operator reads.</param>
    /// <param name="door">What the sets share; disposed with the target.</param>
    /// <param name="companions">What works beside the actors.</param>
    public RemoteTarget(TargetOptions options, IEnumerable<IRemoteSet> sets, IReadOnlyList<PortSet>? ports, bool isSharded, TimeProvider time, ILogger logger, IDisposable? door = null, IReadOnlyList<IRemoteCompanion>? companions = null)
    {
        (Options, _isSharded, _time, _logger, _door, _companions) = (options, isSharded, time, logger, door, companions ?? []);
        _wanted = new WantedSlots(ports);
        _actors = [.. sets.Select(set => new RemoteActor(set, this, time))];
        _homes = new SlotHomes(_actors, _wanted, isSharded);
        _forecast = new CapacityForecast(time);
    }

    /// <inheritdoc/>
    public TargetOptions Options { get; }

    /// <summary>Those who speak to its sets; simulations turn them by hand.</summary>
    public IReadOnlyList<RemoteActor> Actors => _actors;

    /// <inheritdoc/>
    public Lock Lock { get; } = new();

    /// <inheritdoc/>
    public bool ShapesAnswers => Options.Shape;

    /// <inheritdoc/>
    public TimeSpan Lead => Options.Lead;

    /// <inheritdoc/>
    public TimeSpan? ReadPeriod => Options.ReadPeriod;

    TimeSpan IRemoteBoard.ReadPeriod => Options.ReadPeriod;

    /// <inheritdoc/>
    public TimeSpan RemovalPeriod => Options.Lead / 2;

    /// <inheritdoc/>
    public Task FirstLook => _firstLook.Task;

    /// <inheritdoc/>
    public bool IsTroubled
    {
        get
        {
            lock (Lock)
                return TroubleLocked() is not null;
        }
    }

    /// <inheritdoc/>
    // What somebody has to mend, such as a right, is no reason to let nothing end.
    public bool IsBlind
    {
        get
        {
            lock (Lock)
                return _actors.Exists(actor => actor is { Trouble: not null, IsUnusable: false });
        }
    }

    /// <inheritdoc/>
    public TargetStatus Status
    {
        get
        {
            lock (Lock)
            {
                var trouble = TroubleLocked();
                var state = trouble is null ? "ready" : _actors.TrueForAll(actor => actor.IsUnusable) ? "unavailable" : "degraded";
                var lastRead = _actors.Exists(actor => actor.LastRead is null) ? null : _actors.Min(actor => actor.LastRead);
                return new TargetStatus(Options.Name, ChoiceText.WriteKebab(Options.Kind), state, trouble, 0, _drift, lastRead, new Dictionary<string, long>(), new Dictionary<string, long>()) { Capacity = _homes.Capacity(_forecast) };
            }
        }
    }

    /// <inheritdoc/>
    public void Start() => _running = Task.WhenAll(_actors.Select(actor => actor.RunAsync(_stopping.Token)).Concat(_companions.Select(companion => companion.RunAsync(this, _stopping.Token))));

    /// <inheritdoc/>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Prepare(PolicySnapshot snapshot)
    {
        if (!Options.CanRefer)
            return;
        var lists = snapshot.Groups.Where(group => group.Targets.Contains(Options.Name))
            .SelectMany(group => RuleMarks.Of(group.Document, snapshot.Document)).Distinct().SelectMany(marks => marks.Via)
            .SelectMany(rule => rule.Ports.Ranges.Select(ports => Slot.Of(NameOf(rule.Via!), ports))).ToHashSet();
        lock (Lock)
        {
            _wanted.SetLists(lists);
            foreach (var slot in _wanted.All)
                _homes.Find(slot);
            WakeAllLocked();
        }
    }

    /// <inheritdoc/>
    public ValueTask<Opened> OpenListAsync(string list, PortSet ports)
    {
        lock (Lock)
        {
            var slots = ports.Ranges.Select(range => _wanted.Find(Slot.Of(NameOf(list), range))).ToHashSet();
            return slots.Contains(null) ? new(Opened.Never) : WaitLocked(slots!);
        }
    }

    /// <inheritdoc/>
    public ValueTask<Opened> OpenAsync(IReadOnlyList<TimedEntry> entries)
    {
        lock (Lock)
        {
            var now = Now;
            var slots = new HashSet<WantedSlot>();
            var isExpressible = true;
            foreach (var entry in entries)
            {
                var own = _wanted.Put(entry, now);
                slots.UnionWith(own);
                isExpressible &= own.Count > 0;
            }

            return isExpressible ? WaitLocked(slots) : new(Opened.Never);
        }
    }

    /// <inheritdoc/>
    public bool CanHold(AllowEntry entry)
    {
        lock (Lock)
            return _wanted.SlotsOf(entry) is { Count: > 0 } slots && slots.All(slot => _actors.Exists(actor => !actor.Mirror.IsKnown || actor.Set.Takes(slot)));
    }

    /// <inheritdoc/>
    public bool IsOpen(AllowEntry entry)
    {
        lock (Lock)
            return _wanted.SlotsOf(entry) is { Count: > 0 } slots && slots.All(slot => _wanted.Find(slot) is { } wanted && wanted.Until - (long)Lead.TotalMilliseconds > Now && wanted.IsOpen(Now));
    }

    /// <inheritdoc/>
    public void Close(IReadOnlyList<AllowEntry> entries)
    {
        lock (Lock)
        {
            foreach (var entry in entries)
                _wanted.Drop(entry);
            WakeAllLocked();
        }
    }

    /// <inheritdoc/>
    public bool Cut(IReadOnlyList<AllowEntry> entries)
    {
        if (_companions.OfType<Aws.FlowCutter>().FirstOrDefault() is not { } cutter)
            return false;
        lock (Lock)
        {
            // Whoever asks for it before it is closed must not be told that it is open: it is denied by then.
            foreach (var slot in entries.SelectMany(_wanted.SlotsOf))
                _actors.ForEach(actor => actor.Mirror.Suspect(slot));
        }

        cutter.Cut(entries.Select(entry => entry.Address));
        return true;
    }

    /// <inheritdoc/>
    public bool HasChanged()
    {
        lock (Lock)
            return _driftUntold > 0;
    }

    /// <inheritdoc/>
    public IReadOnlyList<(AllowEntry Entry, long Until)> TakeEvicted()
    {
        lock (Lock)
        {
            if (_evicted.Count == 0)
                return [];
            var evicted = _evicted.ToList();
            _evicted.Clear();
            return evicted;
        }
    }

    /// <inheritdoc/>
    public ReconcileResult Reconcile(PolicySnapshot snapshot, Func<IReadOnlyList<TimedEntry>> desired, Func<TimedEntry, bool> adopt)
    {
        long mark;
        lock (Lock)
            mark = _wanted.Mark;
        // Asked for outside the lock: the ledger has one of its own. So answers may come meanwhile, and the list does not know of them.
        var wanted = desired();
        lock (Lock)
        {
            _adopt = adopt;
            _wanted.Replace(wanted, mark, Now);
            foreach (var slot in _wanted.All)
                _homes.Find(slot);
            foreach (var actor in _actors.Where(_ => _driftUntold == 0))
                actor.RequestRead();
            WakeAllLocked();
            var result = new ReconcileResult(_driftUntold, _isGoneUntold);
            (_driftUntold, _isGoneUntold) = (0, false);
            return result;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<WantedSlot> WantedAt(RemoteActor actor) => _wanted.At(actor);

    /// <inheritdoc/>
    public void Read(RemoteActor actor, bool isFirst, IReadOnlyList<FoundSlot> found, IReadOnlyList<Slot> gone, int strays)
    {
        var now = Now;
        // Not known before: which family it takes. So what waits may have a home only now.
        foreach (var slot in _wanted.All)
            _homes.Find(slot);
        foreach (var slot in found.Where(slot => isFirst && slot.IsOurs && _wanted.Find(slot.Slot) is null))
            AdoptLocked(actor, slot, now);
        foreach (var slot in found)
            _wanted.Find(slot.Slot)?.TellOpen(now);
        NoteDriftLocked(strays, wasGone: false);
        if (!isFirst)
            NoteDriftLocked(actor, found, gone, now);
        if (_actors.TrueForAll(other => other.Mirror.IsKnown))
            _firstLook.TrySetResult();
    }

    /// <inheritdoc/>
    public void Tell(RemoteActor actor, string? trouble)
    {
        if (trouble is null)
            SyncLog.RemoteRecovered(_logger, Options.Name, actor.Set.Id);
        else
            SyncLog.RemoteTroubled(_logger, Options.Name, actor.Set.Id, trouble);
    }

    /// <inheritdoc/>
    public void Planned(RemoteActor actor, Plan plan, long now)
    {
        foreach (var slot in plan.Refused)
        {
            slot.Waiters.ForEach(waiter => waiter.Fail(Opened.Never));
            slot.Waiters.Clear();
        }

        foreach (var slot in plan.Refused.Concat(plan.Evicted))
        {
            _evicted.AddRange(slot.Leases.Select(lease => (new AllowEntry(lease.Group, slot.Slot.Address, lease.Ports), lease.Until)));
            slot.Drop(_ => true);
        }

        _forecast.Refused += plan.Refused.Count;
        _forecast.Evicted += plan.Evicted.Count;
        _wanted.Forget(now);
    }

    /// <inheritdoc/>
    public void Changed(RemoteActor actor, RemoteChange change)
    {
        var now = Now;
        foreach (var slot in _wanted.All.Where(slot => slot.Waiters.Count > 0))
            slot.TellOpen(now);
        if (_homes.Capacity(_forecast) is { } capacity && _forecast.Note(capacity) is { } news)
            SyncLog.Filling(_logger, Options.Name, capacity.Used, capacity.Limit, news);
    }

    /// <inheritdoc/>
    public void Failed(RemoteActor actor, RemoteException failure)
    {
        if (!actor.IsUnusable)
            return;
        // Nothing is won by waiting: what then is the option's to say.
        foreach (var slot in _wanted.All.Where(slot => slot.IsHopeless(_actors)))
        {
            slot.Waiters.ForEach(waiter => waiter.Fail(Opened.NotYet));
            slot.Waiters.Clear();
        }

        _firstLook.TrySetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Cancel();
        foreach (var actor in _actors)
            actor.Dispose();
        _door?.Dispose();
        _stopping.Dispose();
    }

    private long Now => Moment.MonotonicOf(_time);

    private string NameOf(string list) => list.Replace("{region}", Options.Aws?.Ec2.Region, StringComparison.Ordinal);

    private ValueTask<Opened> WaitLocked(HashSet<WantedSlot> slots)
    {
        var now = Now;
        // A slot that would open more than is granted stays closed.
        if (slots.Any(slot => slot.Until <= now || !_homes.Find(slot)))
            return new(Opened.Never);
        var missing = slots.Where(slot => !slot.IsOpen(now)).ToList();
        if (missing.Count == 0)
            return new(Opened.Yes);
        if (missing.Exists(slot => slot.IsHopeless(_actors)))
            return new(Opened.NotYet);
        var waiter = new Waiter(missing.Count);
        foreach (var slot in missing)
            slot.Waiters.Add(waiter);
        foreach (var home in missing.SelectMany(slot => slot.Homes).Distinct())
            home.Wake();
        return waiter.Completion;
    }

    // From before a crash, perhaps: the policy says whether it may stay for as long as a client could know it.
    private void AdoptLocked(RemoteActor actor, FoundSlot found, long now)
    {
        if (!SlotNote.TryRead(found.Note, out var group, out var name))
            return;
        foreach (var range in found.Slot.Ports.Ranges)
        {
            var timed = new TimedEntry(new AllowEntry(group, found.Slot.Address, range), GrantGrace.Default.Lifetime(TimeSpan.Zero), name, IsOpen: true);
            if (!_adopt(timed))
                continue;
            foreach (var slot in _wanted.Put(timed with { Answered = timed.Remaining }, now).Where(slot => slot.Slot == found.Slot))
                slot.Homes = _isSharded ? [actor] : _actors;
        }
    }

    private void NoteDriftLocked(RemoteActor actor, IReadOnlyList<FoundSlot> found, IReadOnlyList<Slot> gone, long now)
    {
        var missed = gone.Count(slot => _wanted.Find(slot) is { } wanted && wanted.Until - (long)Lead.TotalMilliseconds > now);
        NoteDriftLocked(missed + found.Count(slot => slot.IsOurs && _wanted.Find(slot.Slot)?.Homes.Contains(actor) != true), missed > 0);
    }

    private void NoteDriftLocked(int drift, bool wasGone)
    {
        _drift += drift;
        _driftUntold += drift;
        _isGoneUntold |= wasGone;
    }

    private void WakeAllLocked() => _actors.ForEach(actor => actor.Wake());

    private string? TroubleLocked()
    {
        if (_actors.Find(actor => actor.Trouble is not null) is { } troubled)
            return troubled.Trouble;
        if (_actors.Find(actor => actor.Warning is not null) is { } warned)
            return warned.Warning;
        return _homes.Capacity(_forecast) is { } capacity && capacity.Used >= capacity.Limit && _forecast.Refused > 0
            ? $"it is full: {capacity.Used} of {capacity.Limit} entries. Raise its size or quota, give groups other targets, or let a gateway with nftables enforce"
            : null;
    }
}
