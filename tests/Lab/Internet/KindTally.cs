namespace DnsGuard.Lab.Internet;

/// <summary>Counts what became of the questions about each kind of zone: a fault that nobody met has not been tested.</summary>
internal sealed class KindTally
{
    private enum Outcome { Secure, Insecure, Failure }

    private static readonly string[] FailingKinds = ["below-bogus-tld", "all-lame", "circular-servers", "servers-without-address"];
    private static readonly string[] SecureKinds = ["algorithm-", "keys-", "ds-", "nested", "many-labels", "cut-below", "plain-alg", "plain-sub-signed", "below-optout-signed", "optout", "aliases-secure", "tld", "operator"];
    private static readonly string[] FailingServers = ["server-serverfailure", "server-noedns-signed", "server-nosignatures-signed", "server-silentonedns-signed"];

    private readonly SortedDictionary<string, int[]> _counts = new(StringComparer.Ordinal);

    /// <summary>Notes what most of the resolvers say.</summary>
    public void Note(Question question, IReadOnlyList<Reply> replies)
    {
        if (!_counts.TryGetValue(question.Kind, out var counts))
            _counts[question.Kind] = counts = new int[3];
        var common = replies.GroupBy(reply => reply.Brief).MaxBy(group => group.Count())!.First();
        if (!question.Cd)
            counts[(int)(common.Code == "SERVFAIL" ? Outcome.Failure : common.IsAuthentic ? Outcome.Secure : Outcome.Insecure)]++;
    }

    /// <summary>One line for each kind.</summary>
    public IEnumerable<string> Lines => _counts.Select(each => $"{each.Key,-45} secure {each.Value[0],5}, insecure {each.Value[1],5}, failed {each.Value[2],5}");

    /// <summary>Kinds of which no question had the outcome that the kind is there for.</summary>
    public IReadOnlyList<string> WithoutEffect => [.. _counts.Where(each => Expected(each.Key) is { } outcome && each.Value[(int)outcome] == 0).Select(each => each.Key)];

    private static Outcome? Expected(string kind)
    {
        if (kind.StartsWith("nsec3-", StringComparison.Ordinal))
        {
            // Up to 50 everybody looks, beyond 150 nobody does; in between opinions differ (RFC 9276 §3.2).
            var iterations = int.Parse(kind.Split('-')[1]);
            return iterations <= 50 ? Outcome.Secure : iterations > 150 ? Outcome.Insecure : null;
        }

        if (kind.StartsWith("bogus-", StringComparison.Ordinal) || FailingKinds.Contains(kind) || FailingServers.Contains(kind))
            return Outcome.Failure;
        if (kind.StartsWith("insecure-", StringComparison.Ordinal) || kind.Contains("unsigned", StringComparison.Ordinal) || kind.EndsWith("island", StringComparison.Ordinal) || kind is "aliases-insecure")
            return Outcome.Insecure;
        return SecureKinds.Any(start => kind.StartsWith(start, StringComparison.Ordinal)) || kind.EndsWith("-signed", StringComparison.Ordinal) ? Outcome.Secure : null;
    }
}
