using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;

namespace DnsGuard.Sync.Targets;

/// <summary>A place outside that enforces grants.</summary>
internal interface IAllowTarget : IDisposable
{
    /// <summary>Its options, its name among them.</summary>
    TargetOptions Options { get; }

    /// <summary>Makes the place ready for a policy: its sets, chains, lists. Called by the reconciler only.</summary>
    void Prepare(PolicySnapshot snapshot);

    /// <summary>Opens entries, or extends their time. Completes with true once every one of them is in force.</summary>
    ValueTask<bool> OpenAsync(IReadOnlyList<TimedEntry> entries);

    /// <summary>Closes entries; those that are not there are passed over. Called by the reconciler only.</summary>
    void Close(IReadOnlyList<AllowEntry> entries);

    /// <summary>Looks whether somebody else has changed the place since the last look. Called by the reconciler only, often: it must be cheap.</summary>
    bool HasChanged();

    /// <summary>Compares what is desired with what is there, and repairs the difference in one step. Called by the reconciler only.</summary>
    /// <param name="snapshot">The policy in force.</param>
    /// <param name="desired">Asked for once nothing can be opened any more until the comparison ends, so that nothing new looks like drift.</param>
    /// <param name="adopt">Asked about entries found that nobody desired: may they stay?</param>
    ReconcileResult Reconcile(PolicySnapshot snapshot, Func<IReadOnlyList<TimedEntry>> desired, Func<TimedEntry, bool> adopt);

    /// <summary>Is something wrong with it? Cheap: probes ask often.</summary>
    bool IsTroubled { get; }

    /// <summary>Its condition.</summary>
    TargetStatus Status { get; }
}

/// <summary>What a comparison found.</summary>
/// <param name="Drift">How many differences were repaired.</param>
/// <param name="WasGone">Had the place lost what it enforced with, so that answers may have pointed to closed addresses?</param>
internal readonly record struct ReconcileResult(int Drift, bool WasGone);
