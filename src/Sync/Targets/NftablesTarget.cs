using System.Collections.Concurrent;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Netlink;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Sync.Targets;

/// <summary>Sets in this machine's kernel. Whoever opens speaks to the kernel in line: an element costs less than waking a thread.</summary>
/// <remarks>
/// Openings are queued; whoever gets the lock sends all that is queued as one transaction, and the others find theirs done. So a burst
/// becomes a batch, and a lone answer waits only for its own few microseconds. What fails is left to the reconciler, which repairs the
/// table together with every desired entry in one transaction and then completes what waits.
/// </remarks>
internal sealed class NftablesTarget : IAllowTarget
{
    private readonly NftConnection _connection = new();
    private readonly NftConnection _reading = new();
    private readonly NftTable _table;
    private readonly Lock _kernel = new();
    private readonly ConcurrentQueue<Opening> _queue = new();
    private readonly List<Opening> _failed = [];
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly bool _refreshes;
    private readonly bool _destroys;
    private NftRuleset? _ruleset;
    private HashSet<string> _sets = [];
    private bool _isBroken;
    private long _drift;
    private DateTimeOffset? _lastReconciled;
    private volatile string? _trouble;

    /// <summary>Opens the kernel's door and finds out what this kernel can do.</summary>
    /// <exception cref="NetlinkException">There is no nf_tables here, or no right to use it.</exception>
    public NftablesTarget(TargetOptions options, TimeProvider time, ILogger logger)
    {
        Options = options;
        (_time, _logger) = (time, logger);
        _table = new NftTable(_connection, options.Table);
        (_refreshes, _destroys) = NftProbe.Run(_connection, options.Table);
        SyncLog.NftablesReady(logger, options.Name, options.Table, _refreshes ? "in place" : "by removing and adding");
    }

    /// <inheritdoc/>
    public TargetOptions Options { get; }

    /// <inheritdoc/>
    // Volatile: probes look while the holder of the lock writes.
    public bool IsTroubled => _trouble is not null;

    /// <inheritdoc/>
    public TargetStatus Status
    {
        get
        {
            TargetStatus status;
            lock (_kernel)
            {
                var (blocked, bypass) = _table.TryReadCounters();
                status = new TargetStatus(Options.Name, "nftables", _trouble is null ? "ready" : "degraded", _trouble, 0, _drift, _lastReconciled, blocked, bypass);
            }

            SendQueued();
            return status;
        }
    }

    /// <inheritdoc/>
    public void Prepare(PolicySnapshot snapshot)
    {
        var ruleset = new NftRuleset(Options, snapshot);
        lock (_kernel)
        {
            if (_ruleset?.Identity == ruleset.Identity && !_isBroken)
                return;
            _ruleset = ruleset;
            // Sets come or go with the policy; entries in those that stay are untouched, since only rules are written anew.
            Attempt(() => _table.Apply(ruleset));
            _sets = [.. ruleset.Sets.Select(set => set.Name)];
            // What waited for a set that was not there yet has its second try now, not when the next comparison is due.
            foreach (var opening in _failed)
                _queue.Enqueue(opening);
            _failed.Clear();
        }

        SendQueued();
    }

    /// <inheritdoc/>
    public ValueTask<Opened> OpenAsync(IReadOnlyList<TimedEntry> entries)
    {
        var opening = new Opening(entries);
        _queue.Enqueue(opening);
        SendQueued();
        return opening.Completion;
    }

    /// <inheritdoc/>
    public void Close(IReadOnlyList<AllowEntry> entries)
    {
        lock (_kernel)
        {
            var known = entries.Where(entry => _sets.Contains(NftSet.Of(entry).Name)).ToList();
            if (known.Count == 0 || _isBroken)
                return;
            Attempt(() => _table.Remove(known, _destroys));
        }

        SendQueued();
    }

    /// <inheritdoc/>
    public bool HasChanged()
    {
        bool changed;
        lock (_kernel)
            changed = _isBroken || _table.HasForeignCommits();
        SendQueued();
        return changed;
    }

    /// <inheritdoc/>
    public ReconcileResult Reconcile(PolicySnapshot snapshot, Func<IReadOnlyList<TimedEntry>> desired, Func<TimedEntry, bool> adopt)
    {
        var ruleset = new NftRuleset(Options, snapshot);
        var result = default(ReconcileResult);
        var comparison = Compare(ruleset, desired, adopt);
        lock (_kernel)
        {
            _ruleset = ruleset;
            Attempt(() => result = RepairLocked(ruleset, comparison, desired));
            _sets = [.. _ruleset.Sets.Select(set => set.Name)];
            _drift += result.Drift;
            CompleteFailedLocked();
        }

        SendQueued();
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _connection.Dispose();
        _reading.Dispose();
    }

    // Reading a large set takes longer than an answer may wait. So it is done without the lock, on a socket of its own, and what changes
    // meanwhile is told from what is wrong: an entry must differ from what was desired before the look and from what is desired after it.
    private Comparison Compare(NftRuleset ruleset, Func<IReadOnlyList<TimedEntry>> desired, Func<TimedEntry, bool> adopt)
    {
        var before = desired();
        var actual = ReadActual(ruleset);
        var after = desired().ToDictionary(entry => entry.Entry);
        // What nobody desired may still be ours, from before a crash: the caller knows the policy and says whether it may stay.
        var strangers = actual.Values.Where(element => !after.ContainsKey(element.Entry)).ToLookup(adopt);
        var wrong = before
            .Where(entry => ruleset.Sets.Contains(NftSet.Of(entry.Entry)) && Differs(entry, actual) && after.TryGetValue(entry.Entry, out var now) && Differs(now, actual))
            .Select(entry => after[entry.Entry] with { IsOpen = actual.ContainsKey(entry.Entry) })
            .ToList();
        // What has not been said to be open is not missed: an answer that is just being given, or a grant restored after a restart.
        var missed = wrong.Count(entry => after[entry.Entry].IsOpen);
        return new Comparison(wrong, missed, [.. strangers[true]], [.. strangers[false]]);
    }

    private ReconcileResult RepairLocked(NftRuleset ruleset, Comparison comparison, Func<IReadOnlyList<TimedEntry>> desired)
    {
        var present = _table.ReadPresence();
        var wasGone = ruleset.Sets.Any(set => !present.Sets.Contains(set.Name)) || ruleset.Chains.Any(chain => !present.Chains.Contains(chain));
        var isOurs = !wasGone && _table.IsOurs(present);
        if (isOurs && !_isBroken)
        {
            comparison = LookAgain(comparison, desired);
            Repair(comparison);
        }
        else
        {
            _table.Rebuild(ruleset, [.. desired().Where(entry => ruleset.Sets.Contains(NftSet.Of(entry.Entry))), .. comparison.Adopted]);
        }

        wasGone &= _lastReconciled is not null;
        (_isBroken, _lastReconciled) = (false, _time.GetUtcNow());
        return new ReconcileResult(comparison.Missed + comparison.Surplus.Count + (isOurs ? 0 : 1), wasGone);
    }

    // Answers went on opening during the look; and the kernel resizes its table behind a reader's back, and then tells of some elements twice
    // and of others not at all. So what seemed wrong is looked at by itself, now that nothing can be sent: what is granted is noted before.
    private Comparison LookAgain(Comparison comparison, Func<IReadOnlyList<TimedEntry>> desired)
    {
        if (comparison.Wrong.Count + comparison.Surplus.Count == 0)
            return comparison;
        var wanted = desired().ToDictionary(entry => entry.Entry);
        var wrong = new List<TimedEntry>();
        var missed = 0;
        foreach (var entry in comparison.Wrong.Select(entry => entry.Entry).Where(wanted.ContainsKey))
        {
            var element = _table.Find(entry);
            if (!Differs(wanted[entry], element))
                continue;
            missed += wanted[entry].IsOpen ? 1 : 0;
            wrong.Add(wanted[entry] with { IsOpen = element is not null });
        }

        var surplus = comparison.Surplus.Where(element => !wanted.ContainsKey(element.Entry) && _table.Find(element.Entry) is not null).ToList();
        return comparison with { Wrong = wrong, Missed = missed, Surplus = surplus };
    }

    private void Repair(Comparison comparison)
    {
        if (comparison.Surplus.Count > 0)
            _table.Remove([.. comparison.Surplus.Select(element => element.Entry)], _destroys);
        if (comparison.Wrong.Count > 0)
            _table.Add(comparison.Wrong, _refreshes);
    }

    private Dictionary<AllowEntry, TimedEntry> ReadActual(NftRuleset ruleset)
    {
        var actual = new Dictionary<AllowEntry, TimedEntry>();
        try
        {
            var table = new NftTable(_reading, Options.Table);
            var present = table.ReadPresence();
            foreach (var element in ruleset.Sets.Where(set => present.Sets.Contains(set.Name)).SelectMany(table.ReadElements))
                actual[element.Entry] = element;
        }
        catch (NetlinkException)
        {
            // A set went while it was read. Whatever else is wrong, the look under the lock finds that the table is not as we wrote it.
        }

        return actual;
    }

    private static bool Differs(in TimedEntry entry, Dictionary<AllowEntry, TimedEntry> actual) => Differs(entry, actual.TryGetValue(entry.Entry, out var element) ? element : null);

    // An element that lacks, or that ends well before or after it should: kernel time and ours differ by milliseconds, not seconds.
    private static bool Differs(in TimedEntry entry, TimedEntry? element) => element is not { } found || (found.Remaining - entry.Remaining).Duration() > TimeSpan.FromSeconds(2);

    // Whoever leaves the lock, whatever for, calls this: so what was queued while it was held is always sent by one of us.
    private void SendQueued()
    {
        while (!_queue.IsEmpty && _kernel.TryEnter())
        {
            try
            {
                SendQueuedLocked();
            }
            finally
            {
                _kernel.Exit();
            }
        }
    }

    private void SendQueuedLocked()
    {
        var batch = new List<Opening>();
        while (batch.Count < Opening.MaxPerBatch && _queue.TryDequeue(out var opening))
        {
            // A set that is not there yet would fail the whole transaction, which is dear: the reconciler makes it first.
            if (_isBroken || !HasSets(opening))
                _failed.Add(opening);
            else
                batch.Add(opening);
        }

        if (batch.Count == 0)
            return;
        var entries = batch.Count == 1 ? batch[0].Entries : [.. batch.SelectMany(opening => opening.Entries)];
        if (Attempt(() => _table.Add(entries, _refreshes)))
        {
            foreach (var opening in batch)
                opening.Complete(isOpen: true);
        }
        else
        {
            _failed.AddRange(batch);
        }
    }

    private bool HasSets(Opening opening) => opening.Entries.All(entry => _sets.Contains(NftSet.Of(entry.Entry).Name));

    // Their entries are desired, so a comparison that succeeded has opened them.
    private void CompleteFailedLocked()
    {
        foreach (var opening in _failed)
            opening.Complete(!_isBroken && HasSets(opening));
        _failed.Clear();
    }

    private bool Attempt(Action change)
    {
        try
        {
            change();
            _trouble = null;
            return true;
        }
        catch (NetlinkException refusal)
        {
            _isBroken = true;
            _trouble = refusal.Message;
            SyncLog.NftablesRefused(_logger, Options.Name, refusal.Message);
            return false;
        }
    }

    /// <summary>What a look at the sets found.</summary>
    /// <param name="Wrong">Entries that lack or have the wrong time, as they should be.</param>
    /// <param name="Missed">How many of them had been said to be open.</param>
    /// <param name="Adopted">Elements nobody desired that may stay.</param>
    /// <param name="Surplus">Elements nobody desired that must go.</param>
    private sealed record Comparison(List<TimedEntry> Wrong, int Missed, List<TimedEntry> Adopted, List<TimedEntry> Surplus);
}
