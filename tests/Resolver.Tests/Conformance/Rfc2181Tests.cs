using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 2181: RRsets, TTLs, and whose word counts for what.</summary>
public sealed class Rfc2181Tests : ConformanceTest
{
    [Fact]
    public async Task S5_2_Where_the_TTLs_of_one_set_differ_the_least_counts()
    {
        Com("a A 93.184.216.34\n").That((query, reply) =>
        {
            reply.Answers.Clear();
            reply.Answers.AddRange(ToyServer.Records("a.com. 300 A 93.184.216.34\n"));
            reply.Answers.AddRange(ToyServer.Records("a.com. 60 A 93.184.216.35\n"));
            reply.Answers.AddRange(ToyServer.Records("a.com. 900 A 93.184.216.36\n"));
        });
        var reply = await Ask("a.com");
        Assert.Equal([60u, 60u, 60u], reply.Answers.Select(record => record.Ttl));
    }

    [Fact]
    public async Task S5_Records_that_are_the_same_are_one()
    {
        Com("a A 93.184.216.34\n").That((_, reply) => reply.Answers.AddRange(reply.Answers.ToList()));
        Assert.Single((await Ask("a.com")).Answers);
    }

    [Theory]
    [InlineData(0u, 5u)]
    [InlineData(1u, 5u)]
    [InlineData(5u, 5u)]
    [InlineData(300u, 300u)]
    [InlineData(86_400u, 86_400u)]
    [InlineData(0x7FFF_FFFFu, 86_400u)]
    [InlineData(0x8000_0000u, 5u)]
    [InlineData(0xFFFF_FFFFu, 5u)]
    public async Task S8_A_TTL_with_its_highest_bit_set_counts_as_nothing_and_others_are_held_within_bounds(uint ttl, uint expected)
    {
        Com("a A 93.184.216.34\n").That((query, reply) =>
        {
            if (query.Name.Equals(DomainName.Parse("a.com")))
            {
                reply.Answers.Clear();
                reply.Answers.Add(new RRset(query.Name, RecordType.A, ttl, [[93, 184, 216, 34]]));
            }
        });
        Assert.Equal(expected, Assert.Single((await Ask("a.com")).Answers).Ttl);
    }

    [Fact]
    public async Task S8_TTLs_run_down_and_end()
    {
        var com = Com("a 60 A 93.184.216.34\n");
        Assert.Equal(60u, (await Ask("a.com")).Answers[0].Ttl);
        await Pass(TimeSpan.FromSeconds(40));
        Assert.Equal(20u, (await Ask("a.com")).Answers[0].Ttl);
        Assert.Equal(1, com.Count("a.com"));
        await Pass(TimeSpan.FromSeconds(21));
        Assert.Equal(60u, (await Ask("a.com")).Answers[0].Ttl);
        Assert.Equal(2, com.Count("a.com"));
    }

    [Theory]
    [InlineData("additional", "ns.org. A @9 \n")]
    [InlineData("additional", "www.victim.org. A 6.6.6.6\n")]
    [InlineData("additional", "www.com. A 6.6.6.6\n")]
    [InlineData("authority", "org. NS ns.evil.com.\n")]
    [InlineData("authority", "victim.org. NS ns.evil.com.\n")]
    [InlineData("authority", ". NS ns.evil.com.\n")]
    [InlineData("authority", "www.com. A 6.6.6.6\n")]
    [InlineData("answer", "www.victim.org. A 6.6.6.6\n")]
    [InlineData("answer", "org. DNAME evil.com.\n")]
    [InlineData("answer", "victim.org. CNAME www.evil.com.\n")]
    [InlineData("answer", "www.com. A 6.6.6.6\n")]
    public async Task S5_4_1_A_zone_is_not_believed_about_others(string section, string poison)
    {
        Com("evil NS ns.evil\nns.evil A @4 \nwww A 93.184.216.34\n");
        Internet.Server(3, "org", "victim NS ns.victim\nns.victim A @5 \n");
        Internet.Server(5, "victim.org", "www A 93.184.216.35\n");
        var wrong = Internet.Server(9, "org", "www.victim A 6.6.6.6\n");
        Internet.Server(4, "evil.com", "a A 93.184.216.66\nb A 93.184.216.67\n").That((query, reply) =>
            (section switch { "answer" => reply.Answers, "authority" => reply.Authorities, _ => reply.Additionals }).AddRange(ToyServer.Records(Internet.Expand(poison + "ns.evil.com. A @9 \n"))));
        await Ask("a.evil.com");
        await Ask("b.evil.com", RecordType.TXT);
        Served(await Ask("www.victim.org"), "93.184.216.35");
        Served(await Ask("www.com"), "93.184.216.34");
        Assert.Empty(wrong.Asked);
    }

    [Fact]
    public async Task S5_4_1_Glue_leads_to_servers_and_is_never_an_answer()
    {
        Com("example NS ns.example\nns.example A @4 \n");
        var zone = Internet.Server(4, "example.com", "www A 93.184.216.34\nns A 93.184.216.53\n");
        await Ask("www.example.com");
        Served(await Ask("ns.example.com"), "93.184.216.53");
        Assert.Equal(1, zone.Count("ns.example.com"));
    }

    [Fact]
    public async Task S5_4_1_Glue_does_not_replace_what_the_zone_itself_has_said()
    {
        Com("example 5 NS ns.example\nns.example 5 A @4 \n");
        Internet.Server(4, "example.com", Internet.Expand("www A 93.184.216.34\nns 3000 A @4 \nmail A 93.184.216.35\n"));
        await Ask("ns.example.com");
        await Pass(TimeSpan.FromSeconds(10));
        Internet.Root.That((query, reply) => reply.Additionals.AddRange(ToyServer.Records("ns.example.com. A 6.6.6.6\n")));
        Assert.NotEqual("6.6.6.6", (await Ask("ns.example.com")).Addresses);
        Served(await Ask("mail.example.com"), "93.184.216.35");
    }

    [Fact]
    public async Task S5_4_1_A_zone_cannot_prolong_its_own_delegation()
    {
        // Ghost domain: the child says more and longer about its servers than the parent did; when the parent takes it away, it is gone.
        var com = Com("ghost 100 NS ns.ghost\nns.ghost 100 A @4 \n");
        Internet.Server(4, "ghost.com", Internet.Expand("@ 86400 NS ns\nns 86400 A @4 \n*.w 5 A 93.184.216.34\n")).That((_, reply) =>
        {
            reply.Authorities.AddRange(ToyServer.Records("ghost.com. 86400 NS ns.ghost.com.\n"));
            reply.Additionals.AddRange(ToyServer.Records(Internet.Expand("ns.ghost.com. 86400 A @4 \n")));
        });
        Served(await Ask("a.w.ghost.com"), "93.184.216.34");
        com.With("com", "@ 300 IN SOA ns.com. h.com. 1 2 3 4 60\n");
        for (var number = 0; number < 9; number++)
        {
            await Pass(TimeSpan.FromSeconds(10));
            Served(await Ask($"a{number}.w.ghost.com"), "93.184.216.34");
            await Ask("ghost.com", RecordType.NS);
        }

        await Pass(TimeSpan.FromSeconds(15));
        Assert.Equal(ResponseCode.NameError, (await AskPatiently("b.w.ghost.com")).Code);
    }

    [Fact]
    public async Task S5_4_1_Nor_can_it_live_on_below_itself()
    {
        // The same with a zone of its own below: that one ends with the delegation above it at the latest.
        var com = Com("ghost 100 NS ns.ghost\nns.ghost 100 A @4 \n");
        Internet.Server(4, "ghost.com", "sub 86400 NS ns.sub\nns.sub 86400 A @5 \n");
        Internet.Server(5, "sub.ghost.com", "*.w 5 A 93.184.216.34\n");
        Served(await Ask("a.w.sub.ghost.com"), "93.184.216.34");
        com.With("com", "@ 300 IN SOA ns.com. h.com. 1 2 3 4 60\n");
        await Pass(TimeSpan.FromSeconds(110));
        Assert.Equal(ResponseCode.NameError, (await AskPatiently("b.w.sub.ghost.com")).Code);
    }

    [Theory]
    [InlineData(900)]
    [InlineData(4_000)]
    public async Task S5_Of_a_set_without_end_a_hundred_records_are_kept(int records)
    {
        Com("").That((query, reply) =>
        {
            // Octet by octet: our own writer would not stretch so far.
            byte[] head = [(byte)(reply.Id >> 8), (byte)reply.Id, 0x84, 0, 0, 1, (byte)(records >> 8), (byte)records, 0, 0, 0, 0, .. query.NameOctets, 0, 1, 0, 1];
            var answers = Enumerable.Range(0, records).SelectMany(number => (byte[])[0xC0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 93, 184, (byte)(number >> 8), (byte)number]);
            if (query.IsTcp)
                reply.Raw = [.. head, .. answers];
            else
                reply.Flags |= HeaderFlags.Truncated;
        });
        var reply = await Guard.AskOverTcp(Query.Of("x.com"));
        Assert.InRange(reply.Answers.Count, 1, 100);
        Assert.NotEqual(0, Guard.Metrics.Hits(ResolverLimit.RecordsPerRRset));
    }

    [Fact]
    public async Task S9_A_cut_answer_is_not_kept()
    {
        var com = Com(Lines(100, number => $"many A 93.184.216.{number}"));
        Assert.True((await Ask("many.com")).IsTruncated);
        Assert.Equal(100, (await Guard.AskOverTcp(Query.Of("many.com"))).Answers.Count);
        Assert.Equal(2, com.Count("many.com"));
    }

    [Fact]
    public async Task S10_1_Of_two_aliases_for_one_name_one_is_followed()
    {
        Com("b A 93.184.216.34\nc A 93.184.216.35\n").That((query, reply) =>
        {
            if (!query.Name.Equals(DomainName.Parse("a.com")))
                return;
            reply.Clear();
            reply.Flags |= HeaderFlags.Authoritative;
            reply.Answers.AddRange(ToyServer.Records("a.com. CNAME b.com.\na.com. CNAME c.com.\n"));
        });
        Assert.NotEmpty((await Ask("a.com")).Addresses);
    }

    [Fact]
    public async Task S4_1_The_answer_leaves_from_the_address_that_was_asked()
    {
        Com("a A 93.184.216.34\n");
        // The client's socket is connected: what came from elsewhere would not reach it.
        Served(await Ask("a.com"), "93.184.216.34");
    }
}
