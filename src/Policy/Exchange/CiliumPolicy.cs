using System.Globalization;
using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Exchange;

/// <summary>The <c>toFQDNs</c> of CiliumNetworkPolicies, with their <c>toPorts</c>.</summary>
/// <remarks>
/// In a matchPattern an asterisk stays within one label, so <c>*.example.com</c> is one label in front of the name; that is our
/// <c>**.example.com</c>, a glob. Any depth is <c>**.example.com</c> there and <c>*.example.com</c> here.
/// </remarks>
internal sealed class CiliumPolicy : IExchangeFormat
{
    // Cilium takes no more ports in one entry.
    private const int PortsOfEntry = 40;

    /// <inheritdoc/>
    public string Name => "cilium";

    /// <inheritdoc/>
    public string MediaType => "application/yaml";

    /// <inheritdoc/>
    public FormatTraits Traits { get; } = new()
    {
        Kinds = [PatternKind.Exact, PatternKind.Below, PatternKind.Glob, PatternKind.Everything], SplitsSubtrees = true, SaysAction = true, Denies = false, SaysPorts = true,
    };

    /// <inheritdoc/>
    public bool IsSurely(ReadOnlySpan<char> head) => head.Contains("apiVersion: cilium.io/", StringComparison.Ordinal) || head.Contains("\"cilium.io/v2\"", StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Read(string text, RuleIntake intake)
    {
        var reader = new CiliumReader(intake);
        foreach (var (root, before) in YamlPieces.Read(text, intake))
            reader.Read(root, before);
        reader.Finish();
    }

    /// <inheritdoc/>
    public void Write(RuleSelection rules, TextWriter text)
    {
        text.WriteLine("apiVersion: cilium.io/v2");
        text.WriteLine("kind: CiliumNetworkPolicy");
        text.WriteLine($"metadata: {{name: {rules.Source.Name}}}");
        text.WriteLine("spec:");
        text.WriteLine("  endpointSelector: {}");
        text.WriteLine("  egress:");
        text.WriteLine("    # Cilium knows the addresses of a name from answers that pass through it.");
        text.WriteLine("    - toEndpoints:");
        text.WriteLine("        - matchLabels: {\"k8s:io.kubernetes.pod.namespace\": kube-system, \"k8s:k8s-app\": kube-dns}");
        text.WriteLine("      toPorts:");
        text.WriteLine("        - ports: [{port: \"53\", protocol: ANY}]");
        text.WriteLine("          rules: {dns: [{matchPattern: \"*\"}]}");
        foreach (var entry in rules.Rules.GroupBy(rule => rule.Ports))
        {
            text.WriteLine("    - toFQDNs:");
            foreach (var selector in entry.SelectMany(rule => Selectors(rule.Pattern)))
                text.WriteLine($"        - {selector}");
            WritePorts(entry.Key, text);
        }
    }

    private static IEnumerable<string> Selectors(NamePattern pattern) => pattern.Kind switch
    {
        PatternKind.Exact => [$"matchName: \"{pattern.Suffix}\""],
        PatternKind.Below => [$"matchPattern: \"**.{pattern.Suffix}\""],
        PatternKind.AtOrBelow => [$"matchName: \"{pattern.Suffix}\"", $"matchPattern: \"**.{pattern.Suffix}\""],
        PatternKind.Glob => [$"matchPattern: \"{WithSingleAsterisks(pattern.Text)}\""],
        _ => ["matchPattern: \"*\""],
    };

    // Two in a row mean no more than one in ours, and at the front something else in theirs.
    private static string WithSingleAsterisks(string text)
    {
        while (text.Contains("**", StringComparison.Ordinal))
            text = text.Replace("**", "*", StringComparison.Ordinal);
        return text;
    }

    private static void WritePorts(PortSet ports, TextWriter text)
    {
        if (ports.Equals(PortSet.Any))
            return;
        text.WriteLine("      toPorts:");
        foreach (var some in ports.Ranges.Chunk(PortsOfEntry))
            text.WriteLine($"        - ports: [{string.Join(", ", some.Select(Port))}]");
    }

    private static string Port(PortRange range) => string.Create(
        CultureInfo.InvariantCulture, $"{{port: \"{range.First}\", {(range.First == range.Last ? "" : $"endPort: {range.Last}, ")}protocol: {(range.Protocol is TransportProtocol.Tcp ? "TCP" : "UDP")}}}");
}
