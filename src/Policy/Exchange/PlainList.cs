using System.Net;
using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Exchange;

/// <summary>A name or pattern of ours a line, <c>#</c> for comments; lines of a hosts file too.</summary>
internal sealed class PlainList : IExchangeFormat
{
    // What hosts files of every system begin with.
    private static readonly HashSet<string> OwnNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "localhost", "localhost.localdomain", "local", "broadcasthost", "ip6-localhost", "ip6-loopback", "ip6-localnet", "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters", "ip6-allhosts", "0.0.0.0",
    };

    /// <inheritdoc/>
    public string Name => "plain";

    /// <inheritdoc/>
    public string MediaType => "text/plain";

    /// <inheritdoc/>
    public FormatTraits Traits { get; } = new() { Kinds = [PatternKind.Exact, PatternKind.Below, PatternKind.AtOrBelow, PatternKind.Glob, PatternKind.Everything] };

    /// <inheritdoc/>
    public bool IsSurely(ReadOnlySpan<char> head)
    {
        // A hosts file, if its first line that says anything is one of those.
        var lines = new LineScanner(head);
        while (lines.TryNext(out var line))
        {
            var said = LineScanner.WithoutComment(line, '#');
            if (said.IsEmpty)
                continue;
            var word = LineScanner.TakeWord(ref said);
            return !said.IsEmpty && IPAddress.TryParse(word, out _);
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
            var said = LineScanner.WithoutComment(line, '#');
            if (said.IsEmpty)
                continue;
            var rest = said;
            var word = LineScanner.TakeWord(ref rest);
            if (rest.IsEmpty)
                intake.AddPattern(lines.Number, intake.Options.Action ?? RuleAction.Allow, word);
            else if (IPAddress.TryParse(word, out var address))
                ReadHosts(lines.Number, address, rest, intake);
            else
                intake.Invalid(lines.Number, said, "it is more than one word, and no address stands in front", "Write one name into a line");
        }
    }

    /// <inheritdoc/>
    public void Write(RuleSelection rules, TextWriter text)
    {
        foreach (var rule in rules.Rules)
            text.WriteLine(rule.Pattern.Text);
    }

    // Lists of names to be blocked are given as hosts files that lead nowhere.
    private static void ReadHosts(int line, IPAddress address, ReadOnlySpan<char> names, RuleIntake intake)
    {
        var leadsNowhere = IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
        while (!names.IsEmpty)
        {
            var name = LineScanner.TakeWord(ref names);
            if (OwnNames.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name))
                intake.Implied(line, name, "every machine knows itself");
            else if (leadsNowhere || intake.Options.Action is not null)
                intake.Add(line, intake.Options.Action ?? RuleAction.Deny, PatternKind.Exact, name);
            else
                intake.LeftOut(line, name, $"the line gives it the address {address}, and DnsGuard serves no names of its own", "Write the name alone to allow it, or say whether such lines allow or deny (action)");
        }
    }
}
