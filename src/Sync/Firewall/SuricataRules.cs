using System.Globalization;
using System.Text;
using DnsGuard.Sync.Names;

namespace DnsGuard.Sync.Firewall;

/// <summary>What a group may have: for each protocol its names.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Clients">Its blocks.</param>
/// <param name="Tls">The names at tcp/443.</param>
/// <param name="Http">The names at tcp/80.</param>
internal sealed record FirewallGroup(string Name, IReadOnlyList<string> Clients, NameFilter Tls, NameFilter Http);

/// <summary>★ Groups → rules for Suricata that are tried in the order they stand: denials, then names at our addresses, then handshakes with our addresses, then nothing.</summary>
/// <remarks>
/// A connection is dropped at its first packet unless it goes to an address of ours. It then is neither passed nor dropped until the whole ClientHello, or the
/// whole header of the request, is there: clients with post-quantum keys send a ClientHello in two packets, and an earlier drop would be for good.
/// </remarks>
internal sealed class SuricataRules(NetworkFirewallOptions options)
{
    private readonly List<(string Before, string After, string? Key)> _rules = [];
    private uint _fixed;

    /// <summary>All of them, a rule a line; none where there are no clients.</summary>
    public static IReadOnlyList<string> Write(NetworkFirewallOptions options, IReadOnlyList<FirewallGroup> groups)
    {
        var rules = new SuricataRules(options);
        var present = groups.Where(group => group.Clients.Count > 0).ToList();
        foreach (var group in present)
            rules.AddGroup(group);
        if (present.Count > 0)
            rules.AddRest(List(present.SelectMany(group => group.Clients)));
        return rules.Numbered();
    }

    private void AddGroup(FirewallGroup group)
    {
        var clients = List(group.Clients);
        // No header matches names in another case: http.host is in lower case already, and refuses "nocase".
        foreach (var (protocol, filter, port, buffer, end) in ((string, NameFilter, int, string, string)[])[("tls", group.Tls, 443, "tls.sni", " nocase;"), ("http", group.Http, 80, "http.host", "")])
        {
            var allowed = filter.Allowed().ToList();
            foreach (var denied in filter.Denied().Where(_ => allowed.Count > 0))
                AddNamed("drop", protocol, group.Name, clients, "any", port, $"{buffer}; {Match(denied)}{end}", denied);
            foreach (var name in allowed)
            {
                foreach (var reference in options.References)
                    AddNamed("pass", protocol, group.Name, clients, $"@{reference.Name}", port, $"{buffer}; {Match(name)}{end}", name);
            }
        }
    }

    private void AddNamed(string action, string protocol, string group, string clients, string addresses, int port, string match, NameEntry entry) => _rules.Add((
        string.Create(CultureInfo.InvariantCulture, $"{action} {protocol} {clients} any -> {addresses} {port} ({match} flow:to_server,established;"),
        "",
        $"{action} {protocol} {group} {addresses} {entry.Reach} {entry.Name}"));

    // As AWS's guide to good practice ends its rules, and narrower by the addresses.
    private void AddRest(string clients)
    {
        foreach (var reference in options.References)
            Add($"pass tcp {clients} any -> @{reference.Name} [80,443] (flow:not_established,to_server;");
        Add($"drop tcp {clients} any -> any any (msg:\"dnsguard: address or port not allowed\"; flow:not_established,to_server;");
        // A JA4 exists only once the ClientHello is whole.
        Add($"drop tls {clients} any -> any any (msg:\"dnsguard: server name not allowed\"; ssl_state:client_hello; ja4.hash; content:\"_\"; flow:to_server,established;");
        Add($"drop http {clients} any -> any any (msg:\"dnsguard: host not allowed\"; http.header_names; content:\"|0D 0A|\"; startswith; flow:to_server,established;");
        Add($"drop tcp {clients} any -> any any (msg:\"dnsguard: neither TLS nor HTTP\"; app-layer-protocol:!tls; app-layer-protocol:!http; flow:to_server,established;");
        Add($"drop udp {clients} any -> any any (msg:\"dnsguard: UDP\"; flow:to_server;");
        Add($"drop icmp {clients} any -> any any (msg:\"dnsguard: ICMP\"; flow:to_server;");
        Add($"drop ip {clients} any -> any any (msg:\"dnsguard: other protocol\"; ip_proto:!TCP; ip_proto:!UDP; ip_proto:!ICMP; flow:to_server;");
    }

    private void Add(string rule) => _rules.Add((rule, string.Create(CultureInfo.InvariantCulture, $" sid:{options.SidBase + _fixed++};)"), null));

    private List<string> Numbered()
    {
        var numbers = RuleNumbers.Give(options.SidBase, _rules.Select(rule => rule.Key).OfType<string>());
        return [.. _rules.Select(rule => rule.Key is { } key ? string.Create(CultureInfo.InvariantCulture, $"{rule.Before} sid:{numbers[key]};)") : rule.Before + rule.After)];
    }

    // A dot is put in front of the name that is asked for, so that a tree's own name ends as those below it do.
    private static string Match(NameEntry entry) => entry.Reach switch
    {
        NameReach.Name => $"content:\"{Octets(entry.Name)}\"; startswith; endswith;",
        NameReach.Tree => $"dotprefix; content:\"{Octets($".{entry.Name}")}\"; endswith;",
        _ => $"content:\"{Octets($".{entry.Name}")}\"; endswith;",
    };

    private static string Octets(string name) => SuricataText.Content(Encoding.Latin1.GetBytes(name));

    private static string List(IEnumerable<string> blocks) => blocks.ToList() is [var only] ? only : $"[{string.Join(',', blocks)}]";
}
