using System.Globalization;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Text;

namespace DnsGuard.Policy.Exchange;

/// <summary>Reads policies, specs and egress entries; entries add up, so a pattern that stands in two has the ports of both.</summary>
internal sealed class CiliumReader(RuleIntake intake)
{
    private const string Meant = "Nothing is to be done, if names are all that was meant";

    // Each entry that adds a port to a pattern has all of that pattern's sorted again.
    private const int MostRanges = 256;

    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<(NamePattern Pattern, int Line, PortSet Ports)> _found = [];
    private int _before;

    /// <summary>Reads one document.</summary>
    public void Read(TextNode root, int linesBefore)
    {
        _before = linesBefore;
        var kind = YamlPieces.Word(root, "kind");
        if (kind is "List" or "CiliumNetworkPolicyList" or "CiliumClusterwideNetworkPolicyList")
        {
            foreach (var item in YamlPieces.Members(YamlPieces.Find(root, "items")))
                ReadPolicy(item);
        }
        else
        {
            ReadPolicy(root);
        }
    }

    /// <summary>Hands in what was read.</summary>
    public void Finish()
    {
        foreach (var (pattern, line, ports) in _found)
            intake.Add(line, RuleAction.Allow, pattern, ports);
    }

    private void ReadPolicy(TextNode policy)
    {
        if (YamlPieces.Word(policy, "kind") is not ("CiliumNetworkPolicy" or "CiliumClusterwideNetworkPolicy"))
        {
            intake.LeftOut(Line(policy), YamlPieces.Word(policy, "kind") ?? policy.Kind, "it is no policy of Cilium's", Meant);
            return;
        }

        foreach (var spec in YamlPieces.Members(YamlPieces.Find(policy, "spec")).Concat(YamlPieces.Members(YamlPieces.Find(policy, "specs"))))
        {
            foreach (var (key, value) in (spec as TextMap)?.Entries ?? [])
                ReadSection(key, value);
        }
    }

    private void ReadSection(TextScalar key, TextNode value)
    {
        if (key.Value == "egress")
        {
            foreach (var entry in YamlPieces.Members(value))
                ReadEgress(entry);
        }
        else if (key.Value is "endpointSelector" or "nodeSelector")
            intake.Implied(Line(key), key.Value, "whom it is for is said by the list or group it goes into");
        else if (key.Value is not ("description" or "labels"))
            intake.LeftOut(Line(key), key.Value, "rules are about names that clients may ask for", Meant);
    }

    private void ReadEgress(TextNode entry)
    {
        var names = YamlPieces.Find(entry, "toFQDNs");
        if (names is null)
        {
            if (IsDnsVisibility(entry))
                intake.Implied(Line(entry), "toEndpoints", "DnsGuard sees every answer, since it gives them");
            else
                intake.LeftOut(Line(entry), entry is TextMap { Entries: [var (first, _), ..] } ? first.Value : entry.Kind, "it opens something else than names", Meant);
            return;
        }

        var others = (entry as TextMap)!.Entries.Where(one => one.Key.Value is not ("toFQDNs" or "toPorts")).ToList();
        if (others.Count > 0)
            intake.LeftOut(Line(others[0].Key), others[0].Key.Value, "the entry asks for more than names and ports", Meant);
        else if (TryPorts(YamlPieces.Find(entry, "toPorts"), out var ports))
        {
            foreach (var selector in YamlPieces.Members(names))
                ReadSelector(selector, ports);
        }
    }

    private static bool IsDnsVisibility(TextNode entry) =>
        YamlPieces.Members(YamlPieces.Find(entry, "toPorts")) is [var only] && YamlPieces.Find(YamlPieces.Find(only, "rules"), "dns") is not null;

    private void ReadSelector(TextNode selector, PortSet ports)
    {
        if (selector is not TextMap { Entries: [var (key, value)] } || value is not TextScalar { Value.Length: > 0 } written || key.Value is not ("matchName" or "matchPattern"))
            intake.Invalid(Line(selector), "toFQDNs", "the entry has neither a matchName nor a matchPattern, or both", "Write one of the two, with a name");
        else if (key.Value == "matchName" && written.Value.Contains('*', StringComparison.Ordinal))
            intake.Invalid(Line(written), written.Value, "a matchName has no asterisks", "Write matchPattern");
        else if (key.Value == "matchName" && written.Value[0] == '.')
            intake.Invalid(Line(written), written.Value, "it has an empty label", "Write a name such as api.example.com");
        else if (Ours(written) is { } ours && intake.Pattern(Line(written), ours) is { } pattern)
            Add(pattern, Line(written), ports);
    }

    // Any depth is *. in ours, and one label of any letters is a glob of two asterisks.
    private string? Ours(TextScalar written)
    {
        var text = written.Value;
        if (text.Length > ExchangeLimits.NameCharacters || !text.Contains('*', StringComparison.Ordinal) || text == "*")
            return text;
        if (text.StartsWith("**.", StringComparison.Ordinal) && !text.AsSpan(3).Contains('*'))
            return text[1..];
        if (text.Contains("**", StringComparison.Ordinal) || text.Split('.').Count(label => label.Contains('*', StringComparison.Ordinal)) > 1)
        {
            intake.LeftOut(Line(written), text, "only one label may hold asterisks, or all of the front", "Name the hosts, or write **. and what follows");
            return null;
        }

        return text.StartsWith("*.", StringComparison.Ordinal) ? $"*{text}" : text;
    }

    private void Add(NamePattern pattern, int line, PortSet ports)
    {
        if (_places.TryAdd(pattern.Text, _found.Count))
            _found.Add((pattern, line, ports));
        else
            Join(_places[pattern.Text], line, ports);
    }

    private void Join(int place, int line, PortSet ports)
    {
        var known = _found[place];
        var joined = known.Ports.Union(ports);
        // Said again it is told as a duplicate.
        if (joined.Equals(known.Ports))
            _found.Add((known.Pattern, line, known.Ports));
        else if (joined.Ranges.Length > MostRanges)
            intake.LeftOut(line, known.Pattern.Text, string.Create(CultureInfo.InvariantCulture, $"its entries together have more than {MostRanges} ranges of ports"), "Open fewer and wider ranges");
        else
            _found[place] = known with { Ports = joined };
    }

    private bool TryPorts(TextNode? node, out PortSet ports)
    {
        ports = PortSet.Any;
        if (node is null)
            return true;
        var ranges = new List<PortRange>();
        foreach (var entry in YamlPieces.Members(node))
        {
            if ((entry as TextMap)?.Entries.FirstOrDefault(one => one.Key.Value != "ports").Key is { } other)
            {
                intake.LeftOut(Line(other), other.Value, "rules look at names and ports, and not into connections", "Take it out, if the ports alone will do");
                return false;
            }

            foreach (var port in YamlPieces.Members(YamlPieces.Find(entry, "ports")))
            {
                if (!AddPort(port, ranges))
                    return false;
            }
        }

        ports = ranges.Count == 0 ? PortSet.Any : PortSet.From(ranges);
        return true;
    }

    private bool AddPort(TextNode node, List<PortRange> ranges)
    {
        var (port, protocol) = (YamlPieces.Word(node, "port"), YamlPieces.Word(node, "protocol") ?? "ANY");
        var end = YamlPieces.Word(node, "endPort") ?? port;
        if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var first) || !ushort.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var last) || protocol is not ("TCP" or "UDP" or "ANY"))
        {
            intake.LeftOut(Line(node), $"{port}/{protocol}", "rules have numbers of ports, of TCP and UDP", "Write port: \"443\" and protocol: TCP or UDP");
            return false;
        }

        // Cilium's port 0 is every port of the protocol.
        (first, last) = first == 0 ? ((ushort)1, ushort.MaxValue) : (first, Math.Max(first, last));
        if (protocol is "TCP" or "ANY")
            ranges.Add(new PortRange(TransportProtocol.Tcp, first, last));
        if (protocol is "UDP" or "ANY")
            ranges.Add(new PortRange(TransportProtocol.Udp, first, last));
        return true;
    }

    private int Line(TextNode node) => node.Line + _before;
}
