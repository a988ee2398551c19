using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;

namespace DnsGuard.Sync.Targets;

/// <summary>A plain-text list of addresses per group, which a device fetches at its own pace. The ledger is its state; there is nothing to send.</summary>
/// <remarks>Nobody tells us when a device has read it, so "open" means "in the list": late = 0 cannot be promised for a feed, and the documentation says so.</remarks>
internal sealed class FeedTarget(TargetOptions options) : IAllowTarget
{
    /// <inheritdoc/>
    public TargetOptions Options { get; } = options;

    /// <inheritdoc/>
    public bool IsTroubled => false;

    /// <inheritdoc/>
    public TargetStatus Status => new(Options.Name, "feed", "ready", null, 0, 0, null, new Dictionary<string, long>(), new Dictionary<string, long>());

    /// <inheritdoc/>
    public void Prepare(PolicySnapshot snapshot)
    {
    }

    /// <inheritdoc/>
    public ValueTask<Opened> OpenAsync(IReadOnlyList<TimedEntry> entries) => new(Opened.Yes);

    /// <inheritdoc/>
    public void Close(IReadOnlyList<AllowEntry> entries)
    {
    }

    /// <inheritdoc/>
    public bool HasChanged() => false;

    /// <inheritdoc/>
    public ReconcileResult Reconcile(PolicySnapshot snapshot, Func<IReadOnlyList<TimedEntry>> desired, Func<TimedEntry, bool> adopt)
    {
        return default;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
