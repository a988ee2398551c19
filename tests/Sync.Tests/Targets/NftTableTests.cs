using System.Diagnostics;
using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Netlink;
using DnsGuard.Sync.Targets;

namespace DnsGuard.Sync.Tests.Targets;

/// <summary>Elements: what we write as nft reads it, and what nft writes as we read it.</summary>
public sealed class NftTableTests
{
    private static readonly string[] AllPorts = ["{ allow: '*.example.com', ports: [tcp/443, udp/53, tcp/8000-8080, any] }", "{ allow: one.example.com, ports: [tcp/443, udp/53, tcp/8000-8080] }", "{ allow: any.example.com, ports: [any] }"];

    [Theory]
    [InlineData("192.0.2.1", "tcp/443", "web.4", "192.0.2.1 . tcp . 443")]
    [InlineData("192.0.2.1", "udp/53", "web.4", "192.0.2.1 . udp . 53")]
    [InlineData("192.0.2.1", "tcp/65535", "web.4", "192.0.2.1 . tcp . 65535")]
    [InlineData("255.255.255.255", "udp/1", "web.4", "255.255.255.255 . udp . 1")]
    [InlineData("0.0.0.0", "tcp/443", "web.4", "0.0.0.0 . tcp . 443")]
    [InlineData("2001:db8::1", "tcp/443", "web.6", "2001:db8::1 . tcp . 443")]
    [InlineData("::", "tcp/443", "web.6", ":: . tcp . 443")]
    [InlineData("192.0.2.1", "tcp/8000-8080", "web.4.tcp.8000-8080", "192.0.2.1")]
    [InlineData("2001:db8::1", "tcp/8000-8080", "web.6.tcp.8000-8080", "2001:db8::1")]
    [InlineData("192.0.2.1", "any", "web.4.any", "192.0.2.1")]
    [InlineData("2001:db8::1", "any", "web.6.any", "2001:db8::1")]
    public async Task An_entry_is_an_element_of_the_set_for_its_family_and_ports(string address, string ports, string set, string key)
    {
        using var gateway = new Gateway(Policies.Web(AllPorts));
        var entry = Entry(address, ports, seconds: 90, note: "one.example.com");
        Assert.Equal(Opened.Yes, await gateway.Target.OpenAsync([entry]));
        var element = Assert.Single(gateway.Kernel.Elements(set));
        Assert.Equal((key, 90, "one.example.com"), (element.Key, element.Timeout, element.Comment));
        var read = Assert.Single(Table(gateway).ReadElements(NftSet.Of(entry.Entry)));
        Assert.Equal((entry.Entry, entry.Note), (read.Entry, read.Note));
        Assert.Equal((entry.Entry, entry.Note), (Table(gateway).Find(entry.Entry)!.Value.Entry, Table(gateway).Find(entry.Entry)!.Value.Note));
        Assert.Null(Table(gateway).Find(entry.Entry with { Address = Policies.Address("198.51.100.1") }));
        Assert.InRange(read.Remaining, TimeSpan.FromSeconds(80), TimeSpan.FromSeconds(90));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(120, true)]
    [InlineData(121, false)]
    [InlineData(253, false)]
    [InlineData(900, false)]
    public async Task A_name_is_the_comment_while_it_fits(int characters, bool fits)
    {
        using var gateway = new Gateway(Policies.Web(AllPorts));
        var name = new string('x', characters);
        Assert.Equal(Opened.Yes, await gateway.Target.OpenAsync([Entry("192.0.2.1", "tcp/443", note: name)]));
        Assert.Equal(fits ? name : null, Assert.Single(gateway.Kernel.Elements("web.4")).Comment);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_500)]
    [InlineData(86_400_000)]
    [InlineData(2_000_000_000)]
    public async Task A_time_is_neither_lost_nor_stretched(int milliseconds)
    {
        using var gateway = new Gateway(Policies.Web(AllPorts));
        Assert.Equal(Opened.Yes, await gateway.Target.OpenAsync([Entry("192.0.2.1", "tcp/443") with { Remaining = TimeSpan.FromMilliseconds(milliseconds) }]));
        if (milliseconds < 1_000)
            Gateway.Wait(() => gateway.Kernel.Elements("web.4").Count == 0, "an element without time does not stay");
        else
            Assert.Equal(milliseconds / 1_000, Assert.Single(gateway.Kernel.Elements("web.4")).Timeout);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_element_is_extended_where_it_stands(bool refreshes)
    {
        using var gateway = new Gateway(Policies.Web(AllPorts));
        var table = Table(gateway);
        var entry = Entry("192.0.2.1", "tcp/443", seconds: 60, note: "a.example.com");
        table.Add([entry], refreshes);
        table.Add([entry with { Remaining = TimeSpan.FromHours(1), IsOpen = true }], refreshes);
        var element = Assert.Single(gateway.Kernel.Elements("web.4"));
        Assert.InRange(element.Expires, 3_500, 3_600);
        Assert.Equal("a.example.com", element.Comment);
    }

    // The usual case by far: the same name is asked for again with the same TTL, and gets as much time as before.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_element_is_extended_by_the_very_time_it_was_made_with(bool refreshes)
    {
        using var gateway = new Gateway(Policies.Web(AllPorts));
        var table = Table(gateway);
        var entry = Entry("192.0.2.1", "tcp/443", seconds: 120);
        table.Add([entry], refreshes);
        await Task.Delay(1_500);
        table.Add([entry with { IsOpen = true }], refreshes);
        Assert.InRange(table.Find(entry.Entry)!.Value.Remaining, TimeSpan.FromSeconds(119), TimeSpan.FromSeconds(120));
    }

    // Restored after a restart, or opened by two answers at once: the ledger does not know of an element that is there. A kernel before
    // 6.12 would take the addition and leave the time as it was; so there it must be replaced, which shows in its comment.
    [Fact]
    public void A_kernel_that_does_not_refresh_has_an_element_replaced_even_if_nobody_knew_of_it()
    {
        using var gateway = new Gateway(Policies.Web(AllPorts));
        var table = Table(gateway);
        table.Add([Entry("192.0.2.1", "tcp/443", seconds: 60, note: "old.example.com")], refreshes: false);
        table.Add([Entry("192.0.2.1", "tcp/443", seconds: 600, note: "new.example.com"), Entry("192.0.2.2", "tcp/443", seconds: 600)], refreshes: false);
        Assert.Equal(["192.0.2.1 new.example.com", "192.0.2.2 "], gateway.Kernel.Elements("web.4").Select(element => $"{element.Key.Split(' ')[0]} {element.Comment}").Order());
    }

    [Fact]
    public void A_kernel_that_does_not_refresh_takes_an_extension_of_what_has_just_expired()
    {
        using var gateway = new Gateway(Policies.Web(AllPorts));
        Table(gateway).Add([Entry("192.0.2.1", "tcp/443") with { IsOpen = true }, Entry("192.0.2.2", "tcp/443")], refreshes: false);
        Assert.Equal(2, gateway.Kernel.Elements("web.4").Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Closing_passes_over_what_is_gone_and_closes_the_rest(bool destroys)
    {
        using var gateway = new Gateway(Policies.Web(AllPorts));
        var table = Table(gateway);
        var entries = Enumerable.Range(1, 600).Select(i => Entry($"192.0.{i >> 8}.{i & 255}", "tcp/443")).Append(Entry("2001:db8::1", "any")).ToList();
        table.Add(entries, refreshes: true);
        Assert.Equal(600, gateway.Kernel.Elements("web.4").Count);
        gateway.Kernel.Do("delete element inet dnsguard web.4 { 192.0.0.1 . tcp . 443, 192.0.1.1 . tcp . 443 }");
        table.Remove([.. entries.Select(entry => entry.Entry)], destroys);
        Assert.Empty(gateway.Kernel.AllElements());
        table.Remove([.. entries.TakeLast(5).Select(entry => entry.Entry)], destroys);
    }

    [Fact]
    public void Twenty_thousand_elements_are_repaired_from_a_dirty_set_in_less_than_five_seconds()
    {
        using var gateway = new Gateway(Policies.Web(AllPorts), sync: new SyncOptions { MaxAddressesPerName = 100_000 });
        for (var i = 0; i < 20; i++)
            Assert.Equal(Policy.Decisions.GrantStatus.Open, gateway.Open($"any.example.com", string.Join(' ', Enumerable.Range(i * 1_000, 1_000).Select(Address)), ttl: 3_600).Status);
        // A third is missing, a third is short of time, and as many again nobody asked for.
        gateway.Kernel.Do($"delete element inet dnsguard web.4.any {{ {string.Join(", ", Enumerable.Range(0, 7_000).Select(Address))} }}");
        gateway.Kernel.Do($"delete element inet dnsguard web.4.any {{ {string.Join(", ", Enumerable.Range(7_000, 7_000).Select(Address))} }}\n"
            + $"add element inet dnsguard web.4.any {{ {string.Join(", ", Enumerable.Range(7_000, 7_000).Select(i => $"{Address(i)} timeout 30s"))} }}");
        gateway.Kernel.Do($"add element inet dnsguard web.4.any {{ {string.Join(", ", Enumerable.Range(100_000, 7_000).Select(Address))} }}");
        var watch = Stopwatch.StartNew();
        gateway.Repair();
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"it took {watch.Elapsed}");
        gateway.AssertEqual();
        Assert.Equal(21_000, gateway.Target.Status.Drift);
    }

    [Fact]
    public void A_lost_table_with_twenty_thousand_elements_is_back_in_less_than_five_seconds()
    {
        using var gateway = new Gateway(Policies.Web(AllPorts), sync: new SyncOptions { MaxAddressesPerName = 100_000 });
        for (var i = 0; i < 20; i++)
            gateway.Open("any.example.com", string.Join(' ', Enumerable.Range(i * 1_000, 1_000).Select(Address)), ttl: 3_600);
        gateway.Kernel.Do("flush ruleset");
        var watch = Stopwatch.StartNew();
        gateway.Repair();
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"it took {watch.Elapsed}");
        Assert.Equal(20_000, gateway.Kernel.AllElements().Count);
    }

    // The kernel's hash grows behind our back, and what is then read in pieces comes twice or not at all.
    [Fact]
    public async Task A_set_that_grows_while_it_is_read_breaks_nothing()
    {
        using var gateway = new Gateway(Policies.Web(AllPorts), sync: new SyncOptions { MaxAddressesPerName = 100_000 }, time: TimeProvider.System);
        var growing = Task.Run(() =>
        {
            for (var i = 0; i < 200; i++)
                gateway.Open("any.example.com", string.Join(' ', Enumerable.Range(i * 100, 100).Select(Address)), ttl: 3_600);
        });
        while (!growing.IsCompleted)
            gateway.Compare();
        await growing;
        gateway.AssertEqual();
        Assert.Equal(0, gateway.Target.Status.Drift);
    }

    // Reading a hash set takes the kernel time that grows with its square: a second for 100,000 elements. Answers cannot wait for that.
    [Fact]
    public async Task Answers_do_not_wait_while_a_big_set_is_compared()
    {
        using var gateway = new Gateway(Policies.Web(AllPorts), sync: new SyncOptions { MaxAddressesPerName = 1_000_000 }, time: TimeProvider.System);
        for (var i = 0; i < 120; i++)
            gateway.Open("any.example.com", string.Join(' ', Enumerable.Range(i * 1_000, 1_000).Select(Address)), ttl: 3_600);
        var comparing = Task.Run(() =>
        {
            for (var i = 0; i < 2; i++)
                gateway.Compare();
        });
        for (var i = 0; !comparing.IsCompleted; i++)
        {
            Assert.Equal(Policy.Decisions.GrantStatus.Open, gateway.Open("one.example.com", Address(200_000 + i), ttl: 3_600).Status);
            await Task.Delay(5);
        }

        await comparing;
        Assert.Equal(0, gateway.Target.Status.Drift);
    }

    private static NftTable Table(Gateway gateway) => new(gateway.Network.Run(() => new NftConnection()), "dnsguard");

    private static string Address(int number) => $"100.{64 + (number >> 16)}.{(number >> 8) & 255}.{number & 255}";

    private static TimedEntry Entry(string address, string ports, int seconds = 120, string note = "") =>
        new(new AllowEntry("web", Policies.Address(address), PortRange.TryParse(ports, out var range) ? range : throw new FormatException(ports)), TimeSpan.FromSeconds(seconds), note, IsOpen: false);
}
