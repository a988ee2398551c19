using DnsGuard.Policy.Documents;
using DnsGuard.Sync.Remote;

namespace DnsGuard.Sync.Tests.Remote;

/// <summary>What is believed of a set whose looks are behind and whose answers get lost.</summary>
public sealed class SetMirrorTests
{
    private static readonly Slot One = At("192.0.2.1");
    private static readonly Slot Two = At("192.0.2.2");

    private readonly SetMirror _mirror = new();

    [Fact]
    public void What_was_added_is_open_though_a_look_does_not_show_it_yet()
    {
        _mirror.Changed(Adding(One), 0);
        var (found, gone, isBehind) = Look(1_000);
        Assert.True(isBehind);
        Assert.Empty(found);
        Assert.Empty(gone);
        Assert.True(_mirror.IsOpen(One, 1_000));
    }

    [Fact]
    public void What_was_added_and_is_never_seen_is_gone_in_the_end()
    {
        _mirror.Changed(Adding(One), 0);
        Look(1_000);
        Assert.Equal([One], Look(SetMirror.LagMilliseconds).Gone);
        Assert.False(_mirror.IsOpen(One, SetMirror.LagMilliseconds));
    }

    [Fact]
    public void What_was_removed_is_closed_though_a_look_still_shows_it()
    {
        Look(0, One);
        _mirror.Changed(Removing(One), 1_000);
        Assert.True(Look(2_000, One).IsBehind);
        Assert.False(_mirror.IsOpen(One, 2_000));
        // Later than a look can be behind it is really there: somebody has put it back.
        Assert.Equal(One, Assert.Single(Look(1_000 + SetMirror.LagMilliseconds, One).Found).Slot);
    }

    [Fact]
    public void What_is_being_removed_is_not_open_any_more_and_is_again_if_that_was_refused()
    {
        Look(0, One);
        _mirror.Begin(Removing(One));
        Assert.False(_mirror.IsOpen(One, 1));
        _mirror.Failed(Removing(One), mayBeDone: false, 2);
        Assert.True(_mirror.IsOpen(One, 2));
    }

    [Fact]
    public void What_may_have_been_removed_is_not_called_open_until_no_look_can_be_behind()
    {
        Look(0, One, Two);
        _mirror.Failed(Removing(One), mayBeDone: true, 1_000);
        Look(1_500, One, Two);
        Assert.False(_mirror.IsOpen(One, 1_500));
        Assert.True(_mirror.IsOpen(Two, 1_500));
        Assert.True(_mirror.MayBeOurs(One));
        Look(1_000 + SetMirror.LagMilliseconds, One, Two);
        Assert.True(_mirror.IsOpen(One, 1_000 + SetMirror.LagMilliseconds));
    }

    [Fact]
    public void What_others_opened_is_open_and_stays_theirs()
    {
        _mirror.Read(new RemoteContents([new FoundSlot(One, null, IsOurs: false)], 10, 10), 0);
        Assert.True(_mirror.IsOpen(One, 0));
        Assert.False(_mirror.MayBeOurs(One));
        Assert.Empty(_mirror.Ours);
    }

    [Fact]
    public void What_somebody_else_did_between_two_looks_is_told()
    {
        Look(0, One);
        var (found, gone, isBehind) = Look(60_000, Two);
        Assert.Equal([Two], found.Select(slot => slot.Slot));
        Assert.Equal([One], gone);
        Assert.False(isBehind);
    }

    private static Slot At(string address) => new(Policies.Address(address), PortSet.From([new PortRange(TransportProtocol.Tcp, 443, 443)]));

    private static RemoteChange Adding(Slot slot) => new([(slot, "web a.example.com")], []);

    private static RemoteChange Removing(Slot slot) => new([], [slot]);

    private (List<FoundSlot> Found, List<Slot> Gone, bool IsBehind) Look(long now, params Slot[] slots) =>
        _mirror.Read(new RemoteContents([.. slots.Select(slot => new FoundSlot(slot, null, IsOurs: true))], 10, 10), now);
}
