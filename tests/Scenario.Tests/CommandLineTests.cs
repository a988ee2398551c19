using DnsGuard.Lab;

namespace DnsGuard.Scenario.Tests;

/// <summary>The command line, as people and scripts meet it.</summary>
[Collection(LabFixture.Name)]
public sealed class CommandLineTests(Vpc vpc)
{
    [Theory]
    [InlineData(0, "test", "api.shop.lab", "--client", "10.1.1.2")]
    [InlineData(1, "test", "nowhere.example", "--client", "10.1.1.2")]
    [InlineData(2, "test", "api.shop.lab", "--no-such-option")]
    [InlineData(2, "rule", "add", "--group", "team-a", "*")]
    [InlineData(3, "rule", "rm", "--group", "team-a", "no-such-rule")]
    [InlineData(3, "rule", "list", "--group", "no-such-group")]
    [InlineData(0, "targets")]
    [InlineData(0, "grants")]
    [InlineData(1, "explain", "100.2.208.1")]
    public void A_verb_ends_with_the_code_that_scripts_expect(int code, params string[] arguments)
    {
        var result = vpc.Node.Cli(arguments);
        Assert.True(code == result.ExitCode, $"{result.ExitCode}: {result.Text}");
    }

    [Fact]
    public void A_server_that_is_not_there_is_code_6()
    {
        var result = vpc.Side.Cli("grants");
        Assert.True(result.ExitCode == 6, $"{result.ExitCode}: {result.Text}");
    }

    [Fact]
    public void A_rule_goes_in_and_out_and_its_traces_can_be_read()
    {
        var fresh = vpc.Unlisted();
        var added = vpc.Node.Cli("rule", "add", "--group", "team-a", fresh.Name, "--comment", "for a while");
        Assert.True(added.ExitCode == 0, added.Text);
        Assert.Equal([fresh.IPv4], vpc.Resolve(fresh.Name));
        Assert.Contains(fresh.Name, vpc.Node.Cli("rule", "list", "--group", "team-a").Out);
        Wait.Until(() => vpc.Node.Cli("log", "--name", fresh.Name).Out.Contains(fresh.IPv4, StringComparison.Ordinal), TimeSpan.FromSeconds(5), "the query is in the log");
        Assert.Contains(fresh.IPv4, vpc.Node.Cli("grants", "--name", fresh.Name, "--output", "json").Out);
        var explained = vpc.Node.Cli("explain", fresh.IPv4);
        Assert.Equal(0, explained.ExitCode);
        Assert.Contains(fresh.Name, explained.Out);
        Assert.DoesNotContain('\e', explained.Out);
        var removed = vpc.Node.Cli("rule", "rm", "--group", "team-a", fresh.Name);
        Assert.True(removed.ExitCode == 0, removed.Text);
        Wait.Until(() => vpc.Node.Cli("explain", fresh.IPv4).ExitCode == 1, TimeSpan.FromSeconds(3), "the address is explained as closed");
    }

    [Fact]
    public void The_policy_in_force_can_be_compared_and_applied()
    {
        var policy = vpc.Node.PolicyFile;
        Assert.Equal(0, vpc.Node.Cli("apply", "-f", policy).ExitCode);
        Assert.Equal(0, vpc.Node.Cli("diff", "-f", policy).ExitCode);
        Assert.Equal(0, vpc.Node.Cli("test", "api.shop.lab", "--client", "10.1.1.2", "--policy", policy).ExitCode);
        var changed = policy + ".changed";
        File.WriteAllText(changed, File.ReadAllText(policy).Replace("v6.shop.lab", "v7.shop.lab", StringComparison.Ordinal));
        Assert.Equal(1, vpc.Node.Cli("diff", "-f", changed).ExitCode);
        File.WriteAllText(changed, "apiVersion: dnsguard/v1\nkind: Policy\ngroups: {a: {clients: [nonsense]}}\n");
        Assert.Equal(2, vpc.Node.Cli("diff", "-f", changed).ExitCode);
    }

    [Fact]
    public void The_first_token_ends_the_trust_in_loopback()
    {
        var side = vpc.Side;
        side.Start();
        try
        {
            Assert.Equal(200, side.Api("GET", "/api/v1/policy").Status);
            Assert.Equal(2, side.Cli("token", "create", "--name", "reader", "--scope", "policy:read").ExitCode);
            var admin = side.Cli("token", "create", "--name", "admin", "--scope", "admin");
            Assert.True(admin.ExitCode == 0, admin.Text);
            var secret = admin.Out.Trim();

            Assert.Equal(401, side.Api("GET", "/api/v1/policy").Status);
            Assert.Equal(401, side.Api("GET", "/api/v1/policy", token: "wrong").Status);
            Assert.Equal(4, side.Cli("grants").ExitCode);
            Assert.Equal(200, side.Api("GET", "/api/v1/policy", token: secret).Status);
            Assert.Equal("200", Vpc.Run(vpc.Gateway, "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", $"{side.Server}/livez").Out);

            side.Api("POST", "/api/v1/tokens", """{"name": "reader", "scopes": ["policy:read"]}""", secret).MustBe(201);
            var reader = (string)side.Api("POST", "/api/v1/tokens", """{"name": "reader-2", "scopes": ["policy:read"]}""", secret).MustBe(201)["secret"]!;
            Assert.Equal(200, side.Api("GET", "/api/v1/policy", token: reader).Status);
            Assert.Equal(403, side.Api("POST", "/api/v1/groups/default/rules", """{"allow": "x.shop.lab"}""", reader).Status);
            Assert.Equal(403, side.Api("GET", "/api/v1/tokens", token: reader).Status);

            var file = Path.GetTempFileName();
            File.WriteAllText(file, secret);
            Assert.Equal(0, side.Cli("targets", "--token-file", file).ExitCode);
            File.WriteAllText(file, "nonsense");
            Assert.Equal(4, side.Cli("targets", "--token-file", file).ExitCode);
            File.Delete(file);
        }
        finally
        {
            side.Terminate();
        }
    }
}
