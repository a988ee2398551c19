using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;

namespace DnsGuard.Policy.Snapshots;

/// <summary>Compiled rules: all of a policy's, or those of the names that edits have touched since all were compiled.</summary>
/// <remarks>Filled from the last rule to the first, so that each can be put in front of those at its name. Never changed afterwards.</remarks>
internal sealed class RuleLayer
{
    private readonly List<TypeSet> _typeSets = [TypeSet.Addresses, TypeSet.All];
    private readonly Dictionary<string, ushort> _typeSetByText = [];
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
    public bool Covers(in CompiledRule rule, Wire.Records.RecordType type) => _typeSets[rule.Types].Contains(type);

    /// <summary>A rule's glob; only for rules of that shape.</summary>
    public LabelGlob Glob(in CompiledRule rule) => _rarities[rule.Rarity].Glob!;

    /// <summary>Files a rule; the last one first.</summary>
    public void Add(RuleView view, int ruleSet)
    {
        var rule = _rules.AsSpan()[--_free..];
        var hash = NameHash.Of(view.Suffix);
        rule[0] = new CompiledRule
        {
            RuleSet = (ushort)ruleSet,
            Rarity = -1,
            Types = (ushort)(view.Action is RuleAction.Deny ? 1 : 0),
            Specificity = Specificity(LabelsOf(view.Suffix), view.Kind, 0),
            Denies = view.Action is RuleAction.Deny,
            Fingerprint = RuleFingerprint.OfPlain(hash, view.Action, view.Kind),
            Shape = view.Kind switch
            {
                PatternKind.Exact => RuleShape.Exact,
                PatternKind.Below => RuleShape.Below,
                PatternKind.Glob => RuleShape.Glob,
                _ => RuleShape.AtOrBelow,
            },
        };
        if (view.Kind is PatternKind.Glob || !view.Extras.IsEmpty)
            AddRare(ref rule[0], hash, RuleCodec.Read(view.Octets, 0, 0));
        rule[0].Next = _names.Push(hash, view.Suffix, _free);
    }

    /// <summary>Files that a name has no rules.</summary>
    public void AddEmpty(DomainName name) => _names.Push(name.Hash, name.Octets, -1);

    private void AddRare(ref CompiledRule compiled, ulong hash, RuleDocument rule)
    {
        var isGlob = rule.Pattern.Kind is PatternKind.Glob;
        if (rule.Types is not null)
            compiled.Types = Types(rule.Types);
        if (isGlob)
            compiled.Specificity = Specificity(rule.Pattern.LiteralLabels, PatternKind.Glob, rule.Pattern.GlobLabel.Count(character => character != '*'));
        if (isGlob || rule.Expires is not null)
        {
            compiled.Rarity = _rarities.Count;
            _rarities.Add(new RuleRarity(rule.Expires?.ToUnixTimeSeconds() ?? long.MaxValue, isGlob ? new LabelGlob(rule.Pattern) : null));
        }

        HasGlobs |= isGlob;
        compiled.Fingerprint = RuleFingerprint.Of(hash, rule);
    }

    // Literal labels weigh most; then a whole name over a glob over a subtree; then the literal characters of a glob.
    private static int Specificity(int literalLabels, PatternKind kind, int literalCharacters)
    {
        var shape = kind switch { PatternKind.Exact => 2, PatternKind.Glob => 1, _ => 0 };
        return (literalLabels << 16) | (shape << 8) | literalCharacters;
    }

    private static int LabelsOf(ReadOnlySpan<byte> name)
    {
        var labels = 0;
        for (var at = 0; name[at] != 0; at += name[at] + 1)
            labels++;
        return labels;
    }

    private ushort Types(IReadOnlyList<Wire.Records.RecordType> types)
    {
        var text = string.Join(' ', types.Order());
        if (!_typeSetByText.TryGetValue(text, out var index))
        {
            _typeSetByText.Add(text, index = checked((ushort)_typeSets.Count));
            _typeSets.Add(TypeSet.Of(types));
        }

        return index;
    }
}
