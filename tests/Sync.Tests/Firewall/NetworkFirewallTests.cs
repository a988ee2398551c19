using System.Text.Json;
using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Sync.Firewall;
using DnsGuard.Sync.Names;

namespace DnsGuard.Sync.Tests.Firewall;

/// <summary>The target as the service runs it, with a program that takes the files.</summary>
public sealed class NetworkFirewallTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dnsguard-").FullName;
    private readonly CollectedLog _log = new();
    private readonly SyncMetrics _metrics = new();
    private readonly LivePolicy _policy = new(Web("allow: a.example.com"));

    private string RulesFile => Path.Combine(_folder, "firewall.rules");

    public void Dispose()
    {
        _metrics.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_rules_and_the_rule_group_are_there_before_the_program_takes_them()
    {
        using var enforcement = Make();
        await enforcement.StartAsync([]);

        Assert.Equal(await File.ReadAllTextAsync(RulesFile), await File.ReadAllTextAsync(Path.Combine(_folder, "taken")));
        var lines = await File.ReadAllLinesAsync(RulesFile);
        Assert.Equal("# dnsguard writes this file; edits are lost. Strict order.", lines[0]);
        Assert.All(lines.Skip(1), line => SuricataRule.Parse(line));
        Assert.StartsWith("pass tls 10.1.0.0/16 any -> @DNSGUARD 443 (tls.sni; content:\"a.example.com\"; startswith; endswith; nocase; flow:to_server,established; sid:", lines[1], StringComparison.Ordinal);

        using var group = JsonDocument.Parse(await File.ReadAllTextAsync($"{RulesFile}.json"));
        Assert.Equal("arn:aws:ec2:eu-west-1:123456789012:prefix-list/pl-1", group.RootElement.GetProperty("ReferenceSets").GetProperty("IPSetReferences").GetProperty("DNSGUARD").GetProperty("ReferenceArn").GetString());
        Assert.Equal(await File.ReadAllTextAsync(RulesFile), group.RootElement.GetProperty("RulesSource").GetProperty("RulesString").GetString());
        Assert.Equal("STRICT_ORDER", group.RootElement.GetProperty("StatefulRuleOptions").GetProperty("RuleOrder").GetString());
        await enforcement.StopAsync();
    }

    [Fact]
    public async Task An_answer_waits_until_the_rules_hold_its_name_and_fails_where_no_rule_can()
    {
        using var enforcement = Make();
        await enforcement.StartAsync([]);

        _policy.Publish(Web("allow: b.example.com", "{ allow: s.example.com, ports: [tcp/443] }", "{ allow: d.example.com, ports: [tcp/5432] }", "allow: cdn-*.example.com"));
        Assert.Equal(GrantStatus.Open, await OpenAsync(enforcement, "b.example.com"));
        Assert.Contains("content:\"b.example.com\"", await File.ReadAllTextAsync(Path.Combine(_folder, "taken")), StringComparison.Ordinal);
        Assert.Equal(GrantStatus.Open, await OpenAsync(enforcement, "s.example.com"));
        Assert.NotEqual(GrantStatus.Open, await OpenAsync(enforcement, "d.example.com"));
        Assert.NotEqual(GrantStatus.Open, await OpenAsync(enforcement, "cdn-1.example.com"));
        Assert.Equal("left out, since a list of names cannot say it: web: 1 rule with a wildcard inside a label, 1 rule with ports beside tcp/443 and tcp/80", enforcement.Targets[0].Detail);
        await enforcement.StopAsync();
    }

    [Fact]
    public async Task More_than_a_rule_group_holds_is_refused_in_one_sentence_and_the_rules_before_stay()
    {
        using var enforcement = Make();
        await enforcement.StartAsync([]);
        var before = await File.ReadAllTextAsync(RulesFile);

        _policy.Publish(Web([.. Enumerable.Range(0, 15_000).Select(i => $"allow: n{i}.example.com")]));
        Gateway.Wait(() => enforcement.Targets[0].State == "degraded", "the refusal");
        Assert.Matches(@"^the groups need 30,008 rules of 4,\d{3},\d{3} characters, and a rule group holds 30,000 of 2,000,000: the rules before stay in force\z", enforcement.Targets[0].Detail);
        Assert.Equal(before, await File.ReadAllTextAsync(RulesFile));

        _policy.Publish(Web("allow: c.example.com"));
        Gateway.Wait(() => enforcement.Targets[0].State == "ready", "what fits again");
        Assert.Contains("content:\"c.example.com\"", await File.ReadAllTextAsync(RulesFile), StringComparison.Ordinal);
        await enforcement.StopAsync();
    }

    private static PolicySnapshot Web(params string[] rules) => Policies.Compile(Policies.Group("web", "10.1.0.0/16", rules), "firewall");

    private Enforcement Make() => new(
        new SyncOptions
        {
            Tick = TimeSpan.FromMilliseconds(10),
            Targets =
            [
                new TargetOptions("firewall", TargetKind.NetworkFirewall)
                {
                    Hold = TimeSpan.FromSeconds(3),
                    Names = new NameFilesOptions(RulesFile)
                    {
                        Reload = ["cp", RulesFile, Path.Combine(_folder, "taken")],
                        Pause = TimeSpan.FromMilliseconds(100),
                        Settle = TimeSpan.Zero,
                        Firewall = new NetworkFirewallOptions([new AddressReference("DNSGUARD", "arn:aws:ec2:eu-west-1:123456789012:prefix-list/pl-1")]),
                    },
                },
            ],
        },
        _policy, _metrics, TimeProvider.System, _log);

    private async Task<GrantStatus> OpenAsync(Enforcement enforcement, string name) =>
        (await enforcement.Ledger.OpenAsync(Policies.Request(_policy.Current, name, "192.0.2.1"), default).AsTask().WaitAsync(TimeSpan.FromSeconds(20))).Status;
}
