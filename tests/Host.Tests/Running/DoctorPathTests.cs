using System.Text.Json.Nodes;

namespace DnsGuard.Host.Tests.Running;

/// <summary>What <c>dnsguard doctor</c> says of ways round the policy: on a machine of its own, with the kernel's own tables, settings and files.</summary>
public sealed class DoctorPathTests : IDisposable
{
    private const string Drops = "the table 'dnsguard' is there, and drops DNS to other servers";
    private const string DropsNot = "fail the table 'dnsguard' does not drop DNS to other servers";

    // A network and a file system that end with the script, and all that it has started.
    private const string Machine = """
        set -e
        ip link set lo up
        echo 1 > /proc/sys/net/ipv4/ip_forward
        echo 0 > /proc/sys/net/ipv6/conf/all/forwarding
        mount --bind "$HOME/resolv.conf" /etc/resolv.conf
        echo nameserver 127.0.0.1 > "$HOME/resolv.conf"
        doctor() { "$@" "$DOTNET" exec "$DNSGUARD" doctor --config "$HOME/doctor.yaml" -o json || true; echo ===; }
        start() {
          "$DOTNET" exec "$DNSGUARD" serve --config "$HOME/doctor.yaml" > "$HOME/said" 2>&1 &
          node=$!
          for turn in $(seq 600); do
            [ "$(curl -s "http://127.0.0.1:$API/readyz")" != ready ] || return 0
            kill -0 $node || break
            sleep 0.1
          done
          cat "$HOME/said"; false
        }

        """;

    private readonly GuardProcess _guard = new();

    public void Dispose() => _guard.Dispose();

    [NeedsToolsFact("unshare", "ip", "nft", "curl")]
    public async Task A_gateway_whose_table_stands_and_that_asks_itself_is_well()
    {
        var found = await ExamineAsync("{name: gateway, kind: nftables, networks: [10.0.0.0/16], hostGroup: default}", "doctor; start; doctor");

        Assert.Equal(["warn the kernel has no table 'dnsguard' yet"], found[0].Of("filter"));
        Assert.Equal(["ok " + Drops], found[1].Of("filter"));
        Assert.All(found, findings => Assert.Equal(["ok this machine asks this node"], findings.Of("DNS paths")));
        Assert.All(found, findings => Assert.Equal(2, findings.Of("rights").Count(right => right.StartsWith("ok CAP_NET_", StringComparison.Ordinal))));
        Assert.DoesNotContain(found[1], finding => (string?)finding!["result"] == "fail");
    }

    // The node stands still meanwhile: it would have mended it by then.
    [NeedsToolsTheory("unshare", "ip", "nft", "curl")]
    [InlineData("nft delete table inet dnsguard", "fail the kernel has no table 'dnsguard', though the node runs")]
    [InlineData("nft flush table inet dnsguard", DropsNot)]
    [InlineData("nft flush chain inet dnsguard default", DropsNot)]
    [InlineData("nft delete element inet dnsguard dns-ports '{ 853 }'", DropsNot)]
    [InlineData("nft delete rule inet dnsguard default handle $(nft -a list chain inet dnsguard default | sed -n 's/.*tcp dport @dns-ports.*# handle //p')", DropsNot)]
    [InlineData("nft add table inet dnsguard '{ flags dormant; }'", DropsNot)]
    public async Task A_table_that_somebody_has_changed_fails(string change, string told)
    {
        var found = await ExamineAsync("{name: gateway, kind: nftables, networks: [10.0.0.0/16]}", $"start; doctor; kill -STOP $node; {change}; doctor");

        Assert.Equal(["ok " + Drops], found[0].Of("filter"));
        Assert.Equal([told], found[1].Of("filter"));
        Assert.Contains("dnsguard targets reconcile gateway", (string)found[1].Single(finding => (string?)finding!["check"] == "filter")!["cure"]!, StringComparison.Ordinal);
    }

    [NeedsToolsFact("unshare", "ip", "nft", "setpriv")]
    public async Task A_table_that_cannot_be_looked_at_is_a_warning_and_the_right_that_lacks_fails()
    {
        var found = await ExamineAsync("{name: gateway, kind: nftables}", "mkdir $HOME/none; doctor env PATH=$HOME/none; doctor setpriv --bounding-set=-net_admin");

        Assert.All(found, findings => Assert.Equal(["warn the kernel's table 'dnsguard' cannot be read"], findings.Of("filter")));
        Assert.Contains(found[0].Of("rights"), right => right.StartsWith("ok CAP_NET_ADMIN is there", StringComparison.Ordinal));
        Assert.Contains(found[1].Of("rights"), right => right.StartsWith("fail this user lacks CAP_NET_ADMIN: the targets gateway", StringComparison.Ordinal));
    }

    [NeedsToolsTheory("unshare", "ip", "nft")]
    [InlineData("echo 0 > /proc/sys/net/ipv4/ip_forward", false)]
    [InlineData("echo 0 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding", true)]
    [InlineData("true", true)]
    public async Task A_gateway_that_routes_in_no_family_fails(string setting, bool routes)
    {
        var found = await ExamineAsync("{name: gateway, kind: nftables, networks: [10.0.0.0/16]}", $"{setting}; doctor");

        Assert.Equal(routes ? [] : ["fail the target 'gateway' stands for networks, but this machine does not route"], found[0].Of("filter").Where(finding => finding.Contains("route", StringComparison.Ordinal)));
    }

    [NeedsToolsTheory("unshare", "ip", "nft")]
    [InlineData("nameserver 127.0.0.1\nnameserver 192.0.2.53\n", "warn this machine's own traffic is filtered, but it asks 192.0.2.53 for names")]
    [InlineData("nameserver 127.0.0.53\n", "warn this machine's own traffic is filtered, but it asks 127.0.0.53 for names")]
    [InlineData("search example.com\n", "warn this machine's own traffic is filtered, but it asks nobody for names")]
    [InlineData("options ndots:1\nnameserver\t127.0.0.1\n", "ok this machine asks this node")]
    public async Task A_machine_that_asks_somebody_else_is_a_warning(string resolvers, string told)
    {
        var found = await ExamineAsync("{name: gateway, kind: nftables, hostGroup: default}", $"printf '{resolvers.Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)}' > $HOME/resolv.conf; doctor");

        Assert.Equal([told], found[0].Of("DNS paths"));
    }

    [NeedsToolsTheory("unshare", "ip")]
    [InlineData("{name: feed, kind: feed}", "DNS paths", "warn no target here drops DNS to other servers")]
    [InlineData("", "filter", "warn no target is configured, so answers are judged and nothing is enforced")]
    public async Task Without_a_table_of_ours_others_can_be_asked(string target, string check, string told)
    {
        var found = await ExamineAsync(target, "doctor");

        Assert.Equal([told], found[0].Of(check));
    }

    private async Task<IReadOnlyList<JsonArray>> ExamineAsync(string target, string script)
    {
        _guard.Write("resolv.conf", "");
        _guard.Write("doctor.yaml", _guard.Config(targets: $"[{target}]").Replace("forward: [{zone: ., servers: [\"127.0.0.1:9\"]}]", "forward: []", StringComparison.Ordinal).Replace($"listen: 127.0.0.1:{_guard.DnsPort}", "listen: 127.0.0.1:53", StringComparison.Ordinal));
        var (code, said, complaints) = await Tool.RunAsync(
            "", "unshare", "--net", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child",
            "env", $"HOME={_guard.Folder}", $"DOTNET={Environment.ProcessPath}", $"DNSGUARD={Repository.Executable}", $"API={_guard.ControlPort}", "bash", "-c", Machine + script);
        Assert.True(code == 0, said + complaints);
        return [.. said.Split("===\n")[..^1].Select(findings => JsonNode.Parse(findings)!.AsArray())];
    }
}
