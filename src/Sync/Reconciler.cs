using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Ledger;
using DnsGuard.Sync.Targets;
using DnsGuard.Wire.Names;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Sync;

/// <summary>★ Read desired, read actual, repair, sleep. It looks at the policy and the targets at its own pace; nobody calls it back.</summary>
/// <remarks>A missed signal would be a bug; a missed look costs one tick.</remarks>
internal sealed class Reconciler(SyncOptions options, TargetSet targets, GrantLedger ledger, LivePolicy livePolicy, SyncMetrics metrics, TimeProvider time, ILogger logger, Func<bool>? isBlind = null)
{
    // A neighbour who edits tables all day must not keep us reading ours all day. And the kernel takes ever longer to list a large set: half
    // a million elements cost seconds, which answers would have to wait for. So all of it is read for one part in a hundred of the time where
    // nothing points to a change, for one in five where something does.
    private const long LeastBetweenComparisons = 1_000;
    private const int PeriodicShare = 100;
    private const int ForeignShare = 5;

    private static readonly TimeSpan AboutToEnd = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Pace> _pace = targets.All.ToDictionary(target => target.Options.Name, _ => new Pace());
    private readonly Freezer _freezer = new(options, targets, ledger, isBlind ?? (static () => false), time, logger);
    private PolicySnapshot? _seen;
    private long _judgedAt;

    /// <summary>Asks for a comparison of one target at the next turn.</summary>
    public bool Request(string target)
    {
        if (!_pace.TryGetValue(target, out var pace))
            return false;
        // Volatile: another thread asks, the loop looks.
        Volatile.Write(ref pace.IsRequested, true);
        return true;
    }

    /// <summary>Makes the targets hold exactly what the restored ledger desires. Called once, before the first query is taken.</summary>
    public void Begin(int journalled)
    {
        var snapshot = livePolicy.Current;
        var restored = ledger.Count;
        var adopted = 0;
        foreach (var target in targets.All)
        {
            target.Prepare(snapshot);
            Compare(target, snapshot, entry => Adopt(entry, snapshot, ref adopted));
        }

        _seen = snapshot;
        SyncLog.Restored(logger, restored, journalled, adopted);
    }

    /// <summary>Turns until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(options.Tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
                Turn();
        }
        catch (OperationCanceledException)
        {
            // Told to stop: what is open stays open, with its timeouts.
        }
    }

    /// <summary>One look at everything.</summary>
    internal void Turn()
    {
        try
        {
            FollowPolicy();
            foreach (var target in targets.All)
                Watch(target);
            Retime(_freezer.Turn(livePolicy.Current), livePolicy.Current);
            ledger.Sweep();
        }
        catch (Exception mistake)
        {
            SyncLog.TurnBroke(logger, mistake);
        }
    }

    // A new revision, or a rule that has just expired: what no rule backs any more is closed.
    private void FollowPolicy()
    {
        var snapshot = livePolicy.Current;
        var now = Moment.Of(time).UnixSeconds;
        // No client remembers what was evicted, so no cached answer has to prove itself anew for it.
        var closing = targets.All.SelectMany(target => ledger.TakeEvicted(target.TakeEvicted(), snapshot.Revision)).ToList();
        var evicted = closing.Count;
        var (revoked, cutting) = ledger.TakeRevoked(snapshot.Revision);
        closing.AddRange(revoked);
        if (!ReferenceEquals(snapshot, _seen) || ledger.HasStaleReasons || snapshot.HasExpiryBetween(_judgedAt, now))
        {
            FollowTargets(snapshot);
            // First the sets that new rules need, since answers may be waiting for them; then what goes.
            foreach (var target in targets.All)
                target.Prepare(snapshot);
            var (closed, shortened) = ledger.Rejudge(snapshot);
            closing.AddRange(closed);
            Retime(shortened, snapshot);
            _seen = snapshot;
            _judgedAt = now;
        }

        if (closing.Count == 0)
            return;
        if (closing.Count > evicted)
            ledger.BumpEpoch();
        try
        {
            foreach (var target in targets.All)
                target.Close(closing);
            if (cutting.Count > 0 && targets.All.Select(target => Cut(target, cutting, snapshot)).ToList().TrueForAll(hasCut => !hasCut))
                SyncLog.CannotCut(logger, cutting.Count);
        }
        finally
        {
            // Answers may be waiting to open them again: whatever happened, they must not wait for ever.
            ledger.Closed(closing);
        }
    }

    private static bool Cut(IAllowTarget target, List<AllowEntry> entries, PolicySnapshot snapshot)
    {
        var groups = TargetSet.GroupsOf(target, snapshot);
        return entries.Where(entry => groups.Contains(entry.Group)).ToList() is { Count: > 0 } own && target.Cut(own);
    }

    // Targets still have the end that was. Nobody waits for this; should it fail, the comparison that follows mends it.
    private void Retime(IReadOnlyList<TimedEntry> entries, PolicySnapshot snapshot)
    {
        foreach (var target in entries.Count == 0 ? [] : targets.All)
        {
            var groups = TargetSet.GroupsOf(target, snapshot);
            var own = entries.Where(entry => groups.Contains(entry.Entry.Group)).ToList();
            if (own.Count > 0)
                _ = target.OpenAsync(own).AsTask();
        }
    }

    // A group that has come to another target brings its grants along: none of them is open there yet.
    private void FollowTargets(PolicySnapshot snapshot)
    {
        if (_seen is null)
            return;
        foreach (var target in targets.All.Where(target => !TargetSet.GroupsOf(target, snapshot).SetEquals(TargetSet.GroupsOf(target, _seen))))
        {
            Request(target.Options.Name);
            ledger.Unconfirm();
            ledger.BumpEpoch();
        }
    }

    private void Watch(IAllowTarget target)
    {
        var pace = _pace[target.Options.Name];
        var now = Moment.MonotonicOf(time);
        pace.HasChanged |= target.HasChanged();
        var isDue = now >= pace.NextPeriodic || Volatile.Read(ref pace.IsRequested) || (pace.HasChanged && now >= pace.NotBefore);
        if (!isDue)
            return;
        Volatile.Write(ref pace.IsRequested, false);
        pace.HasChanged = false;
        // While we run, all that is ours is in the ledger: nothing is adopted. But what ends by itself any moment is no drift, since kernel
        // time and ours differ by milliseconds.
        Compare(target, livePolicy.Current, entry => entry.Remaining > TimeSpan.Zero && entry.Remaining < AboutToEnd);
        var took = Moment.MonotonicOf(time) - now;
        pace.NextPeriodic = now + Math.Max((long)(target.ReadPeriod ?? options.ReconcilePeriod).TotalMilliseconds, PeriodicShare * took);
        pace.NotBefore = now + Math.Max(Math.Min(LeastBetweenComparisons, 20 * (took + 5)), ForeignShare * took);
    }

    private void Compare(IAllowTarget target, PolicySnapshot snapshot, Func<TimedEntry, bool> adopt)
    {
        var result = target.Reconcile(snapshot, () => ledger.Desired(TargetSet.GroupsOf(target, snapshot)), adopt);
        // All of it is back by now; but answers may have pointed to what was closed.
        if (result.WasGone)
            ledger.BumpEpoch();

        if (result.Drift == 0)
            return;
        metrics.Drift(target.Options.Name, result.Drift);
        SyncLog.DriftRepaired(logger, target.Options.Name, result.Drift);
    }

    // An element that the ledger does not know may be ours all the same, from just before a crash: its comment names whom it was opened
    // for, and the policy says whether that still stands. What says nothing, or nothing that stands, goes.
    private bool Adopt(TimedEntry found, PolicySnapshot snapshot, ref int adopted)
    {
        if (!DomainName.TryParse(found.Note, out var name) || !ledger.Restore(found.Entry, name, found.Entry.Address.Type, found.Remaining, snapshot))
            return false;
        adopted++;
        return true;
    }

    private sealed class Pace
    {
        public bool HasChanged;
        public bool IsRequested;
        public long NextPeriodic;
        public long NotBefore;
    }
}
