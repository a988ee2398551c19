using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 8767: answers after their time, while nobody can be asked.</summary>
public sealed class Rfc8767Tests : ConformanceTest
{
    private const string Zone = "@ 60 IN SOA ns.com. h.com. 1 2 3 4 60\na 60 A 93.184.216.34\nal 60 CNAME a\nb 60 A 93.184.216.35\n";

    [Fact]
    public async Task S5_A_stale_answer_is_given_after_1800_milliseconds_with_30_seconds_and_says_so()
    {
        await Expire(Zone, "a.com");
        var start = Clock.GetUtcNow();
        var reply = await AskPatiently("a.com");
        Served(reply, "93.184.216.34");
        Assert.Equal((30u, ExtendedErrorCode.StaleAnswer), (reply.Answers[0].Ttl, reply.Error));
        Assert.InRange(Clock.GetUtcNow() - start, TimeSpan.FromSeconds(1.8), TimeSpan.FromSeconds(2.1));
    }

    [Fact]
    public async Task S5_A_fresh_answer_that_comes_in_time_is_given_instead()
    {
        var com = await Expire(Zone, "a.com");
        com.Script = null;
        com.With("com", "a 60 A 93.184.216.99\n");
        var reply = await Ask("a.com");
        Served(reply, "93.184.216.99");
        Assert.Equal((60u, ExtendedErrorCode.None), (reply.Answers[0].Ttl, reply.Error));
    }

    [Theory]
    [InlineData(ResponseCode.ServerFailure)]
    [InlineData(ResponseCode.Refused)]
    [InlineData(ResponseCode.NotImplemented)]
    public async Task S4_A_server_that_fails_at_once_leads_to_the_stale_answer_at_once(ResponseCode code)
    {
        var com = await Expire(Zone, "a.com");
        com.That((_, reply) =>
        {
            reply.Clear();
            reply.Code = code;
        });
        Served(await Ask("a.com"), "93.184.216.34");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task S4_The_next_client_gets_the_stale_answer_too_while_the_failure_is_remembered(bool dnssecOk)
    {
        var com = await Expire(Zone, "a.com");
        com.That((_, reply) => reply.Code = ResponseCode.ServerFailure);
        Served(await Ask("a.com"), "93.184.216.34");
        // Another form of the answer is made anew, and finds the failure of a moment ago in the cache.
        var reply = await LetTimePass(Guard.Send(Query.Of("a.com", edns: 1_232, dnssecOk: dnssecOk)));
        Served(reply, "93.184.216.34");
        Assert.Equal(ExtendedErrorCode.StaleAnswer, reply.Error);
    }

    [Fact]
    public async Task S4_A_whole_alias_chain_may_be_stale()
    {
        await Expire(Zone, "al.com");
        var reply = await AskPatiently("al.com");
        Served(reply, "93.184.216.34");
        Assert.Equal([30u, 30u], reply.Answers.Select(record => record.Ttl));
    }

    [Fact]
    public async Task S4_So_may_the_absence_of_a_name_and_says_that_it_is_one()
    {
        await Expire(Zone, "no.com");
        var reply = await AskPatiently("no.com");
        Assert.Equal((ResponseCode.NameError, ExtendedErrorCode.StaleNxdomainAnswer), (reply.Code, reply.Error));
    }

    [Fact]
    public async Task S4_So_may_the_absence_of_data()
    {
        await Expire(Zone, "a.com", RecordType.TXT);
        var reply = await AskPatiently("a.com", RecordType.TXT);
        Assert.Equal((ResponseCode.NoError, 0, ExtendedErrorCode.StaleAnswer), (reply.Code, reply.Answers.Count, reply.Error));
    }

    [Fact]
    public async Task S4_A_name_that_was_denied_since_does_not_come_back()
    {
        var com = Com(Zone);
        await Ask("a.com");
        await Pass(TimeSpan.FromSeconds(61));
        com.With("com", "@ 60 IN SOA ns.com. h.com. 1 2 3 4 60\n");
        Assert.Equal(ResponseCode.NameError, (await Ask("a.com")).Code);
        await Pass(TimeSpan.FromSeconds(61));
        com.That((_, reply) => reply.IsSilent = true);
        Assert.Equal(ResponseCode.NameError, (await AskPatiently("a.com")).Code);
    }

    [Fact]
    public async Task S4_An_address_that_became_an_alias_since_does_not_come_back()
    {
        var com = Com(Zone);
        await Ask("a.com");
        await Pass(TimeSpan.FromSeconds(61));
        com.With("com", "a 60 CNAME b\nb 60 A 93.184.216.99\n");
        Served(await Ask("a.com"), "93.184.216.99");
        await Pass(TimeSpan.FromSeconds(61));
        com.That((_, reply) => reply.IsSilent = true);
        Served(await AskPatiently("a.com"), "93.184.216.99");
    }

    [Fact]
    public async Task S5_Beyond_the_longest_time_nothing_is_served()
    {
        await Expire(Zone, "a.com");
        await Pass(TimeSpan.FromHours(25));
        Failed(await AskPatiently("a.com"));
    }

    [Fact]
    public async Task S5_It_lasts_almost_as_long_as_that()
    {
        await Expire(Zone, "a.com");
        await Pass(TimeSpan.FromHours(23));
        Served(await AskPatiently("a.com"), "93.184.216.34");
    }

    [Fact]
    public async Task S5_An_operator_may_do_without()
    {
        Start(options => options with { MaxStale = TimeSpan.Zero });
        await Expire(Zone, "a.com");
        Failed(await AskPatiently("a.com"));
    }

    [Fact]
    public async Task S5_When_servers_are_back_fresh_data_is_given_again()
    {
        var com = await Expire(Zone, "a.com");
        Served(await AskPatiently("a.com"), "93.184.216.34");
        com.Script = null;
        com.With("com", "a 60 A 93.184.216.99\n");
        await Pass(TimeSpan.FromSeconds(10));
        await Pass(TimeSpan.FromSeconds(31));
        var reply = await AskPatiently("a.com");
        Assert.Equal(("93.184.216.99", ExtendedErrorCode.None), (reply.Addresses, reply.Error));
    }

    [Fact]
    public async Task S5_The_search_goes_on_behind_a_stale_answer_and_what_it_finds_is_kept()
    {
        var com = await Expire(Zone, "a.com");
        // Too slow for the client, not for the search.
        var asked = com.Asked.Count;
        com.That((_, reply) => reply.IsSilent = com.Asked.Count <= asked + 1);
        Served(await AskPatiently("a.com"), "93.184.216.34");
        await Pass(TimeSpan.FromSeconds(31));
        Assert.Equal(ExtendedErrorCode.None, (await AskPatiently("a.com")).Error);
    }

    [Fact]
    public async Task S5_A_dead_zone_is_not_asked_for_every_stale_answer()
    {
        var com = await Expire(Zone, "a.com");
        await AskPatiently("a.com");
        await Pass(TimeSpan.FromSeconds(8));
        var asked = com.Asked.Count;
        for (var i = 0; i < 10; i++)
            Served(await Ask("a.com"), "93.184.216.34");
        Assert.Equal(asked, com.Asked.Count);
    }

    [Fact]
    public async Task S4_What_is_bogus_now_is_not_served_from_before()
    {
        using var internet = new SignedInternet(Clock.GetUtcNow());
        internet.Zone("example.com", "www 60 A 93.184.216.34\n");
        await using var guard = new Guard(All, internet, options => options with { TrustAnchors = internet.TrustAnchors }, Clock);
        Served(await guard.Ask("www.example.com"), "93.184.216.34");
        internet.Zone("example.com", "www 60 A 6.6.6.6\n", ZoneTrust.BadSignatures);
        await Pass(TimeSpan.FromSeconds(61));
        Failed(await LetTimePass(guard.Ask("www.example.com")));
    }

    [Theory]
    [InlineData(100, 85, 0)]
    [InlineData(100, 91, 1)]
    [InlineData(15, 14, 0)]
    public async Task Prefetch_In_the_last_tenth_of_its_time_an_answer_is_fetched_anew(int ttl, int seconds, int refreshes)
    {
        var com = Com($"a {ttl} A 93.184.216.34\n");
        await Ask("a.com");
        await Pass(TimeSpan.FromSeconds(seconds));
        Assert.Equal((uint)(ttl - seconds), (await Ask("a.com")).Answers[0].Ttl);
        if (refreshes > 0)
            await Guard.Until(() => com.Count("a.com") == 1 + refreshes);
        await Task.Delay(50);
        Assert.Equal(1 + refreshes, com.Count("a.com"));
        Assert.Equal((uint)(refreshes > 0 ? ttl : ttl - seconds), (await Ask("a.com")).Answers[0].Ttl);
    }

    // A question answered, a minute ago, by servers that now say nothing any more.
    private async Task<ToyServer> Expire(string zone, string name, RecordType type = RecordType.A)
    {
        var com = Com(zone);
        await Ask(name, type);
        await Pass(TimeSpan.FromSeconds(65));
        return com.That((_, reply) => reply.IsSilent = true);
    }
}
