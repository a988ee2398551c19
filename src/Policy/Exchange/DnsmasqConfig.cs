using System.Net;
using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Exchange;

/// <summary>dnsmasq: domains that are forwarded or whose addresses go into a set are allowed, domains without an answer are denied.</summary>
/// <remarks>dnsmasq(8): <c>/example.com/</c> is the name and all below, <c>/*.example.com/</c> (2.86) all below; the more specific line decides.</remarks>
internal sealed class DnsmasqConfig : IExchangeFormat
{
    /// <inheritdoc/>
    public string Name => "dnsmasq";

    /// <inheritdoc/>
    public string MediaType => "text/plain";

    /// <inheritdoc/>
    public FormatTraits Traits { get; } = new() { Kinds = [PatternKind.Below, PatternKind.AtOrBelow], SaysAction = true, DeniesTheRest = true };

    /// <inheritdoc/>
    public bool IsSurely(ReadOnlySpan<char> head)
    {
        var lines = new LineScanner(head);
        while (lines.TryNext(out var line))
        {
            if (line.IndexOf("=/") is > 0 and var at && line[..at].Trim().TrimStart('-') is "server" or "local" or "address" or "ipset" or "nftset")
                return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Read(string text, RuleIntake intake)
    {
        var lines = new LineScanner(text);
        while (lines.TryNext(out var line))
        {
            if (!intake.MayRead(lines.Number, line))
                continue;
            var said = Said(line);
            if (!said.IsEmpty)
                ReadOption(lines.Number, said, intake);
        }
    }

    /// <inheritdoc/>
    public void Write(RuleSelection rules, TextWriter text)
    {
        text.WriteLine("# Allowed names go to the usual servers; the rest has no address.");
        foreach (var rule in rules.Rules)
        {
            var domain = rule.Pattern.Kind is PatternKind.Below ? rule.Pattern.Text : rule.Pattern.Suffix.ToString();
            text.WriteLine(rule.Action is RuleAction.Allow ? $"server=/{domain}/#" : $"address=/{domain}/");
        }

        // Not address=/#/: where dnsmasq has servers for every name, as it nearly always has, that line denies nothing (2.90).
        text.WriteLine("address=/#/#");
    }

    // A '#' behind a slash means the usual servers, or no address; one at the start or behind a blank begins a comment.
    private static ReadOnlySpan<char> Said(ReadOnlySpan<char> line)
    {
        for (var at = 0; at < line.Length; at++)
        {
            if (line[at] == '#' && (at == 0 || line[at - 1] is ' ' or '\t'))
                return line[..at].Trim();
        }

        return line.Trim();
    }

    private static void ReadOption(int line, ReadOnlySpan<char> said, RuleIntake intake)
    {
        var equals = said.IndexOf('=');
        var option = (equals < 0 ? said : said[..equals]).Trim().TrimStart('-');
        var value = equals < 0 ? default : said[(equals + 1)..].Trim();
        if (option is not ("server" or "local" or "address" or "ipset" or "nftset"))
            intake.LeftOut(line, said, "it is not about names", "Nothing is to be done, if names are all that was meant");
        else if (value is not ['/', ..] || value[1..].IndexOf('/') < 0)
            intake.LeftOut(line, said, "it is for every name", "Name what is needed, as in server=/example.com/192.0.2.53");
        else
            ReadDomains(line, said, option, value[1..], intake);
    }

    private static void ReadDomains(int line, ReadOnlySpan<char> said, ReadOnlySpan<char> option, ReadOnlySpan<char> value, RuleIntake intake)
    {
        var end = value.LastIndexOf('/');
        var domains = value[..end];
        var target = value[(end + 1)..].Trim();
        // Without a server nobody is asked, and without an address there is no answer.
        var denies = option is "address" || (option is "server" or "local" && target.IsEmpty);
        if (option is "address" && !target.IsEmpty && target is not "#" && !IsNoAddress(target))
        {
            intake.LeftOut(line, said, $"it gives the address {target}, and DnsGuard serves no names of its own", "Allow the names, and let a zone of yours say that");
            return;
        }

        foreach (var part in domains.Split('/'))
            ReadDomain(line, denies ? RuleAction.Deny : RuleAction.Allow, domains[part].Trim(), intake);
    }

    private static void ReadDomain(int line, RuleAction action, ReadOnlySpan<char> domain, RuleIntake intake)
    {
        if (domain.IsEmpty)
            intake.LeftOut(line, "//", "it is for names of a single label", "Name them one by one");
        else if (domain is "#" && action is RuleAction.Deny)
            intake.Implied(line, "/#/", "names that no rule allows are blocked anyway");
        else if (domain is "#")
            intake.LeftOut(line, "/#/", "it allows every name", "Name what is needed");
        else if (domain.StartsWith("*."))
            intake.Add(line, action, PatternKind.Below, domain[2..]);
        else if (domain[0] == '*')
            intake.LeftOut(line, domain, "an asterisk in front of part of a label reaches names of other owners", "Write *. and the name, or the names themselves");
        else
            intake.Add(line, action, PatternKind.AtOrBelow, domain[0] == '.' ? domain[1..] : domain);
    }

    private static bool IsNoAddress(ReadOnlySpan<char> target) =>
        IPAddress.TryParse(target, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || IPAddress.IsLoopback(address));
}
