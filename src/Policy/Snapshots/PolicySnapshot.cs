using System.Runtime.CompilerServices;
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
    private readonly NameTree _names;
    private readonly CompiledRule[] _rules;
    private readonly LabelGlob[] _globs;
    private readonly TypeSet[] _typeSets;
    private readonly ulong[] _ruleSetsOfGroups;
    private readonly int _words;
    private readonly RuleReference[] _references;
    private readonly long[] _expiries;

    internal PolicySnapshot(long revision, PolicyDocument document, ClientTree clients, GroupSnapshot[] groups, CompiledPolicy compiled)
    {
        Revision = revision;
        Document = document;
        Clients = clients;
        Groups = groups;
        _names = compiled.Names;
        _rules = compiled.Rules;
        _globs = compiled.Globs;
        _typeSets = compiled.TypeSets;
        _ruleSetsOfGroups = compiled.RuleSetsOfGroups;
        _words = compiled.Words;
        _references = compiled.References;
        _expiries = [.. _rules.Select(rule => rule.ExpiresAt).Where(moment => moment != long.MaxValue).Distinct().Order()];
    }

    /// <summary>The number of the revision.</summary>
    public long Revision { get; }

    /// <summary>What it was compiled from.</summary>
    public PolicyDocument Document { get; }

    /// <summary>Client address → group.</summary>
    public ClientTree Clients { get; }

    /// <summary>All groups, by index.</summary>
    public IReadOnlyList<GroupSnapshot> Groups { get; }

    /// <summary>The first moment at which a rule expires, in Unix seconds; <see cref="long.MaxValue"/> for never.</summary>
    public long NextExpiry => _expiries.Length == 0 ? long.MaxValue : _expiries[0];

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
            for (var rule = _names.FirstRule(name.HashAt(i), name.SuffixAt(i)); rule >= 0; rule = _rules[rule].Next)
            {
                if (Matches(rule, group, name, i))
                    Consider(ref search, rule, type, unixSeconds);
            }

            // Only a glob filed under a shorter suffix could still be more specific than what was found.
            if (search.Rule >= 0 && _globs.Length == 0)
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
        var decided = _rules[verdict.Rule].Specificity;
        var effective = EffectiveRule.Of(_references[verdict.Rule].Rule);
        for (var i = 0; i <= name.LabelCount; i++)
        {
            for (var rule = _names.FirstRule(name.HashAt(i), name.SuffixAt(i)); rule >= 0; rule = _rules[rule].Next)
            {
                ref readonly var other = ref _rules[rule];
                if (rule != verdict.Rule && other.Specificity == decided && !other.Denies && other.ExpiresAt > unixSeconds
                    && _typeSets[other.Types].Contains(type) && Matches(rule, verdict.Group, name, i))
                {
                    effective = effective.With(EffectiveRule.Of(_references[rule].Rule));
                }
            }
        }

        return effective;
    }

    /// <summary>The rule behind an index of a verdict, for people.</summary>
    public RuleReference? Rule(int index) => index < 0 ? null : _references[index];

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

    private bool Matches(int index, int group, in HashedName name, int labelsInFront)
    {
        ref readonly var rule = ref _rules[index];
        if ((_ruleSetsOfGroups[(group * _words) + (rule.RuleSet >> 6)] & (1UL << (rule.RuleSet & 63))) == 0)
            return false;
        return rule.Shape switch
        {
            RuleShape.Exact => labelsInFront == 0,
            RuleShape.Below => labelsInFront > 0,
            RuleShape.AtOrBelow => true,
            RuleShape.Glob => labelsInFront == _globs[rule.Glob].Labels && _globs[rule.Glob].Matches(name.Octets, name.Starts),
            _ => false,
        };
    }

    private void Consider(ref Search search, int index, RecordType type, long unixSeconds)
    {
        ref readonly var rule = ref _rules[index];
        if (rule.Specificity < search.Specificity)
            return;
        if (!_typeSets[rule.Types].Contains(type))
        {
            // A rule that has expired would have matched; this one never could. Of both the former is the reason, in whatever order they come.
            if (search.Miss is VerdictReason.NoRule)
                search.Miss = VerdictReason.TypeNotAllowed;
            return;
        }

        if (rule.ExpiresAt <= unixSeconds)
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
