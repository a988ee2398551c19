using DnsGuard.Policy.Documents;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Tests;

/// <summary>From text to policies, and to what is wrong with them.</summary>
internal static class Policies
{
    /// <summary>The only target that the configuration of these tests names.</summary>
    public const string Target = "gateway";

    /// <summary>What every document begins with; two lines.</summary>
    public const string Head = "apiVersion: dnsguard/v1\nkind: Policy\n";

    public static PublicSuffixes Suffixes { get; } = PublicSuffixes.Parse(File.ReadAllText(Path.Combine(Repository.Root, "config", "public_suffix_list.dat")));

    /// <summary>Reads and validates, as an edit is.</summary>
    public static List<TextProblem> Check(string text, out PolicyDocument document)
    {
        var problems = new List<TextProblem>();
        document = PolicyReader.Read(text, problems);
        new PolicyValidator(Suffixes, [Target]).Check(document, problems);
        return problems;
    }

    /// <summary>A document that must be in order.</summary>
    public static PolicyDocument Valid(string text)
    {
        var problems = Check(text, out var document);
        Assert.True(problems.Count == 0, string.Join('\n', problems.Select(problem => problem.Describe("policy.yaml"))) + "\nin\n" + text);
        return document;
    }

    /// <summary>Rules of a group <c>dev</c> on 10.0.0.0/8, as YAML lines that begin with a dash.</summary>
    public static string OfRules(params string[] rules) =>
        $"{Head}groups:\n  dev:\n    clients: [10.0.0.0/8]\n    rules:\n" + string.Concat(rules.Select(rule => $"      - {rule}\n"));

    public static PolicySnapshot Compile(string text, string networks = "10.0.0.0/8") =>
        new PolicyCompiler([.. networks.Split(' ').Select(AddressRange.Parse)], [Target]).Compile(1, Valid(text));

    public static InternetAddress Address(string text) =>
        InternetAddress.TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is not an address");

    public static byte[] Octets(string name) => DomainName.Parse(name).Octets.ToArray();
}
