using System.Globalization;
using System.Net;
using DnsGuard.Control.Access;
using DnsGuard.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace DnsGuard.Control.Tests.Access;

/// <summary>Nobody takes the API away from the others by asking too fast.</summary>
public sealed class BudgetTests
{
    [Fact]
    public async Task Who_asks_too_fast_is_told_how_long_to_wait_and_others_go_on()
    {
        await using var node = await ControlNode.StartAsync(requestsPerSecond: 4);
        using var fast = node.With("policy:read");
        using var slow = node.With("policy:read");
        for (var i = 0; i < 20; i++)
            (await fast.GetAsync("/policy")).Expect(HttpStatusCode.OK);

        var refused = (await fast.GetAsync("/policy")).Expect(HttpStatusCode.TooManyRequests, "too-many");

        Assert.Equal("1", refused.Headers["Retry-After"]);
        (await slow.GetAsync("/policy")).Expect(HttpStatusCode.OK);
        // Those without a token share their address's budget, whichever tokens they try.
        for (var i = 0; i < 20; i++)
            (await node.Api.GetAsync("/policy", ("Authorization", $"Bearer {i}"))).Expect(HttpStatusCode.Unauthorized, "no-token");
        (await node.Api.GetAsync("/policy", ("Authorization", "Bearer another"))).Expect(HttpStatusCode.TooManyRequests, "too-many");
        (await node.Api.SendAsync("POST", "/session", """{"token": "guess"}""")).Expect(HttpStatusCode.TooManyRequests, "too-many");

        var counted = node.Parts.GetRequiredService<AccessMetrics>();
        Assert.Equal((3L, 0L), (counted.Refused, counted.Repeated));

        node.Clock.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 4; i++)
            (await fast.GetAsync("/policy")).Expect(HttpStatusCode.OK);
        (await fast.GetAsync("/policy")).Expect(HttpStatusCode.TooManyRequests, "too-many");
        // Probes are not counted: whoever watches a flooded node must see it.
        (await node.Api.GetAsync("//readyz")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public void However_many_callers_there_are_the_table_does_not_grow()
    {
        var clock = new FakeClock();
        var budget = new RequestBudget(10, clock);
        for (var caller = 0; caller < 100_000; caller++)
            budget.Take(caller.ToString(CultureInfo.InvariantCulture));

        Assert.InRange(budget.Callers, 4_000, 4_097);
        // The rest of them share one bucket, and it is empty by now.
        Assert.True(budget.Take("one more") > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, budget.Take("7"));

        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.Zero, budget.Take("one more"));
        Assert.InRange(budget.Callers, 1, 10);
    }

    [Fact]
    public void Without_a_limit_nobody_is_counted()
    {
        var budget = new RequestBudget(0, new FakeClock());

        Assert.All(Enumerable.Range(0, 100_000), _ => Assert.Equal(TimeSpan.Zero, budget.Take("caller")));
        Assert.Equal(0, budget.Callers);
    }
}
