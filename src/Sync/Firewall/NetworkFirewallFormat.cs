using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Names;

namespace DnsGuard.Sync.Firewall;

/// <summary>Names as rules for AWS Network Firewall: a file for Suricata, and beside it, with <c>.json</c> behind its name, the whole rule group as its API takes it.</summary>
internal sealed class NetworkFirewallFormat(string path, NetworkFirewallOptions options) : INameFormat
{
    /// <summary>AWS: the capacity of one rule group. A rule of this kind takes one.</summary>
    public const int MaxRules = 30_000;

    /// <summary>AWS: characters of <c>RulesString</c>.</summary>
    public const int MaxCharacters = 2_000_000;

    /// <summary>The first line.</summary>
    public const string Header = "# dnsguard writes this file; edits are lost. Strict order.\n";

    private static readonly PortRange Https = new(TransportProtocol.Tcp, 443, 443);
    private static readonly PortRange Http = new(TransportProtocol.Tcp, 80, 80);

    /// <inheritdoc/>
    /// <exception cref="IOException">There is more to say than a rule group holds.</exception>
    public NameFiles Compose(PolicySnapshot snapshot, IReadOnlyList<GroupSnapshot> groups, long unixSeconds)
    {
        var composed = groups.Select(group => new FirewallGroup(group.Name, ClientBlocks.Of(snapshot.Clients, group.Index), Filter(snapshot, group, Https, unixSeconds), Filter(snapshot, group, Http, unixSeconds))).ToList();
        var rules = SuricataRules.Write(options, composed);
        var text = Header + string.Concat(rules.Select(rule => rule + "\n"));
        if (rules.Count > MaxRules || text.Length > MaxCharacters)
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"the groups need {rules.Count:N0} rules of {text.Length:N0} characters, and a rule group holds {MaxRules:N0} of {MaxCharacters:N0}: the rules before stay in force"));
        var filters = composed.SelectMany(group => ((PortRange, NameFilter)[])[(Https, group.Tls), (Http, group.Http)], (group, filter) => (Key: (group.Name, filter.Item1), Filter: filter.Item2)).ToDictionary(filter => filter.Key, filter => filter.Filter);
        return new NameFiles(
            new Dictionary<string, string> { [path] = text, [$"{path}.json"] = RuleGroup(text) },
            entry => filters.GetValueOrDefault((entry.Group, entry.Ports)),
            NameFiles.Describe(groups.Zip(composed, (group, written) => (group.Name, LeftOut(snapshot, group, written, unixSeconds)))));
    }

    private static NameFilter Filter(PolicySnapshot snapshot, GroupSnapshot group, PortRange port, long unixSeconds) =>
        NameFilterBuilder.Build(snapshot, group, PortSet.From([port]), unixSeconds, tellsOtherPorts: false);

    private static IReadOnlyList<string> LeftOut(PolicySnapshot snapshot, GroupSnapshot group, FirewallGroup written, long unixSeconds)
    {
        var others = NameFilterBuilder.RulesOf(snapshot, group)
            .Count(rule => rule.Action is RuleAction.Allow && !(rule.Expires?.ToUnixTimeSeconds() <= unixSeconds) && rule.Ports.Ranges.Any(range => range != Https && range != Http));
        return [.. written.Tls.LeftOut.Union(written.Http.LeftOut), .. others == 0 ? (string[])[] : [string.Create(CultureInfo.InvariantCulture, $"{others} {(others == 1 ? "rule" : "rules")} with ports beside tcp/443 and tcp/80")]];
    }

    // What UpdateRuleGroup takes: rules and the addresses they refer to change in one step.
    private string RuleGroup(string rules)
    {
        using var octets = new MemoryStream();
        using (var json = new Utf8JsonWriter(octets, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("ReferenceSets");
            json.WriteStartObject("IPSetReferences");
            foreach (var reference in options.References)
            {
                json.WriteStartObject(reference.Name);
                json.WriteString("ReferenceArn", reference.Arn);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartObject("RulesSource");
            json.WriteString("RulesString", rules);
            json.WriteEndObject();
            json.WriteStartObject("StatefulRuleOptions");
            json.WriteString("RuleOrder", "STRICT_ORDER");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(octets.ToArray()) + "\n";
    }
}
