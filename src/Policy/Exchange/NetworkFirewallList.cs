using System.Text;
using System.Text.Json;
using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Exchange;

/// <summary>Domain lists of AWS Network Firewall: <c>RulesSourceList</c> as JSON, alone or within a rule group; or its targets, a name a line.</summary>
/// <remarks><c>example.com</c> is the name alone, <c>.example.com</c> the name and all below. TLS_SNI is read as tcp/443, HTTP_HOST as tcp/80.</remarks>
internal sealed class NetworkFirewallList : IExchangeFormat
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    private static readonly PortSet Https = PortSet.From([new(TransportProtocol.Tcp, 443, 443)]);

    private static readonly PortSet Http = PortSet.From([new(TransportProtocol.Tcp, 80, 80)]);

    /// <inheritdoc/>
    public string Name => "network-firewall";

    /// <inheritdoc/>
    public string MediaType => "application/json";

    /// <inheritdoc/>
    public FormatTraits Traits { get; } = new() { Kinds = [PatternKind.Exact, PatternKind.AtOrBelow] };

    /// <inheritdoc/>
    public bool IsSurely(ReadOnlySpan<char> head) => IsJson(head) && head.Contains("\"Targets\"", StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Read(string text, RuleIntake intake)
    {
        if (IsJson(text))
            ReadJson(text, intake);
        else
            ReadLines(text, intake);
    }

    /// <inheritdoc/>
    public void Write(RuleSelection rules, TextWriter text)
    {
        var list = new SourceList([.. rules.Rules.Select(rule => rule.Pattern.Text)], ["TLS_SNI", "HTTP_HOST"], rules.Action is RuleAction.Allow ? "ALLOWLIST" : "DENYLIST");
        text.WriteLine(JsonSerializer.Serialize(new { RulesSource = new { RulesSourceList = list } }, Indented));
    }

    private static bool IsJson(ReadOnlySpan<char> text) => text.TrimStart("\uFEFF \t\r\n") is ['{' or '[', ..];

    private static void ReadLines(string text, RuleIntake intake)
    {
        var lines = new LineScanner(text);
        while (lines.TryNext(out var line))
        {
            if (!intake.MayRead(lines.Number, line))
                continue;
            var name = LineScanner.WithoutComment(line, '#');
            if (!name.IsEmpty)
                ReadTarget(lines.Number, intake.Options.Action ?? RuleAction.Allow, name, PortSet.Default, intake);
        }
    }

    private static void ReadJson(string text, RuleIntake intake)
    {
        var found = new NetworkFirewallJson(Encoding.UTF8.GetBytes(text.TrimStart('\uFEFF')));
        if (found.Read() is { } problem)
        {
            intake.Invalid(found.Line, "", $"the text is no JSON of a domain list: {problem}", "Send a RulesSourceList as the API gives it, or a name a line");
            return;
        }

        var action = intake.Options.Action ?? (found.ListType is "DENYLIST" or "REJECTLIST" ? RuleAction.Deny : RuleAction.Allow);
        if (found.ListType is not (null or "ALLOWLIST" or "DENYLIST" or "REJECTLIST"))
        {
            intake.LeftOut(found.Line, found.ListType, "such a list neither allows nor denies", "Say what it shall do: action=allow or action=deny, with ALLOWLIST or DENYLIST as GeneratedRulesType");
            return;
        }

        var ports = (found.Types.Contains("TLS_SNI"), found.Types.Contains("HTTP_HOST")) switch { (true, false) => Https, (false, true) => Http, _ => PortSet.Default };
        foreach (var (line, target) in found.Targets)
            ReadTarget(line, action, target, action is RuleAction.Deny ? PortSet.Default : ports, intake);
    }

    private static void ReadTarget(int line, RuleAction action, ReadOnlySpan<char> name, PortSet ports, RuleIntake intake)
    {
        if (name.StartsWith("*"))
            intake.Invalid(line, name, "Network Firewall knows no asterisks", $"Write .{name.TrimStart("*.")} for the name and all below");
        else if (!ports.Equals(PortSet.Default) && intake.Pattern(line, name) is { } pattern)
            intake.Add(line, action, pattern, ports);
        else if (ports.Equals(PortSet.Default))
            intake.Add(line, action, name is ['.', ..] ? PatternKind.AtOrBelow : PatternKind.Exact, name is ['.', ..] ? name[1..] : name);
    }

    private sealed record SourceList(IReadOnlyList<string> Targets, IReadOnlyList<string> TargetTypes, string GeneratedRulesType);
}
