using System.Runtime.CompilerServices;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Targets;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Ledger;

/// <summary>The targets of this node by name, and the policy that tells which group uses which.</summary>
internal sealed class TargetSet(IReadOnlyList<IAllowTarget> targets, LivePolicy livePolicy)
{
    // Every answer asks, and a group's list of names stays the same object as long as its snapshot.
    private readonly ConditionalWeakTable<IReadOnlyList<string>, IReadOnlyList<IAllowTarget>> _byNames = [];
    private readonly ConditionalWeakTable<IReadOnlyList<string>, IReadOnlyList<IAllowTarget>> _shapingByNames = [];

    /// <summary>All of them.</summary>
    public IReadOnlyList<IAllowTarget> All { get; } = targets;

    /// <summary>The number of the revision in force.</summary>
    public long Revision => livePolicy.Current.Revision;

    /// <summary>Those with the given names.</summary>
    public IReadOnlyList<IAllowTarget> Of(IReadOnlyList<string> names) =>
        _byNames.GetValue(names, list => [.. All.Where(target => list.Contains(target.Options.Name))]);

    /// <summary>Those with the given names that hold so few entries that answers are cut.</summary>
    public IReadOnlyList<IAllowTarget> ShapingOf(IReadOnlyList<string> names) => _shapingByNames.GetValue(names, list => [.. Of(list).Where(target => target.ShapesAnswers)]);

    /// <summary>How long before the end of a grant the earliest of some targets begins to close, in milliseconds.</summary>
    public static long LeadOf(IReadOnlyList<IAllowTarget> targets)
    {
        var lead = TimeSpan.Zero;
        foreach (var target in targets)
            lead = target.Lead > lead ? target.Lead : lead;
        return (long)lead.TotalMilliseconds;
    }

    /// <summary>Names of the groups whose grants go to a target.</summary>
    public static HashSet<string> GroupsOf(IAllowTarget target, PolicySnapshot snapshot) =>
        [.. snapshot.Groups.Where(group => group.Targets.Contains(target.Options.Name)).Select(group => group.Name)];

    /// <summary>The rule that backs a grant now, and the targets it is open at.</summary>
    public (string? Rule, IReadOnlyList<string> Targets) Explain(string groupName, ReadOnlySpan<byte> name, RecordType type, long unixSeconds)
    {
        var snapshot = livePolicy.Current;
        if (snapshot.Group(groupName) is not { } group)
            return (null, []);
        var verdict = snapshot.DecideForGroup(name, type, group.Index, unixSeconds);
        return (snapshot.Rule(verdict.Rule)?.ToString(), [.. Of(group.Targets).Select(target => target.Options.Name)]);
    }
}
