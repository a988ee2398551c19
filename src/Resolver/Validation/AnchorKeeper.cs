using System.Globalization;
using DnsGuard.Dnssec;
using DnsGuard.Policy.Decisions;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;
using DnsGuard.Wire.Records.Rdata;

namespace DnsGuard.Resolver.Validation;

/// <summary>Follows the keys of trust anchors as they roll over (RFC 5011), each time the chain of trust has seen and proven them.</summary>
/// <param name="validator">Who checks signatures.</param>
/// <param name="time">The wall clock.</param>
internal sealed class AnchorKeeper(RRsetValidator validator, TimeProvider time)
{
    private readonly Dictionary<DomainName, IReadOnlyList<TrackedKey>> _tracked = [];
    private readonly Lock _lock = new();

    /// <summary>Told the new state as text whenever it has changed, to be kept over restarts.</summary>
    public Action<string>? Changed { get; set; }

    /// <summary>Takes back what <see cref="Changed"/> was told. A line that cannot be read is passed over: what is configured still holds.</summary>
    public void Restore(string text)
    {
        lock (_lock)
        {
            foreach (var line in text.Split('\n'))
            {
                if (line.Split(' ') is [var zone, var state, var since, var rdata] && DomainName.TryParse(zone, out var name) && Enum.TryParse<AnchorState>(state, out var known)
                    && long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && TryReadKey(rdata, out var key))
                {
                    _tracked[name] = [.. _tracked.GetValueOrDefault(name, []), new TrackedKey(key!, known, seconds)];
                }
            }
        }
    }

    /// <summary>An anchor as it stands now: what is configured, with the keys that have become trusted since, without those that were revoked.</summary>
    public TrustAnchor Current(TrustAnchor configured)
    {
        lock (_lock)
        {
            var tracked = _tracked.GetValueOrDefault(configured.Zone, []);
            var revoked = tracked.Where(key => key.State is AnchorState.Revoked).Select(key => key.Key).ToList();
            return configured with
            {
                Digests = [.. configured.Digests.Where(ds => !revoked.Exists(key => validator.Checker.IsDigestOf(ds, configured.Zone.Octets, key)))],
                Keys =
                [
                    .. configured.Keys.Where(key => !revoked.Exists(other => other.PublicKey.Span.SequenceEqual(key.PublicKey.Span))),
                    .. tracked.Where(key => key.State is AnchorState.Valid or AnchorState.Missing).Select(key => key.Key),
                ],
            };
        }
    }

    /// <summary>Takes a sighting of a zone's keys, proven by its anchor.</summary>
    /// <returns>Has what is trusted changed?</returns>
    public bool Seen(TrustAnchor configured, RRset dnskeys)
    {
        var now = Moment.Of(time).UnixSeconds;
        var keys = DelegationProof.Keys(dnskeys);
        var before = Current(configured);
        lock (_lock)
        {
            var known = _tracked.GetValueOrDefault(configured.Zone);
            // What is configured is trusted from the first day (RFC 5011 §5).
            known ??= [.. keys.Where(key => key.IsEntryPoint && !key.IsRevoked && IsConfigured(configured, key)).Select(key => new TrackedKey(key, AnchorState.Valid, now))];
            var next = AnchorTracker.Advance(known, keys, [.. keys.Where(key => key.IsRevoked && HasSigned(key, dnskeys))], now);
            if (next.SequenceEqual(_tracked.GetValueOrDefault(configured.Zone, [])))
                return false;
            _tracked[configured.Zone] = next;
            Changed?.Invoke(Text());
        }

        var after = Current(configured);
        return !before.Keys.SequenceEqual(after.Keys) || before.Digests.Count != after.Digests.Count;
    }

    private bool IsConfigured(TrustAnchor configured, DnskeyRdata key) =>
        configured.Keys.Any(anchor => anchor.Wire.Span.SequenceEqual(key.Wire.Span)) || configured.Digests.Any(ds => validator.Checker.IsDigestOf(ds, configured.Zone.Octets, key));

    // RFC 5011 §2.1: only its owner can revoke a key, by signing with it.
    private bool HasSigned(DnskeyRdata key, RRset dnskeys) => dnskeys.Signatures.Any(rdata =>
        RrsigRdata.TryRead(rdata, out var rrsig) && rrsig.KeyTag == key.KeyTag && rrsig.Algorithm == key.Algorithm
        && CanonicalForm.SignedOctets(dnskeys, rrsig, rdata) is { } signed && validator.Checker.IsRight(key, signed, rrsig.Signature.ToArray()));

    private string Text() => string.Concat(_tracked.SelectMany(zone => zone.Value.Select(key =>
        string.Create(CultureInfo.InvariantCulture, $"{zone.Key} {key.State} {key.Since} {Convert.ToBase64String(key.Key.Wire.Span)}\n"))));

    private static bool TryReadKey(string base64, out DnskeyRdata? key)
    {
        key = null;
        var rdata = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, rdata, out var octets) && DnskeyRdata.TryRead(rdata[..octets], out key);
    }
}
