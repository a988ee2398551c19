using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Snapshots;

/// <summary>Compiled rules: all of a policy's, or those of the names that edits have touched since all were compiled.</summary>
/// <remarks>Filled from the last rule to the first, so that each can be put in front of those at its name. Never changed afterwards.</remarks>
internal sealed class RuleLayer
{
    private readonly Dictionary<string, TypeSet> _typeSets = [];
    private readonly List<RuleRarity> _rarities = [];
    private readonly NameTree _names;
    private readonly CompiledRule[] _rules;
    private int _free;

    /// <summary>Makes a layer.</summary>
    /// <param name="rules">How many rules it will hold.</param>
    /// <param name="names">The most names.</param>
    /// <param name="octets">About the octets of their names.</param>
    public RuleLayer(int rules, int names, int octets)
    {
        _rules = new CompiledRule[rules];
        _free = rules;
        _names = new NameTree(names, octets);
    }

    /// <summary>How many rules.</summary>
    public int Count => _rules.Length;

    /// <summary>Does any rule have a glob?</summary>
    public bool HasGlobs { get; private set; }

    /// <summary>When rules expire, in Unix seconds.</summary>
    public IEnumerable<long> Expiries => _rarities.Select(rarity => rarity.ExpiresAt).Where(moment => moment != long.MaxValue);

    /// <summary>A rule.</summary>
    public ref readonly CompiledRule this[int rule] => ref _rules[rule];

    /// <inheritdoc cref="NameTree.TryFind"/>
    public bool TryFind(ulong hash, ReadOnlySpan<byte> canonical, out int first) => _names.TryFind(hash, canonical, out first);

    /// <summary>When a rule expires, in Unix seconds; <see cref="long.MaxValue"/> for never.</summary>
    public long ExpiresAt(in CompiledRule rule) => rule.Rarity < 0 ? long.MaxValue : _rarities[rule.Rarity].ExpiresAt;

    /// <summary>Does a rule cover a type?</summary>
    public bool Covers(in CompiledRule rule, RecordType type) => (rule.Rarity < 0 ? Usual(rule.Action) : _rarities[rule.Rarity].Types).Contains(type);

    /// <summary>A rule's glob; only for rules of that shape.</summary>
    public LabelGlob Glob(in CompiledRule rule) => _rarities[rule.Rarity].Glob!;

    /// <summary>How specific a rule is; the largest that matches decides. Literal labels first, then the shape, then literal characters.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="labels">The labels of the name it is filed under.</param>
    public int Specificity(in CompiledRule rule, int labels) => rule.Rarity < 0 ? SpecificityOf(labels, rule.Kind, 0) : _rarities[rule.Rarity].Specificity;

    /// <summary>What identifies a rule's meaning.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="hash">The hash of the name it is filed under.</param>
    public ulong Fingerprint(in CompiledRule rule, ulong hash) => rule.Rarity < 0 ? RuleFingerprint.OfPlain(hash, rule.Action, rule.Kind) : _rarities[rule.Rarity].Fingerprint;

    /// <summary>Files a rule; the last one first.</summary>
    public void Add(RuleView view, int ruleSet)
    {
        ref var rule = ref _rules[--_free];
        var hash = NameHash.Of(view.Suffix);
        rule = new CompiledRule { RuleSet = (ushort)ruleSet, Rarity = -1, Kind = view.Kind, Action = view.Action };
        if (view.Kind is PatternKind.Glob || !view.Extras.IsEmpty)
            rule.Rarity = AddRarity(hash, RuleCodec.Read(view.Octets, 0, 0));
        rule.Next = _names.Push(hash, view.Suffix, _free);
    }

    /// <summary>Files that a name has no rules.</summary>
    public void AddEmpty(DomainName name) => _names.Push(name.Hash, name.Octets, -1);

    /// <summary>Gives back room that was not needed.</summary>
    public void Trim() => _names.Trim();

    // What an allow rule covers that names no types, and what a deny rule does.
    private static TypeSet Usual(RuleAction action) => action is RuleAction.Deny ? TypeSet.All : TypeSet.Addresses;

    // Literal labels weigh most; then a whole name over a glob over a subtree; then the literal characters of a glob.
    private static int SpecificityOf(int literalLabels, PatternKind kind, int literalCharacters) =>
        (literalLabels << 16) | (kind switch { PatternKind.Exact => 2, PatternKind.Glob => 1, _ => 0 } << 8) | literalCharacters;

    private int AddRarity(ulong hash, RuleDocument rule)
    {
        var pattern = rule.Pattern;
        var glob = pattern.Kind is PatternKind.Glob ? new LabelGlob(pattern) : null;
        HasGlobs |= glob is not null;
        _rarities.Add(new RuleRarity(
            rule.Types is null ? Usual(rule.Action) : Types(rule.Types),
            rule.Expires?.ToUnixTimeSeconds() ?? long.MaxValue,
            glob,
            SpecificityOf(pattern.LiteralLabels, pattern.Kind, pattern.GlobLabel.Count(character => character != '*')),
            RuleFingerprint.Of(hash, rule)));
        return _rarities.Count - 1;
    }

    private TypeSet Types(IReadOnlyList<RecordType> types)
    {
        var text = string.Join(' ', types.Order());
        if (!_typeSets.TryGetValue(text, out var set))
            _typeSets.Add(text, set = TypeSet.Of(types));
        return set;
    }
}
