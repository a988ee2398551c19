using System.Text;
using DnsGuard.Policy.Decisions;
using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Answering;

/// <summary>Data that leaves by names below an allowed wildcard.</summary>
public sealed class TunnelTests : IDisposable
{
    private readonly ToyInternet _internet = new("toy. NS ns.toy.\nns.toy. A @2 \n");
    private readonly FakeClock _clock = new();

    public TunnelTests() => _internet.Server(2, "toy", "*.wild A 93.184.216.34\nexact A 93.184.216.35\n");

    public void Dispose() => _internet.Dispose();

    [Theory]
    [InlineData("alert", Outcome.Allowed)]
    [InlineData("block", Outcome.Blocked)]
    public async Task Too_many_new_names_in_a_minute_are_alerted_or_blocked_as_the_group_wants(string choice, Outcome outcome)
    {
        await using var guard = Watching(choice, options => options with { TunnelNames = 20 });
        for (var i = 0; i < 30; i++)
            await guard.Ask($"n{i}.wild.toy");
        var log = guard.Log();
        // Two names may fall on one bit, so the border is not sharp.
        Assert.All(log.Take(18), line => Assert.Equal(VerdictReason.AllowRule, line.Record.Reason));
        Assert.All(log.Skip(24), line => Assert.Equal((VerdictReason.Tunnel, outcome), (line.Record.Reason, line.Record.Outcome)));
        var finding = Assert.Single(guard.Server.Tunnels.Findings);
        Assert.Equal(("names", outcome is Outcome.Blocked), (finding.Budget, finding.IsBlocked));
        Assert.InRange(finding.Names, 20, 24);
    }

    [Fact]
    public async Task Names_that_are_asked_for_again_count_once_and_the_next_minute_starts_anew()
    {
        await using var guard = Watching("block", options => options with { TunnelNames = 20 });
        for (var i = 0; i < 60; i++)
            Assert.Equal("93.184.216.34", (await guard.Ask($"n{i % 15}.wild.toy")).Addresses);
        for (var i = 0; i < 30; i++)
            await guard.Ask($"m{i}.wild.toy");
        Assert.Equal(ExtendedErrorCode.Blocked, (await guard.Ask("m99.wild.toy")).Error);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("93.184.216.34", (await guard.Ask("m98.wild.toy")).Addresses);
    }

    [Fact]
    public async Task Random_looking_names_use_up_a_smaller_budget()
    {
        await using var guard = Watching("block", options => options with { TunnelRandomNames = 10 });
        var random = new Random(1);
        for (var i = 0; i < 12; i++)
            await guard.Ask($"{new string([.. Enumerable.Range(0, 40).Select(_ => "abcdefghijklmnopqrstuvwxyz234567"[random.Next(32)])])}.wild.toy");
        Assert.Equal("randomNames", Assert.Single(guard.Server.Tunnels.Findings).Budget);
        // Numbered hosts of the same length are no data.
        await using var honest = Watching("block", options => options with { TunnelRandomNames = 10 });
        for (var i = 0; i < 50; i++)
            await honest.Ask($"host-{i:D4}.aaaa.bbbb.wild.toy");
        Assert.Empty(honest.Server.Tunnels.Findings);
    }

    [Fact]
    public async Task Long_names_use_up_the_budget_of_octets_and_TXT_that_of_text()
    {
        await using var guard = Watching("block", options => options with { TunnelOctets = 1_024 });
        for (var i = 0; i < 10; i++)
            await guard.Ask($"{new StringBuilder().Append('a', 60)}.{new StringBuilder().Append('b', 60)}.n{i}.wild.toy");
        Assert.Equal("octets", Assert.Single(guard.Server.Tunnels.Findings).Budget);
        await using var text = Watching("block", options => options with { TunnelTextNames = 10 });
        for (var i = 0; i < 12; i++)
            await text.Ask($"n{i}.wild.toy", RecordType.TXT);
        Assert.Equal("textNames", Assert.Single(text.Server.Tunnels.Findings).Budget);
    }

    [Fact]
    public async Task Exact_rules_other_clients_and_groups_that_do_not_care_are_left_alone()
    {
        await using var guard = Watching("block", options => options with { TunnelNames = 10 });
        for (var i = 0; i < 20; i++)
            await guard.Ask($"n{i}.wild.toy");
        Assert.Equal("93.184.216.35", (await guard.Ask("exact.toy")).Addresses);
        Assert.Equal("93.184.216.34", (await guard.Ask("other.wild.toy", from: "127.0.0.77")).Addresses);
        await using var careless = Watching("off", options => options with { TunnelNames = 10 });
        for (var i = 0; i < 20; i++)
            Assert.Equal("93.184.216.34", (await careless.Ask($"n{i}.wild.toy")).Addresses);
    }

    private Guard Watching(string choice, Func<ResolverOptions, ResolverOptions> configure) =>
        new(Policies.Dev($"tunnels: {choice}", "{allow: '*.wild.toy', types: [A, TXT]}", "{allow: exact.toy}"), _internet, configure, _clock);
}
