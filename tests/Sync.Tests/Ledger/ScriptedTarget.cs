using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Targets;

namespace DnsGuard.Sync.Tests.Ledger;

/// <summary>A target that opens and closes when a test says so: for what no kernel can be made to do on demand.</summary>
internal sealed class ScriptedTarget(TargetOptions options) : IAllowTarget
{
    public TargetOptions Options { get; } = options;

    /// <summary>Whether an opening succeeds, and when.</summary>
    public Func<Task<bool>> Opening { get; set; } = () => Task.FromResult(true);

    /// <summary>What happens while something is closed.</summary>
    public Action Closing { get; set; } = () => { };

    public bool IsTroubled => false;

    public TargetStatus Status => new(Options.Name, "scripted", "ready", null, 0, 0, null, new Dictionary<string, long>(), new Dictionary<string, long>());

    public void Prepare(PolicySnapshot snapshot)
    {
    }

    public async ValueTask<Opened> OpenAsync(IReadOnlyList<TimedEntry> entries) => await Opening() ? Opened.Yes : Opened.NotYet;

    public void Close(IReadOnlyList<AllowEntry> entries) => Closing();

    public bool HasChanged() => false;

    public ReconcileResult Reconcile(PolicySnapshot snapshot, Func<IReadOnlyList<TimedEntry>> desired, Func<TimedEntry, bool> adopt) => default;

    public void Dispose()
    {
    }
}
