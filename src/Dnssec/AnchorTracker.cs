using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Dnssec;

/// <summary>How far a key has come on its way to being trusted (RFC 5011 §4.2).</summary>
public enum AnchorState
{
    /// <summary>Seen, signed for by a trusted key, waiting for the hold-down time to pass.</summary>
    Pending,

    /// <summary>Trusted.</summary>
    Valid,

    /// <summary>Trusted, but gone from the zone.</summary>
    Missing,

    /// <summary>Taken back by its owner, for ever.</summary>
    Revoked,
}

/// <summary>A key that is followed.</summary>
/// <param name="Key">The key as first seen.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Since">When it came to that state, in Unix seconds.</param>
public sealed record TrackedKey(DnskeyRdata Key, AnchorState State, long Since);

/// <summary>Follows a zone's keys as they change, each step vouched for by keys trusted before (RFC 5011). Pure: what is known, what was seen, a moment → what is known.</summary>
public static class AnchorTracker
{
    /// <summary>How long a new key must be seen before it is trusted: long enough for its owner to notice a theft (RFC 5011 §2.4.1).</summary>
    public static readonly TimeSpan AddHoldDown = TimeSpan.FromDays(30);

    /// <summary>Takes one sighting into account.</summary>
    /// <param name="known">Keys followed so far.</param>
    /// <param name="seen">The DNSKEY set, Secure by a key that is trusted now.</param>
    /// <param name="revoked">Of these, keys with the revoke flag whose own signature over the set is good.</param>
    /// <param name="unixSeconds">Now.</param>
    public static IReadOnlyList<TrackedKey> Advance(IReadOnlyList<TrackedKey> known, IReadOnlyList<DnskeyRdata> seen, IReadOnlyList<DnskeyRdata> revoked, long unixSeconds)
    {
        var next = new List<TrackedKey>();
        foreach (var key in known)
        {
            var isRevoked = revoked.Any(other => IsSameKey(other, key.Key));
            var isSeen = seen.Any(other => !other.IsRevoked && IsSameKey(other, key.Key));
            next.Add(key.State switch
            {
                AnchorState.Revoked => key,
                _ when isRevoked => key with { State = AnchorState.Revoked, Since = unixSeconds },
                AnchorState.Pending when isSeen && unixSeconds - key.Since >= AddHoldDown.TotalSeconds => key with { State = AnchorState.Valid, Since = unixSeconds },
                AnchorState.Valid when !isSeen => key with { State = AnchorState.Missing, Since = unixSeconds },
                AnchorState.Missing when isSeen => key with { State = AnchorState.Valid, Since = unixSeconds },
                _ => key,
            });
        }

        // RFC 5011 §4.2: a key that goes before its time is up starts anew when it comes back.
        next.RemoveAll(key => key.State is AnchorState.Pending && !seen.Any(other => IsSameKey(other, key.Key)));
        next.AddRange(seen
            .Where(key => key.IsEntryPoint && key.IsZoneKey && !key.IsRevoked && !next.Exists(other => IsSameKey(other.Key, key)))
            .Select(key => new TrackedKey(key, AnchorState.Pending, unixSeconds)));
        return next;
    }

    // The revoke flag changes the tag, but not whose key it is.
    private static bool IsSameKey(DnskeyRdata one, DnskeyRdata other) =>
        one.Algorithm == other.Algorithm && one.PublicKey.Span.SequenceEqual(other.PublicKey.Span);
}
