using System.Diagnostics;
using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Recursion;

/// <summary>From the root to the answer, through what honest and dishonest servers say.</summary>
public sealed class IterationTests : IDisposable
{
    private const string Toplevels = "com. NS ns.com.\nns.com. A @2 \norg. NS ns.org.\nns.org. A @3 \n";

    private static readonly string All = Policies.Dev("{allow: '*', types: [A, AAAA, CNAME, NS, DS, TXT, MX]}");

    private readonly ToyInternet _internet = new(Toplevels);

    public void Dispose() => _internet.Dispose();

    [Fact]
    public async Task The_way_leads_from_the_root_to_the_zone_and_next_time_starts_at_the_closest_cut()
    {
        var com = _internet.Server(2, "com", "example NS ns.example\nns.example A @4 \n");
        var zone = _internet.Server(4, "example.com", "www A 93.184.216.34\nmail A 93.184.216.35\n");
        await using var guard = new Guard(All, _internet);
        Assert.Equal("93.184.216.34", (await guard.Ask("www.example.com")).Addresses);
        // What counts is that the second search asks neither root nor com; the root's own list of its servers is fetched beside it.
        int Above() => _internet.Root.Asked.Count(query => !query.Name.IsRoot) + com.Asked.Count;
        var above = Above();
        Assert.Equal("93.184.216.35", (await guard.Ask("mail.example.com")).Addresses);
        Assert.Equal(above, Above());
        Assert.All(zone.Asked, query => Assert.False(query.RecursionDesired));
    }

    [Fact]
    public async Task Servers_without_glue_are_looked_up()
    {
        _internet.Server(2, "com", "example NS ns.helper.org.\n");
        _internet.Server(3, "org", "helper NS ns.helper\nns.helper A @5 \n");
        _internet.Server(5).With("helper.org", _internet.Expand("ns A @5 \n")).With("example.com", "www A 93.184.216.34\n");
        await using var guard = new Guard(All, _internet);
        Assert.Equal("93.184.216.34", (await guard.Ask("www.example.com")).Addresses);
    }

    [Fact]
    public async Task Glue_for_names_that_the_zone_has_no_say_over_is_ignored()
    {
        var evil = _internet.Server(9, "example.com", "www A 6.6.6.6\n");
        _internet.Server(2, "com", "example NS ns.helper.org.\n").That((query, reply) =>
            reply.Additionals.AddRange(ToyServer.Records(_internet.Expand("ns.helper.org. A @9 \n"))));
        _internet.Server(3, "org", "helper NS ns.helper\nns.helper A @5 \n");
        _internet.Server(5).With("helper.org", _internet.Expand("ns A @5 \n")).With("example.com", "www A 93.184.216.34\n");
        await using var guard = new Guard(All, _internet);
        Assert.Equal("93.184.216.34", (await guard.Ask("www.example.com")).Addresses);
        Assert.Empty(evil.Asked);
    }

    [Fact]
    public async Task Aliases_lead_across_zones_and_mixed_case()
    {
        _internet.Server(2, "com", "www CNAME WwW.Example.ORG.\n");
        _internet.Server(3, "org", "www.example CNAME end\nend A 93.184.216.34\n");
        await using var guard = new Guard(All, _internet);
        var reply = await guard.Ask("www.com");
        Assert.Equal(["www.com CNAME", "www.example.org CNAME", "end.org A"], reply.Answers.Select(record => $"{record.Owner} {record.Type}"));
    }

    [Fact]
    public async Task Records_behind_an_alias_into_another_zone_are_asked_for_where_they_belong()
    {
        _internet.Server(2, "com", "www CNAME victim.org.\n").That((query, reply) => reply.Answers.AddRange(ToyServer.Records("victim.org. A 6.6.6.6\n")));
        _internet.Server(3, "org", "victim A 93.184.216.34\n");
        await using var guard = new Guard(All, _internet);
        Assert.Equal("93.184.216.34", (await guard.Ask("www.com")).Addresses);
        Assert.Equal("93.184.216.34", (await guard.Ask("victim.org")).Addresses);
    }

    [Fact]
    public async Task A_DNAME_renames_all_below_it()
    {
        _internet.Server(2, "com", "old DNAME new.org.\n");
        _internet.Server(3, "org", "a.b.new A 93.184.216.34\n");
        await using var guard = new Guard(All, _internet);
        var reply = await guard.Ask("a.b.old.com");
        Assert.Equal("93.184.216.34", reply.Addresses);
        Assert.Equal(["old.com DNAME", "a.b.old.com CNAME", "a.b.new.org A"], reply.Answers.Select(record => $"{record.Owner} {record.Type}"));
        Assert.Equal("a.b.new.org", DomainName.FromWire(reply.Answers[1].Rdata).ToString());
    }

    [Fact]
    public async Task A_server_that_synthesises_another_alias_than_its_DNAME_says_is_not_believed()
    {
        _internet.Server(2, "com", "old DNAME new.org.\n").That((query, reply) =>
        {
            reply.Answers.RemoveAll(set => set.Type is RecordType.CNAME);
            reply.Answers.AddRange(ToyServer.Records("a.old.com. CNAME evil.org.\n"));
        });
        _internet.Server(3, "org", "a.new A 93.184.216.34\nevil A 6.6.6.6\n");
        await using var guard = new Guard(All, _internet);
        Assert.Equal("93.184.216.34", (await guard.Ask("a.old.com")).Addresses);
    }

    [Theory]
    [InlineData(11, true)]
    [InlineData(12, false)]
    [InlineData(30, false)]
    public async Task Eleven_aliases_are_followed_and_not_one_more(int aliases, bool isAnswered)
    {
        var zone = string.Concat(Enumerable.Range(0, aliases).Select(number => $"n{number} CNAME n{number + 1}\n")) + $"n{aliases} A 93.184.216.34\n";
        var com = _internet.Server(2, "com", zone);
        await using var guard = new Guard(All, _internet);
        var reply = await guard.Ask("n0.com");
        Assert.Equal(isAnswered ? "93.184.216.34" : "", reply.Addresses);
        Assert.Equal(isAnswered ? ResponseCode.NoError : ResponseCode.ServerFailure, reply.Code);
        Assert.InRange(com.Asked.Count, 1, 12);
    }

    [Theory]
    [InlineData("a CNAME a\n")]
    [InlineData("a CNAME b\nb CNAME a\n")]
    [InlineData("a CNAME b\nb CNAME c\nc CNAME b\n")]
    [InlineData("a DNAME a.a\n*.a CNAME a\n")]
    public async Task A_loop_of_aliases_is_SERVFAIL(string zone)
    {
        var com = _internet.Server(2, "com", zone);
        await using var guard = new Guard(All, _internet);
        Assert.Equal(ResponseCode.ServerFailure, (await guard.Ask(zone.Contains("DNAME", StringComparison.Ordinal) ? "x.a.com" : "a.com")).Code);
        Assert.InRange(com.Asked.Count, 1, 12);
    }

    [Fact]
    public async Task Zones_that_delegate_to_each_other_end_in_SERVFAIL_after_few_queries()
    {
        _internet.Server(2, "com", "example NS ns.example.org.\n");
        _internet.Server(3, "org", "example NS ns.example.com.\n");
        await using var guard = new Guard(All, _internet, options => options with { UpstreamIPv6 = true });
        Assert.Equal(ResponseCode.ServerFailure, (await guard.Ask("www.example.com")).Code);
        Assert.InRange(_internet.Asked, 2, 50);
    }

    [Fact]
    public async Task A_hundred_servers_without_glue_cost_five_look_ups()
    {
        var com = _internet.Server(2, "com", string.Concat(Enumerable.Range(0, 100).Select(number => $"evil NS n{number}.victim.org.\n")));
        _internet.Server(3, "org", "victim NS ns.victim\nns.victim A @5 \n");
        var victim = _internet.Server(5, "victim.org", "ns A @5 \n");
        await using var guard = new Guard(All, _internet, options => options with { UpstreamIPv6 = true });
        Assert.Equal(ResponseCode.ServerFailure, (await guard.Ask("www.evil.com")).Code);
        Assert.InRange(victim.Asked.Select(query => query.Name).Distinct().Count(), 1, 5);
        Assert.InRange(_internet.Asked, 1, 50);
        Assert.InRange(com.Asked.Count, 1, 3);
    }

    [Fact]
    public async Task Names_that_an_attack_leaves_unresolved_can_still_be_resolved_by_whoever_asks_for_them()
    {
        // The attack uses up its look-ups on names that lead nowhere; the last name is innocent and needs a look-up of its own.
        _internet.Server(2, "com", "evil NS n1.dead.org.\nevil NS n2.dead.org.\nevil NS n3.dead.org.\nevil NS n4.dead.org.\nevil NS www.victim.com.\nvictim NS ns.helper.org.\n");
        _internet.Server(3, "org", "helper NS ns.helper\nns.helper A @5 \n");
        _internet.Server(5).With("helper.org", _internet.Expand("ns A @5 \n")).With("victim.com", "www A 93.184.216.34\n");
        await using var guard = new Guard(All, _internet);
        Assert.Equal(ResponseCode.ServerFailure, (await guard.Ask("a.evil.com")).Code);
        Assert.Equal("93.184.216.34", (await guard.Ask("www.victim.com")).Addresses);
    }

    [Fact]
    public async Task Queries_upstream_are_bounded_whatever_the_servers_do()
    {
        // Every server sends on to one more level, over TCP at that: datagrams and connections count alike.
        _internet.Server(2).That((query, reply) =>
        {
            reply.Clear();
            if (!query.IsTcp)
            {
                reply.Flags |= HeaderFlags.Truncated;
                return;
            }

            var level = Math.Min(query.Name.LabelCount, 1 + _internet.Asked / 2);
            reply.Authorities.AddRange(ToyServer.Records($"{query.Name.Ancestor(level)}. NS ns.com.\n"));
            reply.Additionals.AddRange(ToyServer.Records(_internet.Expand("ns.com. A @2 \n")));
        });
        await using var guard = new Guard(All, _internet, options => options with { MaxUpstreamQueries = 20 });
        Assert.Equal(ResponseCode.ServerFailure, (await guard.Ask(string.Concat(Enumerable.Repeat("a.", 100)) + "com")).Code);
        // One more for the root's own list of its servers, which is nobody's question.
        Assert.InRange(_internet.Asked, 10, 21);
    }

    [Fact]
    public async Task Silent_servers_are_SERVFAIL_in_time_and_remembered_as_such()
    {
        _internet.Server(2).That((_, reply) => reply.IsSilent = true);
        await using var guard = new Guard(All, _internet, options => options with { ResolutionDeadline = TimeSpan.FromSeconds(1) });
        var watch = Stopwatch.StartNew();
        var reply = await guard.Ask("www.com");
        Assert.Equal((ResponseCode.ServerFailure, ExtendedErrorCode.NoReachableAuthority), (reply.Code, reply.Error));
        Assert.InRange(watch.ElapsedMilliseconds, 0, 4_000);
        var asked = _internet.Asked;
        Assert.Equal(ResponseCode.ServerFailure, (await guard.Ask("www.com")).Code);
        Assert.Equal(asked, _internet.Asked);
    }

    public static TheoryData<string> UselessServers() => ["silent", "closed", "refused", "servfail", "notimp", "lame", "upward", "garbage", "wrong id", "wrong question", "wrong type", "a query", "header only", "sideways", "NXDOMAIN without authority", "truncated record"];

    [Theory]
    [MemberData(nameof(UselessServers))]
    public async Task One_useless_server_of_two_does_not_matter(string kind)
    {
        _internet.Server(2, "com", "example NS ns1.example\nexample NS ns2.example\nns1.example A @4 \nns2.example A @5 \n");
        if (kind != "closed")
            _internet.Server(4).That((query, reply) => Misbehave(kind, query, reply));
        _internet.Server(5, "example.com", string.Concat(Enumerable.Range(0, 6).Select(number => $"w{number} A 93.184.216.34\n")));
        await using var guard = new Guard(All, _internet);
        // Which server is asked first is chance: with six names the bad one is met.
        for (var number = 0; number < 6; number++)
        {
            var reply = await guard.Ask($"w{number}.example.com");
            Assert.Equal((ResponseCode.NoError, ExtendedErrorCode.None, "93.184.216.34"), (reply.Code, reply.Error, reply.Addresses));
        }
    }

    private static void Misbehave(string kind, ToyQuery query, ToyReply reply)
    {
        reply.Clear();
        switch (kind)
        {
            case "silent":
                reply.IsSilent = true;
                break;
            case "refused":
                reply.Code = ResponseCode.Refused;
                break;
            case "servfail":
                reply.Code = ResponseCode.ServerFailure;
                break;
            case "notimp":
                reply.Code = ResponseCode.NotImplemented;
                break;
            case "upward":
                reply.Authorities.AddRange(ToyServer.Records(". NS root.toy.\n"));
                break;
            case "sideways":
                reply.Authorities.AddRange(ToyServer.Records("example.com. NS ns1.example.com.\nother.com. NS ns.other.com.\n"));
                break;
            case "garbage":
                reply.Raw = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14];
                break;
            case "wrong id":
                reply.Id ^= 1;
                reply.Flags |= HeaderFlags.Authoritative;
                reply.Answers.AddRange(ToyServer.Records($"{query.Name}. A 6.6.6.6\n"));
                break;
            case "wrong question":
                reply.QuestionName = DomainName.Parse("evil.com");
                reply.Flags |= HeaderFlags.Authoritative;
                reply.Answers.AddRange(ToyServer.Records($"{query.Name}. A 6.6.6.6\n"));
                break;
            case "wrong type":
                reply.QuestionType = RecordType.TXT;
                reply.Flags |= HeaderFlags.Authoritative;
                reply.Answers.AddRange(ToyServer.Records($"{query.Name}. A 6.6.6.6\n"));
                break;
            case "a query":
                reply.Flags = HeaderFlags.Authoritative;
                reply.Answers.AddRange(ToyServer.Records($"{query.Name}. A 6.6.6.6\n"));
                break;
            case "header only":
                reply.Raw = [(byte)(reply.Id >> 8), (byte)reply.Id, 0x84, 0, 0, 0, 0, 0, 0, 0, 0, 0];
                break;
            case "NXDOMAIN without authority":
                reply.Code = ResponseCode.NameError;
                break;
            case "truncated record":
                reply.Flags |= HeaderFlags.Authoritative;
                reply.Answers.AddRange(ToyServer.Records($"{query.Name}. A 6.6.6.6\n"));
                reply.Raw = reply.ToWire(4_096)[..^2];
                break;
            default:
                break;
        }
    }

    [Fact]
    public async Task A_forgers_datagrams_do_not_end_the_wait_for_the_true_answer()
    {
        _internet.Server(2, "com", "a A 93.184.216.34\n").That((query, reply) =>
        {
            for (var id = 0; id < 10; id++)
            {
                var forged = new ToyReply(query, (ushort)(reply.Id + 1 + id)) { Flags = HeaderFlags.Response | HeaderFlags.Authoritative };
                forged.Answers.AddRange(ToyServer.Records("a.com. A 6.6.6.6\n"));
                reply.Before.Add(forged.ToWire(512));
            }
        });
        await using var guard = new Guard(All, _internet);
        Assert.Equal("93.184.216.34", (await guard.Ask("a.com")).Addresses);
    }

    [Fact]
    public async Task A_server_that_is_usually_quick_may_be_slow_once()
    {
        var com = _internet.Server(2, "com", string.Concat(Enumerable.Range(0, 9).Select(number => $"w{number} A 93.184.216.34\n")));
        await using var guard = new Guard(All, _internet);
        for (var number = 0; number < 8; number++)
            await guard.Ask($"w{number}.com");
        com.Script = (_, reply) => reply.Delay = TimeSpan.FromMilliseconds(700);
        Assert.Equal("93.184.216.34", (await guard.Ask("w8.com")).Addresses);
    }

    [Fact]
    public async Task A_cut_answer_is_asked_for_again_over_TCP()
    {
        var com = _internet.Server(2, "com", string.Concat(Enumerable.Range(0, 90).Select(number => $"many A 93.184.216.{number}\n")));
        await using var guard = new Guard(All, _internet);
        Assert.Equal(90, (await guard.AskOverTcp(Query.Of("many.com"))).Answers.Count);
        Assert.Equal([false, true], com.Asked.Select(query => query.IsTcp).Distinct());
    }

    [Fact]
    public async Task Of_a_very_large_set_a_hundred_records_are_kept()
    {
        _internet.Server(2, "com", "x A 1.1.1.1\n").That((query, reply) =>
        {
            reply.Answers.Clear();
            reply.Answers.Add(new RRset(query.Name, RecordType.A, 300, [.. Enumerable.Range(0, 900).Select(number => new byte[] { 93, 184, (byte)(number >> 8), (byte)number })]));
        });
        await using var guard = new Guard(All, _internet);
        var reply = await guard.AskOverTcp(Query.Of("x.com"));
        Assert.Equal((ResponseCode.NoError, 100), (reply.Code, reply.Answers.Count));
        Assert.Equal(100, guard.Grants.Requests.Sum(request => request.Addresses.Count));
    }

    [Theory]
    [InlineData("answer", "victim.com. A 6.6.6.6\n")]
    [InlineData("answer", "com. NS ns.evil.com.\n")]
    [InlineData("answer", "victim.com. NS ns.evil.com.\n")]
    [InlineData("authority", "victim.com. NS ns.evil.com.\n")]
    [InlineData("authority", "com. NS ns.evil.com.\n")]
    [InlineData("additional", "victim.com. A 6.6.6.6\n")]
    [InlineData("additional", "ns.victim.com. A 6.6.6.6\n")]
    [InlineData("answer", "com. DNAME evil.com.\n")]
    public async Task What_a_zone_says_about_other_zones_is_not_kept(string section, string poison)
    {
        _internet.Server(2, "com", "evil NS ns.evil\nns.evil A @4 \nvictim NS ns.victim\nns.victim A @5 \n");
        var evil = _internet.Server(4, "evil.com", "www A 93.184.216.66\nother A 93.184.216.67\nns A @4 \n").That((query, reply) =>
            (section switch { "answer" => reply.Answers, "authority" => reply.Authorities, _ => reply.Additionals }).AddRange(ToyServer.Records(poison)));
        _internet.Server(5, "victim.com", "@ A 93.184.216.34\nwww A 93.184.216.35\nns A @5 \n");
        await using var guard = new Guard(All, _internet);
        await guard.Ask("www.evil.com");
        await guard.Ask("other.evil.com", RecordType.NS);
        Assert.Equal("93.184.216.35", (await guard.Ask("www.victim.com")).Addresses);
        Assert.Equal("93.184.216.34", (await guard.Ask("victim.com")).Addresses);
        Assert.DoesNotContain(evil.Asked, query => query.Name.IsAtOrBelow(DomainName.Parse("victim.com")));
    }

    [Fact]
    public async Task An_answer_for_another_name_beside_the_true_one_is_ignored()
    {
        _internet.Server(2, "com", "a A 93.184.216.34\nb A 93.184.216.35\n").That((query, reply) => reply.Answers.AddRange(
            query.Name.Equals(DomainName.Parse("a.com")) ? ToyServer.Records("b.com. A 6.6.6.6\n") : []));
        await using var guard = new Guard(All, _internet);
        Assert.Equal("93.184.216.34", (await guard.Ask("a.com")).Addresses);
        Assert.Equal("93.184.216.35", (await guard.Ask("b.com")).Addresses);
    }

    [Theory]
    [InlineData("nothing.com", ResponseCode.NameError)]
    [InlineData("a.com", ResponseCode.NoError)]
    [InlineData("empty.com", ResponseCode.NoError)]
    public async Task What_does_not_exist_is_kept_for_the_lesser_of_TTL_and_MINIMUM(string name, ResponseCode code)
    {
        var com = _internet.Server(2, "com", "@ 300 IN SOA ns.com. h.com. 1 2 3 4 60\na A 93.184.216.34\nx.empty A 93.184.216.34\n");
        await using var guard = new Guard(All, _internet);
        for (int i = 0, asked = 0; i < 2; i++)
        {
            var reply = await guard.Ask(name, RecordType.TXT);
            Assert.Equal((code, 0), (reply.Code, reply.Answers.Count));
            Assert.InRange(Assert.Single(reply.Authorities).Ttl, 30u, 60u);
            asked = i == 0 ? com.Asked.Count : asked;
            Assert.Equal(asked, com.Asked.Count);
        }
    }

    [Fact]
    public async Task A_name_that_does_not_exist_does_not_exist_for_any_type()
    {
        var com = _internet.Server(2, "com", "a A 93.184.216.34\n");
        await using var guard = new Guard(All, _internet);
        await guard.Ask("nothing.com", RecordType.TXT);
        var asked = com.Asked.Count;
        Assert.Equal(ResponseCode.NameError, (await guard.Ask("nothing.com")).Code);
        Assert.Equal(asked, com.Asked.Count);
    }

    [Fact]
    public async Task NXDOMAIN_without_an_SOA_answers_but_is_not_kept_among_the_records()
    {
        var com = _internet.Server(2, "com", "").That((_, reply) => (reply.Code, reply.Flags) = (ResponseCode.NameError, reply.Flags | HeaderFlags.Authoritative));
        await using var guard = new Guard(All, _internet);
        Assert.Equal(ResponseCode.NameError, (await guard.Ask("a.com")).Code);
        Assert.Equal(ResponseCode.NameError, (await guard.Ask("a.com", RecordType.TXT)).Code);
        Assert.Equal([RecordType.A, RecordType.TXT], com.Asked.Select(query => query.Type).Distinct());
    }

    [Fact]
    public async Task NXDOMAIN_behind_an_alias_keeps_the_alias()
    {
        _internet.Server(2, "com", "a CNAME nothing\n");
        await using var guard = new Guard(All, _internet);
        var reply = await guard.Ask("a.com");
        Assert.Equal((ResponseCode.NameError, RecordType.CNAME, 1), (reply.Code, Assert.Single(reply.Answers).Type, reply.Authorities.Count));
    }

    [Fact]
    public async Task DS_is_asked_of_the_parent()
    {
        var com = _internet.Server(2, "com", "example NS ns.example\nns.example A @4 \nexample DS 1 13 2 AABB\n");
        var zone = _internet.Server(4, "example.com", "www A 93.184.216.34\n");
        await using var guard = new Guard(All, _internet);
        await guard.Ask("www.example.com");
        Assert.Single((await guard.Ask("example.com", RecordType.DS)).Answers);
        Assert.Equal(0, zone.Count("example.com", RecordType.DS));
        Assert.NotEqual(0, com.Count("example.com", RecordType.DS));
    }

    [Theory]
    [InlineData(RecordType.A, ResponseCode.NoError)]
    [InlineData(RecordType.DS, ResponseCode.NoError)]
    [InlineData(RecordType.NS, ResponseCode.NoError)]
    public async Task The_root_can_be_asked_about(RecordType type, ResponseCode code)
    {
        await using var guard = new Guard(All, _internet);
        Assert.Equal(code, (await guard.Ask("", type)).Code);
    }

    [Fact]
    public async Task TTLs_are_raised_to_the_least_and_cut_to_the_most()
    {
        _internet.Server(2, "com", "short 0 A 93.184.216.34\nlong 999999 A 93.184.216.35\n");
        await using var guard = new Guard(All, _internet);
        Assert.InRange((await guard.Ask("short.com")).Answers[0].Ttl, 4u, 5u);
        Assert.InRange((await guard.Ask("long.com")).Answers[0].Ttl, 86_390u, 86_400u);
    }
}
