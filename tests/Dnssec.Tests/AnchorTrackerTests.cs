using DnsGuard.TestKit;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Dnssec.Tests;

/// <summary>RFC 5011 §4: how keys come to be trusted, and how they cease to be.</summary>
public sealed class AnchorTrackerTests
{
    private const long Day = 86_400;

    private static readonly DnskeyRdata Old = Sample.Key(ToyKey.Ksk());
    private static readonly ToyKey NextKey = ToyKey.Ksk();
    private static readonly DnskeyRdata Next = Sample.Key(NextKey);

    [Fact]
    public void S4_2_A_new_key_is_trusted_after_thirty_days_and_not_a_second_sooner()
    {
        var known = Advance([new TrackedKey(Old, AnchorState.Valid, 0)], 100, Old, Next);
        Assert.Equal(AnchorState.Pending, State(known, Next));
        known = Advance(known, 100 + (30 * Day) - 1, Old, Next);
        Assert.Equal(AnchorState.Pending, State(known, Next));
        known = Advance(known, 100 + (30 * Day), Old, Next);
        Assert.Equal((AnchorState.Valid, AnchorState.Valid), (State(known, Next), State(known, Old)));
    }

    [Fact]
    public void S4_2_A_new_key_that_goes_starts_anew()
    {
        var known = Advance([new TrackedKey(Old, AnchorState.Valid, 0)], 0, Old, Next);
        known = Advance(known, 29 * Day, Old);
        Assert.Single(known);
        known = Advance(known, 31 * Day, Old, Next);
        Assert.Equal(AnchorState.Pending, State(known, Next));
    }

    [Fact]
    public void S4_2_A_trusted_key_that_goes_is_missing_and_trusted_again_when_it_comes_back()
    {
        var known = Advance([new TrackedKey(Old, AnchorState.Valid, 0), new TrackedKey(Next, AnchorState.Valid, 0)], 10, Old);
        Assert.Equal(AnchorState.Missing, State(known, Next));
        Assert.Equal(AnchorState.Valid, State(Advance(known, 20, Old, Next), Next));
    }

    [Theory]
    [InlineData(AnchorState.Valid)]
    [InlineData(AnchorState.Missing)]
    public void S2_1_A_revoked_key_is_never_trusted_again(AnchorState before)
    {
        var revoked = Sample.Key(NextKey.Revoked());
        var known = AnchorTracker.Advance([new TrackedKey(Old, AnchorState.Valid, 0), new TrackedKey(Next, before, 0)], [Old, revoked], [revoked], 10);
        Assert.Equal(AnchorState.Revoked, State(known, Next));
        known = Advance(known, 100 * Day, Old, Next);
        Assert.Equal(AnchorState.Revoked, State(known, Next));
    }

    [Fact]
    public void S2_1_A_revoke_flag_without_the_keys_own_signature_revokes_nothing()
    {
        var known = AnchorTracker.Advance([new TrackedKey(Next, AnchorState.Valid, 0)], [Sample.Key(NextKey.Revoked())], [], 10);
        Assert.Equal(AnchorState.Missing, State(known, Next));
    }

    [Theory]
    [InlineData(0x0100)]
    [InlineData(0x0001)]
    [InlineData(0x0181)]
    [InlineData(0)]
    public void S2_3_Only_zone_keys_with_the_entry_flag_and_without_revoke_are_followed(int flags) =>
        Assert.Single(Advance([new TrackedKey(Old, AnchorState.Valid, 0)], 0, Old, Sample.Key(ToyKey.Create(ToyAlgorithm.EcdsaP256, (ushort)flags))));

    [Fact]
    public void S2_2_A_clock_that_goes_back_trusts_nothing_early()
    {
        var known = Advance([new TrackedKey(Old, AnchorState.Valid, 0)], 100 * Day, Old, Next);
        Assert.Equal(AnchorState.Pending, State(Advance(known, 0, Old, Next), Next));
    }

    private static IReadOnlyList<TrackedKey> Advance(IReadOnlyList<TrackedKey> known, long now, params DnskeyRdata[] seen) => AnchorTracker.Advance(known, seen, [], now);

    private static AnchorState State(IReadOnlyList<TrackedKey> known, DnskeyRdata key) => known.Single(one => one.Key.PublicKey.Span.SequenceEqual(key.PublicKey.Span)).State;
}
