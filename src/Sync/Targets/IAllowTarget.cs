using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;

namespace DnsGuard.Sync.Targets;

/// <summary>A place outside that enforces grants.</summary>
internal interface IAllowTarget : IDisposable
{
    /// <summary>Its options, its name among them.</summary>
    TargetOptions Options { get; }

    /// <summary>Makes the place ready for a policy: its sets, chains, lists. Called by the reconciler only.</summary>
    void Prepare(PolicySnapshot snapshot);

    /// <summary>Does the place decide by names, so that it must be asked about each of them even where the addresses are open?</summary>
    bool DecidesByName => false;

    /// <summary>Can it not be reached just now?</summary>
    bool IsBlind => IsTroubled;

    /// <summary>Does it hold so few entries that answers are cut to what it can hold?</summary>
    bool ShapesAnswers => false;

    /// <summary>Can it open the entry at all? Asked only where it shapes answers.</summary>
    bool CanHold(AllowEntry entry) => true;

    /// <summary>Is the entry open? Asked only where it shapes answers.</summary>
    bool IsOpen(AllowEntry entry) => false;

    /// <summary>How long before a grant ends the place begins to close what it opened, so that it is closed by then. Zero where closing takes no time.</summary>
    TimeSpan Lead => TimeSpan.Zero;

    /// <summary>How often desired and actual are compared in full; null: as for all targets.</summary>
    TimeSpan? ReadPeriod => null;

    /// <summary>Begins to work by itself, where it does. After the first comparison has said what is wanted: before, it would close all it finds.</summary>
    void Start()
    {
    }

    /// <summary>Ends that. What is open stays open.</summary>
    Task StopAsync() => Task.CompletedTask;

    /// <summary>Completes when the place has been looked at once, or cannot be.</summary>
    Task FirstLook => Task.CompletedTask;

    /// <summary>Opens entries, or extends their time. Completes once every one of them is in force, or will not be.</summary>
    ValueTask<Opened> OpenAsync(IReadOnlyList<TimedEntry> entries);

    /// <summary>Completes once a list of AWS is open on some ports, instead of addresses one by one. The policy says which lists: <see cref="Prepare"/>.</summary>
    ValueTask<Opened> OpenListAsync(string list, PortSet ports) => new(Opened.Never);

    /// <summary>Closes entries; those that are not there are passed over. Called by the reconciler only.</summary>
    void Close(IReadOnlyList<AllowEntry> entries);

    /// <summary>Cuts the connections to entries that are being closed; false where the place cannot. Called by the reconciler only.</summary>
    bool Cut(IReadOnlyList<AllowEntry> entries) => false;

    /// <summary>Takes what the place had no room for any more, with the end that each had then. Called by the reconciler only.</summary>
    IReadOnlyList<(AllowEntry Entry, long Until)> TakeEvicted() => [];

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
