using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Snapshots;

/// <summary>Document → <see cref="PolicySnapshot"/>; the only way to make one. The document must have passed the validator.</summary>
/// <param name="networks">Where clients may be at all: what the group <c>default</c> covers when it names no blocks.</param>
/// <param name="targets">The targets of groups that name none.</param>
public sealed class PolicyCompiler(IReadOnlyList<AddressRange> networks, IReadOnlyList<string> targets)
{
    /// <summary>Compiles a revision.</summary>
    public PolicySnapshot Compile(long revision, PolicyDocument document)
    {
        var groups = document.Groups.Select(Group).ToArray();
        return new PolicySnapshot(revision, document, Clients(document), groups, new Work(document).Compile());
    }

    private ClientTree Clients(PolicyDocument document) => new(
        document.Groups.SelectMany((group, index) => group.Clients.Select(block => (block, index)))
            .Concat(document.Groups.Index()
                .Where(group => group.Item.Name == GroupDocument.DefaultName && group.Item.Clients.Count == 0)
                .SelectMany(group => networks.Where(network => !IsTaken(network, document)).Select(block => (block, group.Index)))));

    // The default group gets what nobody else's blocks hold; a network inside a wider block of another group would win by being more specific.
    private static bool IsTaken(AddressRange network, PolicyDocument document) =>
        document.Groups.Any(group => group.Clients.Any(block => block.PrefixBits <= network.PrefixBits && block.Contains(network.First)));

    private GroupSnapshot Group(GroupDocument document, int index)
    {
        var named = document.Targets ?? targets;
        var fingerprint = With(0, (ulong)document.Aliases, (ulong)document.Families, (ulong)document.Ech, (ulong)document.Tunnels, (ulong)document.Mode, (ulong)document.Grace.Floor.Ticks, (ulong)document.Grace.Extra.Ticks);
        foreach (var target in named)
            fingerprint = Text(fingerprint, target);
        return new GroupSnapshot(index, document, named, Text(0, document.Name), fingerprint);
    }

    private static ulong With(ulong hash, params ReadOnlySpan<ulong> numbers)
    {
        foreach (var number in numbers)
            hash = NameHash.With(hash + 1, number);
        return hash;
    }

    private static ulong Text(ulong hash, string text)
    {
        hash = With(hash, (ulong)text.Length);
        foreach (var character in text)
            hash = With(hash, character);
        return hash;
    }

    private sealed class Work(PolicyDocument document)
    {
        private readonly CompiledRule[] _rules = new CompiledRule[document.Groups.Sum(group => group.Rules.Count) + document.Lists.Sum(list => list.Rules.Count)];
        private readonly RuleReference[] _references = new RuleReference[document.Groups.Sum(group => group.Rules.Count) + document.Lists.Sum(list => list.Rules.Count)];
        private readonly List<LabelGlob> _globs = [];
        private readonly List<TypeSet> _typeSets = [TypeSet.Addresses, TypeSet.All];
        private readonly Dictionary<string, ushort> _typeSetByText = [];
        private int _count;

        public CompiledPolicy Compile()
        {
            var names = new NameTree.Builder(_rules);
            // A group's own rules come first at every name, so that they are the ones a verdict names.
            foreach (var (index, group) in document.Groups.Index())
            {
                foreach (var rule in group.Rules)
                    Add(names, rule, index, new RuleReference(null, group.Name, rule));
            }

            foreach (var (index, list) in document.Lists.Index())
            {
                foreach (var rule in list.Rules)
                    Add(names, rule, document.Groups.Count + index, new RuleReference(list.Name, null, rule));
            }

            var words = (document.Groups.Count + document.Lists.Count + 63) / 64;
            return new CompiledPolicy(names.Build(), _rules, [.. _globs], [.. _typeSets], RuleSetsOfGroups(words), words, _references);
        }

        private ulong[] RuleSetsOfGroups(int words)
        {
            var lists = document.Lists.Index().ToDictionary(list => list.Item.Name, list => document.Groups.Count + list.Index, StringComparer.Ordinal);
            var bits = new ulong[words * document.Groups.Count];
            foreach (var (index, group) in document.Groups.Index())
            {
                foreach (var set in group.Lists.Select(name => lists[name]).Append(index))
                    bits[(index * words) + (set >> 6)] |= 1UL << (set & 63);
            }

            return bits;
        }

        private void Add(NameTree.Builder names, RuleDocument rule, int ruleSet, RuleReference reference)
        {
            var index = _count++;
            var pattern = rule.Pattern;
            _references[index] = reference;
            _rules[index] = new CompiledRule
            {
                RuleSet = ruleSet,
                Specificity = Specificity(pattern),
                Types = Types(rule),
                Glob = pattern.Kind is PatternKind.Glob ? _globs.Count : -1,
                Shape = pattern.Kind switch
                {
                    PatternKind.Exact => RuleShape.Exact,
                    PatternKind.Below => RuleShape.Below,
                    PatternKind.Glob => RuleShape.Glob,
                    _ => RuleShape.AtOrBelow,
                },
                Denies = rule.Action is RuleAction.Deny,
                ExpiresAt = rule.Expires?.ToUnixTimeSeconds() ?? long.MaxValue,
                Fingerprint = Fingerprint(rule),
            };
            if (pattern.Kind is PatternKind.Glob)
                _globs.Add(new LabelGlob(pattern));
            names.Add(pattern.Suffix, index);
        }

        // Literal labels weigh most; then a whole name over a glob over a subtree; then the literal characters of a glob.
        private static int Specificity(NamePattern pattern)
        {
            var shape = pattern.Kind switch { PatternKind.Exact => 2, PatternKind.Glob => 1, _ => 0 };
            return (pattern.LiteralLabels << 16) | (shape << 8) | pattern.GlobLabel.Count(character => character != '*');
        }

        private ushort Types(RuleDocument rule)
        {
            if (rule.Types is null)
                return rule.Action is RuleAction.Deny ? (ushort)1 : (ushort)0;
            var text = string.Join(' ', rule.Types.Order());
            if (!_typeSetByText.TryGetValue(text, out var index))
            {
                _typeSetByText.Add(text, index = (ushort)_typeSets.Count);
                _typeSets.Add(TypeSet.Of(rule.Types));
            }

            return index;
        }

        private static ulong Fingerprint(RuleDocument rule)
        {
            var hash = Text((ulong)rule.Action, rule.Pattern.Text);
            foreach (var range in rule.Ports.Ranges)
                hash = With(hash, (ulong)range.Protocol, range.First, range.Last);
            return With(hash, rule.AllowsPrivate ? 1UL : 0, rule.RequiresDnssec ? 1UL : 0, (ulong)(rule.Hold?.Ticks ?? -1), (ulong)(rule.Pin ?? -1));
        }
    }
}
