using System.Runtime.CompilerServices;
using System.Text;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Snapshots;

/// <summary>★ A revision of the policy, compiled: immutable, and judged against without allocating.</summary>
/// <remarks>
/// A verdict is a pure function of (snapshot, name, type, client, moment): the server, <c>dnsguard test</c> and replay use this one method.
/// The most specific matching pattern decides; at equal specificity deny wins; nothing matching means blocked.
/// </remarks>
public sealed class PolicySnapshot
{
    private readonly RuleIndex _rules;
    private readonly RuleLayer _base;
    private readonly RuleLayer _overlay;
    private readonly int _overlaid;
    private readonly bool _hasOverlay;
    private readonly bool _hasGlobs;
    private readonly ulong[] _ruleSetsOfGroups;
    private readonly int _words;
    private readonly long[] _expiries;

    internal PolicySnapshot(long revision, PolicyDocument document, ClientTree clients, GroupSnapshot[] groups, RuleIndex rules, ulong[] ruleSetsOfGroups)
    {
        Revision = revision;
        Document = document;
        Clients = clients;
        Groups = groups;
        _rules = rules;
        (_base, _overlay) = (rules.Base.Layer, rules.Overlay.Layer);
        _overlaid = _base.Count;
        _hasOverlay = rules.Overlay.Size > 0;
        _hasGlobs = _base.HasGlobs || _overlay.HasGlobs;
        _ruleSetsOfGroups = ruleSetsOfGroups;
        _words = groups.Length == 0 ? 0 : ruleSetsOfGroups.Length / groups.Length;
        _expiries = [.. _base.Expiries.Concat(_overlay.Expiries).Distinct().Order()];
    }

    /// <summary>The number of the revision.</summary>
    public long Revision { get; }

    /// <summary>What it was compiled from.</summary>
    public PolicyDocument Document { get; }

    /// <summary>How many names and rules edits have changed since everything was compiled together.</summary>
    public int OverlaySize => _rules.Overlay.Size;

    /// <summary>Client address → group.</summary>
    public ClientTree Clients { get; }

    /// <summary>All groups, by index.</summary>
    public IReadOnlyList<GroupSnapshot> Groups { get; }

    /// <summary>The first moment at which a rule expires, in Unix seconds; <see cref="long.MaxValue"/> for never.</summary>
    public long NextExpiry => _expiries.Length == 0 ? long.MaxValue : _expiries[0];

    internal RuleIndex Rules => _rules;

    /// <summary>Does any rule expire after one moment and not after another, both in Unix seconds?</summary>
    public bool HasExpiryBetween(long after, long upTo)
    {
        var at = Array.BinarySearch(_expiries, after + 1);
        at = at < 0 ? ~at : at;
        return at < _expiries.Length && _expiries[at] <= upTo;
    }

    /// <summary>Judges a question.</summary>
    /// <param name="name">The QNAME.</param>
    /// <param name="type">The QTYPE.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="unixSeconds">Now, for rules that expire.</param>
    public Verdict Decide(in HashedName name, RecordType type, InternetAddress client, long unixSeconds) =>
        DecideForGroup(name, type, Clients.Find(client), unixSeconds);

    /// <summary>As <see cref="Decide(in HashedName, RecordType, InternetAddress, long)"/>, for a name in lower-case wire form that was not hashed yet.</summary>
    [SkipLocalsInit]
    public Verdict Decide(ReadOnlySpan<byte> canonical, RecordType type, InternetAddress client, long unixSeconds) =>
        Decide(new HashedName(canonical, stackalloc byte[NameLimits.Labels], stackalloc ulong[NameLimits.Labels]), type, client, unixSeconds);

    /// <summary>Judges a question of a known group's; -1 is nobody's.</summary>
    [SkipLocalsInit]
    public Verdict DecideForGroup(ReadOnlySpan<byte> canonical, RecordType type, int group, long unixSeconds) =>
        DecideForGroup(new HashedName(canonical, stackalloc byte[NameLimits.Labels], stackalloc ulong[NameLimits.Labels]), type, group, unixSeconds);

    /// <summary>Judges a question of a known group's; -1 is nobody's.</summary>
    public Verdict DecideForGroup(in HashedName name, RecordType type, int group, long unixSeconds)
    {
        if (group < 0)
            return new Verdict(Outcome.Refused, VerdictReason.UnknownClient, -1, -1, 0);
        var search = new Search(-1, -1, false, 0, VerdictReason.NoRule);
        for (var i = 0; i <= name.LabelCount; i++)
        {
            var layer = LayerOf(name, i, out var rule, out var first);
            for (; rule >= 0; rule = layer[rule].Next)
            {
                if (Matches(layer, layer[rule], group, name, i))
                    Consider(ref search, layer, layer[rule], first + rule, type, unixSeconds);
            }

            // Only a glob filed under a shorter suffix could still be more specific than what was found.
            if (search.Rule >= 0 && !_hasGlobs)
                break;
        }

        return Conclude(search, group);
    }

    /// <summary>What the rules behind a verdict say together; only for verdicts of this snapshot that are answered.</summary>
    public EffectiveRule Effective(ReadOnlySpan<byte> canonical, RecordType type, in Verdict verdict, long unixSeconds)
    {
        if (verdict.Outcome is not Outcome.Allowed)
            return EffectiveRule.Audited;
        var name = new HashedName(canonical, stackalloc byte[NameLimits.Labels], stackalloc ulong[NameLimits.Labels]);
        var decided = Compiled(verdict.Rule).Specificity;
        var effective = EffectiveRule.Of(_rules.View(verdict.Rule));
        for (var i = 0; i <= name.LabelCount; i++)
        {
            var layer = LayerOf(name, i, out var rule, out var first);
            for (; rule >= 0; rule = layer[rule].Next)
            {
                ref readonly var other = ref layer[rule];
                if (first + rule != verdict.Rule && other.Specificity == decided && !other.Denies && layer.ExpiresAt(other) > unixSeconds
                    && layer.Covers(other, type) && Matches(layer, other, verdict.Group, name, i))
                {
                    effective = effective.With(EffectiveRule.Of(_rules.View(first + rule)));
                }
            }
        }

        return effective;
    }

    /// <summary>The rule behind an index of a verdict, for people.</summary>
    public RuleReference? Rule(int index) => index < 0 ? null : _rules.SourceOf(index).Refer(RuleCodec.Read(_rules.View(index).Octets, 0, 0));

    /// <summary>Does the rule behind a verdict reach names that nobody wrote down?</summary>
    public bool IsWild(int index) => index >= 0 && Compiled(index).Shape is not RuleShape.Exact;

    /// <summary>Writes <c>list/id</c> or <c>group/id</c> of a rule as ASCII, without making objects; as much of it as there is room for.</summary>
    /// <returns>The octets written.</returns>
    public int WriteReference(int index, Span<byte> text)
    {
        var name = _rules.SourceOf(index).Name;
        var octets = Encoding.ASCII.GetBytes(name.AsSpan(0, Math.Min(name.Length, text.Length)), text);
        if (octets < text.Length)
            text[octets++] = (byte)'/';
        return octets + _rules.View(index).WriteId(text[octets..]);
    }

    /// <summary>The group with a name, or null.</summary>
    public GroupSnapshot? Group(string name)
    {
        foreach (var group in Groups)
        {
            if (group.Name == name)
                return group;
        }

        return null;
    }

    // The first rule at a suffix, in whichever layer knows it; and what its number there is more in a verdict.
    private RuleLayer LayerOf(in HashedName name, int labels, out int rule, out int first)
    {
        first = _overlaid;
        if (_hasOverlay && _overlay.TryFind(name.HashAt(labels), name.SuffixAt(labels), out rule))
            return _overlay;
        first = 0;
        _base.TryFind(name.HashAt(labels), name.SuffixAt(labels), out rule);
        return _base;
    }

    private ref readonly CompiledRule Compiled(int index) => ref index < _overlaid ? ref _base[index] : ref _overlay[index - _overlaid];

    private bool Matches(RuleLayer layer, in CompiledRule rule, int group, in HashedName name, int labelsInFront)
    {
        if ((_ruleSetsOfGroups[(group * _words) + (rule.RuleSet >> 6)] & (1UL << (rule.RuleSet & 63))) == 0)
            return false;
        return rule.Shape switch
        {
            RuleShape.Exact => labelsInFront == 0,
            RuleShape.Below => labelsInFront > 0,
            RuleShape.AtOrBelow => true,
            RuleShape.Glob => layer.Glob(rule) is var glob && labelsInFront == glob.Labels && glob.Matches(name.Octets, name.Starts),
            _ => false,
        };
    }

    private static void Consider(ref Search search, RuleLayer layer, in CompiledRule rule, int index, RecordType type, long unixSeconds)
    {
        if (rule.Specificity < search.Specificity)
            return;
        if (!layer.Covers(rule, type))
        {
            // A rule that has expired would have matched; this one never could. Of both the former is the reason, in whatever order they come.
            if (search.Miss is VerdictReason.NoRule)
                search.Miss = VerdictReason.TypeNotAllowed;
            return;
        }

        if (layer.ExpiresAt(rule) <= unixSeconds)
        {
            search.Miss = VerdictReason.Expired;
            return;
        }

        if (rule.Specificity > search.Specificity)
            search = search with { Specificity = rule.Specificity, Rule = index, Denies = rule.Denies, Fingerprint = rule.Fingerprint };
        else if (rule.Denies && !search.Denies)
            search = search with { Rule = index, Denies = true, Fingerprint = rule.Fingerprint };
        else if (rule.Denies == search.Denies)
            search.Fingerprint += rule.Fingerprint;
    }

    private Verdict Conclude(in Search search, int group)
    {
        var settings = Groups[group];
        if (search.Rule >= 0 && !search.Denies)
            return new Verdict(Outcome.Allowed, VerdictReason.AllowRule, group, search.Rule, search.Fingerprint ^ settings.Fingerprint);
        var reason = search.Rule >= 0 ? VerdictReason.DenyRule : search.Miss;
        return settings.IsAudit
            ? new Verdict(Outcome.Audited, reason, group, search.Rule, settings.Fingerprint)
            : new Verdict(Outcome.Blocked, reason, group, search.Rule, settings.Fingerprint);
    }

    private record struct Search(int Specificity, int Rule, bool Denies, ulong Fingerprint, VerdictReason Miss);
}
