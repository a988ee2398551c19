using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests;

/// <summary>From YAML to snapshots.</summary>
internal static class Policies
{
    /// <summary>Groups in YAML, indented by two.</summary>
    public static PolicySnapshot Compile(string groups, long revision = 1)
    {
        var problems = new List<TextProblem>();
        var document = PolicyReader.Read("apiVersion: dnsguard/v1\nkind: Policy\ngroups:\n" + groups, problems);
        Assert.True(problems.Count == 0, string.Join('\n', problems.Select(problem => problem.Describe("policy"))) + "\nin\n" + groups);
        return new PolicyCompiler([AddressRange.Parse("127.0.0.0/8")], ["gateway"]).Compile(revision, document);
    }

    /// <summary>One group, <c>dev</c>, for all of loopback.</summary>
    public static string Dev(params string[] lines) => Group("dev", "127.0.0.0/8, '::1/128'", lines);

    /// <summary>A group; lines that begin with a brace are rules, the others settings.</summary>
    public static string Group(string name, string clients, params string[] lines) =>
        $"  {name}:\n    clients: [{clients}]\n"
        + string.Concat(lines.Where(line => line[0] != '{').Select(line => $"    {line}\n"))
        + (lines.Any(line => line[0] == '{') ? "    rules:\n" : "")
        + string.Concat(lines.Where(line => line[0] == '{').Select(line => $"      - {line}\n"));
}
