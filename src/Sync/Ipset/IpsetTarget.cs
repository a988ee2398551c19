using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Netlink;
using DnsGuard.Sync.Targets;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Sync.Ipset;

/// <summary>ipsets in this machine's kernel, for rules of iptables that the operator writes. Whoever opens speaks to the kernel in line.</summary>
/// <remarks>The kernel tells nobody that a set was changed: a lost or emptied one is noticed within a tick by its count, all else by the comparison.</remarks>
internal sealed class IpsetTarget : IAllowTarget
{
    // Kernel times are whole seconds.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(3);

    private readonly IpsetConnection _connection = new();
    private readonly IpsetConnection _reading = new();
    private readonly IpsetTable _table;
    private readonly IpsetTable _look;
    private readonly Lock _kernel = new();
    private readonly Dictionary<NftSet, long> _filledUntil = [];
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private bool _isBroken;
    private bool _wasGone;
    private long _drift;
    private DateTimeOffset? _lastReconciled;
    private volatile string? _trouble;

    /// <summary>Opens the kernel's door.</summary>
    /// <exception cref="NetlinkException">There is no ipset here, or no right to use it.</exception>
    public IpsetTarget(TargetOptions options, TimeProvider time, ILogger logger)
    {
        (Options, _time, _logger) = (options, time, logger);
        var own = options.Ipset ?? throw new ArgumentException("a target of ipsets has options for them", nameof(options));
        (_table, _look) = (new IpsetTable(_connection, own), new IpsetTable(_reading, own));
        _table.Names();
    }

    /// <inheritdoc/>
    public TargetOptions Options { get; }

    /// <inheritdoc/>
    // What the kernel ends on whole seconds must have ended before the grant does.
    public TimeSpan Lead => TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    // Volatile: probes look while the holder of the lock writes.
    public bool IsTroubled => _trouble is not null;

    /// <inheritdoc/>
    public TargetStatus Status => new(Options.Name, "ipset", _trouble is null ? "ready" : "degraded", _trouble, 0, _drift, _lastReconciled, new Dictionary<string, long>(), new Dictionary<string, long>());

    /// <inheritdoc/>
    public void Prepare(PolicySnapshot snapshot)
    {
        var sets = SetsOf(snapshot);
        lock (_kernel)
        {
            var isTroubled = false;
            foreach (var set in sets.Where(set => !_filledUntil.ContainsKey(set)))
                isTroubled |= !Attempt(() => Make(set));
            var names = sets.Select(_table.NameOf).ToHashSet();
            foreach (var set in _filledUntil.Keys.Where(set => !names.Contains(_table.NameOf(set))).ToList())
                _filledUntil.Remove(set);
            isTroubled |= !Attempt(() => _table.Names().Where(name => _table.IsOurs(name) && !names.Contains(name)).ToList().ForEach(_table.Retire));
            if (!isTroubled)
                _trouble = null;
        }
    }

    /// <inheritdoc/>
    public ValueTask<Opened> OpenAsync(IReadOnlyList<TimedEntry> entries)
    {
        lock (_kernel)
        {
            try
            {
                Add(entries);
                return new(Opened.Yes);
            }
            catch (NetlinkException refusal)
            {
                Refused(refusal);
                return new(refusal.Error == Ips.ErrorFull ? Opened.Never : Opened.NotYet);
            }
        }
    }

    /// <inheritdoc/>
    public void Close(IReadOnlyList<AllowEntry> entries)
    {
        lock (_kernel)
        {
            var own = entries.Where(entry => _filledUntil.ContainsKey(NftSet.Of(entry))).ToList();
            if (own.Count == 0)
                return;
            Attempt(() => _table.Remove(own));
            // Empty it may be now; the next comparison knows what is left.
            foreach (var set in own.Select(entry => NftSet.Of(entry)).Distinct())
                _filledUntil[set] = 0;
        }
    }

    /// <inheritdoc/>
    public bool HasChanged()
    {
        lock (_kernel)
        {
            var now = Moment.MonotonicOf(_time);
            // Something must be left in a set until its last element ends.
            _wasGone |= _filledUntil.Any(set => set.Value > now && _table.CountOf(set.Key) is null or 0);
            return _isBroken || _wasGone;
        }
    }

    /// <inheritdoc/>
    public ReconcileResult Reconcile(PolicySnapshot snapshot, Func<IReadOnlyList<TimedEntry>> desired, Func<TimedEntry, bool> adopt)
    {
        var sets = SetsOf(snapshot);
        // A large set takes longer to read than an answer may wait: so without the lock, and what seems wrong is looked at again below.
        var before = desired().ToDictionary(entry => entry.Entry);
        var actual = new Dictionary<AllowEntry, TimedEntry>();
        var isRead = Attempt(() =>
        {
            foreach (var element in sets.SelectMany(set => _look.Read(set) ?? []))
                actual[element.Entry] = element;
        });
        lock (_kernel)
        {
            // Noted before it is opened, and nothing is opened now: what is not wanted here is nobody's.
            var wanted = desired().Where(entry => sets.Contains(NftSet.Of(entry.Entry))).ToDictionary(entry => entry.Entry);
            var strangers = actual.Values.Where(element => !wanted.ContainsKey(element.Entry)).ToLookup(adopt);
            var wrong = wanted.Values.Where(entry => Differs(entry, actual) && before.TryGetValue(entry.Entry, out var then) && Differs(then, actual)).ToList();
            var missed = wrong.Count(entry => entry.IsOpen) + strangers[false].Count();
            var wasGone = _wasGone && _lastReconciled is not null;
            _isBroken = !isRead;
            if (isRead && Attempt(() => Repair(sets, wrong, strangers[false].Select(element => element.Entry).ToList())))
            {
                (_wasGone, _trouble, _lastReconciled) = (false, null, _time.GetUtcNow());
                _drift += missed;
                foreach (var set in sets)
                    _filledUntil[set] = 0;
                NoteFilled(wanted.Values);
            }

            return new ReconcileResult(missed, wasGone);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _connection.Dispose();
        _reading.Dispose();
    }

    private HashSet<NftSet> SetsOf(PolicySnapshot snapshot) =>
        [.. snapshot.Groups.Where(group => group.Targets.Contains(Options.Name)).SelectMany(group => NftSet.For(group.Name, NftRuleset.PortsOf(group, snapshot)))];

    private static bool Differs(in TimedEntry entry, Dictionary<AllowEntry, TimedEntry> actual) =>
        !actual.TryGetValue(entry.Entry, out var element) || (element.Remaining - entry.Remaining).Duration() > Tolerance;

    private void Repair(HashSet<NftSet> sets, List<TimedEntry> wrong, List<AllowEntry> surplus)
    {
        foreach (var set in sets)
            Make(set);
        if (surplus.Count > 0)
            _table.Remove(surplus);
        if (wrong.Count > 0)
            Add(wrong);
    }

    private void Add(IReadOnlyList<TimedEntry> entries)
    {
        // An edit that the loop has not looked at yet may bring a new set. And what is not known to be ours is not written to.
        foreach (var set in entries.Select(entry => NftSet.Of(entry.Entry)).Where(set => !_filledUntil.ContainsKey(set)).Distinct())
            Make(set);
        try
        {
            _table.Add(entries);
        }
        catch (NetlinkException refusal) when (refusal.Error == NetlinkException.NotThere)
        {
            // Somebody took a set away: all that was in it lacks.
            _wasGone = true;
            foreach (var set in entries.Select(entry => NftSet.Of(entry.Entry)).Distinct())
                Make(set);
            _table.Add(entries);
        }

        NoteFilled(entries);
    }

    private void NoteFilled(IEnumerable<TimedEntry> entries)
    {
        var now = Moment.MonotonicOf(_time);
        foreach (var entry in entries)
        {
            var set = NftSet.Of(entry.Entry);
            // A second less: the kernel counts in whole ones.
            _filledUntil[set] = Math.Max(_filledUntil.GetValueOrDefault(set), now + (long)entry.Remaining.TotalMilliseconds - 2_000);
        }
    }

    private void Make(NftSet set)
    {
        try
        {
            _table.Create(set);
        }
        catch (NetlinkException refusal) when (refusal.Error == NetlinkException.AlreadyThere)
        {
            throw new NetlinkException(refusal.Error, $"the set {_table.NameOf(set)} is there with another type or other options, and is left alone; remove it, or choose another prefix");
        }

        _filledUntil.TryAdd(set, 0);
    }

    private bool Attempt(Action change)
    {
        try
        {
            change();
            return true;
        }
        catch (NetlinkException refusal)
        {
            Refused(refusal);
            return false;
        }
    }

    private void Refused(NetlinkException refusal)
    {
        var why = refusal.Error == Ips.ErrorFull ? $"a set is full with {Options.Ipset!.MaxEntries} entries. Raise maxEntries; sets that are there keep theirs until they are removed" : refusal.Message;
        if (_trouble != why)
            SyncLog.RemoteTroubled(_logger, Options.Name, "ipset", why);
        (_trouble, _isBroken) = (why, true);
    }
}
