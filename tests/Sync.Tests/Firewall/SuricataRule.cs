using System.Globalization;
using System.Text.RegularExpressions;

namespace DnsGuard.Sync.Tests.Firewall;

/// <summary>A rule as Suricata reads it; strict, and only with what AWS Network Firewall and we know.</summary>
/// <param name="Action">What happens.</param>
/// <param name="Protocol">Of which protocol.</param>
/// <param name="Sources">From where.</param>
/// <param name="Destination">To where.</param>
/// <param name="Ports">To which ports; empty for any.</param>
/// <param name="Options">The rest, in order; a value without its quotes, null where there is none.</param>
internal sealed partial record SuricataRule(string Action, string Protocol, string[] Sources, string Destination, int[] Ports, List<(string Keyword, string? Value)> Options)
{
    private static readonly HashSet<string> Bare = ["dotprefix", "startswith", "endswith", "nocase", "tls.sni", "http.host", "http.header_names", "ja4.hash"];
    private static readonly Dictionary<string, Regex> Valued = new()
    {
        ["content"] = Content(),
        ["msg"] = Message(),
        ["flow"] = new(@"^(not_established,to_server|to_server,established|to_server)\z"),
        ["ssl_state"] = new(@"^client_hello\z"),
        ["app-layer-protocol"] = new(@"^!(tls|http)\z"),
        ["ip_proto"] = new(@"^!(TCP|UDP|ICMP)\z"),
        ["sid"] = new(@"^[1-9][0-9]{0,9}\z"),
    };

    public uint Sid => uint.Parse(Options.Single(option => option.Keyword == "sid").Value!, CultureInfo.InvariantCulture);

    /// <summary>The octets that its one content means; null where it has none.</summary>
    public byte[]? Octets => Options.Where(option => option.Keyword == "content").Select(option => Decode(option.Value!)).SingleOrDefault();

    public bool Has(string keyword) => Options.Exists(option => option.Keyword == keyword);

    public bool Has(string keyword, string value) => Options.Contains((keyword, value));

    public static SuricataRule Parse(string line)
    {
        var header = Header().Match(line);
        Assert.True(header.Success, $"no header: {line}");
        var sources = header.Groups["src"].Value.Trim('[', ']').Split(',');
        Assert.All(sources, source => Assert.True(System.Net.IPNetwork.TryParse(source, out _), $"{source} in {line}"));
        var options = Split(header.Groups["options"].Value, line);
        var rule = new SuricataRule(header.Groups["action"].Value, header.Groups["protocol"].Value, sources, header.Groups["dst"].Value, [.. PortsOf(header.Groups["port"].Value)], options);
        Assert.Single(options, option => option.Keyword == "sid");
        Assert.Single(options, option => option.Keyword == "flow");
        // A sticky buffer comes before its content, a transform between the two, what modifies the content after it.
        var order = options.Select(option => option.Keyword).ToList();
        if (order.IndexOf("content") is var content && content >= 0)
            Assert.True(Bare.Contains(order[content - 1]) && order[content - 1] is not ("startswith" or "endswith" or "nocase"), line);
        Assert.All(order.Index().Where(option => option.Item is "startswith" or "endswith" or "nocase"), option => Assert.True(content >= 0 && option.Index > content, line));
        Assert.False(rule.Has("http.host") && rule.Has("nocase"), $"http.host refuses nocase: {line}");
        Assert.False(rule.Has("http.host") && rule.Octets!.Any(octet => char.IsAsciiLetterUpper((char)octet)), $"http.host is in lower case: {line}");
        return rule;
    }

    private static IEnumerable<int> PortsOf(string text) => text == "any" ? [] : text.Trim('[', ']').Split(',').Select(port => int.Parse(port, NumberStyles.None, CultureInfo.InvariantCulture));

    private static List<(string Keyword, string? Value)> Split(string text, string line)
    {
        var options = new List<(string, string?)>();
        for (var at = 0; at < text.Length;)
        {
            var option = Option().Match(text, at);
            Assert.True(option.Success && option.Index == at, $"no option at '{text[at..]}' in {line}");
            at += option.Length;
            var (keyword, isQuoted) = (option.Groups["keyword"].Value, option.Groups["quoted"].Success);
            var value = isQuoted ? option.Groups["quoted"].Value : option.Groups["value"].Success ? option.Groups["value"].Value : null;
            Assert.True(value is null ? Bare.Contains(keyword) : Valued.TryGetValue(keyword, out var form) && form.IsMatch(value) && isQuoted == keyword is "content" or "msg", $"'{option.Value}' in {line}");
            options.Add((keyword, value));
        }

        return options;
    }

    private static byte[] Decode(string content)
    {
        var parts = content.Split('|');
        return [.. parts.Index().SelectMany(part => part.Index % 2 == 0 ? part.Item.Select(character => (byte)character) : part.Item.Split(' ').Select(hex => byte.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)))];
    }

    [GeneratedRegex(@"^(?<action>pass|drop) (?<protocol>tls|http|tcp|udp|icmp|ip) (?<src>[0-9a-f.:/]+|\[[0-9a-f.:/]+(,[0-9a-f.:/]+)+\]) any -> (?<dst>any|@[A-Za-z][A-Za-z0-9_]*) (?<port>any|\d+|\[\d+(,\d+)+\]) \((?<options>.*)\)\z")]
    private static partial Regex Header();

    [GeneratedRegex(@" ?(?<keyword>[a-z0-9._-]+)(:(""(?<quoted>[^"";\\]*)""|(?<value>[^"";\\ ]+)))?;")]
    private static partial Regex Option();

    [GeneratedRegex(@"^([A-Za-z0-9._-]|\|[0-9A-F]{2}( [0-9A-F]{2})*\|)+\z")]
    private static partial Regex Content();

    [GeneratedRegex(@"^[A-Za-z0-9 :,.-]+\z")]
    private static partial Regex Message();
}
