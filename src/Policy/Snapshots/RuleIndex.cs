using System.Collections.Immutable;
using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Snapshots;

/// <summary>A revision's rules as a snapshot needs them: a base, and what edits have changed since.</summary>
internal sealed class RuleIndex
{
    // Beyond that an edit would cost more than it is worth, and look-ups ask twice for nothing.
    private const int MaxOverlay = 16_384;

    private readonly ImmutableArray<RuleSource> _sources;

    private RuleIndex(RuleBase ground, RuleOverlay overlay, ImmutableArray<RuleSource> sources)
    {
        (Base, Overlay, _sources) = (ground, overlay, sources);
    }

    /// <summary>Everything, as it was compiled last.</summary>
    public RuleBase Base { get; }

    /// <summary>What has changed since.</summary>
    public RuleOverlay Overlay { get; }

    /// <summary>The lists and groups, by the numbers that rules carry; some may be gone.</summary>
    public ImmutableArray<RuleSource> Sources => _sources;

    /// <summary>Compiles everything.</summary>
    public static RuleIndex Of(PolicyDocument document)
    {
        var ground = new RuleBase(document);
        return new RuleIndex(ground, RuleOverlay.Empty, ground.Sources);
    }

    /// <summary>From one document to the next, by what differs; null where that is too much.</summary>
    public RuleIndex? Follow(PolicyDocument before, PolicyDocument after)
    {
        var sources = _sources.ToBuilder();
        var numbers = sources.Index().ToDictionary(source => source.Item, source => source.Index);
        var old = Lists(before);
        var next = Lists(after);
        List<OverlaidRule> removed = [], added = [];
        foreach (var source in old.Keys.Union(next.Keys))
        {
            var (was, comes) = (old.GetValueOrDefault(source, []), next.GetValueOrDefault(source, []));
            if (ReferenceEquals(was, comes))
                continue;
            if (!RuleChanges.AreFew(was, comes))
                return null;
            if (!numbers.TryGetValue(source, out var number))
            {
                numbers.Add(source, number = sources.Count);
                sources.Add(source);
            }

            var changes = RuleChanges.Between(was, comes);
            removed.AddRange(changes.Removed.Select(place => new OverlaidRule(number, was.View(place).Octets.ToArray())));
            added.AddRange(changes.Added.Select(place => new OverlaidRule(number, comes.View(place).Octets.ToArray())));
        }

        if (Overlay.Size + removed.Count + added.Count > MaxOverlay || sources.Count > ushort.MaxValue)
            return null;
        var overlay = removed.Count + added.Count == 0 ? Overlay : Overlay.With(removed, added, Base.RulesAt, number => sources[number].IsGroup ? number : number + ushort.MaxValue);
        return new RuleIndex(Base, overlay, sources.ToImmutable());
    }

    /// <summary>A rule where it lies.</summary>
    public RuleView View(int rule) => new(rule < Base.Layer.Count ? Base.OctetsOf(rule) : Overlay.OctetsOf(rule - Base.Layer.Count));

    /// <summary>The list or group a rule stands in.</summary>
    public RuleSource SourceOf(int rule) => _sources[rule < Base.Layer.Count ? Base.Layer[rule].RuleSet : Overlay.Layer[rule - Base.Layer.Count].RuleSet];

    private static Dictionary<RuleSource, RuleList> Lists(PolicyDocument document) =>
        document.Groups.Select(group => (new RuleSource(group.Name, true), group.Rules))
            .Concat(document.Lists.Select(list => (new RuleSource(list.Name, false), list.Rules)))
            .ToDictionary();
}
