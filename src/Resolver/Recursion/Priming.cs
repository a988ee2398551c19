using DnsGuard.Policy.Decisions;
using DnsGuard.Resolver.Caching;
using DnsGuard.Wire.Names;
using DnsGuard.Wire.Records;

namespace DnsGuard.Resolver.Recursion;

/// <summary>Fetches the root's own list of its servers, so that hints of long ago matter only once (RFC 8109).</summary>
internal sealed class Priming(ResolverOptions options, RecordCache cache, TimeProvider time)
{
    private static readonly TimeSpan Retry = TimeSpan.FromMinutes(1);

    private long _nextAt = long.MinValue;

    /// <summary>Primes unless it is done, under way, or failed a moment ago. Nobody waits for it: hints do until then.</summary>
    /// <param name="find">Asks the root's servers.</param>
    public void Touch(Func<DomainName, RecordType, ValueTask<Finding>> find)
    {
        var now = Moment.MonotonicOf(time);
        var next = Volatile.Read(ref _nextAt);
        if (now < next || cache.Find(ForwardZones.IterativeRealm, DomainName.Root, RecordType.NS, RecordKind.Delegation) is not null
            || Interlocked.CompareExchange(ref _nextAt, now + (long)Retry.TotalMilliseconds, next) != next)
        {
            return;
        }

        _ = PrimeAsync();

        async Task PrimeAsync()
        {
            await Task.Yield();
            try
            {
                // Not judged: a forged list could only lead to servers whose answers are judged.
                if (await find(DomainName.Root, RecordType.NS).ConfigureAwait(false) is { Records: { } servers })
                    cache.StoreDelegation(ForwardZones.IterativeRealm, servers.WithTtl(TtlRules.Clamp(servers.Ttl, options)));
            }
            catch (OperationCanceledException)
            {
                // We stop.
            }
        }
    }
}
