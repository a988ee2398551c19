using System.Diagnostics.CodeAnalysis;
using DnsGuard.Wire.Records;

namespace DnsGuard.Sync.Tests.Simulation;

/// <summary>A name whose authoritative servers tell another part of many addresses each time.</summary>
[SuppressMessage("Security", "CA5394", Justification = "A simulation must come out the same for the same seed.")]
internal sealed class SimulatedName(string name, int first, int pool, int perAnswer, int leastTtl, int mostTtl, Random random)
{
    private InternetAddress[] _answer = [];
    private long _ends;

    public string Name => name;

    /// <summary>What a resolver has in its cache now, and for how many seconds yet.</summary>
    public (InternetAddress[] Addresses, int Ttl) Resolve(long now)
    {
        if (now >= _ends)
        {
            _answer = [.. Enumerable.Range(0, int.MaxValue).Select(_ => InternetAddress.FromIPv4((uint)(first + random.Next(pool)))).Distinct().Take(perAnswer)];
            _ends = now + (random.Next(leastTtl, mostTtl + 1) * 1_000L);
        }

        return (_answer, (int)Math.Max(1, (_ends - now) / 1_000));
    }

    /// <summary>Two buckets of an object store and eight hosts of content networks.</summary>
    public static IReadOnlyList<SimulatedName> Usual(Random random) =>
    [
        .. Enumerable.Range(0, 2).Select(number => new SimulatedName($"bucket{number}.example.com", 0x03050000 + (number * 4_096), 2_000, 8, 5, 5, random)),
        .. Enumerable.Range(0, 8).Select(number => new SimulatedName($"host{number}.example.net", 0x12340000 + (number * 4_096), 200, 4, 20, 60, random)),
    ];
}
