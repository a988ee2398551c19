using DnsGuard.Policy.Decisions;
using DnsGuard.TestKit;

namespace DnsGuard.Resolver.Tests.Answering;

/// <summary>Names that are at hand before anybody asks.</summary>
public sealed class WarmTests
{
    [Fact]
    public async Task A_warm_name_is_resolved_and_open_before_anybody_asks_and_stays_so()
    {
        using var internet = Internet("a 5 A 93.184.216.34\n");
        await using var guard = new Guard(Policies.Dev("families: ipv4", "{allow: a.toy, warm: true}"), internet);
        await Guard.Until(() => guard.Grants.Requests.Count == 1);
        Assert.Equal("a.toy", guard.Grants.Requests.Single().Name.ToString().TrimEnd('.'));
        var asked = internet.Asked;
        Assert.Equal("93.184.216.34", (await guard.Ask("a.toy")).Addresses);
        Assert.Equal(asked, internet.Asked);
        // Before its five seconds are over it is fetched anew; whoever asks then still finds it in the cache.
        await Guard.Until(() => internet.Asked > asked);
        await Guard.Until(() => guard.Grants.Requests.Count >= 2);
        Assert.Equal("93.184.216.34", (await guard.Ask("a.toy")).Addresses);
        Assert.All(guard.Log(), query => Assert.Equal(AnswerSource.Cache, query.Record.Source));
    }

    [Fact]
    public async Task Only_exact_names_that_are_allowed_are_kept_warm()
    {
        using var internet = Internet("a A 93.184.216.34\nb A 93.184.216.35\nc A 93.184.216.36\nd A 93.184.216.37\n");
        await using var guard = new Guard(Policies.Dev("families: ipv4", "{allow: a.toy, warm: true}", "{allow: '*.toy', warm: true}", "{deny: c.toy, warm: true}", "{allow: d.toy}"), internet);
        await Guard.Until(() => guard.Grants.Requests.Count == 1);
        await Task.Delay(2_500);
        Assert.Equal(["a.toy"], guard.Grants.Requests.Select(request => request.Name.ToString().TrimEnd('.')).Distinct());
    }

    [Fact]
    public async Task An_edit_decides_what_is_kept_warm()
    {
        using var internet = Internet("a A 93.184.216.34\nb A 93.184.216.35\n");
        await using var guard = new Guard(Policies.Dev("families: ipv4", "{allow: a.toy}"), internet);
        guard.Publish(Policies.Dev("families: ipv4", "{allow: b.toy, warm: true}"));
        await Guard.Until(() => guard.Grants.Requests.Count == 1);
        Assert.Equal("93.184.216.35", guard.Grants.Requests.Single().Addresses.Single().ToString());
    }

    private static ToyInternet Internet(string zone)
    {
        var internet = new ToyInternet("toy. NS ns.toy.\nns.toy. A @2 \n");
        internet.Server(2, "toy", zone);
        return internet;
    }
}
