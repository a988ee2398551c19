using DnsGuard.Ec2.Calls;
using DnsGuard.Ec2.Operations;
using DnsGuard.TestKit.Aws;

namespace DnsGuard.Ec2.Tests.Operations;

public sealed class PrefixListTests : Ec2Test
{
    private FakePrefixLists Lists => Fake.Region().PrefixLists;

    [Fact]
    public async Task A_list_is_made_filled_read_and_emptied()
    {
        var made = await Ec2.CreatePrefixListAsync("dnsguard-1", "IPv4", 20, [KeyValuePair.Create("dnsguard:cluster", "a")], "token");
        Assert.Equal(("dnsguard-1", Own, "IPv4", 20, 1L, "a"), (made.Name, made.OwnerId, made.Family, made.MaxEntries, made.Version, made.Tags["dnsguard:cluster"]));

        var filled = await Ec2.ModifyPrefixListAsync(made.Id, 1, [new("192.0.2.1/32", "api.example.com"), new("192.0.2.2/32", null)], []);
        Assert.Equal(2, filled.Version);
        Assert.Equal([new("192.0.2.1/32", "api.example.com"), new("192.0.2.2/32", null)], await Ec2.GetPrefixListEntriesAsync(made.Id));
        await Ec2.ModifyPrefixListAsync(made.Id, 2, [new("192.0.2.3/32", null)], ["192.0.2.1/32"]);
        Assert.Equal(["192.0.2.2/32", "192.0.2.3/32"], Lists[made.Id].Entries.Keys);
        Assert.Equal(2, (await Ec2.GetPrefixListEntriesAsync(made.Id, version: 2)).Count);
    }

    [Fact]
    public async Task All_pages_are_read()
    {
        Fake.Faults.PageSize = 7;
        var list = Lists.Add("big", "IPv6", 1_000);
        list.Edit(Enumerable.Range(1, 350).Select(i => $"2001:db8::{i:x}/128"), []);
        for (var i = 0; i < 20; i++)
            Lists.Add($"other-{i}", "IPv4", 5);

        Assert.Equal(350, (await Ec2.GetPrefixListEntriesAsync(list.Id)).Count);
        Assert.Equal(21, (await Ec2.DescribePrefixListsAsync([])).Count);
        Assert.Equal(4, Fake.Calls.Count(call => call == "GetManagedPrefixListEntries"));
    }

    [Fact]
    public async Task Lists_are_found_by_their_tags()
    {
        Lists.Add("ours", "IPv4", 5, new Dictionary<string, string> { ["dnsguard:cluster"] = "a" });
        Lists.Add("theirs", "IPv4", 5, new Dictionary<string, string> { ["dnsguard:cluster"] = "b" });

        Assert.Equal("ours", Assert.Single(await Ec2.DescribePrefixListsAsync([], [("tag:dnsguard:cluster", ["a"])])).Name);
    }

    [Fact]
    public async Task A_change_to_another_version_than_the_newest_is_refused_as_busy()
    {
        var list = Lists.Add("ours", "IPv4", 5);
        list.Edit(["192.0.2.9/32"], []);

        var refusal = await Assert.ThrowsAsync<Ec2Exception>(() => Ec2.ModifyPrefixListAsync(list.Id, 1, [new("192.0.2.1/32", null)], []));

        Assert.Equal(("PrefixListVersionMismatch", Ec2Refusal.Busy), (refusal.Code, refusal.Refusal));
        Assert.NotNull(refusal.RequestId);
    }

    [Fact]
    public async Task While_a_change_is_under_way_another_is_refused_as_busy()
    {
        Fake.Faults.ModifyTime = TimeSpan.FromSeconds(3);
        var list = Lists.Add("ours", "IPv4", 5);
        Assert.True((await Ec2.ModifyPrefixListAsync(list.Id, 1, [new("192.0.2.1/32", null)], [])).IsChanging);

        Assert.Equal(Ec2Refusal.Busy, (await Assert.ThrowsAsync<Ec2Exception>(() => Ec2.ModifyPrefixListAsync(list.Id, 2, [new("192.0.2.2/32", null)], []))).Refusal);
        await Task.Delay(3_200);
        Assert.False((await Ec2.DescribePrefixListsAsync([list.Id]))[0].IsChanging);
        Assert.Equal(3, (await Ec2.ModifyPrefixListAsync(list.Id, 2, [new("192.0.2.2/32", null)], [])).Version);
    }

    [Fact]
    public async Task What_a_list_cannot_hold_is_refused_and_nothing_of_it_is_there()
    {
        var list = Lists.Add("ours", "IPv4", 2);

        Assert.Equal(Ec2Refusal.Full, (await Refused([new("192.0.2.1/32", null), new("192.0.2.2/32", null), new("192.0.2.3/32", null)], [])).Refusal);
        Assert.Equal(Ec2Refusal.Other, (await Refused([], ["192.0.2.1/32"])).Refusal);
        Assert.Equal(Ec2Refusal.Other, (await Refused([new("2001:db8::1/128", null)], [])).Refusal);
        Assert.Equal(Ec2Refusal.Other, (await Refused([new("192.0.2.1/32", "a > b")], [])).Refusal);
        Assert.Empty(list.Entries);
        list.Edit(["192.0.2.1/32"], []);
        Assert.Equal(Ec2Refusal.Duplicate, (await Assert.ThrowsAsync<Ec2Exception>(() => Ec2.ModifyPrefixListAsync(list.Id, 2, [new("192.0.2.1/32", null)], []))).Refusal);
        Assert.Equal(Ec2Refusal.NotFound, (await Assert.ThrowsAsync<Ec2Exception>(() => Ec2.DescribePrefixListsAsync(["pl-0"]))).Refusal);

        Task<Ec2Exception> Refused(IReadOnlyList<PrefixListEntry> add, IReadOnlyList<string> remove) => Assert.ThrowsAsync<Ec2Exception>(() => Ec2.ModifyPrefixListAsync(list.Id, 1, add, remove));
    }

    [Fact]
    public async Task More_than_a_call_takes_is_our_own_mistake() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Ec2.ModifyPrefixListAsync("pl-1", 1, [.. Enumerable.Range(0, 101).Select(i => new PrefixListEntry($"192.0.2.{i}/32", null))], []));

    [Fact]
    public async Task A_list_of_another_account_is_not_ours_to_change()
    {
        var list = Lists.Add("theirs", "IPv4", 5, owner: "222222222222");

        Assert.Equal(Ec2Refusal.Denied, (await Assert.ThrowsAsync<Ec2Exception>(() => Ec2.ModifyPrefixListAsync(list.Id, 1, [new("192.0.2.1/32", null)], []))).Refusal);
    }

    [Fact]
    public async Task A_list_grows_by_a_call_of_its_own()
    {
        var list = Lists.Add("ours", "IPv4", 5);

        Assert.Equal(10, (await Ec2.ResizePrefixListAsync(list.Id, 10)).MaxEntries);
    }
}
