using DnsGuard.Policy.Decisions;

namespace DnsGuard.Policy.Tests.Decisions;

public class VerdictTests
{
    [Theory]
    [InlineData(Outcome.Blocked, false)]
    [InlineData(Outcome.Refused, false)]
    [InlineData(Outcome.Allowed, true)]
    [InlineData(Outcome.Audited, true)]
    public void Only_what_is_allowed_or_audited_is_answered(Outcome outcome, bool isAnswered) =>
        Assert.Equal(isAnswered, new Verdict(outcome, VerdictReason.NoRule, 0, -1, 0).IsAnswered);

    [Fact]
    public void A_verdict_that_nobody_gave_is_a_denial() => Assert.Equal((Outcome.Blocked, false), (default(Verdict).Outcome, default(Verdict).IsAnswered));
}
