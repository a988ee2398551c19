using System.Collections.Concurrent;
using DnsGuard.Policy.Snapshots;

namespace DnsGuard.Resolver.Granting;

/// <summary>What people call the rules of the snapshot in force, written out once for each rule and not for each answer.</summary>
internal sealed class RuleNames
{
    // A policy may have a million rules; those that answers are granted by are few. Forgetting them is cheap.
    private const int MaxNames = 10_000;

    private volatile Known _known = new(null);

    /// <summary>The name of the rule behind an index of a verdict; null where there is none.</summary>
    public string? Of(PolicySnapshot snapshot, int rule)
    {
        if (rule < 0)
            return null;
        var known = _known;
        if (!ReferenceEquals(known.Snapshot, snapshot) || known.Names.Count >= MaxNames)
            _known = known = new Known(snapshot);
        if (known.Names.TryGetValue(rule, out var name))
            return name;
        name = snapshot.Rule(rule)?.ToString();
        known.Names.TryAdd(rule, name);
        return name;
    }

    private sealed class Known(PolicySnapshot? snapshot)
    {
        public PolicySnapshot? Snapshot { get; } = snapshot;

        public ConcurrentDictionary<int, string?> Names { get; } = [];
    }
}
