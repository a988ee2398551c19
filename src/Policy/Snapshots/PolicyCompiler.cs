using DnsGuard.Policy.Documents;
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
        var rules = RuleIndex.Of(document);
        return new PolicySnapshot(revision, document, Clients(document), groups, rules, RuleSetsOfGroups(document, rules));
    }

    /// <summary>Compiles a revision from another by what differs, or anew where that is too much.</summary>
    /// <param name="revision">Its number.</param>
    /// <param name="document">What was written.</param>
    /// <param name="previous">A snapshot of a document that shares most of its rules.</param>
    public PolicySnapshot Compile(long revision, PolicyDocument document, PolicySnapshot previous)
    {
        if (previous.Rules.Follow(previous.Document, document) is not { } rules)
            return Compile(revision, document);
        var groups = document.Groups.Select((group, index) => index < previous.Groups.Count && ReferenceEquals(previous.Groups[index].Document, group) ? previous.Groups[index] : Group(group, index)).ToArray();
        return new PolicySnapshot(revision, document, HaveSameClients(document, previous.Document) ? previous.Clients : Clients(document), groups, rules, RuleSetsOfGroups(document, rules));
    }

    private static bool HaveSameClients(PolicyDocument one, PolicyDocument other) =>
        one.Groups.Count == other.Groups.Count && one.Groups.Zip(other.Groups).All(pair => ReferenceEquals(pair.First.Clients, pair.Second.Clients) && pair.First.Name == pair.Second.Name);

    private static ulong[] RuleSetsOfGroups(PolicyDocument document, RuleIndex rules)
    {
        var numbers = rules.Sources.Index().ToDictionary(source => source.Item, source => source.Index);
        var words = (rules.Sources.Length + 63) / 64;
        var bits = new ulong[words * document.Groups.Count];
        foreach (var (index, group) in document.Groups.Index())
        {
            foreach (var source in group.Lists.Select(name => new RuleSource(name, false)).Append(new RuleSource(group.Name, true)))
            {
                // A list or group that never had a rule may have no number.
                if (numbers.TryGetValue(source, out var set))
                    bits[(index * words) + (set >> 6)] |= 1UL << (set & 63);
            }
        }

        return bits;
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
        var fingerprint = RuleFingerprint.With(0, (ulong)document.Aliases, (ulong)document.Families, (ulong)document.Ech, (ulong)document.Tunnels, (ulong)document.Mode, (ulong)document.Grace.Floor.Ticks, (ulong)document.Grace.Extra.Ticks);
        foreach (var target in named)
            fingerprint = RuleFingerprint.Text(fingerprint, target);
        return new GroupSnapshot(index, document, named, RuleFingerprint.Text(0, document.Name), fingerprint);
    }
}
