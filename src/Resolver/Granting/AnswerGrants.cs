using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Snapshots;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Granting;

/// <summary>The hold: the addresses of an answer become grants, and the answer waits here, bounded, until they are open.</summary>
internal sealed class AnswerGrants(IGrantSink sink, ResolverMetrics metrics, TimeProvider time)
{
    /// <summary>TTL of an answer that leaves before its grants are open: the client soon asks again, when they are.</summary>
    public const uint LateTtlSeconds = 5;

    private readonly RuleNames _ruleNames = new();

    /// <summary>Cuts an answer to the addresses that the places which enforce can hold.</summary>
    /// <returns>The same answer where nothing has to go.</returns>
    public ShapedAnswer Cut(ShapedAnswer answer, DomainName name, RecordType type, GroupSnapshot group, EffectiveRule rule)
    {
        if (answer.Addresses.Count == 0 || rule.Via is not null || sink.Choose(new ChoiceRequest(group, name, type, rule.Ports, rule.Pin, answer.Addresses)) is not { } kept)
            return answer;
        metrics.AnswerCut();
        return answer.With(kept);
    }

    /// <summary>Opens what an answer needs.</summary>
    /// <returns>How it ended, and how long it took.</returns>
    public async ValueTask<(GrantResult Result, TimeSpan Hold)> OpenAsync(
        ShapedAnswer answer, DomainName name, RecordType type, PolicySnapshot snapshot, Verdict verdict, EffectiveRule rule, CancellationToken cancel)
    {
        // Nothing in the answer can be connected to: it holds without proof, until an edit or its TTL ends it.
        if (answer.Addresses.Count == 0)
            return (new GrantResult(GrantStatus.Open, long.MaxValue, sink.Epoch), TimeSpan.Zero);
        var start = time.GetTimestamp();
        var request = new GrantRequest(
            snapshot.Groups[verdict.Group],
            name,
            type,
            answer.Aliases,
            _ruleNames.Of(snapshot, verdict.Rule),
            snapshot.Revision,
            rule.Ports,
            rule.Hold,
            answer.Addresses,
            TimeSpan.FromSeconds(answer.TtlSeconds)) { Via = rule.Via };
        var result = await sink.OpenAsync(request, cancel).ConfigureAwait(false);
        var hold = time.GetElapsedTime(start);
        metrics.HoldTime.Record(hold.TotalSeconds);
        if (result.Status is GrantStatus.Late)
            metrics.AnsweredLate();
        else if (result.Status is GrantStatus.Failed)
            metrics.HoldFailed();
        return (result, hold);
    }
}
