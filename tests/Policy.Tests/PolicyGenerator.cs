using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using FsCheck;
using FsCheck.Fluent;

namespace DnsGuard.Policy.Tests;

/// <summary>Policies over a tiny alphabet of labels, so that patterns and names meet all the time, and in every way.</summary>
internal static class PolicyGenerator
{
    public static DateTimeOffset Start { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<string> Label = Gen.Elements("a", "b", "ab", "aab", "x-1", "xn--bcher-kva");
    private static readonly Gen<string> Suffix = Gen.Elements("t", "a.t", "b.a.t", "e", "a.b.a.t");

    private static readonly Gen<string> PatternText = Gen.OneOf(
        Suffix,
        Suffix.Select(suffix => "*." + suffix),
        Suffix.Select(suffix => "." + suffix),
        Gen.Constant("*"),
        from label in Label from suffix in Suffix select $"{label}.{suffix}",
        from label in Label from suffix in Suffix select $"*.{label}.{suffix}",
        from glob in Globs from suffix in Suffix select $"{glob}.{suffix}",
        from front in Label from glob in Globs from suffix in Suffix select $"{front}.{glob}.{suffix}");

    // "*" alone is only a glob where labels stand in front of it.
    private static Gen<string> Globs => Gen.Elements("a*", "*b", "a*b", "*a*", "a**b", "x-*", "*-*", "ab*", "*ab");

    private static readonly Gen<PatternedRule> Usual =
        from action in Gen.Elements(RuleAction.Allow, RuleAction.Allow, RuleAction.Deny)
        from pattern in PatternText
        select new PatternedRule(action, pattern);

    public static Gen<PortRange> PortRanges { get; } = Gen.OneOf(
        Gen.Constant(PortRange.Any),
        from protocol in Gen.Elements(TransportProtocol.Tcp, TransportProtocol.Udp)
        from first in Gen.OneOf(Gen.Choose(1, 20), Gen.Choose(1, 65535), Gen.Constant(65535))
        from length in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 5))
        select new PortRange(protocol, (ushort)first, (ushort)Math.Min(65535, first + length)));

    public static Gen<PortSet> PortSets { get; } = Gen.Choose(1, 4).SelectMany(count => PortRanges.ArrayOf(count)).Select(PortSet.From);

    private static readonly Gen<IReadOnlyList<RecordType>?> Types = Gen.Elements<IReadOnlyList<RecordType>?>(
        null, null, null, [RecordType.A], [RecordType.TXT, RecordType.A], [RecordType.SVCB], [(RecordType)129], [RecordType.TXT, (RecordType)65280]);

    private static readonly Gen<DateTimeOffset?> Expiry = Gen.Elements<DateTimeOffset?>(
        null, null, null, Start, Start.AddSeconds(1), Start.AddDays(1), Start.AddDays(1).AddMilliseconds(-1_000));

    /// <summary>A rule with the id <c>r</c>.</summary>
    public static Gen<RuleDocument> Rule { get; } =
        from usual in Usual
        from types in Types
        from expires in Expiry
        from ports in PortSets
        select new RuleDocument("r", usual.Action, NamePattern.Parse(usual.Pattern), default)
        {
            Types = types,
            Expires = expires,
            Ports = usual.Action is RuleAction.Deny ? PortSet.Default : ports,
            ConfirmsEverything = usual.Pattern == "*",
        };

    private static readonly Gen<IReadOnlyList<RuleDocument>> Rules =
        Gen.Choose(0, 6).SelectMany(count => Rule.ArrayOf(count)).Select(rules => (IReadOnlyList<RuleDocument>)[.. rules.Select((rule, index) => rule with { Id = $"r-{index}" })]);

    /// <summary>Up to three groups and three lists. The groups' blocks are disjoint.</summary>
    public static Gen<PolicyDocument> Documents { get; } =
        from listRules in Gen.Choose(0, 3).SelectMany(count => Rules.ArrayOf(count))
        from groups in Gen.Choose(1, 3).SelectMany(count => Group(listRules.Length).ArrayOf(count))
        select new PolicyDocument(
            [.. listRules.Select((rules, index) => new ListDocument($"l-{index}", null, [.. rules], default))],
            [.. groups.Select((one, index) => one with { Name = $"g-{index}", Clients = [AddressRange.Parse($"10.{index}.0.0/16")] })]);

    /// <summary>Names that the documents' patterns may match, and odd ones that they must not.</summary>
    public static Gen<DomainName> Names { get; } =
        from suffix in Gen.Frequency((1, Gen.Constant(".")), (12, Suffix))
        from labels in Gen.Choose(0, 3).SelectMany(count => Gen.Frequency((9, Label), (1, Gen.Elements("a.b", "\0", "*", "a\u00FFb", "ba"))).ArrayOf(count))
        select labels.Aggregate(DomainName.Parse(suffix), (name, label) => name.Prepend(System.Text.Encoding.Latin1.GetBytes(label))!);

    public static Gen<Question> Questions { get; } =
        from name in Names
        from type in Gen.Elements(RecordType.A, RecordType.A, RecordType.AAAA, RecordType.TXT, RecordType.SVCB, (RecordType)129, (RecordType)65280, RecordType.ANY)
        from index in Gen.Choose(0, 2)
        from now in Gen.Elements(Start.AddSeconds(-1), Start, Start.AddSeconds(1), Start.AddDays(1), Start.AddDays(2))
        select new Question(name, type, index, now);

    private static Gen<GroupDocument> Group(int lists) =>
        from rules in Rules
        from mode in Gen.Elements(GroupMode.Enforce, GroupMode.Enforce, GroupMode.Audit)
        from used in Gen.Choose(0, (1 << lists) - 1)
        select new GroupDocument("", default) { Rules = [.. rules], Mode = mode, Lists = [.. Enumerable.Range(0, lists).Where(list => (used >> list & 1) != 0).Select(list => $"l-{list}")] };

    internal sealed record Question(DomainName Name, RecordType Type, int Group, DateTimeOffset Now);

    private sealed record PatternedRule(RuleAction Action, string Pattern);
}
