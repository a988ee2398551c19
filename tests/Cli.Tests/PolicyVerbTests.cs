using System.Text.Json.Nodes;
using DnsGuard.Policy.Documents;

namespace DnsGuard.Cli.Tests;

/// <summary>Rules, groups and lists, from the command line into the policy in force.</summary>
public sealed class PolicyVerbTests : CommandLine
{
    private PolicyDocument Document => Node.Live.Current.Document;

    private RuleList BuildRules => Document.Groups.Single(group => group.Name == "build").Rules;

    [Fact]
    public async Task A_rule_goes_in_is_changed_and_goes_out()
    {
        var added = await RunAsync("rule", "add", "*.example.net", "-g", "build", "--ports", "tcp/443", "udp/443", "--ticket", "4711", "--broad", "-m", "für den Bau");
        Assert.Equal((0, "revision 2 is in force\n"), (added.Code, added.Error));
        Assert.StartsWith("+ groups/build/rules/", added.Out, StringComparison.Ordinal);
        Assert.Equal("für den Bau", Node.Revisions.List(long.MaxValue, 1)[0].Comment);

        var changed = await RunAsync("rule", "set", "*.example.net", "-g", "build", "--owner", "team-a", "--clear", "ticket", "broad");
        Assert.True(changed.Code == 0, changed.Error);
        var rule = BuildRules[BuildRules.Count - 1];
        Assert.Equal("team-a, , False, 2", $"{rule.Owner}, {rule.Ticket}, {rule.IsBroad}, {rule.Ports.Ranges.Length}");

        var shown = JsonNode.Parse((await RunAsync("rule", "show", "*.example.net", "-g", "build", "-o", "json")).Out)!;
        Assert.Equal(("*.example.net", "team-a"), ((string)shown["allow"]!, (string)shown["owner"]!));

        Assert.Equal(0, (await RunAsync("rule", "rm", "*.example.net", "-g", "build")).Code);
        Assert.Equal(2, BuildRules.Count);
    }

    [Fact]
    public async Task A_rule_for_eight_hours_ends_in_eight_hours()
    {
        var before = TimeProvider.System.GetUtcNow();
        Assert.Equal(0, (await RunAsync("rule", "add", "a.example.net", "-l", "github", "--for", "8h")).Code);

        var expires = Document.Lists[0].Rules[2].Expires!.Value;
        Assert.InRange(expires - before, TimeSpan.FromHours(8) - TimeSpan.FromSeconds(1), TimeSpan.FromHours(8.1));
        Assert.Equal(2, (await RunAsync("rule", "add", "b.example.net", "-l", "github", "--for", "8h", "--expires", "2099-01-01T00:00:00Z")).Code);
        Assert.Equal(2, (await RunAsync("rule", "add", "b.example.net", "-l", "github", "--for", "soon")).Code);
    }

    [Fact]
    public async Task Rules_everywhere_are_listed_with_their_place_and_searched()
    {
        var all = await RunAsync("rule", "list");
        Assert.Equal("IN\tID\tACTION\tPATTERN\tPORTS\tTYPES\tEXPIRES\tOWNER\tTICKET\tCOMMENT", all.Out.Split('\n')[0]);
        Assert.Contains("lists/github\tcodeload\tallow\tcodeload.github.com\ttcp/443\t\t\t\t\t\n", all.Out, StringComparison.Ordinal);
        Assert.Contains("groups/build\tgist\tdeny\tgist.github.com\t", all.Out, StringComparison.Ordinal);

        Assert.Equal("codeload\n", (await RunAsync("rule", "list", "-s", "CODELOAD", "-o", "name")).Out);
        Assert.Equal("api\ngist\n", (await RunAsync("rule", "list", "-g", "build", "-o", "name")).Out);
    }

    [Fact]
    public async Task A_group_is_made_changed_shown_and_removed()
    {
        Assert.Equal(0, (await RunAsync("group", "add", "payments", "--clients", "10.0.7.0/24", "--lists", "github", "--mode", "audit", "--comment", "cards")).Code);
        Assert.Equal(0, (await RunAsync("group", "set", "payments", "--add-clients", "10.0.8.0/24", "--rm-clients", "10.0.7.0/24", "--mode", "enforce")).Code);

        var group = Document.Groups.Single(group => group.Name == "payments");
        Assert.Equal(("10.0.8.0/24", "github", "cards", GroupMode.Enforce), (Assert.Single(group.Clients).ToString(), Assert.Single(group.Lists), group.Comment, group.Mode));

        var shown = await RunAsync("group", "show", "payments");
        Assert.StartsWith("name: payments\ncomment: cards\nclients:\n- \"10.0.8.0/24\"\nmode: enforce\nlists:\n- github\n", shown.Out, StringComparison.Ordinal);
        Assert.Equal("build\ndefault\npayments\n", string.Concat((await RunAsync("group", "list", "-o", "name")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).Select(name => $"{name}\n")));

        Assert.Equal(0, (await RunAsync("group", "rm", "payments")).Code);
        Assert.Equal(3, (await RunAsync("group", "show", "payments")).Code);
    }

    [Fact]
    public async Task Changing_a_group_leaves_its_rules()
    {
        Assert.Equal(0, (await RunAsync("group", "set", "build", "--block-response", "refused", "--lists")).Code);

        Assert.Equal(2, BuildRules.Count);
        Assert.Empty(Document.Groups.Single(group => group.Name == "build").Lists);
    }

    [Fact]
    public async Task A_list_is_made_listed_changed_and_removed()
    {
        Assert.Equal(0, (await RunAsync("list", "add", "mirrors", "--comment", "packages")).Code);
        Assert.Equal(0, (await RunAsync("list", "set", "mirrors", "--comment", "where packages come from")).Code);
        Assert.Contains("mirrors\t0\twhere packages come from\n", (await RunAsync("list", "list")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("list", "rm", "mirrors")).Code);
        Assert.Equal(2, (await RunAsync("list", "rm", "github")).Code);
    }

    [Fact]
    public async Task A_dry_run_shows_and_changes_nothing()
    {
        var outcome = await RunAsync("rule", "add", "a.example.net", "-g", "build", "--dry-run");

        Assert.Equal((0, "1 change to revision 1, none made\n"), (outcome.Code, outcome.Error));
        Assert.StartsWith("+ groups/build/rules/", outcome.Out, StringComparison.Ordinal);
        Assert.Equal(2, BuildRules.Count);
    }

    [Fact]
    public async Task A_file_is_compared_applied_and_judged()
    {
        var file = File("policy.yaml", Control.Tests.ControlNode.FirstPolicy.Replace("api.example.com", "new.example.com", StringComparison.Ordinal));

        var differs = await RunAsync("diff", "-f", file);
        Assert.Equal(1, differs.Code);
        Assert.Contains("- groups/build/rules/api: allow: \"api.example.com\"", differs.Out, StringComparison.Ordinal);
        Assert.Equal((1, 0), ((await RunAsync("test", "new.example.com", "--client", "10.0.3.7")).Code, (await RunAsync("test", "new.example.com", "--client", "10.0.3.7", "--policy", file)).Code));

        Assert.Equal((0, "revision 2 is in force\n"), await CodeAndErrorAsync("apply", "-f", file, "--revision", "1"));
        Assert.Equal(0, (await RunAsync("diff", "-f", file)).Code);
        Assert.Equal("allowed\n", (await RunAsync("test", "new.example.com", "--client", "10.0.3.7", "-o", "name")).Out);
    }

    private async Task<(int Code, string Error)> CodeAndErrorAsync(params string[] arguments)
    {
        var outcome = await RunAsync(arguments);
        return (outcome.Code, outcome.Error);
    }
}
