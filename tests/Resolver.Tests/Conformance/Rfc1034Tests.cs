using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Conformance;

/// <summary>RFC 1034: names, aliases, and the resolver's algorithm.</summary>
public sealed class Rfc1034Tests : ConformanceTest
{
    [Fact]
    public async Task S3_6_2_A_question_for_CNAME_gets_the_alias_and_does_not_follow_it()
    {
        Com("a CNAME b\nb A 93.184.216.34\n");
        Assert.Equal("a.com CNAME", string.Join(' ', (await Ask("a.com", RecordType.CNAME)).Answers.Select(record => $"{record.Owner} {record.Type}")));
    }

    [Theory]
    [InlineData(RecordType.A)]
    [InlineData(RecordType.TXT)]
    [InlineData(RecordType.MX)]
    public async Task S3_6_2_An_alias_holds_for_every_other_type(RecordType type)
    {
        Com("a CNAME b\nb A 93.184.216.34\nb TXT t\nb MX 10 b\n");
        Assert.Equal([RecordType.CNAME, type], (await Ask("a.com", type)).Answers.Select(record => record.Type));
    }

    [Fact]
    public async Task S3_6_2_Other_data_beside_an_alias_is_not_followed_by_the_alias()
    {
        // A broken zone: what was asked for is there, so it is the answer, and the alias is left alone.
        Com("b A 6.6.6.6\n").That((query, reply) =>
        {
            reply.Clear();
            reply.Flags |= HeaderFlags.Authoritative;
            reply.Answers.AddRange(ToyServer.Records("a.com. CNAME b.com.\na.com. A 93.184.216.34\n"));
        });
        Served(await Ask("a.com"), "93.184.216.34");
    }

    [Fact]
    public async Task S3_6_2_An_alias_learnt_with_one_type_serves_the_others_without_asking_again()
    {
        var com = Com("a CNAME b\nb A 93.184.216.34\nb TXT t\n");
        await Ask("a.com");
        await Ask("a.com", RecordType.TXT);
        Assert.Equal(1, com.Count("a.com"));
    }

    [Theory]
    [InlineData("a CNAME a\n")]
    [InlineData("a CNAME b\nb CNAME a\n")]
    [InlineData("a CNAME b\nb CNAME c\nc CNAME d\nd CNAME b\n")]
    public async Task S5_2_2_Aliases_that_go_in_circles_end_in_SERVFAIL(string zone)
    {
        Com(zone);
        Failed(await Ask("a.com"));
        Assert.InRange(Internet.Asked, 1, 13);
    }

    [Fact]
    public async Task S5_2_2_Two_hundred_aliases_cost_no_more_than_thirteen_queries()
    {
        var com = Com(Lines(200, number => $"n{number} CNAME n{number + 1}") + "n200 A 93.184.216.34\n").That((query, reply) =>
        {
            // One alias to an answer, or the chain would come whole.
            if (reply.Answers.Count > 1)
                reply.Answers.RemoveRange(1, reply.Answers.Count - 1);
        });
        Failed(await Ask("n0.com"));
        Assert.InRange(com.Asked.Count, 1, 13);
        Assert.Equal(1, Guard.Metrics.Hits(ResolverLimit.Aliases));
    }

    [Theory]
    [InlineData("com. NS ns.com.\n")]
    [InlineData(". NS root.toy.\n")]
    [InlineData("org. NS ns.org.\n")]
    [InlineData("example.com. NS ns0.example.com.\n")]
    [InlineData("other.com. NS ns.other.com.\n")]
    [InlineData("a.www.example.com. NS ns.a.www.example.com.\n")]
    [InlineData("mail.example.com. NS ns.mail.example.com.\n")]
    public async Task S5_3_3_A_referral_that_leads_no_closer_to_the_name_is_no_referral(string authority)
    {
        var zone = Example(1, "www A 93.184.216.34\n")[0].That((query, reply) =>
        {
            reply.Clear();
            reply.Authorities.AddRange(ToyServer.Records(authority));
            reply.Additionals.AddRange(ToyServer.Records(Internet.Expand("ns.com. A @4 \nns0.example.com. A @4 \nns.other.com. A @4 \nns.mail.example.com. A @4 \n")));
        });
        Failed(await AskPatiently("www.example.com"));
        Assert.InRange(zone.Asked.Count, 1, 3);
    }

    [Theory]
    [InlineData(ResponseCode.Refused)]
    [InlineData(ResponseCode.ServerFailure)]
    [InlineData((ResponseCode)9)]
    [InlineData((ResponseCode)6)]
    [InlineData((ResponseCode)10)]
    [InlineData((ResponseCode)15)]
    [InlineData(ResponseCode.BadVersion)]
    [InlineData((ResponseCode)4_095)]
    public async Task S5_3_3_A_server_that_fails_is_deleted_from_the_list_and_the_next_is_asked(ResponseCode code)
    {
        var servers = Example(3, Lines(6, number => $"w{number} A 93.184.216.34"));
        servers[0].That((_, reply) =>
        {
            reply.Clear();
            reply.Code = code;
        });
        for (var number = 0; number < 6; number++)
            Served(await Ask($"w{number}.example.com"), "93.184.216.34");
        // Once met, it is asked last for a while.
        Assert.InRange(servers[0].Asked.Count, 0, 1);
    }

    [Fact]
    public async Task S5_3_3_A_server_that_is_lame_for_one_zone_is_still_asked_about_another()
    {
        Com("one NS ns0.one\nns0.one A @4 \ntwo NS ns0.two\nns0.two A @4 \n");
        Internet.Server(4, "two.com", "www A 93.184.216.34\n");
        Failed(await AskPatiently("www.one.com"));
        Served(await Ask("www.two.com"), "93.184.216.34");
    }

    [Fact]
    public async Task S5_3_3_Servers_that_are_silent_are_passed_by()
    {
        var servers = Example(3, "www A 93.184.216.34\n");
        servers[0].That((_, reply) => reply.IsSilent = true);
        servers[1].That((_, reply) => reply.IsSilent = true);
        Served(await AskPatiently("www.example.com"), "93.184.216.34");
    }

    [Fact]
    public async Task S5_3_3_A_slow_server_is_waited_for_in_the_second_round()
    {
        Example(1, "www A 93.184.216.34\n")[0].That((query, reply) => reply.IsSilent = Internet.Asked < 5);
        Served(await AskPatiently("www.example.com"), "93.184.216.34");
    }

    [Fact]
    public async Task S5_3_3_Two_hundred_silent_servers_cost_ten_packets_and_eight_seconds_at_most()
    {
        Com(Lines(200, number => $"dead NS ns{number}.dead\nns{number}.dead A @{4 + (number % 90)} "));
        foreach (var number in Enumerable.Range(4, 90))
            Internet.Server(number).That((_, reply) => reply.IsSilent = true);
        // The set is longer than a datagram: the datagram and the stream that fetch it belong to com, not to the dead servers.
        var start = Clock.GetUtcNow();
        Failed(await AskPatiently("www.dead.com"));
        Assert.InRange(Internet.Asked - Internet.Root.Asked.Count, 3, 13);
        Assert.InRange(Clock.GetUtcNow() - start, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        Assert.NotEqual(0, Guard.Metrics.Hits(ResolverLimit.ServersPerZone));
    }

    [Fact]
    public async Task S5_3_3_Eight_silent_servers_are_enough_for_one_question()
    {
        Com(Lines(13, number => $"dead NS ns{number}.dead\nns{number}.dead A @{4 + number} "));
        var servers = Enumerable.Range(4, 13).Select(number => Internet.Server(number).That((_, reply) => reply.IsSilent = true)).ToList();
        Failed(await AskPatiently("www.dead.com"));
        Assert.Equal(8, servers.Sum(server => server.Asked.Count));
        Assert.NotEqual(0, Guard.Metrics.Hits(ResolverLimit.SilentServers));
    }

    [Fact]
    public async Task S5_3_3_Time_is_a_limit_too()
    {
        Start(options => options with { ResolutionDeadline = TimeSpan.FromSeconds(1), MaxSilentServers = 50 });
        foreach (var server in Example(6, ""))
            server.That((_, reply) => reply.IsSilent = true);
        var start = Clock.GetUtcNow();
        Failed(await AskPatiently("www.example.com"));
        Assert.InRange(Clock.GetUtcNow() - start, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.2));
        Assert.NotEqual(0, Guard.Metrics.Hits(ResolverLimit.Deadline));
    }

    [Fact]
    public async Task S5_3_3_Zones_that_need_each_other_cost_six_queries_at_most()
    {
        Com("one NS ns.two.org.\n");
        Internet.Server(3, "org", "two NS ns.one.com.\n");
        Failed(await AskPatiently("www.one.com"));
        // Priming is nobody's question.
        Assert.InRange(Internet.Asked - Internet.Root.Count(".", RecordType.NS), 2, 6);
    }

    [Fact]
    public async Task S5_3_3_A_hundred_servers_without_glue_cost_ten_queries_at_most()
    {
        Com(Lines(100, number => $"evil NS n{number}.victim.org."));
        Internet.Server(3, "org", "victim NS ns.victim\nns.victim A @5 \n");
        var victim = Internet.Server(5, "victim.org", Internet.Expand("ns A @5 \n"));
        Failed(await AskPatiently("www.evil.com"));
        Assert.InRange(Internet.Asked - Internet.Root.Count(".", RecordType.NS), 1, 12);
        Assert.InRange(victim.Asked.Count, 1, 5);
        Assert.NotEqual(0, Guard.Metrics.Hits(ResolverLimit.ServerLookUps));
    }

    [Fact]
    public async Task S5_3_3_Looking_for_servers_nests_only_so_deep()
    {
        Start(options => options with { MaxDepth = 2, MaxServerLookUps = 20 });
        Com(Lines(6, number => $"z{number} NS ns.z{number + 1}.com."));
        Failed(await AskPatiently("www.z0.com"));
        Assert.NotEqual(0, Guard.Metrics.Hits(ResolverLimit.Depth));
    }

    [Fact]
    public async Task S5_3_3_Queries_for_one_question_are_counted_whatever_they_are_for()
    {
        // Root, com and the zone make three; the datagram that came cut would have needed a fourth.
        Start(options => options with { MaxUpstreamQueries = 3, QnameMinimisation = false });
        var zone = Example(1, "www A 93.184.216.34\n")[0].That((_, reply) => reply.Flags |= HeaderFlags.Truncated);
        Failed(await AskPatiently("www.example.com"));
        Assert.False(Assert.Single(zone.Asked).IsTcp);
        Assert.NotEqual(0, Guard.Metrics.Hits(ResolverLimit.UpstreamQueries));
    }

    [Fact]
    public async Task S5_3_3_Many_questions_for_a_dead_zone_are_failed_at_once()
    {
        Start(options => options with { MaxQueriesPerZone = 10 });
        Example(1, "")[0].That((_, reply) => reply.IsSilent = true);
        Failed(await AskPatiently("first.example.com"));
        await LetTimePass(Task.WhenAll(Enumerable.Range(0, 15).Select(number => Ask($"w{number}.example.com"))));
        Assert.NotEqual(0, Guard.Metrics.Hits(ResolverLimit.QueriesPerZone));
    }

    [Fact]
    public async Task S3_1_Names_of_a_hundred_labels_are_found()
    {
        var name = string.Concat(Enumerable.Repeat("a.", 100)) + "com";
        Com($"{name}. A 93.184.216.34\n");
        Served(await Ask(name), "93.184.216.34");
        Assert.InRange(Internet.Asked, 1, 14);
    }

    [Fact]
    public async Task S4_3_2_Wildcards_of_the_server_are_taken_for_the_names_they_stand_for()
    {
        Com("*.w A 93.184.216.34\n");
        var reply = await Ask("x.w.com");
        Assert.Equal(DomainName.Parse("x.w.com"), Assert.Single(reply.Answers).Owner);
        Assert.Equal("93.184.216.34", (await Ask("y.w.com")).Addresses);
    }
}
