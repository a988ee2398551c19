using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Exchange;

/// <summary>The rules of a list by the literal end of their patterns: which of them say the same, and what stands above them.</summary>
/// <remarks>One flat table with keyed hashes, filled once: a million lines of a stranger's file cost a few look-ups each.</remarks>
internal sealed class SuffixTable
{
    private readonly RuleList _rules;
    private readonly Entry[] _entries;
    private readonly Dictionary<string, int> _globs = new(StringComparer.Ordinal);

    /// <summary>Makes an empty table for rules of a list.</summary>
    public SuffixTable(RuleList rules)
    {
        _rules = rules;
        _entries = new Entry[BitOperations.RoundUpToPowerOf2((uint)Math.Max(rules.Count * 2, 16))];
    }

    /// <summary>A table of a whole list.</summary>
    public static SuffixTable Of(RuleList rules)
    {
        var table = new SuffixTable(rules);
        for (var place = 0; place < rules.Count; place++)
            table.Add(place, rules.View(place));
        return table;
    }

    /// <summary>Adds the rule at a place of the list.</summary>
    /// <returns>The earlier rule with the same action and pattern; -1 where there is none.</returns>
    public int Add(int place, RuleView rule)
    {
        ref var entry = ref _entries[Slot(NameHash.Of(rule.Suffix), rule.Suffix)];
        if (entry.Witness == 0)
        {
            entry.Hash = NameHash.Of(rule.Suffix);
            entry.Witness = place + 1;
        }

        if (rule.Kind is PatternKind.Glob)
        {
            entry.Globs++;
            return _globs.TryAdd(GlobKey(rule), place) ? -1 : _globs[GlobKey(rule)];
        }

        ref var known = ref entry.Places[SlotOf(rule.Kind, rule.Action)];
        if (known != 0)
        {
            entry.HasSeveral |= (byte)(1 << SlotOf(rule.Kind, rule.Action));
            return known - 1;
        }

        known = place + 1;
        return -1;
    }

    /// <summary>The place of the rule with an action and the pattern of another; -1 where there is none.</summary>
    public int Find(in RuleView rule, RuleAction action) => rule.Kind is PatternKind.Glob
        ? _globs.GetValueOrDefault(GlobKey(rule, action), -1)
        : Find(rule.Suffix, rule.Kind, action);

    /// <summary>The place of the rule with an action and a pattern that is no glob; -1 where there is none.</summary>
    public int Find(ReadOnlySpan<byte> suffix, PatternKind kind, RuleAction action) => At(NameHash.Of(suffix), suffix).At(kind, action);

    /// <summary>What stands at a suffix.</summary>
    public SuffixRules At(ulong hash, ReadOnlySpan<byte> suffix) => new(ref _entries[Slot(hash, suffix)]);

    /// <summary>Could a rule that does the opposite decide for some name that another rule matches, if that were not there?</summary>
    public bool MayContradict(RuleView rule)
    {
        var opposite = rule.Action is RuleAction.Allow ? RuleAction.Deny : RuleAction.Allow;
        Span<byte> starts = stackalloc byte[NameLimits.Labels];
        Span<ulong> hashes = stackalloc ulong[NameLimits.Labels];
        var labels = NameHash.OfEverySuffix(rule.Suffix, starts, hashes);
        for (var level = 0; level <= labels; level++)
        {
            var found = level == labels ? At(NameHash.Root, [0]) : At(hashes[level], rule.Suffix[starts[level]..]);
            var isBelow = level > 0 || rule.Kind is not PatternKind.Exact;
            if ((isBelow && (found.Globs > 0 || found.At(PatternKind.Below, opposite) >= 0)) || found.At(PatternKind.AtOrBelow, opposite) >= 0 || (level == 0 && found.At(PatternKind.Exact, opposite) >= 0))
                return true;
        }

        return false;
    }

    private int Slot(ulong hash, ReadOnlySpan<byte> suffix)
    {
        var mask = _entries.Length - 1;
        for (var slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            ref var entry = ref _entries[slot];
            if (entry.Witness == 0 || (entry.Hash == hash && _rules.View(entry.Witness - 1).Suffix.SequenceEqual(suffix)))
                return slot;
        }
    }

    private static string GlobKey(in RuleView rule) => GlobKey(rule, rule.Action);

    private static string GlobKey(in RuleView rule, RuleAction action) => (action is RuleAction.Allow ? "+" : "-") + Encoding.ASCII.GetString(rule.GlobText);

    // "*" is what stands below the root.
    private static int SlotOf(PatternKind kind, RuleAction action) =>
        (kind switch { PatternKind.Exact => 0, PatternKind.AtOrBelow => 2, _ => 1 } * 2) + (int)action;

    /// <summary>What stands at one suffix.</summary>
    public readonly ref struct SuffixRules
    {
        private readonly ref readonly Entry _entry;

        internal SuffixRules(ref readonly Entry entry) => _entry = ref entry;

        /// <summary>How many globs end in it.</summary>
        public int Globs => _entry.Globs;

        /// <summary>The place of the rule of a shape; -1 where there is none.</summary>
        public int At(PatternKind kind, RuleAction action) => _entry.Places[SlotOf(kind, action)] - 1;

        /// <summary>Are there several of that shape?</summary>
        public bool HasSeveral(PatternKind kind, RuleAction action) => (_entry.HasSeveral >> SlotOf(kind, action) & 1) != 0;
    }

    internal struct Entry
    {
        public ulong Hash;
        public int Witness;
        public int Globs;
        public PlacesOfShapes Places;
        public byte HasSeveral;
    }

    [InlineArray(6)]
    internal struct PlacesOfShapes
    {
        private int _first;
    }
}
