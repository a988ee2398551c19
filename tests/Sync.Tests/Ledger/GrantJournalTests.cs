using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Ledger;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Tests.Ledger;

public sealed class GrantJournalTests
{
    private static readonly GrantEvent Event = new(GrantEventKind.Opened, 0, 0, "web", InternetAddress.FromIPv4(1), PortRange.Any, "example.com", RecordType.A, "", null, 1);

    [Fact]
    public void Events_come_out_in_the_order_they_went_in()
    {
        var journal = new GrantJournal();
        for (var i = 0; i < 10; i++)
            journal.Add(Event with { At = i });
        Assert.Equal([0, 1, 2], journal.Take(3).Select(happened => happened.At));
        Assert.Equal([3, 4, 5, 6, 7, 8, 9], journal.Take(100).Select(happened => happened.At));
        Assert.Empty(journal.Take(100));
    }

    [Fact]
    public void What_does_not_fit_is_counted_and_room_is_room_again()
    {
        var journal = new GrantJournal();
        Parallel.For(0, 200_100, _ => journal.Add(Event));
        Assert.Equal(100, journal.Dropped);
        Assert.Equal(50, journal.Take(50).Count);
        for (var i = 0; i < 60; i++)
            journal.Add(Event);
        Assert.Equal(110, journal.Dropped);
        Assert.Equal(200_000, journal.Take(int.MaxValue).Count);
    }
}
