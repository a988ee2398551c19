using DnsGuard.Policy.Documents;

namespace DnsGuard.Policy.Exchange;

/// <summary>Response policy zones: a zone whose owners are names, and whose records say what shall become of them.</summary>
/// <remarks>
/// The zone is written so that it means the same to servers that judge it as a zone and to those that look for the longest match. In a
/// zone, a name that exists hides the wildcards above it from what lies below (RFC 4592 §3.3.1): an allowed <c>example.com</c> alone
/// would let everything below it pass the final <c>* CNAME .</c>. So each name, and each on the way to it, says what holds at it and below.
/// </remarks>
internal sealed class ResponsePolicyZone : IExchangeFormat
{
    /// <inheritdoc/>
    public string Name => "rpz";

    /// <inheritdoc/>
    public string MediaType => "text/dns";

    /// <inheritdoc/>
    /// <remarks>The zone's own name stands behind every owner, and takes some of the 255 octets.</remarks>
    public FormatTraits Traits { get; } = new() { Kinds = [PatternKind.Exact, PatternKind.Below], SplitsSubtrees = true, SaysAction = true, DeniesTheRest = true, RepeatsItself = true, NameCharacters = 180 };

    /// <inheritdoc/>
    public bool IsSurely(ReadOnlySpan<char> head)
    {
        var lines = new LineScanner(head);
        while (lines.TryNext(out var line))
        {
            var said = LineScanner.WithoutComment(line, ';');
            if (said.StartsWith("$ORIGIN", StringComparison.OrdinalIgnoreCase) || said.Contains(" SOA ", StringComparison.OrdinalIgnoreCase) || said.Contains("\tSOA\t", StringComparison.OrdinalIgnoreCase)
                || said.EndsWith("CNAME rpz-passthru.", StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Read(string text, RuleIntake intake) => new ZoneReader(intake).Read(text);

    /// <inheritdoc/>
    public void Write(RuleSelection rules, TextWriter text)
    {
        text.WriteLine("$TTL 60");
        text.WriteLine($"@ SOA localhost. root.localhost. {(uint)rules.Source.Revision} 3600 600 86400 60");
        text.WriteLine("@ NS localhost.");
        new ZoneRules(rules.Rules).Write(text);
        text.WriteLine("* CNAME .");
    }
}
