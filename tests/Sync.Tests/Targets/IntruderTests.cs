namespace DnsGuard.Sync.Tests.Targets;

/// <summary>Others change our table: within a second it is as it was, and theirs is untouched.</summary>
public sealed class IntruderTests
{
    private const string Theirs = """
        table inet other {
          set seen { type ipv4_addr; elements = { 192.0.2.7, 192.0.2.8 } }
          map ways { type ipv4_addr : verdict; elements = { 192.0.2.9 : drop } }
          chain forward { type filter hook forward priority 10; policy accept; ip saddr @seen accept
            ip daddr vmap @ways
          }
        }
        table ip dnsguard {
          chain forward { type filter hook forward priority 11; policy accept; }
        }
        """;

    public static TheoryData<string, string> Intrusions => new()
    {
        { "the table is deleted", "delete table inet dnsguard" },
        { "the table sleeps", "add table inet dnsguard { flags dormant; }" },
        { "a set is deleted", "flush chain inet dnsguard web\ndelete set inet dnsguard web.4" },
        { "a set comes back with another type", "flush chain inet dnsguard web\ndelete set inet dnsguard web.4\nadd set inet dnsguard web.4 { type ipv4_addr; flags timeout; }" },
        { "a set comes back without timeouts", "flush chain inet dnsguard web\ndelete set inet dnsguard web.4\nadd set inet dnsguard web.4 { type ipv4_addr . inet_proto . inet_service; }" },
        { "a set is emptied", "flush set inet dnsguard web.4" },
        { "a set is added", "add set inet dnsguard extra { type ipv4_addr; }" },
        { "an element is added", "add element inet dnsguard web.4 { 203.0.113.66 . tcp . 443 timeout 1h }" },
        { "an element is added for ever", "add element inet dnsguard web.4 { 203.0.113.66 . tcp . 443 }" },
        { "an element is added in a good name", "add element inet dnsguard web.4 { 203.0.113.66 . tcp . 443 timeout 1h comment \"example.com\" }" },
        { "an element is added for a port of no rule", "add element inet dnsguard web.4 { 192.0.2.1 . tcp . 22 timeout 1h comment \"example.com\" }" },
        { "an element is added for another protocol", "add element inet dnsguard web.4 { 192.0.2.1 . sctp . 443 timeout 1h }" },
        { "an element is deleted", "delete element inet dnsguard web.4 { 192.0.2.1 . tcp . 443 }" },
        { "an element loses its time", "delete element inet dnsguard web.4 { 192.0.2.1 . tcp . 443 }\nadd element inet dnsguard web.4 { 192.0.2.1 . tcp . 443 timeout 5s comment \"example.com\" }" },
        { "an element gets too much time", "delete element inet dnsguard web.4 { 192.0.2.1 . tcp . 443 }\nadd element inet dnsguard web.4 { 192.0.2.1 . tcp . 443 timeout 9h comment \"example.com\" }" },
        { "an element gets time for ever", "delete element inet dnsguard web.4 { 192.0.2.1 . tcp . 443 }\nadd element inet dnsguard web.4 { 192.0.2.1 . tcp . 443 comment \"example.com\" }" },
        { "a rule accepts on top", "insert rule inet dnsguard forward accept" },
        { "a rule with a set of its own accepts on top", "insert rule inet dnsguard forward ip saddr { 10.1.0.1, 10.1.0.7 } accept" },
        { "a rule with a chain of its own accepts on top", "insert rule inet dnsguard forward ip saddr 10.1.0.1 jump { accept; }" },
        { "a rule is added to a group", "insert rule inet dnsguard web counter accept" },
        { "the rules of a chain are gone", "flush chain inet dnsguard forward" },
        { "the rules of a group are gone", "flush chain inet dnsguard web" },
        { "a rule is replaced", "replace rule inet dnsguard forward handle HANDLE accept" },
        { "a rule is deleted", "delete rule inet dnsguard forward handle HANDLE" },
        { "the policy of a chain changes", "add chain inet dnsguard forward { policy drop; }" },
        { "a chain is added", "add chain inet dnsguard extra { type filter hook forward priority -10; policy drop; }" },
        { "a chain is added and used", "add chain inet dnsguard extra\nadd rule inet dnsguard extra accept\ninsert rule inet dnsguard forward jump extra" },
        { "a map leads to a chain", "add chain inet dnsguard extra\nadd map inet dnsguard ways { type ipv4_addr : verdict; }\nadd element inet dnsguard ways { 10.1.0.1 : jump extra }\ninsert rule inet dnsguard forward ip saddr vmap @ways" },
        { "a chain gets another name", "rename chain inet dnsguard web renamed" },
        { "a group's chain gets a hook", "flush map inet dnsguard clients.4\nflush chain inet dnsguard web\ndelete chain inet dnsguard web\nadd chain inet dnsguard web { type filter hook forward priority 5; policy accept; }" },
        { "clients are deleted", "flush map inet dnsguard clients.4" },
        { "a client goes another way", "add element inet dnsguard clients.4 { 10.2.0.0/16 : accept }" },
        { "the networks are deleted", "flush set inet dnsguard networks.4" },
        { "a network is added", "add element inet dnsguard networks.4 { 172.16.0.0/12 }" },
        { "other DNS servers are let through", "flush set inet dnsguard dns-ports" },
        { "everything is flushed", "flush ruleset\n" + Theirs },
    };

    [Theory]
    [MemberData(nameof(Intrusions))]
    public void Whatever_others_change_is_put_right(string what, string script)
    {
        using var gateway = new Gateway(Policies.Web("{ allow: example.com }"), new TargetOptions("gateway", TargetKind.Nftables) { Masquerade = "eth0" });
        gateway.Kernel.Do(Theirs);
        gateway.Open("example.com", "192.0.2.1 192.0.2.2");
        gateway.Repair();
        var (meaning, theirs, drift) = (gateway.Kernel.Meaning(), TheirTables(gateway), gateway.Target.Status.Drift);
        gateway.Kernel.Do(script.Replace("HANDLE", $"{gateway.Kernel.FirstRule("forward")}"));
        gateway.Repair();
        Assert.Equal(meaning, gateway.Kernel.Meaning());
        Assert.All(gateway.Kernel.Elements("web.4"), element => Assert.InRange(element.Expires, 110, 125));
        Assert.True(gateway.Target.Status.Drift > drift, $"{what}, and nobody counted it");
        Assert.Equal("ready", gateway.Target.Status.State);
        Assert.Equal(theirs, TheirTables(gateway));
        // Once is enough: what is right stays as it is.
        drift = gateway.Target.Status.Drift;
        gateway.Kernel.Do("add table inet other");
        gateway.Repair();
        Assert.Equal(drift, gateway.Target.Status.Drift);
    }

    [Fact]
    public void What_others_changed_just_before_an_edit_is_put_right_too()
    {
        using var gateway = new Gateway(Policies.Web("{ allow: example.com }"));
        gateway.Open("example.com", "192.0.2.1");
        gateway.Repair();
        gateway.Kernel.Do("add element inet dnsguard web.4 { 203.0.113.66 . tcp . 443 timeout 1h }");
        gateway.Clock.Advance(TimeSpan.FromSeconds(1));
        gateway.Edit(Policies.Web("{ allow: example.com }", "{ allow: example.net, ports: [tcp/8000-8080] }"));
        gateway.Repair();
        gateway.AssertEqual();
    }

    // What we close may have expired already; the kernel does not count a transaction that changes nothing, and neither may we.
    [Fact]
    public void Closing_what_is_gone_does_not_hide_what_others_change()
    {
        using var gateway = new Gateway(Policies.Web("{ allow: example.com }"));
        gateway.Open("example.com", "192.0.2.1 192.0.2.2");
        gateway.Kernel.Do("delete element inet dnsguard web.4 { 192.0.2.1 . tcp . 443 }");
        gateway.Repair();
        gateway.Repair();
        gateway.Target.Close([new Sync.Targets.AllowEntry("web", Policies.Address("192.0.2.9"), new Policy.Documents.PortRange(Policy.Documents.TransportProtocol.Tcp, 443, 443))]);
        gateway.Kernel.Do("delete element inet dnsguard web.4 { 192.0.2.2 . tcp . 443 }");
        gateway.Repair();
        gateway.AssertEqual();
    }

    [Fact]
    public void A_neighbour_who_changes_tables_all_day_is_looked_after_once_a_second()
    {
        using var gateway = new Gateway(Policies.Web("{ allow: example.com }"));
        gateway.Kernel.Do("add table inet other");
        gateway.Repair();
        var before = gateway.Target.Status.LastReconciled;
        gateway.Kernel.Do("add set inet other more { type ipv4_addr; }");
        gateway.Clock.Advance(TimeSpan.FromMilliseconds(50));
        gateway.Turn();
        Assert.Equal(before, gateway.Target.Status.LastReconciled);
        gateway.Repair();
        Assert.True(gateway.Target.Status.LastReconciled > before);
    }

    private static string TheirTables(Gateway gateway) => gateway.Network.Must("nft", "list", "table", "ip", "dnsguard") + gateway.Network.Must("nft", "list", "table", "inet", "other");
}
