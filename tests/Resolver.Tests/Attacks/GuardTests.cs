using DnsGuard.TestKit;
using DnsGuard.Wire.Records;
using Xunit.Abstractions;

namespace DnsGuard.Resolver.Tests.Attacks;

/// <summary>Budgets towards clients: names below a wildcard, responses, refusals.</summary>
[Collection(nameof(Attack))]
public sealed class GuardTests(ITestOutputHelper output) : IDisposable
{
    private readonly ToyInternet _internet = new("toy. NS ns.toy.\nns.toy. A @2 \n");

    public void Dispose() => _internet.Dispose();

    [Theory]
    [InlineData("randomNames", 120)]
    [InlineData("textNames", 120)]
    [InlineData("octets", 200)]
    [InlineData("names", 600)]
    public async Task A_tunnel_is_told_of_once_and_blocked_where_the_group_says_so(string budget, int most)
    {
        Serve();
        foreach (var policy in new[] { "alert", "block" })
        {
            await using var guard = new Guard(Policies.Dev($"tunnels: {policy}", "{allow: '*.toy', types: [A, TXT]}"), _internet);
            var answered = 0;
            for (var i = 0; i < most + 100; i++)
                answered += (await guard.Ask(TunnelName(budget, i), budget is "textNames" ? RecordType.TXT : RecordType.A)).Code is ResponseCode.NoError ? 1 : 0;
            var finding = Assert.Single(guard.Server.Tunnels.Findings);
            Assert.Equal((budget, policy is "block"), (finding.Budget, finding.IsBlocked));
            output.WriteLine($"{budget}, {policy}: {answered} of {most + 100} answered; {finding.Names} names, {finding.Octets} octets");
            // Linear counting is right within a few in a hundred; and some random names do not look random.
            Assert.InRange(answered, policy is "block" ? most * 9 / 10 : most + 100, policy is "block" ? most * 15 / 10 : most + 100);
        }
    }

    [Fact]
    public async Task Names_in_use_and_other_clients_are_not_blocked_with_a_tunnel()
    {
        Serve();
        await using var guard = new Guard(Policies.Dev("tunnels: block", "{allow: '*.toy'}"), _internet);
        Assert.Equal("93.184.216.34", (await guard.Ask("www.toy")).Addresses);
        for (var i = 0; i < 700; i++)
            await guard.Ask(TunnelName("names", i), from: Attack.Forger);
        Assert.NotEqual(ResponseCode.NoError, (await guard.Ask("one-more.toy", from: Attack.Forger)).Code);
        Assert.Equal("93.184.216.34", (await guard.Ask("www.toy", from: Attack.Forger)).Addresses);
        Assert.Equal("93.184.216.34", (await guard.Ask("another.toy")).Addresses);
    }

    [Fact]
    public async Task Ordinary_names_below_a_wildcard_are_no_tunnel()
    {
        Serve();
        await using var guard = new Guard(Policies.Dev("tunnels: block", "{allow: '*.toy'}"), _internet);
        // A storage client: three hundred buckets, each asked for again and again.
        for (var i = 0; i < 900; i++)
            Assert.Equal(ResponseCode.NoError, (await guard.Ask($"bucket-{i % 300}.storage.toy")).Code);
        Assert.Empty(guard.Server.Tunnels.Findings);
    }

    [Fact]
    public async Task A_flood_from_a_forged_network_gets_back_no_more_than_its_share()
    {
        Serve();
        await using var guard = new Guard(Policies.Dev("{allow: '*.toy'}"), _internet, options => options with { ResponsesPerSecond = 50 });
        await guard.Ask("www.toy", from: "127.0.9.1");
        var (sent, received, octetsSent, octetsReceived) = await FloodAsync(guard, Query.Of("www.toy", edns: 1_232), 2_000);
        output.WriteLine($"{sent} queries ({octetsSent} octets), {received} answers ({octetsReceived} octets)");
        // A burst of a hundred and what a second or two brings are whole; of the rest every other is cut, and no longer than its query.
        Assert.InRange(octetsReceived, 1, octetsSent);
        Assert.Equal("93.184.216.34", (await guard.Ask("www.toy", from: "127.0.8.1")).Addresses);
    }

    [Fact]
    public async Task Refusals_towards_one_network_are_few()
    {
        await using var guard = new Guard(Policies.Group("dev", "127.0.8.0/24", "{allow: '*.toy'}"), _internet);
        var (sent, received, _, _) = await FloodAsync(guard, Query.Of("www.toy", edns: 1_232), 2_000);
        output.WriteLine($"{sent} queries, {received} refusals");
        Assert.InRange(received, 1, 400);
    }

    private void Serve() => _internet.Server(2, "toy", "*.toy. A 93.184.216.34\n*.toy. TXT \"a\"\n*.storage A 93.184.216.34\n");

    private static string TunnelName(string budget, int number) => budget switch
    {
        "randomNames" => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(number)))[..32] + ".toy",
        "octets" => string.Concat(Enumerable.Repeat($"a{number:D3}aaaaaaaaaaaaaaaaaaaaaaaaaaaa.", 4)) + "toy",
        _ => $"n{number}.toy",
    };

    private static async Task<(int Sent, int Received, long OctetsSent, long OctetsReceived)> FloodAsync(Guard guard, byte[] query, int count)
    {
        using var client = guard.Client("127.0.9.1");
        var (received, octets) = (0, 0L);
        for (var i = 0; i < count; i++)
        {
            client.Send(query);
            if (i % 50 == 0)
                await Task.Delay(1);
        }

        while (await Guard.Receive(client, TimeSpan.FromMilliseconds(200)) is { } answer)
        {
            received++;
            octets += answer.Length;
        }

        return (count, received, (long)count * query.Length, octets);
    }
}
