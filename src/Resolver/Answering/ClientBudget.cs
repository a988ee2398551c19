using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Answering;

/// <summary>How much each client or network may have of one worker: token buckets in a fixed table, owned by that worker.</summary>
/// <param name="perSecond">Tokens per second; a burst of twice that is let through.</param>
/// <param name="ipv4Prefix">Bits by which IPv4 clients are told apart.</param>
/// <param name="ipv6Prefix">Bits by which IPv6 clients are told apart, at most 64.</param>
/// <remarks>
/// Two that fall on the same bucket share it: with a keyed hash nobody can aim for somebody else's, and the table stays small whatever
/// is sent from forged addresses.
/// </remarks>
internal sealed class ClientBudget(int perSecond, int ipv4Prefix = 32, int ipv6Prefix = 64)
{
    private const int Buckets = 1 << 14;

    // Pinned, since moving them would touch all of them: memory that nothing was written to takes none.
    private readonly long[] _refilledAt = GC.AllocateArray<long>(Buckets, pinned: true);
    private readonly float[] _tokens = GC.AllocateArray<float>(Buckets, pinned: true);

    /// <summary>Takes one token; false when the share is used up.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="now">Milliseconds of a clock that is never stepped.</param>
    public bool TryTake(InternetAddress client, long now)
    {
        var prefix = client.IsIPv4 ? client.IPv4Bits >> (32 - ipv4Prefix) : (ulong)(client.Bits >> 64) >> (64 - ipv6Prefix);
        var bucket = (int)(NameHash.With(0, prefix) & (Buckets - 1));
        float burst = perSecond * 2;
        var tokens = _refilledAt[bucket] == 0 ? burst : Math.Min(burst, _tokens[bucket] + ((now - _refilledAt[bucket]) * perSecond / 1_000f));
        _refilledAt[bucket] = Math.Max(now, 1);
        _tokens[bucket] = tokens >= 1 ? tokens - 1 : tokens;
        return tokens >= 1;
    }
}
