using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DnsGuard.Policy.Text;
using DnsGuard.Wire.Records;

namespace DnsGuard.Policy.Documents;

/// <summary>Document → YAML, in one fixed order and without defaults, so that two revisions can be compared line by line.</summary>
public static class PolicyWriter
{
    /// <summary>Writes a whole policy.</summary>
    public static string Write(PolicyDocument document)
    {
        var text = new StringBuilder($"apiVersion: {PolicyDocument.ApiVersion}\nkind: {PolicyDocument.Kind}\n");
        text.Append(document.Lists.Count == 0 ? "lists: {}\n" : "lists:\n");
        foreach (var list in document.Lists)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {list.Name}:\n");
            Line(text, 4, "comment", Quoted(list.Comment));
            WriteRules(text, list.Rules);
        }

        text.Append(document.Groups.Count == 0 ? "groups: {}\n" : "groups:\n");
        foreach (var group in document.Groups)
            WriteGroup(text, group);
        return text.ToString();
    }

    /// <summary>One rule as a mapping of its own.</summary>
    public static string WriteRule(RuleDocument rule)
    {
        var text = new StringBuilder();
        WriteRule(text, rule);
        // As a member of a list it begins with a dash; alone it does not.
        return text.Replace("      - ", "        ", 0, 8).ToString();
    }

    /// <summary>One rule on one line, for people and for comparison.</summary>
    public static string Describe(RuleDocument rule)
    {
        var text = new StringBuilder();
        WriteRule(text, rule);
        return string.Join(' ', text.ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("id:", StringComparison.Ordinal)))[2..];
    }

    private static void WriteGroup(StringBuilder text, GroupDocument group)
    {
        text.Append(CultureInfo.InvariantCulture, $"  {group.Name}:\n");
        Line(text, 4, "comment", Quoted(group.Comment));
        Line(text, 4, "clients", group.Clients.Count == 0 ? null : Listed(group.Clients.Select(client => $"\"{client}\"")));
        Line(text, 4, "mode", ChoiceText.Write(group.Mode));
        Line(text, 4, "lists", group.Lists.Count == 0 ? null : Listed(group.Lists.Select(Plain)));
        Line(text, 4, "blockResponse", Unless(group.BlockResponse, BlockResponse.Nxdomain));
        Line(text, 4, "aliases", Unless(group.Aliases, AliasPolicy.Trust));
        Line(text, 4, "families", Unless(group.Families, AddressFamilies.Both));
        Line(text, 4, "ech", Unless(group.Ech, EchPolicy.Strip));
        Line(text, 4, "tunnels", Unless(group.Tunnels, TunnelPolicy.Alert));
        Line(text, 4, "queryLog", Unless(group.QueryLog, LogPrivacy.Full));
        Line(text, 4, "grace", group.Grace == GrantGrace.Default ? null : group.Grace.Name);
        Line(text, 4, "targets", group.Targets is null ? null : Listed(group.Targets.Select(Plain)));
        WriteRules(text, group.Rules);
    }

    private static void WriteRules(StringBuilder text, RuleList rules)
    {
        text.Append(rules.Count == 0 ? "    rules: []\n" : "    rules:\n");
        foreach (var rule in rules)
            WriteRule(text, rule);
    }

    private static void WriteRule(StringBuilder text, RuleDocument rule)
    {
        text.Append(CultureInfo.InvariantCulture, $"      - {ChoiceText.Write(rule.Action)}: {Quoted(rule.Pattern.Text)}\n");
        Line(text, 8, "id", Plain(rule.Id));
        Line(text, 8, "ports", rule.Ports.Equals(PortSet.Default) || rule.Action is RuleAction.Deny ? null : Listed(rule.Ports.Ranges.Select(range => range.ToString())));
        Line(text, 8, "types", rule.Types is null ? null : Listed(rule.Types.Select(RecordTypeText.Write)));
        Line(text, 8, "expires", rule.Expires?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
        Line(text, 8, "owner", Quoted(rule.Owner));
        Line(text, 8, "comment", Quoted(rule.Comment));
        Line(text, 8, "ticket", Quoted(rule.Ticket));
        Line(text, 8, "private", rule.AllowsPrivate ? "allow" : null);
        Line(text, 8, "dnssec", rule.RequiresDnssec ? "require" : null);
        Line(text, 8, "hold", rule.Hold is { } hold ? DurationText.Write(hold) : null);
        Line(text, 8, "pin", rule.Pin?.ToString(CultureInfo.InvariantCulture));
        Line(text, 8, "via", Quoted(rule.Via));
        Line(text, 8, "broad", rule.IsBroad ? "true" : null);
        Line(text, 8, "confirm", rule.ConfirmsEverything ? "everything" : null);
        Line(text, 8, "warm", rule.IsWarm ? "true" : null);
    }

    private static void Line(StringBuilder text, int indent, string key, string? value)
    {
        if (value is not null)
            text.Append(' ', indent).Append(key).Append(": ").Append(value).Append('\n');
    }

    private static string? Unless<T>(T value, T usual)
        where T : struct, Enum => EqualityComparer<T>.Default.Equals(value, usual) ? null : ChoiceText.Write(value);

    private static string Listed(IEnumerable<string> values) => $"[{string.Join(", ", values)}]";

    // Names are plain scalars but for the one that YAML reads as no value.
    private static string Plain(string name) => name == "null" ? "\"null\"" : name;

    // A JSON string is a double-quoted YAML scalar, and the default encoder leaves no octet that could end it.
    private static string? Quoted(string? text) => text is null ? null : $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
