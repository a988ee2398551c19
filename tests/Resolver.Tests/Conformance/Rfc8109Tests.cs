using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 8109: the root's own list of its servers; RFC 8020: below nothing there is nothing.</summary>
public sealed class Rfc8109Tests : ConformanceTest
{
    [Fact]
    public async Task S3_The_first_question_that_starts_at_the_root_fetches_its_list_and_does_not_wait_for_it()
    {
        Com("a A 93.184.216.34\n");
        Internet.Root.That((query, reply) => reply.IsSilent = query.Name.IsRoot);
        Served(await Ask("a.com"), "93.184.216.34");
        await Guard.Until(() => Priming().Any());
        var priming = Priming().First();
        Assert.False(priming.RecursionDesired);
        Assert.True(priming.HasEdns);
        Assert.InRange(priming.UdpPayloadOctets, 1_024, 4_096);
    }

    [Fact]
    public async Task S3_Nothing_is_sent_before_somebody_asks_unless_the_operator_wants_it()
    {
        await Ask("localhost");
        await Task.Delay(50);
        Assert.Empty(Internet.Root.Asked);
    }

    [Fact]
    public async Task S3_The_operator_may_have_it_fetched_at_the_start()
    {
        Start(options => options with { Prime = PrimeTime.Start });
        await Guard.Until(() => Priming().Any());
    }

    [Fact]
    public async Task S3_3_A_list_that_did_not_come_is_asked_for_again_after_a_minute_and_not_before()
    {
        Internet.Root.That((query, reply) => reply.Code = query.Name.IsRoot ? ResponseCode.ServerFailure : reply.Code);
        Com(Lines(5, number => $"w{number} A 93.184.216.34"));
        await Ask("w0.net");
        await Guard.Until(() => Priming().Any());
        await Task.Delay(50);
        var first = Priming().Count();
        await Pass(TimeSpan.FromSeconds(30));
        await Ask("w1.net");
        await Task.Delay(50);
        Assert.Equal(first, Priming().Count());
        await Pass(TimeSpan.FromSeconds(35));
        await Ask("w2.net");
        await Guard.Until(() => Priming().Count() > first);
    }

    [Fact]
    public async Task S4_The_servers_of_the_list_are_asked_from_then_on()
    {
        Internet.Root.With(".", Internet.Expand(". 3600 IN NS new.toy.\nnew.toy. 3600 IN A @8 \ncom. NS ns.com.\nns.com. A @2 \n"));
        Internet.Root.That((query, reply) =>
        {
            // Addresses come along, as from the real root.
            if (query.Name.IsRoot)
                reply.Additionals.AddRange(ToyServer.Records(Internet.Expand("new.toy. 3600 IN A @8 \n")));
        });
        var renewed = Internet.Server(8, ".", ". 3600 IN NS new.toy.\nnew.toy. 3600 IN A @8 \norg. NS ns.org.\nns.org. A @3 \n");
        Com("a A 93.184.216.34\n");
        Internet.Server(3, "org", "a A 93.184.216.35\n");
        Served(await Ask("a.com"), "93.184.216.34");
        await Guard.Until(() => Priming().Any());
        await Task.Delay(50);
        Served(await Ask("a.org"), "93.184.216.35");
        Assert.NotEmpty(renewed.Asked);
    }

    [Fact]
    public async Task S4_2_When_the_list_has_expired_it_is_fetched_again()
    {
        Com("a A 93.184.216.34\n");
        await Ask("a.com");
        await Guard.Until(() => Priming().Any());
        await Task.Delay(50);
        await Pass(TimeSpan.FromHours(2));
        await Ask("a.net");
        await Guard.Until(() => Priming().Count() > 1);
    }

    [Fact]
    public async Task Rfc8020_S2_Below_a_name_that_is_proven_not_to_exist_nothing_is_asked()
    {
        using var internet = new SignedInternet(Clock.GetUtcNow());
        internet.Zone("example.com", "www A 93.184.216.34\n");
        await using var guard = new Guard(All, internet, options => options with { TrustAnchors = internet.TrustAnchors, AggressiveNsec = false }, Clock);
        Assert.Equal(ResponseCode.NameError, (await guard.Ask("no.example.com")).Code);
        var asked = internet.Asked;
        foreach (var name in new[] { "a.no.example.com", "b.c.no.example.com", "_tcp.no.example.com" })
            Assert.Equal(ResponseCode.NameError, (await guard.Ask(name)).Code);
        Assert.Equal(asked, internet.Asked);
    }

    [Fact]
    public async Task Rfc8020_S3_Names_beside_it_are_not_concerned()
    {
        var com = Com("a.yes A 93.184.216.34\n");
        await Ask("no.com");
        Served(await Ask("a.yes.com"), "93.184.216.34");
        Assert.NotEqual(0, com.Count("a.yes.com"));
    }

    [Fact]
    public async Task Rfc8020_S2_A_name_without_data_of_its_own_hides_nothing()
    {
        Com("a.b A 93.184.216.34\n");
        Assert.Empty((await Ask("b.com")).Answers);
        Served(await Ask("a.b.com"), "93.184.216.34");
    }

    [Fact]
    public async Task Rfc8020_S5_Without_proof_a_denied_name_does_not_deny_those_below()
    {
        // Some servers deny names that only have names below them; without signatures nobody can tell.
        Com("a.b A 93.184.216.34\n").That((query, reply) =>
        {
            if (query.Name.Equals(DomainName.Parse("b.com")))
                reply.Code = ResponseCode.NameError;
        });
        Assert.Equal(ResponseCode.NameError, (await Ask("b.com")).Code);
        Served(await Ask("a.b.com"), "93.184.216.34");
    }

    private IEnumerable<ToyQuery> Priming() => Internet.Root.Asked.Where(query => query.Name.IsRoot && query.Type is RecordType.NS);
}
