using DnsGuard.Sync.Shaping;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Tests.Shaping;

/// <summary>Which part of an answer is told.</summary>
public sealed class AnswerPinsTests
{
    private const long Stick = 3_600_000;

    private readonly AnswerPins _pins = new();
    private readonly HashSet<string> _open = [];
    private long _now;

    [Fact]
    public void A_name_with_few_addresses_keeps_them_all() => Assert.Equal(["192.0.2.1", "192.0.2.2"], Tell("192.0.2.2 192.0.2.1"));

    [Fact]
    public void The_same_part_is_told_as_long_as_the_answer_holds_it()
    {
        var told = Tell("192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4");
        Assert.Equal(2, told.Count);
        for (var turn = 0; turn < 5; turn++)
            Assert.Equal(told, Tell("192.0.2.4 192.0.2.3 192.0.2.2 192.0.2.1"));
    }

    [Fact]
    public void What_is_open_already_is_told_first()
    {
        _open.UnionWith(["192.0.2.7", "192.0.2.8"]);
        Assert.Equal(["192.0.2.7", "192.0.2.8"], Tell("192.0.2.5 192.0.2.6 192.0.2.7 192.0.2.8"));
    }

    [Fact]
    public void A_service_that_moves_is_followed_at_once()
    {
        Assert.Equal(["192.0.2.1"], Tell("192.0.2.1"));
        Assert.Equal(["198.51.100.1"], Tell("198.51.100.1"));
        // And back, and with some of the old left.
        Assert.Equal(["192.0.2.1"], Tell("192.0.2.1"));
        Tell("192.0.2.1 192.0.2.2 192.0.2.3");
        Assert.All(Tell("192.0.2.3 192.0.2.4 192.0.2.5"), told => Assert.Contains(told, (string[])["192.0.2.3", "192.0.2.4", "192.0.2.5"]));
    }

    [Fact]
    public void Of_a_pool_that_rotates_the_same_are_told_until_they_have_not_been_seen_for_long()
    {
        for (var turn = 0; turn < 4; turn++)
            Tell(Answer(turn));
        var told = Tell(Answer(4));
        var turns = 5;
        for (; _now < Stick / 2; turns++)
            Assert.Equal(told, Tell(Answer(turns)));
        // One of them is seen again, and is kept for as long again; the other is not.
        Tell($"{told[0]} 192.0.2.200 192.0.2.201 192.0.2.202");
        var seen = _now;
        for (; _now < seen + (Stick * 3 / 4); turns++)
            Assert.Contains(told[0], Tell(Answer(turns)));
        Assert.DoesNotContain(told[1], Tell(Answer(turns)));
        for (; _now < seen + Stick; turns++)
            Tell(Answer(turns));
        Assert.DoesNotContain(told[0], Tell(Answer(turns)));
    }

    [Fact]
    public void Every_resolver_chooses_the_same_part()
    {
        var told = Tell("192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 192.0.2.5");
        Assert.Equal(told, new AnswerPinsTests().Tell("192.0.2.5 192.0.2.1 192.0.2.4 192.0.2.2 192.0.2.3"));
    }

    [Fact]
    public void Memory_is_bounded_whatever_the_servers_tell()
    {
        for (var turn = 0; turn < 10_000; turn++)
            Tell(Answer(turn));
        Assert.InRange(_pins.Seen, 1, 64);
    }

    private static string Answer(int turn) => string.Join(' ', Enumerable.Range(0, 4).Select(number => InternetAddress.FromIPv4((uint)(0x0A000000 + (turn * 4) + number)).ToString()));

    private List<string> Tell(string answer)
    {
        _now += 5_000;
        return [.. _pins.Choose([.. answer.Split(' ').Select(Policies.Address)], 2, Stick, _now, address => _open.Contains(address.ToString()), address => (ulong)address.Bits * 0x9E3779B97F4A7C15UL)
            .Select(address => address.ToString()).Order(StringComparer.Ordinal)];
    }
}
