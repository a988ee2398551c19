namespace DnsGuard.Resolver.Caching;

/// <summary>How long things may be kept: clamps (RFC 8767 §4), negative answers (RFC 2308 §5). Pure.</summary>
internal static class TtlRules
{
    /// <summary>A TTL as received → seconds to keep the data. A set high bit counts as 0 (RFC 2181 §8).</summary>
    public static uint Clamp(uint ttl, ResolverOptions options)
    {
        if (ttl > int.MaxValue)
            ttl = 0;
        return Math.Clamp(ttl, (uint)options.MinTtl.TotalSeconds, (uint)options.MaxTtl.TotalSeconds);
    }

    /// <summary>Seconds to keep a negative answer: the lesser of the SOA's own TTL and its MINIMUM.</summary>
    public static uint Negative(uint soaTtl, uint minimum, ResolverOptions options)
    {
        var ttl = Math.Min(soaTtl > int.MaxValue ? 0 : soaTtl, minimum > int.MaxValue ? 0 : minimum);
        return Math.Clamp(ttl, Math.Min((uint)options.MinTtl.TotalSeconds, (uint)options.MaxNegativeTtl.TotalSeconds), (uint)options.MaxNegativeTtl.TotalSeconds);
    }
}
