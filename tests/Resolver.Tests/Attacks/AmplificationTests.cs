using System.Diagnostics;
using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;
using Xunit.Abstractions;

namespace DnsGuard.Resolver.Tests.Attacks;

/// <summary>One query from a client, and what it makes us send: never much more than an honest one does.</summary>
[Collection(nameof(Attack))]
public sealed class AmplificationTests(ITestOutputHelper output) : IDisposable
{
    private readonly ToyInternet _internet = new(Attack.Toplevels);

    public void Dispose() => _internet.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hundred_servers_without_glue_cost_ten_packets(bool withIPv6)
    {
        // NXNSAttack (CVE-2020-12662): the names do not exist, so each look-up is for nothing.
        var com = _internet.Server(2, "com", string.Concat(Enumerable.Range(0, 100).Select(number => $"evil NS n{number}.victim.org.\n")));
        var org = _internet.Server(3, "org", "victim NS ns.victim\nns.victim A @5 \n");
        var victim = _internet.Server(5, "victim.org", "ns A @5 \n");
        await using var guard = new Guard(Attack.All, _internet, options => options with { UpstreamIPv6 = withIPv6 });
        Assert.Equal(ResponseCode.ServerFailure, (await guard.Ask("www.evil.com")).Code);
        Report(_internet.Root, com, org, victim);
        Assert.InRange(Attack.Questions(_internet.Root, com, org, victim), 5, 10);
    }

    [Fact]
    public async Task Asking_again_and_again_below_such_a_delegation_costs_the_victim_no_more()
    {
        var com = _internet.Server(2, "com", string.Concat(Enumerable.Range(0, 100).Select(number => $"evil NS n{number}.victim.org.\n")));
        _internet.Server(3, "org", "victim NS ns.victim\nns.victim A @5 \n");
        var victim = _internet.Server(5, "victim.org", "ns A @5 \n");
        await using var guard = new Guard(Attack.All, _internet);
        for (var i = 0; i < 40; i++)
            await guard.Ask($"r{i}.evil.com");
        Report(_internet.Root, com, victim);
        // Thirteen servers are looked at, whatever is asked: after that everything is known to lead nowhere.
        Assert.InRange(Attack.Packets(victim), 1, 13);
    }

    [Fact]
    public async Task Two_hundred_silent_servers_cost_ten_packets_and_eight_seconds()
    {
        var servers = Enumerable.Range(10, 200).Select(number => _internet.Server(number).That((_, reply) => reply.IsSilent = true)).ToList();
        var com = _internet.Server(2, "com", string.Concat(servers.Select((server, index) => $"evil NS n{index}.evil\nn{index}.evil A {server.Address}\n")));
        await using var guard = new Guard(Attack.All, _internet);
        var watch = Stopwatch.StartNew();
        Assert.Equal(ResponseCode.ServerFailure, (await guard.Ask("www.evil.com")).Code);
        output.WriteLine($"{Attack.Packets([_internet.Root, com, .. servers])} packets, {watch.Elapsed.TotalSeconds:F2} s");
        Assert.InRange(Attack.Packets([_internet.Root, com, .. servers]), 1, 10);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 8);
    }

    [Fact]
    public async Task A_delegation_in_a_circle_costs_six_packets()
    {
        var com = _internet.Server(2, "com", "example NS ns.example.org.\n");
        var org = _internet.Server(3, "org", "example NS ns.example.com.\n");
        await using var guard = new Guard(Attack.All, _internet);
        Assert.Equal(ResponseCode.ServerFailure, (await guard.Ask("www.example.com")).Code);
        Report(_internet.Root, com, org);
        Assert.InRange(Attack.Questions(_internet.Root, com, org), 2, 6);
    }

    [Fact]
    public async Task A_circle_of_many_zones_stays_within_the_budget()
    {
        // Each zone's servers live in the next ten zones: a tree of look-ups, were there no budget.
        var zones = Enumerable.Range(0, 60).ToList();
        var com = _internet.Server(2, "com", string.Concat(zones.SelectMany(zone => Enumerable.Range(1, 10).Select(step => $"z{zone} NS ns.z{(zone + step) % zones.Count}\n"))));
        await using var guard = new Guard(Attack.All, _internet, options => options with { UpstreamIPv6 = true });
        var watch = Stopwatch.StartNew();
        Assert.Equal(ResponseCode.ServerFailure, (await guard.Ask("www.z0.com")).Code);
        Report(_internet.Root, com);
        Assert.InRange(Attack.Questions(_internet.Root, com), 2, 20);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 8);
    }

    [Fact]
    public async Task Two_hundred_aliases_cost_thirteen_packets()
    {
        // One alias at a time, or the server itself would do the work.
        var com = _internet.Server(2, "com", string.Concat(Enumerable.Range(0, 200).Select(number => $"n{number} CNAME n{number + 1}\n")) + "n200 A 93.184.216.34\n")
            .That((_, reply) => reply.Answers.RemoveRange(Math.Min(1, reply.Answers.Count), Math.Max(0, reply.Answers.Count - 1)));
        await using var guard = new Guard(Attack.All, _internet);
        Assert.Equal(ResponseCode.ServerFailure, (await guard.Ask("n0.com")).Code);
        Report(_internet.Root, com);
        Assert.InRange(Attack.Questions(_internet.Root, com), 2, 13);
    }

    [Fact]
    public async Task Names_of_a_hundred_labels_cost_no_hundred_queries()
    {
        var com = _internet.Server(2, "com", "x A 93.184.216.34\n").That((query, reply) =>
        {
            // Every step exists without data, so minimisation could go on for ever.
            reply.Clear();
            reply.Flags |= HeaderFlags.Authoritative;
            reply.Authorities.AddRange(ToyServer.Records("com. 300 SOA ns.com. h.com. 1 2 3 4 60\n"));
        });
        await using var guard = new Guard(Attack.All, _internet);
        await guard.Ask(string.Concat(Enumerable.Repeat("a.", 110)) + "com");
        Report(_internet.Root, com);
        Assert.InRange(Attack.Questions(_internet.Root, com), 2, 13);
    }

    [Fact]
    public async Task Of_four_thousand_addresses_a_hundred_are_kept_and_opened()
    {
        var com = _internet.Server(2, "com", "x A 1.1.1.1\n").That((query, reply) =>
        {
            if (!query.Name.Equals(Attack.Name("x.com")))
                return;
            reply.Answers.Clear();
            reply.Answers.Add(new RRset(query.Name, RecordType.A, 300, [.. Enumerable.Range(0, 4_000).Select(number => new byte[] { 93, 184, (byte)(number >> 8), (byte)number })]));
        });
        await using var guard = new Guard(Attack.All, _internet);
        var reply = await guard.AskOverTcp(Query.Of("x.com"));
        Assert.InRange(reply.Answers.Count, 0, 100);
        Assert.Equal(reply.Answers.Count, guard.Grants.Requests.Sum(request => request.Addresses.Count));
        Assert.InRange(Attack.Packets(com), 1, 4);
    }

    private void Report(params ToyServer[] servers) =>
        output.WriteLine(string.Join(", ", servers.Select(server => $"{server.Address}: {Attack.Packets(server)}")) + $"; together {Attack.Packets(servers)}");
}
