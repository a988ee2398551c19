using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Attacks;

/// <summary>A question that is made to use up its budget must not leave others' names behind as failed or bogus.</summary>
[Collection(nameof(Attack))]
public sealed class BudgetTests
{
    [Fact]
    public async Task A_zone_that_uses_up_the_signatures_does_not_make_the_zones_behind_its_alias_bogus()
    {
        using var internet = new SignedInternet();
        internet.Zone("victim.com", "www A 93.184.216.34\n");
        // Wrong signatures in front of the right one: dear, and yet Secure. How many leave just too little for the victim is tried out, as an attacker would.
        var evil = internet.Zone("evil.com", string.Concat(Enumerable.Range(0, 6).Select(number => $"n{number} CNAME n{number + 1}\n")) + "n6 CNAME www.victim.com.\n");
        evil.That((_, reply) => PutWrongSignaturesInFront(reply, wrong: 3));
        for (var spent = 14; spent < 40; spent++)
        {
            await using var guard = new Guard(Attack.All, internet, options => options with { TrustAnchors = internet.TrustAnchors, MaxSignatures = spent });
            await guard.Ask("n0.evil.com");
            var reply = await guard.Send(Query.Of("www.victim.com", edns: 1_232, dnssecOk: true));
            Assert.Equal((spent, ResponseCode.NoError, "93.184.216.34", true), (spent, reply.Code, reply.Addresses, reply.Has(HeaderFlags.AuthenticData)));
        }
    }

    [Fact]
    public async Task Packets_used_up_before_an_alias_do_not_make_its_target_a_failure()
    {
        using var internet = new ToyInternet(Attack.Toplevels);
        internet.Server(2, "com", "evil NS ns.evil\nns.evil A @4 \nvictim NS ns.victim\nns.victim A @5 \n");
        // Deep below evil.com every label is a delegation; the last one is an alias that leads to the victim.
        internet.Server(4).With("evil.com", "").That((query, reply) =>
        {
            reply.Clear();
            if (query.Name.LabelCount >= 14)
            {
                reply.Flags |= HeaderFlags.Authoritative;
                reply.Answers.AddRange(ToyServer.Records($"{query.Name}. CNAME www.victim.com.\n"));
                return;
            }

            reply.Authorities.AddRange(ToyServer.Records($"{query.Name}. NS ns.{query.Name}.\n"));
            reply.Additionals.AddRange(ToyServer.Records(internet.Expand($"ns.{query.Name}. A @4 \n")));
        });
        internet.Server(5, "victim.com", "www A 93.184.216.34\n");
        for (var limit = 6; limit < 20; limit++)
        {
            await using var guard = new Guard(Attack.All, internet, options => options with { MaxUpstreamQueries = limit });
            await guard.Ask("a.b.c.d.e.f.g.h.i.j.k.l.evil.com");
            Assert.Equal((limit, "93.184.216.34"), (limit, (await guard.Ask("www.victim.com")).Addresses));
        }
    }

    [Fact]
    public async Task Silent_servers_before_an_alias_do_not_make_its_target_a_failure()
    {
        using var internet = new ToyInternet(Attack.Toplevels);
        internet.Server(2, "com", string.Concat(Enumerable.Range(10, 8).Select(number => $"evil NS n{number}.evil\nn{number}.evil A @{number} \n")) + "victim NS ns.victim\nns.victim A @5 \n");
        var left = 7;
        foreach (var number in Enumerable.Range(10, 8))
        {
            // Seven of eight stay silent, whichever is asked first; the eighth sends on to the victim.
            internet.Server(number, "evil.com", "n0 CNAME www.victim.com.\n").That((query, reply) => reply.IsSilent = query.Name.LabelCount > 2 && Interlocked.Decrement(ref left) >= 0);
        }

        internet.Server(5, "victim.com", "www A 93.184.216.34\n");
        await using var guard = new Guard(Attack.All, internet, options => options with { UpstreamTimeout = TimeSpan.FromMilliseconds(250), MaxSilentServers = 7 });
        await guard.Ask("n0.evil.com");
        Assert.Equal("93.184.216.34", (await guard.Ask("www.victim.com")).Addresses);
    }

    [Fact]
    public async Task A_failed_search_behind_an_alias_is_remembered_all_the_same()
    {
        using var internet = new ToyInternet(Attack.Toplevels);
        internet.Server(2, "com", "www CNAME dead.org.\n");
        var org = internet.Server(3, "org", "x A 93.184.216.34\n").That((_, reply) => reply.IsSilent = true);
        await using var guard = new Guard(Attack.All, internet, options => options with { ResolutionDeadline = TimeSpan.FromSeconds(1), UpstreamTimeout = TimeSpan.FromMilliseconds(250) });
        Assert.Equal(ResponseCode.ServerFailure, (await guard.Ask("www.com")).Code);
        var asked = org.Asked.Count;
        for (var i = 0; i < 20; i++)
            Assert.Equal(ResponseCode.ServerFailure, (await guard.Ask("www.com")).Code);
        Assert.Equal(asked, org.Asked.Count);
    }

    private static void PutWrongSignaturesInFront(ToyReply reply, int wrong)
    {
        for (var i = 0; i < reply.Answers.Count; i++)
        {
            var set = reply.Answers[i];
            if (set.Type is not RecordType.RRSIG || reply.Query.Type is RecordType.DNSKEY)
                continue;
            reply.Answers[i] = set with { Rdatas = [.. Enumerable.Range(1, wrong).Select(number => Spoil(set.Rdatas[0], number)), .. set.Rdatas] };
        }
    }

    internal static byte[] Spoil(byte[] rrsig, int number)
    {
        var spoiled = rrsig.ToArray();
        spoiled[^1] ^= (byte)number;
        spoiled[^2] ^= (byte)(number >> 8);
        return spoiled;
    }
}
