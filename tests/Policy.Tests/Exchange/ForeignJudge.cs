using System.Text.Json;
using System.Text.RegularExpressions;
using DnsGuard.TestKit;

namespace DnsGuard.Policy.Tests.Exchange;

/// <summary>What a file of others means to them, judged the slow and obvious way from their manuals. It shares no code with the readers.</summary>
internal static class ForeignJudge
{
    /// <summary>Does the file let a name pass? Names are plain: lower-case letters, digits, hyphens and dots.</summary>
    public static bool Allows(string format, string text, string name) => format switch
    {
        "route53" => Lines(text).Any(line => line == "*" || line == name || (line.StartsWith("*.", StringComparison.Ordinal) && name.EndsWith(line[1..], StringComparison.Ordinal))),
        "plain" => Lines(text).Any(line => NamePatternMatches(line, name)),
        "squid" => Lines(text).Any(line => DotMatches(line, name)),
        "network-firewall" => Targets(text).Any(target => DotMatches(target, name)),
        "dnsmasq" => Dnsmasq(text, name),
        "cilium" => Cilium(text, name),
        "smokescreen" => Smokescreen(text, name),
        "rpz" => ZoneAllows(text, name) ?? true,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "nobody judges this format"),
    };

    /// <summary>A response policy zone by the longest match, as servers have it that do not judge it as a zone.</summary>
    public static bool LongestMatchAllows(string text, string name)
    {
        var owners = Owners(text);
        if (owners.TryGetValue(name, out var exact))
            return exact;
        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (owners.TryGetValue("*" + name[dot..], out var below))
                return below;
        }

        return !owners.TryGetValue("*", out var rest) || rest;
    }

    // RFC 4592: a wildcard answers only right below the closest name that exists, and names exist on the way to others.
    private static bool? ZoneAllows(string text, string name)
    {
        var owners = Owners(text);
        if (owners.TryGetValue(name, out var exact))
            return exact;
        var existing = owners.Keys.SelectMany(Ancestors).ToHashSet(StringComparer.Ordinal);
        if (existing.Contains(name))
            return null;
        var encloser = Ancestors(name).Skip(1).FirstOrDefault(existing.Contains);
        return owners.TryGetValue(encloser is null ? "*" : $"*.{encloser}", out var wild) ? wild : null;
    }

    private static IEnumerable<string> Ancestors(string name)
    {
        for (; ; name = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            yield return name;
            if (!name.Contains('.', StringComparison.Ordinal))
                yield break;
        }
    }

    private static Dictionary<string, bool> Owners(string text) => Lines(text)
        .Select(line => line.Split(' '))
        .Where(words => words is [_, "CNAME", _])
        .ToDictionary(words => words[0], words => words[2] == "rpz-passthru.", StringComparer.Ordinal);

    private static bool Dnsmasq(string text, string name)
    {
        var best = (Length: -1, Allows: true);
        foreach (var line in Lines(text).Where(line => line.Contains("=/", StringComparison.Ordinal)))
        {
            var parts = line.Split('/');
            var (domain, allows) = (parts[1], line.StartsWith("server=", StringComparison.Ordinal));
            var matches = domain == "#" || (domain.StartsWith("*.", StringComparison.Ordinal) ? name.EndsWith(domain[1..], StringComparison.Ordinal) : DotMatches("." + domain, name));
            var length = domain == "#" ? 0 : domain.TrimStart('*', '.').Length;
            // What the manual does not decide must not be written.
            if (matches && length == best.Length)
                Assert.Equal(best.Allows, allows);
            if (matches && length > best.Length)
                best = (length, allows);
        }

        return best.Allows;
    }

    private static bool Cilium(string text, string name)
    {
        var selectors = text.Split("toFQDNs:").Skip(1).SelectMany(entry => Regex.Matches(entry, "match(Name|Pattern): \"([^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1)));
        return selectors.Any(selector => selector.Groups[1].Value == "Name" ? selector.Groups[2].Value == name : CiliumPattern(selector.Groups[2].Value).IsMatch(name));
    }

    private static Regex CiliumPattern(string pattern)
    {
        if (pattern == "*")
            return new Regex("", RegexOptions.None, TimeSpan.FromSeconds(1));
        var front = pattern.StartsWith("**.", StringComparison.Ordinal) ? "([-a-z0-9_]+\\.)+" : "";
        return new Regex($"^{front}{Regex.Escape(pattern[(front.Length > 0 ? 3 : 0)..]).Replace("\\*", "[-a-z0-9_]*", StringComparison.Ordinal)}$", RegexOptions.None, TimeSpan.FromSeconds(1));
    }

    private static bool Smokescreen(string text, string name)
    {
        var parts = text.Split("global_deny_list:");
        return !Listed(parts[1]) && Listed(parts[0]);

        bool Listed(string part) => Regex.Matches(part, "- \"([^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(match => match.Groups[1].Value)
            .Any(glob => glob[0] == '*' ? name.EndsWith(glob[1..], StringComparison.Ordinal) : glob == name);
    }

    private static IEnumerable<string> Targets(string text)
    {
        using var json = JsonDocument.Parse(text);
        return [.. json.RootElement.GetProperty("RulesSource").GetProperty("RulesSourceList").GetProperty("Targets").EnumerateArray().Select(target => target.GetString()!)];
    }

    private static bool DotMatches(string pattern, string name) => pattern[0] == '.' ? name == pattern[1..] || name.EndsWith(pattern, StringComparison.Ordinal) : name == pattern;

    private static bool NamePatternMatches(string pattern, string name) => NaivePolicy.Matches(pattern, Wire.Names.DomainName.Parse(name));

    private static IEnumerable<string> Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
