using DnsGuard.Policy.Decisions;
using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Ledger;
using DnsGuard.TestKit;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Tests.Ledger;

public sealed class GrantJournalTests
{
    private static readonly GrantPlace Place = new(InternetAddress.FromIPv4(1), PortRange.Any);

    private readonly GrantJournal _journal = new();

    [Fact]
    public void Events_come_out_in_the_order_they_went_in()
    {
        for (var i = 0; i < 10; i++)
            Add(i);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], Take().Select(happened => happened.At));
        Assert.Empty(Take());
        Add(10);
        Assert.Equal([10], Take().Select(happened => happened.At));
    }

    [Fact]
    public void A_batch_stays_as_it_is_while_the_next_one_fills()
    {
        Add(1);
        var batch = _journal.Take();
        for (var i = 0; i < 10_000; i++)
            Add(2);
        Assert.Equal(1, Assert.Single(GrantEvents.Read(batch.Records.Span)).At);
        Assert.Equal(10_000, Take().Count);
    }

    [Fact]
    public void What_does_not_fit_is_counted_and_room_is_room_again()
    {
        const int Tries = 400_000;
        Parallel.For(0, Tries, i => Add(i));
        Assert.InRange(_journal.Dropped, 1, Tries - 1);
        Assert.Equal(Tries - _journal.Dropped, Take().Count);
        var dropped = _journal.Dropped;
        Add(1);
        Assert.Equal(dropped, _journal.Dropped);
        Assert.Single(Take());
    }

    [Fact]
    public void There_is_room_for_what_closes_when_there_is_none_for_what_opens()
    {
        while (_journal.Dropped == 0)
            Add(1);
        Add(2, GrantEventKind.Revoked);
        Assert.Equal(1, _journal.Dropped);
        var batch = _journal.Take();
        Assert.True(batch.HasRevocation);
        Assert.Equal((2, GrantEventKind.Revoked), GrantEvents.Read(batch.Records.Span)[^1] is var last ? (last.At, last.Kind) : default);
        Assert.False(_journal.Take().HasRevocation);
    }

    private IReadOnlyList<GrantEvent> Take() => GrantEvents.Read(_journal.Take().Records.Span);

    private void Add(long at, GrantEventKind kind = GrantEventKind.Opened) =>
        _journal.Add(new GrantRecord { Kind = kind, At = at, Until = at, Group = "web", Revision = 1, Name = DomainName.Parse("example.com").Octets, Type = RecordType.A }, [Place]);
}
