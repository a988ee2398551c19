using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Policy.Decisions;

namespace DnsGuard.Sync.Tests;

/// <summary>From YAML to snapshots, and from snapshots to what the resolver asks for.</summary>
internal static class Policies
{
    private static readonly PublicSuffixes Suffixes = PublicSuffixes.Parse("com\nnet\n");

    private static long _revision;

    /// <summary>Groups as YAML, two blanks in front.</summary>
    public static PolicySnapshot Compile(string groups, string targets = "gateway", string lists = "")
    {
        var text = $"apiVersion: dnsguard/v1\nkind: Policy\n{(lists == "" ? "" : $"lists:\n{lists}")}groups:\n{groups}";
        var problems = new List<TextProblem>();
        var document = PolicyReader.Read(text, problems);
        new PolicyValidator(Suffixes, targets.Split(' ')).Check(document, problems);
        Assert.True(problems.Count == 0, string.Join('\n', problems.Select(problem => problem.Describe("policy.yaml"))) + "\nin\n" + text);
        return new PolicyCompiler([AddressRange.Parse("10.0.0.0/8")], targets.Split(' ')).Compile(Interlocked.Increment(ref _revision), document);
    }

    /// <summary>One group as YAML.</summary>
    public static string Group(string name, string clients, string[] rules, string more = "") =>
        $"  {name}:\n    clients: [{clients}]\n{(more == "" ? "" : $"    {more}\n")}    rules:{(rules.Length == 0 ? " []" : "")}\n{string.Concat(rules.Select(rule => $"      - {rule}\n"))}";

    /// <summary>A policy of the one group <c>web</c> on 10.1.0.0/16.</summary>
    public static PolicySnapshot Web(params string[] rules) => Compile(Group("web", "10.1.0.0/16", rules));

    public static InternetAddress Address(string text) =>
        InternetAddress.TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an address");

    public static bool IsAllowed(PolicySnapshot snapshot, string name, string group = "web") =>
        snapshot.DecideForGroup(DomainName.Parse(name).Octets, RecordType.A, snapshot.Group(group)!.Index, 0).IsAnswered;

    /// <summary>What the resolver would ask for: judged by the snapshot as a query is.</summary>
    public static GrantRequest Request(PolicySnapshot snapshot, string name, string addresses, int ttl = 60, string group = "web", RecordType type = RecordType.A)
    {
        var owner = DomainName.Parse(name);
        var asker = snapshot.Group(group)!;
        var verdict = snapshot.DecideForGroup(owner.Octets, type, asker.Index, 0);
        Assert.True(verdict.IsAnswered, $"{name} is not allowed to {group}");
        var rule = snapshot.Effective(owner.Octets, type, verdict, 0);
        return new GrantRequest(asker, owner, type, [], snapshot.Rule(verdict.Rule)?.ToString(), snapshot.Revision, rule.Ports, rule.Hold, [.. addresses.Split(' ').Select(Address)], TimeSpan.FromSeconds(ttl));
    }
}
