using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Wire.Records;

namespace DnsGuard.Store.Tests.Grants;

public sealed class JournalTests : StoreTest
{
    private static readonly InternetAddress Address = Addresses.Of("192.0.2.1");

    private GrantJournalStore Store => field ??= new GrantJournalStore(Control);

    [Fact]
    public void What_was_opened_is_in_force_until_its_time_is_over()
    {
        var opened = Opened(0, 60);
        Store.Append([opened]);

        Assert.Equal([opened], Store.InForce(Now));
        Assert.Equal([opened], Store.InForce(Now + 59_999));
        Assert.Empty(Store.InForce(Now + 60_000));
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    public void An_event_is_read_back_as_it_was_written(string address)
    {
        Assert.True(PortRange.TryParse("udp/8000-8080", out var ports));
        var opened = Opened(0, 60) with { Address = Addresses.Of(address), Ports = ports, Type = (RecordType)65_280, Aliases = "a.example b\\.c.example", Rule = null };

        Store.Append([opened]);

        Assert.Equal([opened], Store.Explain(Addresses.Of(address), null, 10));
    }

    [Fact]
    public void What_was_extended_is_in_force_once_and_until_the_later_end()
    {
        Store.Append([Opened(0, 60), Opened(30, 90)]);

        Assert.Equal([Opened(30, 90)], Store.InForce(Now + 70_000));
        Assert.Equal([Opened(30, 90)], Store.InForce(Now));
    }

    [Fact]
    public void Two_names_that_hold_one_address_are_two_reasons()
    {
        var other = Opened(0, 60) with { Name = "other.example" };
        Store.Append([Opened(0, 60), other]);

        Assert.Equal([Opened(0, 60), other], Store.InForce(Now));
    }

    [Fact]
    public void What_was_revoked_is_not_in_force_and_takes_all_its_reasons_with_it()
    {
        Store.Append([Opened(0, 60), Opened(0, 60) with { Name = "other.example" }, Revoked(10)]);

        Assert.Empty(Store.InForce(Now + 20_000));
    }

    [Fact]
    public void A_revocation_reaches_no_other_group_address_or_port()
    {
        Assert.True(PortRange.TryParse("udp/53", out var ports));
        GrantEvent[] others = [Opened(0, 60) with { Group = "guests" }, Opened(0, 60) with { Address = Addresses.Of("192.0.2.2") }, Opened(0, 60) with { Ports = ports }];
        Store.Append([Opened(0, 60), .. others, Revoked(10)]);

        Assert.Equal(others.ToHashSet(), Store.InForce(Now + 20_000).ToHashSet());
    }

    [Fact]
    public void What_was_opened_again_after_it_was_revoked_is_in_force()
    {
        Store.Append([Opened(0, 60), Revoked(10), Opened(20, 80)]);

        Assert.Equal([Opened(20, 80)], Store.InForce(Now + 30_000));
    }

    [Fact]
    public void The_order_of_writing_counts_and_not_the_clock_which_may_be_stepped_back()
    {
        Store.Append([Opened(100, 160)]);
        Store.Append([Revoked(50)]);

        Assert.Empty(Store.InForce(Now + 60_000));
    }

    [Fact]
    public void A_later_start_sees_what_an_earlier_one_wrote()
    {
        Store.Append([Opened(0, 60), Opened(0, 60) with { Name = "other.example" }]);

        var restarted = new GrantJournalStore(new Database(Control.Path, "control"));

        Assert.Equal(Store.InForce(Now), restarted.InForce(Now));
    }

    [Fact]
    public void The_history_of_an_address_is_newest_first_and_no_other_addresss()
    {
        Store.Append([Opened(0, 60), Opened(0, 60) with { Address = Addresses.Of("192.0.2.9") }, Revoked(10), Opened(20, 80)]);

        Assert.Equal([Opened(20, 80), Revoked(10), Opened(0, 60)], Store.Explain(Address, null, 10));
        Assert.Equal([Opened(20, 80)], Store.Explain(Address, null, 1));
    }

    [Theory]
    [InlineData(-1, "")]
    [InlineData(0, "opened 0")]
    [InlineData(60, "opened 0")]
    [InlineData(61, "")]
    [InlineData(100, "opened 100")]
    [InlineData(105, "revoked 105, opened 100")]
    public void What_is_explained_of_a_moment_is_what_had_happened_and_was_not_over(int second, string expected)
    {
        Store.Append([Opened(0, 60), Opened(100, 160), Revoked(105)]);

        var happened = Store.Explain(Address, Now + (second * 1_000), 10).Select(one => $"{one.Kind} {(one.At - Now) / 1_000}");

        Assert.Equal(expected, string.Join(", ", happened), ignoreCase: true);
    }

    [Fact]
    public void Only_what_is_over_is_forgotten()
    {
        Store.Append([Opened(0, 60), Revoked(10), Opened(20, 600)]);

        Store.Forget(Now + 300_000);

        Assert.Equal([Opened(20, 600)], Store.Explain(Address, null, 10));
    }

    [Fact]
    public void Forgetting_brings_nothing_back_that_was_revoked()
    {
        Store.Append([Opened(0, 600), Revoked(10)]);

        Store.Forget(Now + 300_000);

        Assert.Empty(Store.InForce(Now + 300_000));
    }

    [Fact]
    public void A_batch_that_cannot_be_written_leaves_nothing_behind()
    {
        Assert.ThrowsAny<Exception>(() => Store.Append([Opened(0, 60), Opened(0, 60) with { Name = null! }]));

        Assert.Empty(Store.InForce(Now));
    }

    private static PortRange Https => PortRange.TryParse("tcp/443", out var range) ? range : default;

    private GrantEvent Opened(int at, int until) =>
        new(GrantEventKind.Opened, Now + (at * 1_000), Now + (until * 1_000), "build", Address, Https, "api.example.com", RecordType.A, "", "github/r-1", 7);

    // As the ledger writes it: over at once, and without a name.
    private GrantEvent Revoked(int at) =>
        new(GrantEventKind.Revoked, Now + (at * 1_000), Now + (at * 1_000), "build", Address, Https, "", RecordType.None, "", null, 8);
}
