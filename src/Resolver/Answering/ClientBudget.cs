using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Answering;

/// <summary>How much each client may ask of one worker: token buckets in a fixed table, owned by that worker.</summary>
/// <remarks>
/// Clients are told apart by IPv4 address or IPv6 /64. Two that fall on the same bucket share it: with a keyed hash nobody can aim for
/// somebody else's, and the table stays small whatever is sent from forged addresses.
/// </remarks>
internal sealed class ClientBudget(int queriesPerSecond)
{
    private const int Buckets = 1 << 14;

    private readonly long[] _refilledAt = new long[Buckets];
    private readonly float[] _tokens = new float[Buckets];

    /// <summary>Takes one query; false when the client has used up its share.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="now">Milliseconds of a clock that is never stepped.</param>
    public bool TryTake(InternetAddress client, long now)
    {
        var prefix = client.IsIPv4 ? (ulong)client.Bits : (ulong)(client.Bits >> 64);
        var bucket = (int)(NameHash.With(0, prefix) & (Buckets - 1));
        float burst = queriesPerSecond * 2;
        var tokens = _refilledAt[bucket] == 0 ? burst : Math.Min(burst, _tokens[bucket] + ((now - _refilledAt[bucket]) * queriesPerSecond / 1_000f));
        _refilledAt[bucket] = Math.Max(now, 1);
        _tokens[bucket] = tokens >= 1 ? tokens - 1 : tokens;
        return tokens >= 1;
    }
}
