using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Answering;

/// <summary>How large, how often, how many.</summary>
public sealed class LimitTests
{
    private static readonly string All = Policies.Dev("{allow: '*', types: [A, TXT]}");

    [Theory]
    [InlineData(null, 512, true)]
    [InlineData(100, 512, true)]
    [InlineData(512, 512, true)]
    [InlineData(1_232, 1_232, false)]
    [InlineData(65_535, 1_232, false)]
    public async Task An_answer_fits_what_the_client_can_take_or_is_cut(int? payload, int limit, bool isCut)
    {
        using var internet = new ToyInternet("toy. NS ns.toy.\nns.toy. A @2 \n");
        internet.Server(2, "toy", string.Concat(Enumerable.Range(1, 40).Select(number => $"many A 93.184.216.{number}\n")));
        await using var guard = new Guard(All, internet);
        for (var tries = 0; tries < 2; tries++)
        {
            var reply = await guard.Send(Query.Of("many.toy", edns: payload));
            Assert.InRange(reply.Octets.Length, 12, limit);
            Assert.Equal(isCut, reply.IsTruncated);
            Assert.Equal(isCut ? 0 : 40, reply.Answers.Count);
        }
    }

    [Fact]
    public async Task What_is_too_long_for_a_datagram_comes_whole_over_TCP()
    {
        using var internet = new ToyInternet("toy. NS ns.toy.\nns.toy. A @2 \n");
        internet.Server(2, "toy", string.Concat(Enumerable.Range(1, 100).Select(number => $"many A 93.184.216.{number}\n")));
        await using var guard = new Guard(All, internet);
        Assert.True((await guard.Ask("many.toy")).IsTruncated);
        var reply = await guard.AskOverTcp(Query.Of("many.toy"));
        Assert.Equal(100, reply.Answers.Count);
        Assert.False(reply.IsTruncated);
    }

    [Fact]
    public async Task A_client_that_asks_too_fast_is_not_answered_and_others_are()
    {
        await using var guard = new Guard(Policies.Dev(), configure: options => options with { ClientQueriesPerSecond = 1 });
        await guard.Ask("a.toy");
        await guard.Ask("a.toy");
        // More than the second's refill can let through, however slow this machine.
        using var client = guard.Client();
        for (var i = 0; i < 60; i++)
            await client.SendAsync(Query.Of("a.toy"));
        Assert.Equal(ResponseCode.NameError, (await guard.Ask("a.toy", from: "127.0.0.2")).Code);
        var answered = 0;
        while (await Guard.Receive(client, TimeSpan.FromMilliseconds(100)) is not null)
            answered++;
        Assert.InRange(answered, 0, 30);
    }

    [Fact]
    public async Task Beyond_its_share_of_waiting_places_a_client_gets_SERVFAIL_at_once_and_others_still_wait()
    {
        using var internet = new ToyInternet("toy. NS ns.toy.\nns.toy. A @2 \n");
        internet.Server(2, "toy", "a A 93.184.216.1\nb A 93.184.216.2\nc A 93.184.216.3\nd A 93.184.216.4\n");
        await using var guard = new Guard(All, internet, options => options with { MaxParkedPerClient = 2, MaxParked = 3 });
        var gate = new TaskCompletionSource();
        guard.Grants.Gate = gate.Task;
        var waiting = new[] { guard.Ask("a.toy"), guard.Ask("b.toy") };
        await Guard.Until(() => guard.Server.Parked == 2);
        var refused = await guard.Ask("c.toy");
        Assert.Equal((ResponseCode.ServerFailure, "too many queries are waiting"), (refused.Code, refused.ErrorText));
        var other = guard.Ask("c.toy", from: "127.0.0.2");
        await Guard.Until(() => guard.Server.Parked == 3);
        Assert.Equal(ResponseCode.ServerFailure, (await guard.Ask("d.toy", from: "127.0.0.3")).Code);
        gate.SetResult();
        Assert.Equal("93.184.216.1 93.184.216.2 93.184.216.3", string.Join(' ', (await Task.WhenAll(waiting.Append(other))).Select(reply => reply.Addresses)));
        await Guard.Until(() => guard.Server.Parked == 0);
        Assert.Equal("93.184.216.4", (await guard.Ask("d.toy")).Addresses);
    }

    [Fact]
    public async Task Places_are_given_back_when_the_answer_is_a_failure()
    {
        await using var guard = new Guard(All, configure: options => options with { MaxParkedPerClient = 1, MaxParked = 1, ForwardZones = [] });
        for (var i = 0; i < 5; i++)
        {
            var reply = await guard.Ask($"{i}.toy");
            Assert.Equal((ResponseCode.ServerFailure, ExtendedErrorCode.NoReachableAuthority), (reply.Code, reply.Error));
        }
    }
}
