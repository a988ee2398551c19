using DnsGuard.Policy.Decisions;
using DnsGuard.Resolver.Caching;
using DnsGuard.TestKit;
using DnsGuard.Wire.Messages;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Tests.Caching;

/// <summary>What a finished answer must prove before it is served again.</summary>
public sealed class AnswerCacheTests : IDisposable
{
    private static readonly DomainName Name = DomainName.Parse("a.toy");

    private readonly FakeClock _clock = new();
    private readonly AnswerCache _cache = new(1);
    private readonly byte[] _scratch = new byte[AnswerCache.ScratchOctets];

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void An_answer_is_served_with_what_was_noted_beside_it()
    {
        Store();
        Assert.True(Find(out var reply, out var noted));
        Assert.Equal("93.184.216.34", reply!.Addresses);
        Assert.Equal([1, 2, 3], noted);
    }

    [Theory]
    [InlineData(12UL, 5UL, 1u, "a.toy", RecordType.A)]
    [InlineData(11UL, 6UL, 1u, "a.toy", RecordType.A)]
    [InlineData(11UL, 5UL, 2u, "a.toy", RecordType.A)]
    [InlineData(11UL, 5UL, 0u, "a.toy", RecordType.A)]
    [InlineData(11UL, 5UL, 1u, "b.toy", RecordType.A)]
    [InlineData(11UL, 5UL, 1u, "a.toy", RecordType.AAAA)]
    public void Another_fingerprint_group_epoch_name_or_type_finds_nothing(ulong fingerprint, ulong group, uint epoch, string name, RecordType type)
    {
        Store();
        var asked = DomainName.Parse(name);
        Assert.False(_cache.Find(asked.Octets, asked.Hash, type, AnswerVariant.Plain, group, fingerprint, epoch, Now, _scratch, out _));
        Assert.True(Find(out _, out _));
    }

    [Theory]
    [InlineData(0, 300u)]
    [InlineData(999, 299u)]
    [InlineData(1_000, 299u)]
    [InlineData(120_500, 179u)]
    public void The_TTL_falls_as_time_passes_and_never_promises_more_than_is_left(int milliseconds, uint most)
    {
        Store(openFor: TimeSpan.FromSeconds(300));
        _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        Assert.True(Find(out var reply, out _));
        Assert.InRange(reply!.Answers[0].Ttl, most - 1, most);
        Assert.True(reply.Answers[0].Ttl * 1_000 <= 300_000 - milliseconds, "the TTL outlives the grant");
    }

    [Theory]
    [InlineData(299, true)]
    [InlineData(300, false)]
    [InlineData(400, false)]
    public void It_ends_with_its_TTL(int seconds, bool isFound)
    {
        Store(openFor: TimeSpan.FromHours(1));
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(isFound, Find(out _, out _));
    }

    [Theory]
    [InlineData(99, true)]
    [InlineData(100, false)]
    public void It_ends_with_its_grants(int seconds, bool isFound)
    {
        Store(openFor: TimeSpan.FromSeconds(100));
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(isFound, Find(out _, out _));
    }

    [Fact]
    public void A_wall_clock_set_forward_ends_it()
    {
        Store();
        _clock.StepWall(TimeSpan.FromHours(1));
        Assert.False(Find(out _, out _));
    }

    [Fact]
    public void A_wall_clock_set_back_neither_stretches_a_TTL_nor_outlives_the_grants()
    {
        Store(openFor: TimeSpan.FromSeconds(330));
        _clock.Advance(TimeSpan.FromSeconds(200));
        _clock.StepWall(TimeSpan.FromHours(-1));
        Assert.True(Find(out var reply, out _));
        Assert.InRange(reply!.Answers[0].Ttl, 99u, 100u);
        _clock.Advance(TimeSpan.FromSeconds(100));
        Assert.False(Find(out _, out _));
    }

    [Fact]
    public void What_cannot_be_read_or_has_too_many_records_is_not_kept()
    {
        Store([1, 2, 3]);
        Assert.False(Find(out _, out _));
        Store(Message(513));
        Assert.False(Find(out _, out _));
    }

    private Moment Now => Moment.Of(_clock);

    private static byte[] Message(int records)
    {
        var buffer = new byte[ushort.MaxValue];
        var writer = new MessageWriter(buffer, new ushort[MessageWriter.CompressionSlots]);
        writer.WriteQuestion(Name.Octets, RecordType.A, RecordClass.Internet);
        for (var i = 0; i < records; i++)
            writer.WriteRRset(new RRset(Name, RecordType.A, 300, [[93, 184, 216, 34]]), Section.Answer);
        return buffer[..writer.Finish(0, HeaderFlags.Response, ResponseCode.NoError)];
    }

    private void Store(byte[]? message = null, TimeSpan? openFor = null) => _cache.Store(Name, RecordType.A, AnswerVariant.Plain, 5, new AnswerToStore(message ?? Message(1), [1, 2, 3])
    {
        TtlSeconds = 300,
        Fingerprint = 11,
        Epoch = 1,
        OpenUntil = Now.Monotonic + (long)(openFor ?? TimeSpan.FromSeconds(330)).TotalMilliseconds,
    }, Now);

    private bool Find(out Reply? reply, out byte[]? noted)
    {
        var isFound = _cache.Find(Name.Octets, Name.Hash, RecordType.A, AnswerVariant.Plain, 5, 11, 1, Now, _scratch, out var answer);
        reply = isFound ? Reply.Read(answer.Message.ToArray()) : null;
        noted = answer.Noted.ToArray();
        return isFound;
    }
}
