using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Ledger;
using DnsGuard.Sync.Targets;
using Microsoft.Extensions.Logging;

namespace DnsGuard.Sync;

/// <summary>Grants do not end while we are blind: cut off from all servers, so that nobody can be answered anew, or from the place that enforces. Bounded. Turned by the reconciler.</summary>
/// <param name="options">How long.</param>
/// <param name="targets">The places that enforce.</param>
/// <param name="ledger">What is granted.</param>
/// <param name="isBlind">Does no server answer?</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where the operator reads.</param>
internal sealed class Freezer(SyncOptions options, TargetSet targets, GrantLedger ledger, Func<bool> isBlind, TimeProvider time, ILogger logger)
{
    private const long Period = 1_000;

    // Longer than a pause of the whole machine, so that nothing ends between two looks.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private long _lookedAt;
    private long? _since;
    private bool _isOver;

    /// <summary>Looks, once a second.</summary>
    /// <returns>What has another end now; targets must hear of it.</returns>
    public IReadOnlyList<TimedEntry> Turn(PolicySnapshot snapshot)
    {
        var now = Moment.MonotonicOf(time);
        if (now < _lookedAt + Period || options.Freeze == TimeSpan.Zero)
            return [];
        _lookedAt = now;
        var blind = isBlind();
        var unreachable = targets.All.Where(target => target.IsBlind).ToList();
        if (!blind && unreachable.Count == 0)
        {
            Thaw(now);
            return [];
        }

        var reason = blind ? "no server answers" : $"{string.Join(", ", unreachable.Select(target => target.Options.Name))} cannot be reached";
        if (_since is null)
            SyncLog.Frozen(logger, options.Freeze, reason);
        _since ??= now;
        if (now - _since > options.Freeze.TotalMilliseconds)
        {
            if (!_isOver)
                SyncLog.FrozenTooLong(logger, reason, options.Freeze);
            _isOver = true;
            return [];
        }

        var groups = blind ? snapshot.Groups.Select(group => group.Name).ToHashSet() : unreachable.SelectMany(target => TargetSet.GroupsOf(target, snapshot)).ToHashSet();
        return ledger.Prolong(groups, Soon + TimeSpan.FromMilliseconds(TargetSet.LeadOf(targets.All)));
    }

    private void Thaw(long now)
    {
        if (_since is { } since)
            SyncLog.Thawed(logger, TimeSpan.FromMilliseconds(now - since));
        (_since, _isOver) = (null, false);
    }
}
